import { expect, test } from 'vitest'
import { parseInterfaces } from '../host/ifconfig.ts'
import { vmRow } from '../vms/row.testing.ts'
import { goldenCase } from '../vms/testing.ts'
import type { CreateSwitchInput } from './input.ts'
import { type NetworkFacts, planCreate, planDestroy } from './plan.ts'
import { networkState } from './read.ts'

const IFCONFIG = `em0: flags=1008843<UP,BROADCAST,RUNNING,SIMPLEX,MULTICAST,LOWER_UP> metric 0 mtu 1500
\tinet 192.0.2.10 netmask 0xffffff00 broadcast 192.0.2.255
em1: flags=1008843<UP,BROADCAST,RUNNING,SIMPLEX,MULTICAST,LOWER_UP> metric 0 mtu 1500
\tinet6 fe80::1%em1 prefixlen 64 scopeid 0x2
em2: flags=1008843<UP,BROADCAST,RUNNING,SIMPLEX,MULTICAST,LOWER_UP> metric 0 mtu 1500
lo0: flags=1008049<UP,LOOPBACK,RUNNING,MULTICAST,LOWER_UP> metric 0 mtu 16384
\tgroups: lo
vm-lab: flags=1008843<UP,BROADCAST,RUNNING,SIMPLEX,MULTICAST,LOWER_UP> metric 0 mtu 1500
\tgroups: bridge vm-switch viid-f9664@
\tmember: em2 flags=143<LEARNING,DISCOVER,AUTOEDGE,AUTOPTP>
bridge0: flags=1008843<UP,BROADCAST,RUNNING,SIMPLEX,MULTICAST,LOWER_UP> metric 0 mtu 1500
\tgroups: bridge
`
const SYSTEM = '# ours\nswitch_list="lab"   # one\ntype_lab="standard"\nports_lab="em2"\ndatastore_list="x"'

const facts = (
  changes: Partial<NetworkFacts> & { ifconfig?: string; system?: string } = {},
): NetworkFacts => {
  const { ifconfig = IFCONFIG, system = SYSTEM } = changes
  return {
    state: networkState('/vm', system, parseInterfaces(ifconfig)),
    vms: [],
    membersMayHaveAddresses: true,
    ...changes,
    system,
  }
}
const input = (changes: Partial<CreateSwitchInput> = {}): CreateSwitchInput => ({
  name: 'public',
  ports: [],
  vlan: null,
  address: null,
  isPrivate: false,
  ...changes,
})
const argvs = (plan: ReturnType<typeof planCreate>) =>
  plan.steps.flatMap(step => (step.argv ? [step.argv] : []))

test('the commands are vm-bhyve’s own, and its settings are kept byte for byte', () => {
  const golden = goldenCase('nic-vlan-addr').init.filter(
    argv => argv[0] === 'ifconfig' && argv[1] !== '-g' && !argv.includes('inet6'),
  )
  const plan = planCreate(input({ ports: ['em0', 'em1'], vlan: 10, address: '10.0.0.1/24' }), facts())
  expect(argvs(plan)).toEqual(golden)
  expect(plan.steps.at(-1)?.file).toEqual({
    path: '/vm/.config/system.conf',
    before: SYSTEM,
    after: `${SYSTEM.replace('"lab"', '"lab public"')}\ntype_public="standard"\nports_public="em0 em1"\nvlan_public="10"\naddr_public="10.0.0.1/24"\n`,
  })
})

test('a long name stands in the description, and the number of its bridge is known before', () => {
  const [make, mark] = argvs(planCreate(input({ name: 'averylongswitch' }), facts()))
  expect(make).toEqual('ifconfig bridge1 create descr vm/averylongswitch group vm-switch up'.split(' '))
  expect(mark).toEqual(['ifconfig', 'bridge1', 'group', 'viid-adedb@'])
})

