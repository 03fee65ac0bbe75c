import { afterEach, describe, expect, test } from 'vitest'
import { AppError } from '../errors.ts'
import { advisoryState, isMaintained, parseFreebsdVersion, parseRelease } from './freebsd-version.ts'
import { kldload } from './kldload.ts'
import { cpuLoad, parseLoad, readLoad, readMachineFacts } from './machine.ts'
import { listPciDevices, parsePciconf } from './pciconf.ts'
import { fromBootMessages } from './probe/hypervisor.ts'
import { probeHost } from './probe.ts'
import { sandboxForTest, type TestHost } from './sandbox/testing.ts'
import { busyFraction, parseBootTime, parseSysctl } from './sysctl.ts'
import { parseUname } from './uname.ts'

describe('sysctl', () => {
  test('values by name, whatever they hold', () => {
    const text =
      'kern.hostname=bee=hive\nkern.boottime={ sec = 1700000000, usec = 123456 } Tue Nov 14 22:13:20 2023\n'
    const values = parseSysctl(text)
    expect(values.get('kern.hostname')).toBe('bee=hive')
    expect(parseBootTime(values.get('kern.boottime') ?? '')).toBe(1_700_000_000_123)
    expect(parseBootTime('yesterday')).toBeNull()
    for (const damaged of ['kern.hostname: bee\n', 'a=1\na=2\n', '=1\n']) {
      expect(() => parseSysctl(damaged)).toThrow(AppError)
    }
  })

  test('the busy part between two readings', () => {
    expect(busyFraction([0, 0, 0, 0, 0], [10, 0, 10, 5, 75])).toBe(0.25)
    expect(busyFraction([5, 5, 5, 5, 5], [5, 5, 5, 5, 5])).toBe(0)
    // The counters begin anew after a reboot.
    expect(busyFraction([9, 9, 9, 9, 9], [0, 0, 0, 0, 10])).toBe(0)
  })

  test('memory: used, ARC and free make the whole', () => {
    const values = parseSysctl(
      [
        'kern.cp_time=1 2 3 4 5',
        'vm.stats.vm.v_page_size=4096',
        'vm.stats.vm.v_page_count=1000',
        'vm.stats.vm.v_free_count=300',
        'vm.stats.vm.v_inactive_count=100',
        'vm.stats.vm.v_laundry_count=10',
        'kstat.zfs.misc.arcstats.size=409600',
        '',
      ].join('\n'),
    )
    const load = parseLoad(values)
    expect(load).toEqual({
      ticks: [1, 2, 3, 4, 5],
      memoryUsedBytes: 490 * 4096,
      arcBytes: 409_600,
      memoryFreeBytes: 410 * 4096,
    })
    values.delete('kstat.zfs.misc.arcstats.size')
    expect(parseLoad(values).arcBytes).toBe(0)
    values.set('kern.cp_time', '1 2')
    expect(() => parseLoad(values)).toThrow(AppError)
  })
})

describe('versions', () => {
  test('of the system', () => {
    expect(parseUname('FreeBSD 14.5-RELEASE-p2\n')).toEqual({ system: 'FreeBSD', release: '14.5-RELEASE-p2' })
    expect(parseFreebsdVersion('14.3-RELEASE-p2\n14.3-RELEASE-p3\n')).toEqual({
      kernel: '14.3-RELEASE-p2',
      userland: '14.3-RELEASE-p3',
    })
    expect(() => parseFreebsdVersion('14.3\n')).toThrow(AppError)
    expect(parseRelease('14.5-RELEASE')).toEqual({ major: 14, minor: 5, branch: 'RELEASE', patch: 0 })
    expect(parseRelease('15.0-BETA3')?.branch).toBe('BETA3')
    expect(parseRelease('6.1.0-13-amd64')).toBeNull()
  })

  test.each([
    ['14.4-RELEASE-p10', { mendedIn: '14.4-RELEASE-p11' }],
    ['14.4-RELEASE-p11', 'fixed'],
    ['14.5-RELEASE-p1', { mendedIn: '14.5-RELEASE-p2' }],
    ['14.5-RELEASE-p2', 'fixed'],
    ['15.1-RELEASE-p4', { mendedIn: '15.1-RELEASE-p5' }],
    ['15.1-RELEASE-p12', 'fixed'],
    ['14.3-RELEASE-p20', null],
    ['15.1-STABLE', null],
  ])('SA-26:72 and %s', (text, state) => {
    const release = parseRelease(text)
    expect(release && advisoryState(release)).toEqual(state)
  })

  test('which get fixes', () => {
    const maintained = ['14.4-RELEASE', '14.5-RELEASE', '15.1-RELEASE', '16.0-CURRENT']
    const ended = ['13.5-RELEASE', '14.3-RELEASE', '15.0-RELEASE']
    const state = (text: string) =>
      isMaintained(parseRelease(text) ?? { major: 0, minor: 0, branch: '', patch: 0 })
    expect([...maintained, ...ended].filter(state)).toEqual(maintained)
  })
})

