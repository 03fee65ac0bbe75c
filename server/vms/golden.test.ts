import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { confText, editConf, parseConf } from './conf.ts'
import { tapCommands } from './nics.ts'
import { GOLDEN, type GoldenCase, goldenCase, goldenNames, launchCase, writtenBack } from './testing.ts'

/** Where Skep knowingly differs, with the reason. An entry that no longer differs fails: it is stale. */
type Deviations = Record<string, Partial<Record<Part, string>>>
type Part = 'argv' | 'console' | 'commands' | 'conf' | 'loader'

const deviations = JSON.parse(readFileSync(join(GOLDEN, 'deviations.json'), 'utf8')) as Deviations

function compare(name: string, part: Part, ours: unknown, theirs: unknown): void {
  const reason = deviations[name]?.[part]
  if (reason === undefined) expect(ours).toEqual(theirs)
  else expect(ours, `${name} no longer differs (${reason})`).not.toEqual(theirs)
}

/** Commands of one program that change something. */
function changing(golden: GoldenCase): string[][] {
  return golden.commands.filter(argv => argv[0] === 'ifconfig' && argv[1] !== '-g' && argv.length > 2)
}

function ourInterfaceCommands(golden: GoldenCase): string[][] {
  const { nics, taps } = launchCase(golden)
  const made: string[] = []
  const commands: string[][] = []
  for (const nic of nics) {
    if (nic.backend.kind !== 'tap') continue
    if (nic.backend.create) commands.push(nic.backend.create)
    const tap = taps.get(nic.index)
    if (tap === undefined) continue
    commands.push(...tapCommands(golden.json.guest, nic, tap))
    if (nic.backend.create) made.push(tap)
  }
  return [...commands, ...made.map(tap => ['ifconfig', tap, 'destroy'])]
}

const names = goldenNames()
const cases = names.map(goldenCase)
const started = cases.filter(one => one.argv.length > 0)

/** vm-bhyve stopped before bhyve for what the conf or the host lacks, not for what a program did at run time. */
const refusedByVmBhyve = cases.filter(
  one =>
    one.argv.length === 0 &&
    one.json.command[1] === '_run' &&
    one.conf !== '' &&
    !one.commands.some(argv => /bhyveload$|grub-bhyve$/.test(argv[0] ?? '')),
)

test('the deviations name cases that exist', () => {
  expect(Object.keys(deviations).filter(name => !names.includes(name))).toEqual([])
})

describe.each(started.map(one => [one.name, one] as const))('%s', (name, golden) => {
  const { result } = launchCase(golden)

  test('gives the argv of bhyve, for every run', () => {
    const ours = golden.argv.map((_, run) => (run === 0 ? result.launch?.argv : result.launch?.argvAgain))
    compare(name, 'argv', ours, golden.argv)
  })

  test('gives the console file and the loader', () => {
    compare(name, 'console', result.launch?.console ?? '', golden.file('console') ?? '')
    const loaders = golden.commands.filter(argv => /^(.*\/)?(bhyveload|grub-bhyve)$/.test(argv[0] ?? ''))
    const ours = loaders.map((_, run) =>
      run === 0 ? result.launch?.loader?.argv : result.launch?.loaderAgain?.argv,
    )
    compare(name, 'loader', ours, loaders)
    for (const leaf of ['device.map', 'grub.cfg']) {
      const file = result.launch?.loader?.files.find(one => one.path.endsWith(`/${leaf}`))
      expect(file?.text ?? null).toBe(golden.file(leaf))
    }
  })

  test('plugs the taps with the same commands', () => {
    compare(name, 'commands', ourInterfaceCommands(golden), changing(golden))
  })
})

describe('what vm-bhyve does not start, Skep refuses with a sentence', () => {
  const ours = refusedByVmBhyve.filter(one => !/^err-(lock|vmm|vmx|no-guest|noname|zfs)/.test(one.name))
  test.each(ours.map(one => [one.name, one] as const))('%s', (_name, golden) => {
    const { result } = launchCase(golden)
    expect(result.refused?.message).toMatch(/^.+\.$/)
    expect(result.refused?.detail?.field).toBeTruthy()
  })
})

describe('values written back as sysrc writes them', () => {
  const changed = cases.filter(one => one.conf !== '' && one.file('conf.after') !== null)
  test.each(changed.map(one => [one.name, one] as const))('%s', (name, golden) => {
    compare(name, 'conf', editConf(golden.conf, writtenBack(golden)), golden.file('conf.after'))
    const conf = parseConf(editConf(golden.conf, writtenBack(golden)))
    for (const [key, value] of Object.entries(writtenBack(golden))) expect(confText(conf, key)).toBe(value)
  })
})
