import { expect, test } from 'vitest'
import { parseInterfaces } from '../host/ifconfig.ts'
import { parseInterfaceCounters } from '../host/netstat.ts'
import { sandboxForTest } from '../host/sandbox/testing.ts'
import { vmRow } from '../vms/row.testing.ts'
import { readCounters } from './counters.ts'
import { switchRows } from './model.ts'
import { networkState, readNetworks } from './read.ts'

const IFCONFIG = `em0: flags=1008943<UP,BROADCAST,RUNNING,PROMISC,SIMPLEX,MULTICAST,LOWER_UP> metric 0 mtu 1500
\tether 58:9c:fc:00:00:01
\tinet 192.0.2.10 netmask 0xffffff00 broadcast 192.0.2.255
\tnd6 options=23<PERFORMNUD,ACCEPT_RTADV,AUTO_LINKLOCAL>
lo0: flags=1008049<UP,LOOPBACK,RUNNING,MULTICAST,LOWER_UP> metric 0 mtu 16384
\tinet 127.0.0.1 netmask 0xff000000
\tgroups: lo
vm-public: flags=1008843<UP,BROADCAST,RUNNING,SIMPLEX,MULTICAST,LOWER_UP> metric 0 mtu 1500
\tether 58:9c:fc:10:ff:8e
\tgroups: bridge vm-switch viid-4c918@
\tmember: tap0 flags=143<LEARNING,DISCOVER,AUTOEDGE,AUTOPTP>
\t        ifmaxaddr 0 port 6 priority 128 path cost 2000000
\tmember: em0 flags=143<LEARNING,DISCOVER,AUTOEDGE,AUTOPTP>
\t        ifmaxaddr 0 port 1 priority 128 path cost 20000
\tmember: tap9 flags=143<LEARNING,DISCOVER,AUTOEDGE,AUTOPTP>
\t        ifmaxaddr 0 port 7 priority 128 path cost 2000000
bridge3: flags=1008843<UP,BROADCAST,RUNNING,SIMPLEX,MULTICAST,LOWER_UP> metric 0 mtu 1500
\tdescription: vm/a-switch-with-a-long-name
\tgroups: bridge vm-switch viid-00000@
em0.7: flags=1008943<UP,BROADCAST,RUNNING,PROMISC,SIMPLEX,MULTICAST,LOWER_UP> metric 0 mtu 1500
\tdescription: vm-vlan/dmz/em0.7
\tgroups: vlan vm-vlan viid-11111@
\tvlan: 7 vlanproto: 802.1q vlanpcp: 0 parent interface: em0
tap0: flags=1008943<UP,BROADCAST,RUNNING,PROMISC,SIMPLEX,MULTICAST,LOWER_UP> metric 0 mtu 1500
\tdescription: vmnet/web1/0/public
\tgroups: tap vm-port
\tOpened by PID 4242
tap9: flags=1008902<BROADCAST,PROMISC,SIMPLEX,MULTICAST,LOWER_UP> metric 0 mtu 1500
\tgroups: tap
`

const stateOf = (system: string) => networkState('/vm', system, parseInterfaces(IFCONFIG))
const PUBLIC = 'switch_list="public"\ntype_public="standard"\n'
const differences = (system: string, name = 'public') =>
  switchRows(stateOf(system), []).find(one => one.name === name)?.differences

test('a switch is found by its group, with its uplink, its guests and the taps of nobody', () => {
  const nic = { index: 0, emulation: 'virtio-net', switchName: 'public', mac: '58:9c:fc:0a:10:01' }
  const vms = [vmRow('web1', { nics: [nic] }), vmRow('off', { nics: [{ ...nic, mac: null }] })]
  const [one] = switchRows(stateOf(`${PUBLIC}ports_public="em0"\n`), vms)
  expect(one).toMatchObject({ name: 'public', kind: 'standard', bridge: 'vm-public', isUp: true, mtu: 1500 })
  expect(one?.uplinks.map(each => each.name)).toEqual(['em0'])
  expect(one?.plugs).toEqual([
    { vm: 'web1', nic: 0, emulation: 'virtio-net', mac: '58:9c:fc:0a:10:01', tap: 'tap0' },
    { vm: 'off', nic: 0, emulation: 'virtio-net', mac: null, tap: null },
  ])
  expect(one?.strangers.map(each => each.name)).toEqual(['tap9'])
  expect(one?.differences).toEqual([])
})

