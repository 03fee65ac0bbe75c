import { execFile, spawn } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import fc from 'fast-check'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { buildLaunch } from './command.ts'
import { parseConf } from './conf.ts'
import { planNics, switchGroup } from './nics.ts'
import { runScript } from './run-script.ts'
import { parseRuns } from './runs.ts'
import { markedTaps } from './shell-words.ts'

import { goldenCase, goldenNames } from './testing.ts'

const roots: string[] = []
afterEach(() => {
  for (const root of roots.splice(0)) rmSync(root, { recursive: true, force: true })
})

const UUID = '11111111-2222-4333-8444-555555555555'

type Stage = {
  root: string
  guest: string
  /** What the stand-ins were called with, in order. */
  calls: () => string[][]
  runs: () => ReturnType<typeof parseRuns>
  run: () => Promise<number | null>
  start: () => ReturnType<typeof spawn>
}

/** A guest's directory and a PATH of programs that write down how they were called. */
function stage(options: {
  conf?: string
  name?: string
  bhyve?: string
  programs?: Record<string, string | null>
}): Stage {
  const root = mkdtempSync(path.join(os.tmpdir(), 'skep-run-'))
  roots.push(root)
  const name = options.name ?? 'g1'
  const guest = path.join(root, 'vm', name)
  const bin = path.join(root, 'bin')
  mkdirSync(path.join(guest, '.skep'), { recursive: true })
  mkdirSync(bin)
  // One write a line: programs run beside each other.
  const record = `line=\${0##*/}; for word; do line="$line\t$word"; done; printf '%s\\n' "$line" >>"${root}/calls"`
  const programs: Record<string, string | null> = {
    ifconfig: `[ "$2" = create ] && echo "\${4:-tap0}"; exit 0`,
    // Without a verb it says whether the kernel has the guest: it has not.
    bhyvectl: '[ "$#" -gt 1 ]',
    // The keeper of the log sleeps 30: here it ends at once, its first look has a test of its own.
    sleep: '[ "$1" != 30 ]',
    renice: '',
    rctl: '',
    bhyve: options.bhyve ?? 'exit 1',
    bhyveload: '',
    'grub-bhyve': '',
    ...options.programs,
  }
  for (const [program, body] of Object.entries(programs)) {
    if (body === null) continue
    writeFileSync(path.join(bin, program), `#!/bin/sh\n${record}\n${body}\n`)
    chmodSync(path.join(bin, program), 0o755)
  }
  const conf = parseConf(
    options.conf ?? `loader="uefi"\ncpu="2"\nmemory="1G"\ndisk0_type="virtio-blk"\ndisk0_name="disk0.img"\n`,
  )
  const place = { name, directory: guest, datastorePath: path.join(root, 'vm'), dataset: '', vmDir: '/vm' }
  const nics = planNics(conf, parseConf(''), {
    interfaces: [{ name: 'vm-public', mtu: 1500, groups: [switchGroup('public')] }],
    macs: new Map(),
    freeLink: () => 2,
  })
  const { launch } = buildLaunch({
    place,
    conf,
    uuid: UUID,
    nics,
    taps: markedTaps(nics),
    busyPorts: new Set(),
    iso: null,
    exists: () => true,
    iscsi: () => null,
    unrestrictedGuest: true,
    iommu: true,
    grubBhyve: 'grub-bhyve',
    resume: false,
  })
  if (!launch) throw new Error('the conf of this test starts nothing')
  const script = path.join(guest, '.skep', 'run.sh')
  writeFileSync(script, runScript({ place, conf, launch, nics, hostname: 'skephost' }))
  // No bhyve of this machine: a missing program has to stay missing.
  const env = { NODE_ENV: 'test' as const, PATH: `${bin}:/usr/bin:/bin`, ROOT: root }
  const lines = (file: string) =>
    existsSync(file)
      ? readFileSync(file, 'utf8')
          .split('\n')
          .filter(line => line !== '')
      : []
  return {
    root,
    guest,
    calls: () =>
      lines(path.join(root, 'calls'))
        .filter(line => line !== 'sleep\t30')
        .map(line => line.split('\t')),
    runs: () => parseRuns(lines(path.join(guest, '.skep', 'runs.jsonl')).join('\n')),
    run: () =>
      new Promise(resolve => {
        execFile('/bin/sh', [script], { env }, error => resolve(error ? Number(error.code) : 0))
      }),
    start: () => spawn('/bin/sh', [script], { env, stdio: 'ignore' }),
  }
}

