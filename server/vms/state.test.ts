import { describe, expect, test } from 'vitest'
import type { NetworkInterface } from '../host/ifconfig.ts'
import type { Process } from '../host/ps.ts'
import { parseConf } from './conf.ts'
import { parseRuns } from './runs.ts'
import { type GuestFiles, type HostView, toVm } from './state.ts'
import { goldenCase } from './testing.ts'

const CONF =
  'loader="uefi"\ncpu="2"\nmemory="2G"\ndisk0_type="virtio-blk"\ndisk0_name="disk0"\ndisk0_dev="zvol"\ngraphics="yes"\n'

function process(pid: number, args: string): Process {
  return { pid, ppid: 1, residentBytes: 1024, cpuPercent: 3, elapsedSeconds: 60, command: 'bhyve', args }
}

function guest(changes: Partial<GuestFiles> = {}): GuestFiles {
  return {
    place: { name: 'web1', directory: '/vm/web1', datastorePath: '/vm', dataset: 'tank/vms', vmDir: '/vm' },
    datastore: 'default',
    conf: CONF,
    confError: null,
    lock: null,
    lockedAt: null,
    console: null,
    saved: false,
    runs: [],
    startedConf: null,
    ...changes,
  }
}

function view(changes: Partial<HostView> = {}): HostView {
  return {
    hostname: 'skephost',
    now: 1_000_000,
    processes: [],
    vmm: [],
    interfaces: [],
    vmList: [],
    system: parseConf(''),
    datasetAt: new Map([['/vm/web1', 'tank/vms/web1']]),
    iscsi: () => null,
    ...changes,
  }
}

const SCRIPT = process(10, '/bin/sh /vm/web1/.skep/run.sh')
const TITLE = process(11, 'bhyve: web1')
const ARGV = 'bhyve -s 0,hostbridge -s 0:5:0,fbuf,tcp=127.0.0.1:5900,wait -c 2 web1'
const running = {
  lock: 'skephost',
  lockedAt: 900_000,
  console: 'com1=/dev/nmdm-web1.1B\nvnc=127.0.0.1:5900\n',
}
const runs = (...lines: unknown[]) => parseRuns(lines.map(line => JSON.stringify(line)).join('\n'))
const tap = (name: string, description: string): NetworkInterface => ({
  name,
  description,
  flags: [],
  mtu: 1500,
  groups: ['tap', 'vm-port'],
  members: [],
  addresses: [],
  ether: null,
  vlan: null,
  openedBy: null,
})