test.each<[string, Partial<CreateSwitchInput>, Parameters<typeof facts>[0], RegExp]>([
  ['no place for settings', {}, { state: networkState(null, '', []) }, /no directory on this machine yet/],
  ['a name that sysrc cannot write', { name: 'my-lan' }, {}, /two letters, digits or underscores/],
  ['a name that is taken', { name: 'lab' }, {}, /There is a switch lab already/],
  ['a port that is not there', { ports: ['em9'] }, {}, /no interface em9/],
  ['a port on another bridge', { ports: ['em2'] }, {}, /em2 is on vm-lab already/],
  ['a port that leads nowhere', { ports: ['lo0'] }, {}, /lo0 is a loopback/],
  ['a port twice', { ports: ['em1', 'em1'] }, {}, /named twice/],
  ['a VLAN of nothing', { vlan: 7 }, {}, /A VLAN is of a port/],
  ['no address', { address: '10.0.0.1' }, {}, /written with its network/],
  ['an address of no number', { address: '10.0.0.256/24' }, {}, /written with its network/],
  ['an address that is taken', { address: '192.0.2.10/24' }, {}, /em0 has the address/],
  [
    'an address on FreeBSD 15',
    { ports: ['em0'] },
    { membersMayHaveAddresses: false },
    /FreeBSD 15 takes no interface/,
  ],
])('refused: %s', (_, changes, more, why) => {
  const plan = planCreate(input(changes), facts(more))
  expect(plan.refused?.message).toMatch(why)
  expect(plan.steps).toEqual([])
})

test('on FreeBSD 15 a VLAN of a port with an address is no member with an address, nor is a link-local one', () => {
  const strict = facts({ membersMayHaveAddresses: false })
  expect(planCreate(input({ ports: ['em0'], vlan: 7 }), strict).refused).toBeUndefined()
  expect(planCreate(input({ ports: ['em1'] }), strict).refused).toBeUndefined()
})

test('the port that carries an address is warned of, and two ports may be a loop', () => {
  expect(planCreate(input({ ports: ['em0'] }), facts()).warnings).toEqual([
    expect.stringContaining('em0 carries 192.0.2.10'),
  ])
  const down = facts({
    ifconfig: IFCONFIG.replace('em1: flags=1008843<UP,BROADCAST,RUNNING', 'em1: flags=8802<BROADCAST'),
  })
  expect(planCreate(input({ ports: ['em1'] }), down).warnings).toEqual([
    expect.stringContaining('em1 is down'),
  ])
  expect(planCreate(input({ ports: ['em0', 'em1'], vlan: 3 }), facts()).warnings).toEqual([
    expect.stringContaining('make a loop'),
  ])
})

test('a switch goes from kernel and settings, and nothing else of the settings does', () => {
  const plan = planDestroy('lab', facts())
  expect(argvs(plan)).toEqual([['ifconfig', 'vm-lab', 'destroy']])
  expect(plan.steps.at(-1)?.file?.after).toBe('# ours\nswitch_list=""   # one\ndatastore_list="x"')
})

test('who is plugged in, or configured for it, keeps it', () => {
  const nic = { index: 0, emulation: 'virtio-net', switchName: 'lab', mac: null }
  const used = planDestroy('lab', facts({ vms: [vmRow('web1', { nics: [nic] })] }))
  expect(used.refused).toMatchObject({ code: 'in_use', message: expect.stringContaining('web1') })
  const tap = `${IFCONFIG.replace('\tmember: em2', '\tmember: tap3 flags=143<LEARNING>\n\tmember: em2')}tap3: flags=8943<UP> metric 0 mtu 1500\n\tgroups: tap\n`
  expect(planDestroy('lab', facts({ ifconfig: tap })).refused?.message).toMatch(/tap3/)
  const reached = IFCONFIG.replace('viid-f9664@', 'viid-f9664@\n\tinet 198.51.100.1 netmask 0xffffff00')
  expect(planDestroy('lab', facts({ ifconfig: reached })).refused?.message).toMatch(/reached at 198.51.100.1/)
  expect(planDestroy('nowhere', facts()).refused?.code).toBe('not_found')
  const manual = facts({ system: 'switch_list="own"\ntype_own="manual"\nbridge_own="bridge0"\n' })
  expect(planDestroy('own', manual).refused?.message).toMatch(/standard switches only/)
})