const NIC = 'network0_type="virtio-net"\nnetwork0_switch="public"\nnetwork0_mac="58:9c:fc:00:10:00"\n'
const GUEST = 'loader="uefi"\ncpu="2"\nmemory="1G"\ndisk0_type="virtio-blk"\ndisk0_name="disk0.img"\n'
/** Exits with each status of a list in turn, then with 1. */
const inTurn = (...statuses: number[]) =>
  `n=$(grep -c '^bhyve[^cl]' "$ROOT/calls"); set -- ${statuses.join(' ')}; shift $((n - 1)) 2>/dev/null || exit 1; exit "\${1:-1}"`

describe('what the script does', () => {
  test('a guest that powers off: taps, lock and console while it runs, nothing of them after', async () => {
    const one = stage({
      conf: `${GUEST}${NIC}graphics="yes"\n`,
      bhyve: 'cp run.lock console "$ROOT"/; exit 1',
    })
    expect(await one.run()).toBe(1)
    const bhyve = one.calls().find(argv => argv[0] === 'bhyve')
    expect(bhyve).toContain('0:5:0,virtio-net,tap0,mac=58:9c:fc:00:10:00')
    expect(one.calls().filter(argv => argv[0] !== 'bhyve')).toEqual([
      ['bhyvectl', '--vm=g1'],
      ['ifconfig', 'tap', 'create'],
      ['ifconfig', 'tap0', 'descr', 'vmnet/g1/0/public', 'group', 'vm-port'],
      ['ifconfig', 'vm-public', 'addm', 'tap0'],
      ['ifconfig', 'tap0', 'up'],
      ['ifconfig', 'tap0', 'destroy'],
      ['bhyvectl', '--destroy', '--vm=g1'],
    ])
    expect(readFileSync(path.join(one.root, 'run.lock'), 'utf8')).toBe('skephost\n')
    expect(readFileSync(path.join(one.root, 'console'), 'utf8')).toBe(
      'com1=/dev/nmdm-g1.1B\nvnc=0.0.0.0:5900\n',
    )
    expect(existsSync(path.join(one.guest, 'run.lock'))).toBe(false)
    expect(existsSync(path.join(one.guest, 'console'))).toBe(false)
    const exit = { status: 1, words: 'The guest powered off.' }
    expect(one.runs()).toMatchObject([{ argv: bhyve, exit, isLast: true }])
  })

  test('a log that grows without end loses its middle, and bhyve goes on writing into it', async () => {
    const one = stage({
      // The keeper's first look comes when the flood is over; the test lets bhyve go on when it has looked.
      programs: { sleep: 'until [ -e "$ROOT/flooded" ]; do /bin/sleep 0.02; done' },
      bhyve: `echo 'the first line' >&2
head -c 3000000 /dev/zero | tr '\\0' x >&2
printf '\\nthe last line\\n' >&2
: >"$ROOT/flooded"
until [ "$(tail -n 1 .skep/stderr.log)" = 'the last line' ] && [ "$(wc -c <.skep/stderr.log)" -lt 1000000 ]; do /bin/sleep 0.02; done
echo 'a line after that' >&2
exit 4`,
    })
    await one.run()
    const log = readFileSync(path.join(one.guest, '.skep', 'stderr.log'), 'utf8')
    expect(log.length).toBeLessThan(600_000)
    expect(log.replace(/x+/g, 'x').split('\n')).toEqual([
      'the first line',
      'x',
      '[Skep left out what was here]',
      'x',
      'the last line',
      'a line after that',
      '',
    ])
    expect(one.runs().at(-1)?.stderr).toMatch(/a line after that\n$/)
  })

  test('a guest that resets is started again, slower each time it resets at once', async () => {
    const one = stage({ bhyve: inTurn(0, 0, 0, 0, 0, 0, 0, 0, 1) })
    expect(await one.run()).toBe(1)
    expect(one.runs()).toHaveLength(9)
    expect(one.calls().filter(argv => argv[0] === 'sleep')).toEqual(
      [1, 2, 4, 8, 16, 32, 60, 60].map(seconds => ['sleep', String(seconds)]),
    )
  })

  test('a tap that went down with bhyve goes up again before the next run', async () => {
    const one = stage({ conf: `${GUEST}${NIC}`, bhyve: inTurn(0, 1) })
    await one.run()
    const order = one.calls().filter(argv => argv[0] === 'bhyve' || argv[2] === 'up')
    expect(order.map(argv => argv[0])).toEqual(['ifconfig', 'bhyve', 'ifconfig', 'bhyve'])
  })

  test('a guest that something else has started meanwhile is left alone', async () => {
    const one = stage({ conf: `${GUEST}${NIC}`, programs: { bhyvectl: '' } })
    writeFileSync(path.join(one.guest, 'run.lock'), 'skephost\n')
    expect(await one.run()).toBe(75)
    expect(one.calls()).toEqual([['bhyvectl', '--vm=g1']])
    expect(existsSync(path.join(one.guest, 'run.lock'))).toBe(true)
    expect(one.runs()).toMatchObject([{ failed: expect.stringMatching(/^g1 is in the kernel already/) }])
  })

  test('bytes that are no text do not spoil the record', async () => {
    const one = stage({ bhyve: `printf 'disk \\303\\244\\377 is gone\\n' >&2; exit 4` })
    await one.run()
    expect(one.runs()).toMatchObject([{ stderr: 'disk ??? is gone\n' }])
  })

  test('a crash stops it and keeps what bhyve said', async () => {
    const one = stage({
      bhyve: `printf 'Could not open backing file: /x "y"\\\\z: No such file\\n' >&2; exit 4`,
    })
    expect(await one.run()).toBe(4)
    expect(one.runs()).toMatchObject([
      { exit: { status: 4 }, stderr: 'Could not open backing file: /x "y"\\z: No such file\n' },
    ])
  })

  test('on_fault and the restart file decide as in vm-bhyve', async () => {
    const faulty = stage({ conf: `${GUEST}on_fault="restart"\n`, bhyve: inTurn(3, 134, 1) })
    await faulty.run()
    expect(faulty.runs().map(run => run.exit?.status ?? run.exit?.signal)).toEqual([3, 'SIGABRT', 1])
    const asked = stage({ bhyve: `[ -e "$ROOT/once" ] || { : >"$ROOT/once"; : >restart; }; exit 1` })
    await asked.run()
    expect(asked.runs()).toHaveLength(2)
    expect(existsSync(path.join(asked.guest, 'restart'))).toBe(false)
    const quiet = stage({ conf: `${GUEST}on_restart="destroy"\n`, bhyve: 'exit 0' })
    await quiet.run()
    expect(quiet.runs()).toHaveLength(1)
  })

  test('a usage text is a failure to start, although bhyve ends with 0 or 1', async () => {
    const one = stage({ bhyve: `echo 'Usage: bhyve [-AaCDeHhPSuWwxY]' >&2; exit 0` })
    await one.run()
    expect(one.runs()).toHaveLength(1)
    expect(one.runs()[0]?.exit?.words).toMatch(/did not understand its command line/)
  })

  test('without bhyve it says so and cleans up', async () => {
    const one = stage({ conf: `${GUEST}${NIC}`, programs: { bhyve: null } })
    expect(await one.run()).toBe(127)
    expect(one.runs()[0]?.exit?.words).toMatch(/bhyve is not installed/)
    expect(one.calls().at(-2)).toEqual(['ifconfig', 'tap0', 'destroy'])
  })

  test('a tap that cannot be made ends it before bhyve, with the reason', async () => {
    const one = stage({
      conf: `${GUEST}${NIC}`,
      programs: {
        ifconfig: `[ "$2" = create ] && { echo 'ifconfig: SIOCIFCREATE2: "no" tap' >&2; exit 1; }; exit 0`,
      },
    })
    expect(await one.run()).toBe(71)
    expect(one.calls().some(argv => argv[0] === 'bhyve')).toBe(false)
    expect(one.runs()).toMatchObject([{ failed: 'ifconfig tap create: ifconfig: SIOCIFCREATE2: "no" tap\n' }])
    expect(existsSync(path.join(one.guest, 'run.lock'))).toBe(false)
  })

  test('a signal is the power button, also the second time, and ends the loop', async () => {
    const one = stage({
      bhyve: `trap 'echo pressed >>"$ROOT/pressed"' TERM
: >"$ROOT/up"
until [ "$(grep -c pressed "$ROOT/pressed" 2>/dev/null)" = 2 ]; do /bin/sleep 0.02; done
exit 0`,
    })
    const child = one.start()
    const ended = new Promise<number | null>(resolve => child.on('exit', resolve))
    await vi.waitFor(() => expect(existsSync(path.join(one.root, 'up'))).toBe(true))
    child.kill('SIGTERM')
    await vi.waitFor(() => expect(existsSync(path.join(one.root, 'pressed'))).toBe(true))
    child.kill('SIGTERM')
    expect(await ended).toBe(0)
    expect(one.runs()).toHaveLength(1)
    expect(one.calls().at(-1)).toEqual(['bhyvectl', '--destroy', '--vm=g1'])
  })

  test('limits are set on the very process', async () => {
    const one = stage({ conf: `${GUEST}priority="5"\nlimit_pcpu="50"\n`, bhyve: '/bin/sleep 0.3; exit 1' })
    await one.run()
    const calls = one.calls().filter(argv => /^(renice|rctl)$/.test(argv[0] ?? ''))
    expect(calls.map(argv => argv.slice(0, 2))).toEqual([
      ['renice', '5'],
      ['rctl', '-a'],
    ])
    expect(calls[1]?.[2]).toMatch(/^process:[0-9]+:pcpu:deny=50$/)
  })
})