describe('states', () => {
  test('running under Skep', () => {
    const vm = toVm(
      guest({ ...running, startedConf: CONF }),
      view({ processes: [SCRIPT, TITLE], vmm: ['web1'] }),
    )
    expect(vm).toMatchObject({
      state: 'running',
      pid: 11,
      supervisor: 'skep',
      startedAt: 900_000,
      vnc: '127.0.0.1:5900',
      cpus: 2,
      memoryBytes: 2 ** 31,
      dataset: 'tank/vms/web1',
      disks: [{ path: '/dev/zvol/tank/vms/web1/disk0', dataset: 'tank/vms/web1/disk0' }],
      pending: [],
      problems: [],
    })
  })

  test('running under vm-bhyve, whose title carries a suffix; another guest with a longer name is not it', () => {
    const supervisor = process(9, '/bin/sh /usr/local/sbin/vm _run web1')
    const processes = [supervisor, process(12, 'bhyve: web1 (bhyve)'), process(13, 'bhyve: web10')]
    expect(toVm(guest(running), view({ processes }))).toMatchObject({ pid: 12, supervisor: 'vm-bhyve' })
    expect(toVm(guest(), view({ processes: [process(13, 'bhyve: web10')] })).state).toBe('stopped')
  })

  test('waiting for a viewer: the title is still the command line', () => {
    const vm = toVm(guest(running), view({ processes: [SCRIPT, process(11, ARGV)], vmm: ['web1'] }))
    expect(vm).toMatchObject({ state: 'waiting', pid: 11 })
    expect(vm.stateReason).toMatch(/first viewer/)
    const making = process(11, ARGV.replace(',wait', ''))
    expect(toVm(guest(running), view({ processes: [SCRIPT, making] })).state).toBe('starting')
  })

  test('in the boot loader', () => {
    const loader = process(11, 'bhyveload -c /dev/nmdm-web1.1A -m 1G -d /x web1')
    expect(toVm(guest(running), view({ processes: [loader], vmm: ['web1'] })).state).toBe('firmware')
  })

  // The supervisor is 60 s old at 1000 s.
  const begun = { start: 950, argv: ['bhyve'] }
  const between = (...lines: unknown[]) =>
    toVm(guest({ ...running, runs: runs(...lines) }), view({ processes: [SCRIPT], vmm: ['web1'] }))

  test('between two boots its supervisor is there', () => {
    const vm = between(begun, { end: 952, exit: 0, output: '' })
    expect(vm).toMatchObject({ state: 'starting', supervisor: 'skep', pid: null })
    expect(vm.stateReason).toMatch(/restarted itself/)
    expect(between(begun, { end: 952, exit: 3, output: '' }).stateReason).toMatch(
      /triple fault.*starts it again/,
    )
  })

  test('after the last boot it is stopping until its supervisor has tidied up', () => {
    const vm = between(begun, { end: 990, exit: 1, output: '' }, { stops: 990 })
    expect(vm).toMatchObject({ state: 'stopping', supervisor: 'skep', pid: null })
    expect(vm.stateReason).toBe('The guest powered off. Its supervisor tidies up.')
  })

  test('the end of a run before this start says nothing of this one', () => {
    const old = { start: 100, argv: ['bhyve'] }
    const vm = between(old, { end: 200, exit: 3, output: '' }, { stops: 200 })
    expect(vm).toMatchObject({ state: 'starting', stateReason: 'Its supervisor prepares the start.' })
  })

  test("vm-bhyve's supervisor without a bhyve: young it starts, old it stops", () => {
    const old = process(9, '/bin/sh /usr/local/sbin/vm _run web1')
    const of = (one: Process) => toVm(guest(running), view({ processes: [one], vmm: ['web1'] })).state
    expect(of(old)).toBe('stopping')
    expect(of({ ...old, elapsedSeconds: 1 })).toBe('starting')
  })

  test('left over: every thing is named, and a given tap is not', () => {
    const conf = `${CONF}network0_type="virtio-net"\nnetwork0_switch="public"\nnetwork0_device="tap7"\n`
    const interfaces = [
      tap('tap3', 'vmnet/web1/0/public'),
      tap('tap7', 'vmnet/web1/1/public'),
      tap('tap4', 'vmnet/web10/0/x'),
    ]
    const dead = runs({ start: 1, argv: ['bhyve'] })
    const vm = toVm(guest({ ...running, conf, runs: dead }), view({ vmm: ['web1'], interfaces }))
    expect(vm.state).toBe('leftover')
    expect(vm.stateReason).toMatch(/\/dev\/vmm\/web1/)
    expect(vm.stateReason).toMatch(/run\.lock/)
    expect(vm.stateReason).toMatch(/tap3/)
    expect(vm.stateReason).toMatch(/supervisor died/)
    expect(vm.stateReason).not.toMatch(/tap[47]/)
  })

  test('locked by another host, or by one without a name', () => {
    expect(toVm(guest({ lock: 'other' }), view()).stateReason).toMatch(/the host other/)
    expect(toVm(guest({ lock: '' }), view()).state).toBe('locked')
  })

  test('suspended, crashed, stopped', () => {
    expect(toVm(guest({ saved: true }), view()).state).toBe('suspended')
    const crash = runs(
      { start: 1, argv: ['bhyve'] },
      { end: 9, exit: 134, output: 'Failed to emulate instruction 0x0f\n' },
    )
    expect(toVm(guest({ runs: crash }), view())).toMatchObject({
      state: 'crashed',
      stateReason: 'bhyve gave up on the guest: Failed to emulate instruction 0x0f.',
      lastExit: { signal: 'SIGABRT', status: null },
    })
    const off = runs({ start: 1, argv: ['bhyve'] }, { end: 9, exit: 1, output: '' })
    expect(toVm(guest({ runs: off }), view())).toMatchObject({ state: 'stopped', lastExit: { status: 1 } })
    const failed = runs({ failed: 'ifconfig tap create: no', at: 5 })
    expect(toVm(guest({ runs: failed }), view())).toMatchObject({
      state: 'crashed',
      stateReason: 'ifconfig tap create: no.',
    })
  })

  test('what was changed since the start is pending', () => {
    const vm = toVm(
      guest({ ...running, startedConf: CONF, conf: CONF.replace('"2G"', '"4G"') }),
      view({ processes: [SCRIPT, TITLE] }),
    )
    expect(vm.pending).toEqual(['memory'])
  })

  test('a conf that cannot be read is said, the process is still seen', () => {
    const vm = toVm(guest({ conf: null, confError: 'No permission.' }), view({ processes: [TITLE] }))
    expect(vm).toMatchObject({ state: 'running', problems: ['No permission.'] })
  })
})