describe('pciconf', () => {
  test('devices with and without names', () => {
    const text = [
      'ix0@pci0:3:0:0:\tclass=0x020000 rev=0x01 hdr=0x00 vendor=0x8086 device=0x1528 subvendor=0x15d9 subdevice=0x0962',
      "    vendor     = 'Intel Corporation'",
      "    device     = 'Ethernet Controller 10-Gigabit X540-AT2'",
      '    class      = network',
      '    subclass   = ethernet',
      'none0@pci0:0:31:5:\tclass=0x0c8000 rev=0x10 hdr=0x00 vendor=0x8086 device=0xa324 subvendor=0x15d9 subdevice=0x0962',
      '',
    ].join('\n')
    expect(parsePciconf(text)).toMatchObject([
      { name: 'ix0', bus: 3, slot: 0, func: 0, vendorName: 'Intel Corporation', subclassName: 'ethernet' },
      { name: 'none0', slot: 31, func: 5, deviceName: null },
    ])
    expect(() => parsePciconf('pciconf: /dev/pci: Permission denied\n')).toThrow(AppError)
  })
})

describe('what the processor said at boot', () => {
  test.each([
    ['  VT-x: PAT,HLT,MTF,PAUSE,EPT,UG,VPID,VID,PostIntr', 'ok'],
    ['  VT-x: PAT,HLT,MTF,PAUSE,EPT,VPID', 'warning'],
    ['  VT-x: (disabled in BIOS) PAT,HLT,EPT,UG', 'missing'],
    ['  (disabled in BIOS) VT-x: PAT,HLT,EPT,UG', 'missing'],
    ['  SVM: NP,NRIP,VClean,AFlush', 'ok'],
    ['CPU: something else', 'missing'],
  ])('%s', (line, state) => {
    expect(fromBootMessages(`real memory\n${line}\navail memory\n`).state).toBe(state)
  })
  test('nothing kept', () => {
    expect(fromBootMessages(null).state).toBe('missing')
  })
})

const machines: TestHost[] = []
afterEach(async () => {
  for (const host of machines.splice(0)) await host.close()
})

async function machine(seed: 'small' | 'empty'): Promise<TestHost> {
  const host = await sandboxForTest({ seed })
  machines.push(host)
  return host
}

describe('on a machine', () => {
  test('facts, load and capabilities', async () => {
    const host = await machine('small')
    const facts = await readMachineFacts(host)
    expect(facts.kernelVersion).toMatch(/^\d+\.\d+-RELEASE/)
    expect(facts.cpus).toBeGreaterThan(0)
    expect(facts.memoryBytes).toBeGreaterThan(2 ** 30)
    expect(facts.bootedAt).toBeGreaterThan(Date.UTC(2020, 0))
    expect(facts.zfsVersion).toMatch(/^\d+\.\d+/)
    const before = await readLoad(host)
    const after = await readLoad(host)
    expect(before.memoryUsedBytes).toBeGreaterThan(0)
    expect(cpuLoad(before, after)).toBeGreaterThanOrEqual(0)
    expect((await listPciDevices(host)).length).toBeGreaterThan(0)

    const capabilities = await probeHost(host)
    expect(capabilities.map(each => each.id)).toEqual([
      'system',
      'advisories',
      'zfs',
      'bhyve',
      'cpu',
      'vmm',
      'nmdm',
      'if_bridge',
      'if_tuntap',
      'tap_up',
      'firmware',
      'wired',
      'programs',
    ])
    for (const each of capabilities) expect(each.reason).toMatch(/\.$/)
    expect(capabilities.find(each => each.id === 'zfs')?.state).toBe('ok')
  })

  test('what is wrong is said with what mends it', async () => {
    const host = await machine('empty')
    await host.run(['sysctl', 'net.link.tap.up_on_open=0'])
    await host.run(['fault', 'add', 'bhyvectl', '--', 'missing'])
    await host.run(['fault', 'add', 'zfs', 'version', '--', 'garbage'])
    const byId = new Map((await probeHost(host)).map(each => [each.id, each]))
    expect(byId.get('tap_up')).toMatchObject({ state: 'ok', reason: expect.stringContaining('bhyve brings') })
    expect(byId.get('programs')).toMatchObject({ state: 'missing' })
    expect(byId.get('programs')?.reason).toContain('bhyvectl')
    expect(byId.get('zfs')?.state).toBe('warning')
  })

  test('a module that is not there', async () => {
    const host = await machine('empty')
    await expect(kldload(host, 'no_such')).rejects.toMatchObject({ code: 'not_found' })
    await kldload(host, 'nmdm')
  })
})