describe('boot loaders', () => {
  const LOADED = GUEST.replace('uefi', 'bhyveload')

  test('bhyveload fills a new machine before each run', async () => {
    const one = stage({ conf: LOADED, bhyve: inTurn(0, 1) })
    expect(await one.run()).toBe(1)
    expect(one.calls().map(argv => argv.slice(0, 2))).toEqual([
      ['bhyvectl', '--vm=g1'],
      ['bhyveload', '-c'],
      ['bhyve', '-s'],
      // The back-off of a guest that restarts at once.
      ['sleep', '1'],
      ['bhyvectl', '--destroy'],
      ['sleep', '1'],
      ['bhyveload', '-c'],
      ['bhyve', '-s'],
      ['bhyvectl', '--destroy'],
    ])
    expect(one.calls().find(argv => argv[0] === 'bhyveload')).toEqual(
      `bhyveload -c /dev/nmdm-g1.1A -m 1G -e smbios.system.uuid=${UUID} -e autoboot_delay=3 -e bhyve_vm_name=g1 -d ${one.guest}/disk0.img g1`.split(
        ' ',
      ),
    )
  })

  test('grub-bhyve finds its device map and its menu', async () => {
    const conf = `${GUEST.replace('uefi', 'grub')}grub_run0="linux /boot/vmlinuz root=/dev/vda1 init='/bin/sh'"\n`
    const one = stage({ conf, programs: { 'grub-bhyve': 'cat device.map grub.cfg >"$ROOT/read"' } })
    expect(await one.run()).toBe(1)
    expect(readFileSync(path.join(one.root, 'read'), 'utf8')).toBe(
      `(hd0) ${one.guest}/disk0.img\ntimeout=3\nmenuentry 'g1 (bhyve run)' {\n    root=hd0,1\n    linux /boot/vmlinuz root=/dev/vda1 init='/bin/sh'\n}\n`,
    )
  })

  test('one that fails ends it before bhyve, with its last words', async () => {
    const one = stage({
      conf: `${LOADED}${NIC}`,
      programs: { bhyveload: `echo "bhyveload: Could not open '/x'" >&2; echo >&2; exit 64` },
    })
    expect(await one.run()).toBe(71)
    expect(one.calls().some(argv => argv[0] === 'bhyve')).toBe(false)
    expect(one.runs()).toMatchObject([
      { failed: "The boot loader bhyveload ended with status 64: bhyveload: Could not open '/x'\n" },
    ])
    expect(one.calls().slice(-2)).toEqual([
      ['ifconfig', 'tap0', 'destroy'],
      ['bhyvectl', '--destroy', '--vm=g1'],
    ])
    expect(existsSync(path.join(one.guest, 'run.lock'))).toBe(false)
  })

  test('a signal while it counts down ends it, and bhyve is not started', async () => {
    const one = stage({
      conf: LOADED,
      programs: { bhyveload: ': >"$ROOT/up"; exec /bin/sleep 60' },
    })
    const child = one.start()
    const ended = new Promise<number | null>(resolve => child.on('exit', resolve))
    await vi.waitFor(() => expect(existsSync(path.join(one.root, 'up'))).toBe(true))
    child.kill('SIGTERM')
    expect(await ended).toBe(143)
    expect(one.calls().some(argv => argv[0] === 'bhyve')).toBe(false)
    expect(existsSync(path.join(one.guest, 'run.lock'))).toBe(false)
  })
})