test('what is declared and is not so, and the other way round, is said', () => {
  expect(differences(PUBLIC)).toEqual([
    expect.stringContaining('em0 is on its bridge, but not among its ports'),
  ])
  expect(differences(`${PUBLIC}ports_public="em0 em1"\n`)).toEqual([
    'system.conf gives it the port em1, but this machine has no em1.',
  ])
  expect(differences(`${PUBLIC}ports_public="em0"\nvlan_public="7"\n`)).toEqual([
    'system.conf gives it the port em0.7, but em0.7 is not on its bridge.',
    expect.stringContaining('em0 is on its bridge'),
  ])
  const wrong = `${PUBLIC}ports_public="em0"\naddr_public="10.0.0.1/24"\nmtu_public="9000"\n`
  expect(differences(wrong)).toEqual([
    'system.conf gives it the address 10.0.0.1/24, but its bridge has it not.',
    'system.conf gives it MTU 9000, but its bridge has 1500.',
  ])
  const more = 'switch_list="lost own fast"\ntype_own="manual"\nbridge_own="bridge99"\ntype_fast="vale"\n'
  expect(differences(more, 'lost')).toEqual([expect.stringContaining('It has no bridge in the kernel')])
  expect(differences(more, 'own')).toEqual([expect.stringContaining('There is no bridge bridge99')])
  expect(differences(more, 'fast')).toEqual([])
})

test('a bridge of vm-bhyve that no setting names is shown under its name, however long', () => {
  const { switches } = stateOf('')
  expect(switches.map(one => [one.name, one.bridge])).toEqual([
    ['public', 'vm-public'],
    ['a-switch-with-a-long-name', 'bridge3'],
  ])
  expect(differences('')).toEqual([expect.stringContaining('system.conf names no switch public')])
})

test('cards, bridges, taps and vlans are told apart', () => {
  const kinds = stateOf('').interfaces.map(one => [one.name, one.kind, one.isRunning])
  expect(kinds).toEqual([
    ['em0', 'physical', true],
    ['lo0', 'loopback', true],
    ['vm-public', 'bridge', true],
    ['bridge3', 'bridge', true],
    ['em0.7', 'vlan', true],
    ['tap0', 'tap', true],
    ['tap9', 'tap', false],
  ])
  expect(stateOf('').interfaces.find(one => one.name === 'em0.7')?.vlan).toEqual({ tag: 7, parent: 'em0' })
})

// What a FreeBSD 14 printed, with its addresses replaced.
const NETSTAT =
  '{"statistics": {"interface": [{"name":"vtnet0","flags":"0x8863","mtu":1500,"network":"<Link#1>","address":"58:9c:fc:7b:2f:db","received-packets":14409097,"received-errors":1,"dropped-packets":2,"received-bytes":3661133356,"sent-packets":14006498,"send-errors":3,"sent-bytes":4606661018,"collisions":0}, {"name":"vtnet0","flags":"0x8863","network":"203.0.113.4/32","address":"203.0.113.4","received-packets":11897156,"received-bytes":2242504526,"sent-packets":12708744,"sent-bytes":4372534465}, {"name":"lo0","flags":"0x8049","mtu":16384,"network":"<Link#2>","address":"lo0","received-packets":18539596,"received-errors":0,"dropped-packets":0,"received-bytes":7314451024,"sent-packets":18539596,"send-errors":0,"sent-bytes":7314451024,"collisions":0}]}}'

test('counters are those of the interfaces, not of their addresses; anything else is unreadable', () => {
  const [first, second, ...more] = parseInterfaceCounters(NETSTAT)
  expect(first).toEqual({
    name: 'vtnet0',
    receivedPackets: 14409097,
    receivedBytes: 3661133356,
    receiveErrors: 1,
    dropped: 2,
    sentPackets: 14006498,
    sentBytes: 4606661018,
    sendErrors: 3,
  })
  expect([second?.name, more]).toEqual(['lo0', []])
  expect(() => parseInterfaceCounters(NETSTAT.slice(0, -3))).toThrow(/it is not JSON/)
  for (const value of ['"much"', '-0', '-1', '0.5', '1e999'])
    expect(() => parseInterfaceCounters(NETSTAT.replace('3661133356', value)), value).toThrow(
      /the figures of vtnet0 are not numbers/,
    )
})

test('the sandbox answers both questions, and many who ask for counters at once are one question', async () => {
  const host = await sandboxForTest({ seed: 'small' })
  try {
    const state = await readNetworks(host)
    expect(state.settings).toBe('/vm/.config/system.conf')
    expect(state.switches.map(one => [one.name, one.bridge])).toContainEqual(['public', 'vm-public'])
    const at = { ms: 0 }
    const first = readCounters(host, () => at.ms)
    expect(readCounters(host, () => at.ms)).toBe(first)
    expect((await first).interfaces.map(one => one.name)).toContain('vm-public')
    at.ms = 1000
    expect(readCounters(host, () => at.ms)).not.toBe(first)
  } finally {
    await host.close()
  }
})
