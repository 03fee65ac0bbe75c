import { describe, expect, test } from 'vitest'
import type { HostInterface, NetworkState } from '../networks/model.ts'
import { scriptedHost } from '../testing.ts'
import type { Vm } from './model.ts'
import { vmRow } from './row.testing.ts'
import { readUse, usedBetween } from './use.ts'

const disk = (dataset: string | null): Vm['disks'][number] => ({
  ...{ index: 0, emulation: 'virtio-blk', backing: dataset ? 'zvol' : 'file' },
  ...{ path: dataset ? `/dev/zvol/${dataset}` : '/vm/disk0.img', dataset },
})
const tap = (name: string, vm: string): HostInterface => ({
  ...{ name, kind: 'tap', ether: null, mtu: 1500, isRunning: true, addresses: [], bridge: 'vm-public' },
  ...{ description: '', vlan: null, guest: { vm, nic: 0 }, openedBy: 7 },
})
const networks: NetworkState = {
  settings: null,
  switches: [],
  interfaces: [tap('tap0', 'web1'), tap('tap1', 'other')],
}
const web1 = vmRow('web1', { pid: 7, disks: [disk('tank/web1/a'), disk('tank/web1/b')] })

/** A machine whose counters stand at what a test says; every command that it was asked. */
function machine() {
  const is = { cpu: '0:10.00', read: 1000, written: 500, received: 10, sent: 20, kstats: true }
  const asked: string[] = []
  const link = (name: string, received: number, sent: number) => ({
    ...{ name, network: '<Link#1>', 'received-packets': 0, 'received-errors': 0, 'dropped-packets': 0 },
    ...{ 'received-bytes': received, 'sent-packets': 0, 'send-errors': 0, 'sent-bytes': sent },
  })
  const host = scriptedHost(argv => {
    asked.push(argv.join(' '))
    const stdout = {
      ps: () => `7 ${is.cpu} 2048\n`,
      zfs: () => 'tank/web1/a\t54\ntank/web1/b\t260\n',
      sysctl: () =>
        is.kstats
          ? ['36', '104']
              .flatMap(id => [
                `kstat.zfs.tank.dataset.objset-0x${id}.nread=${is.read}`,
                `kstat.zfs.tank.dataset.objset-0x${id}.nwritten=${is.written}`,
              ])
              .map(line => `${line}\n`)
              .join('')
          : '',
      netstat: () =>
        JSON.stringify({
          statistics: { interface: [link('tap0', is.received, is.sent), link('tap1', 9, 9)] },
        }),
    }[argv[0] ?? '']
    return stdout ? { exit: 0, stdout: stdout(), stderr: '' } : { exit: 1, stdout: '', stderr: 'no\n' }
  })
  return { host, is, asked }
}

const at = (moment: number) => () => moment

describe('use of a guest', () => {
  test('is its process, its zvols together and its taps, a second; what a tap receives the guest has sent', async () => {
    const { host, is, asked } = machine()
    const before = await readUse(host, [web1], networks, at(0))
    Object.assign(is, { cpu: '0:13.00', read: 3000, written: 600, received: 30, sent: 25 })
    const after = await readUse(host, [web1], networks, at(2000))
    expect(usedBetween(before, after)).toEqual(
      new Map([
        [
          'web1',
          {
            ...{ at: 2000, cpus: 1.5, residentBytes: 2048 * 1024 },
            disk: { readBytes: 2000, writtenBytes: 100 },
            network: { receivedBytes: 2.5, sentBytes: 10 },
          },
        ],
      ]),
    )
    // One command for each kind, however many disks there are.
    expect(asked).toHaveLength(2 * 4)
  })

  test('is not asked for where no guest runs', async () => {
    const { host, asked } = machine()
    expect(await readUse(host, [vmRow('off')], networks, at(0))).toEqual(new Map())
    expect(asked).toEqual([])
  })

  test('of another run, and of counters that began anew, is none', async () => {
    const { host, is } = machine()
    const before = await readUse(host, [web1], networks, at(0))
    Object.assign(is, { read: 1, received: 1 })
    const after = await readUse(host, [web1], networks, at(1000))
    expect(usedBetween(before, after).get('web1')).toMatchObject({ cpus: 0, disk: null, network: null })
    const [[name, reading] = []] = after
    if (!name || !reading) throw new Error('There is no reading.')
    expect(usedBetween(before, new Map([[name, { ...reading, pid: 8 }]]))).toEqual(new Map())
  })

  test.each([
    ['a disk that is a file', { disks: [disk('tank/web1/a'), disk(null)] }, true],
    ['a kernel without the counters', {}, false],
  ])('%s leaves out the disks alone', async (_, more, kstats) => {
    const { host, is } = machine()
    is.kstats = kstats
    const reading = await readUse(host, [{ ...web1, ...more }], networks, at(0))
    expect(reading.get('web1')).toMatchObject({ disk: null, network: { in: 20, out: 10 }, cpuSeconds: 10 })
  })
})
