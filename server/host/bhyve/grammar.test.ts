import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseBhyve } from './argv.ts'
import { BhyveExit, Config } from './config.ts'
import { bhyveCases, readByModel } from './golden.testing.ts'
import { bhyveTraps } from './traps.ts'

const FLAGS = [...'aehuwxACDHIPSWY', 'k', 'f', 'o', 'p', 'G', 'c', 's', 'm', 'n', 'l', 'K', 'U']
const piece = fc.constantFrom(
  ...['5', ':', ',', '=', '.', '%', '(', ')', '%(name)', '\\', '-', ' ', '0x1f', '4294967301', 'pci.0.5.0'],
  ...['virtio-blk', 'ahci', 'hd:', 'virtio-console', 'xhci', 'passthru', 'pci0:1:2:3', 'fbuf', 'virtio-9p'],
  ...['com1', 'bootrom', 'tpm', 'id=1', 'cpus', 'help', '/vm/disk.img', 'é', '\0', '\n'],
)
const text = fc.array(piece, { maxLength: 8 }).map(parts => parts.join(''))
const option = fc
  .tuple(fc.constantFrom(...FLAGS), text)
  .map(([flag, value]) => ('aehuwxACDHIPSWY'.includes(flag) ? [`-${flag}`] : [`-${flag}`, value]))
/** Lines put together from pieces, and recorded ones with a word of another in them. */
const line = fc.oneof(
  fc
    .array(
      fc.oneof(
        option,
        text.map(word => [word]),
      ),
      { maxLength: 6 },
    )
    .map(parts => parts.flat()),
  fc
    .tuple(fc.constantFrom(...bhyveCases), fc.constantFrom(...bhyveCases), fc.nat(), text)
    .map(([one, other, at, word]) =>
      one.argv.toSpliced(at % (one.argv.length + 1), 1, ...other.argv.slice(-2), word),
    ),
)

const key = fc
  .array(fc.stringMatching(/^[a-z0-9_]{1,6}$/), { minLength: 1, maxLength: 3 })
  .map(parts => parts.join('.'))
const value = fc.stringMatching(/^[ -~]{1,12}$/)

async function configOf(argv: readonly string[], files: Record<string, string> = {}): Promise<Config> {
  const config = new Config()
  await parseBhyve(argv, async path => files[path] ?? Promise.reject(new Error(path)), config)
  return config
}

describe('any command line', () => {
  test('is read or refused with a status of bhyve, and judged, whatever it holds', async () => {
    await fc.assert(
      fc.asyncProperty(line, async argv => {
        const { exit, stderr } = await readByModel(argv)
        expect([0, 1, 4, 64, 134, 139]).toContain(exit)
        if (exit !== 0) expect(stderr === '' || stderr.endsWith('\n')).toBe(true)
        for (const trap of bhyveTraps(argv)) expect(trap.why).toMatch(/\.$/)
      }),
      { numRuns: 2000 },
    )
  })

  test('is read the same twice', async () => {
    await fc.assert(
      fc.asyncProperty(line, async argv => {
        expect(await readByModel(argv)).toEqual(await readByModel(argv))
      }),
    )
  })
})