describe('names', () => {
  test('any legal name survives the shell', async () => {
    await fc.assert(
      fc.asyncProperty(fc.stringMatching(/^[A-Za-z0-9][.A-Za-z0-9_-]{0,20}[A-Za-z0-9]$/), async name => {
        const one = stage({ name })
        expect(await one.run()).toBe(1)
        expect(
          one
            .calls()
            .find(argv => argv[0] === 'bhyve')
            ?.at(-1),
        ).toBe(name)
      }),
      { numRuns: 15 },
    )
  })
})

test('the decisions after each exit are those of vm-bhyve', async () => {
  const cases = goldenNames()
    .filter(name => /^exit-/.test(name))
    .map(goldenCase)
  expect(cases.length).toBeGreaterThan(5)
  for (const golden of cases) {
    const touch = golden.json.stub_env.BHYVE_TOUCH_1
      ? '[ -e "$ROOT/once" ] || { : >"$ROOT/once"; : >restart; }\n'
      : ''
    const one = stage({ conf: golden.conf, bhyve: touch + inTurn(...golden.json.bhyve_exits) })
    const status = await one.run()
    expect([golden.name, one.runs().length, status]).toEqual([
      golden.name,
      golden.argv.length,
      Number(golden.file('exit')),
    ])
  }
})