test.each([
  [
    4,
    'Could not open backing file: /dev/zvol/a: No such file or directory\n',
    /could not open the disk \/dev\/zvol\/a/,
  ],
  [4, 'open of tap device /dev/tap9 failed\r\n', /network interface \/dev\/tap9/],
  [4, 'bind: Address already in use\n', /already in use/],
  [4, 'vm_openf: No such file or directory\n', /vmm is not loaded/],
  [4, 'fbuf frame buffer base: 0x1\nUnable to setup memory (12)\n', /not enough memory/],
  [3, '', /triple fault/],
  [143, '', /before the guest could shut down/],
  [137, '', /killed/],
  [139, '', /SIGSEGV/],
  [127, 'bhyve: not found\n', /not installed/],
  [1, 'Usage: bhyve [-A]\n', /did not understand/],
  [7, '', /status 7/],
])('status %d with %j', (exit, output, words) => {
  const [run] = runs({ start: 100, argv: ['bhyve'] }, { end: 100, exit, output })
  expect(run?.exit?.words).toMatch(words)
})

test('the same host as vm list saw it: the same states, a lock of its own without a process told as left over', () => {
  const golden = goldenCase('show-list')
  const { json } = golden
  const text = (file: string) => {
    const found = json.files?.[file]
    return typeof found === 'string' ? found : null
  }
  const processes = (json.processes ?? []).map(line => {
    const [pid, ...args] = line.split(' ')
    return process(Number(pid), args.join(' '))
  })
  const host = view({
    processes,
    vmm: json.dev_vmm ?? [],
    vmList: (json.rc_conf.vm_list ?? '').split(' '),
    system: parseConf(golden.system),
  })
  const states = ['alpha', 'beta', 'delta', 'gamma', 'theta', 'zeta'].map(name => {
    const vm = toVm(
      guest({
        place: { name, directory: `/vm/${name}`, datastorePath: '/vm', dataset: '', vmDir: '/vm' },
        conf: golden.file(`conf.${name}`),
        lock: text(`/vm/${name}/run.lock`)?.trim() ?? null,
        console: text(`/vm/${name}/console`),
        saved: text(`/vm/${name}/${name}.save`) !== null,
      }),
      host,
    )
    return [name, vm.state, vm.pid, vm.autostart, vm.vnc]
  })
  expect(states).toEqual([
    ['alpha', 'running', 1201, 2, '0.0.0.0:5901'],
    ['beta', 'stopped', null, 1, null],
    ['delta', 'locked', null, null, null],
    ['gamma', 'firmware', 1202, null, null],
    ['theta', 'leftover', null, null, null],
    ['zeta', 'suspended', null, null, null],
  ])
})