describe('variables', () => {
  test('the last one wins, wherever the earlier ones came from', async () => {
    await fc.assert(
      fc.asyncProperty(key, fc.array(value, { minLength: 1, maxLength: 4 }), async (name, values) => {
        const argv = values.flatMap(each => ['-o', `${name}=${each}`])
        const inFile = {
          '/f': values
            .toReversed()
            .map(each => `${name}=${each}\n`)
            .join(''),
        }
        const config = await configOf(['-k', '/f', ...argv, 'vm0'], inFile).catch(caught)
        if (!(config instanceof Config) || name === 'name') return
        const line = config
          .dump()
          .split('\n')
          .filter(each => each.startsWith(`${name}=`))
        expect(line).toEqual([`${name}=${values.at(-1)}`])
      }),
    )
  })

  test('what the tree prints, read again from a file, prints the same', async () => {
    await fc.assert(
      fc.asyncProperty(line, async argv => {
        const config = await configOf([...argv, '-K', 'us', 'vm0']).catch(caught)
        if (!(config instanceof Config)) return
        const dump = config.dump()
        // A name or a value with a line's end in it cannot stand in a file, nor can an empty one.
        const lines = dump.replace(/\n$/, '').split('\n')
        if (/\0|=$/m.test(dump) || lines.some(each => /^#|^[^=]*$/.test(each))) return
        const again = await configOf(['-k', '/dump'], { '/dump': dump }).catch(caught)
        if (!(again instanceof Config)) return
        expect(sorted(again.dump())).toEqual(sorted(dump))
      }),
      { numRuns: 500 },
    )
  })
})

const sorted = (dump: string) => dump.split('\n').sort()

function caught(error: unknown): BhyveExit {
  if (error instanceof BhyveExit) return error
  throw error
}

describe('references', () => {
  const expanded = async (text: string, ...options: string[]) => {
    const config = await configOf([...options, '-o', `x=${text}`, 'vm0'])
    return { is: config.get('x'), warnings: config.warnings.map(each => each.replace('bhyve: ', '')) }
  }

  test.each([
    ['/vm/%(name).img', '/vm/vm0.img', []],
    ['%(a)-%(b)', 'one-', ['Failed to fetch referenced configuration variable b']],
    ['100%', '100%', ['Invalid reference in configuration value "100%"']],
    ['%%', '%%', Array(2).fill('Invalid reference in configuration value "%%"')],
    ['%()', '', ['Empty reference in configuration value "%()"']],
    ['\\%(name)', '%(name)', []],
    ['a\\b', 'a\\b', []],
    [
      '%(memory)',
      '',
      [
        'Attempting to fetch value of node memory',
        'Failed to fetch referenced configuration variable memory',
      ],
    ],
    ['%(x)', '%(x)', ['Too many recursive references in configuration value']],
  ])('%s is %s', async (text, is, warnings) => {
    expect(await expanded(text, '-o', 'a=one')).toEqual({ is, warnings })
  })

  test('three that name themselves are too many, two are not', async () => {
    expect((await expanded('%(x)%(x)')).is).toHaveLength('%(x)'.length * 2 ** 17)
    await expect(expanded('%(x)%(x)%(x)')).rejects.toThrow('Failed to allocate memory')
  })
})

describe('what the source says, and no capture has', () => {
  const ROOT = ['acpi_tables', 'acpi_tables_in_memory', 'memory', 'x86', 'lpc', 'config', 'name']
  const own = (dump: string) =>
    dump.split('\n').filter(each => each !== '' && !ROOT.includes(each.split(/[.=]/)[0] ?? ''))

  test.each([
    ['-s 4294967301,virtio-rnd', ['pci.0.5.0.device=virtio-rnd']],
    [
      '-s 5,ahci,hd:/a,cd:,hd:/c,ro',
      [
        'pci.0.5.0.device=ahci',
        'pci.0.5.0.port.0.type=hd',
        'pci.0.5.0.port.0.path=/a',
        'pci.0.5.0.port.2.type=hd',
        'pci.0.5.0.port.2.path=/c',
        'pci.0.5.0.port.2.ro=true',
      ],
    ],
    [
      '-s 5,xhci,tablet=port=2',
      ['pci.0.5.0.device=xhci', 'pci.0.5.0.slot.1.device=tablet', 'pci.0.5.0.slot.1.port=2'],
    ],
    [
      '-s 5,passthru,pci1:2:3',
      ['pci.0.5.0.device=passthru', 'pci.0.5.0.bus=1', 'pci.0.5.0.slot=2', 'pci.0.5.0.func=3'],
    ],
    ['-p 1000:1', ['vcpu.1000.cpuse=1']],
    ['-n id=0x1,size=1G,cpus=0', ['domains.1.size=1G', 'domains.1.cpus=0']],
    ['-o pci.0.5=x -s 5,virtio-rnd,a=b', ['pci.0.5=x', 'device=virtio-rnd', 'a=b']],
  ])('%s', async (options, tree) => {
    const { exit, stdout } = await readByModel([...options.split(' '), '-o', 'config.dump=1', 'vm0'])
    expect({ exit, tree: own(stdout) }).toEqual({ exit: 1, tree })
  })

  const consoles = Array.from({ length: 17 }, (_, i) => `p${i}=/s${i}`).join(',')
  test.each([
    ['-s 5,ahci,/a', 4, 'Missing or invalid type for port 0: "/a"\n'],
    ['-s 5,virtio-input', 4, ''],
    [`-s 5,virtio-console,${consoles}`, 4, 'vtcon: too many ports\n'],
    ['-n id=256', 4, "bhyve: Invalid value for id: '256'\n"],
    ['-o pci.0.5.0.x=1 -o pci.0.5=2', 4, 'bhyve: Attempting to add value 2 to existing node pci.0.5\n'],
    [
      '-o a=1 -o a.b=2',
      4,
      'bhyve: Configuration node a is a child of existing variable a\nbhyve: Failed to create configuration node a\n',
    ],
  ])('%s', async (options, exit, stderr) => {
    expect(await readByModel([...options.split(' '), 'vm0'])).toMatchObject({ exit, stderr })
  })
})
