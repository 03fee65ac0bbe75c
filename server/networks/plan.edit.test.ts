import { beforeEach, expect, test } from 'vitest'
import { type Stage, stage } from '../actions.testing.ts'
import { AppError } from '../errors.ts'
import { parseInterfaces } from '../host/ifconfig.ts'
import type { TestHost } from '../host/sandbox/testing.ts'
import { doorTo, failureOf } from '../testing.ts'
import { vmRow } from '../vms/row.testing.ts'
import { create, edit } from './actions.ts'
import type { EditSwitchInput } from './input.ts'
import { hasTrial } from './model.ts'
import { planEdit as plan, type TrialState } from './plan.edit.ts'
import type { NetworkFacts } from './plan.ts'
import { networkState, readNetworks } from './read.ts'

const UP = 'flags=1008843<UP,BROADCAST,RUNNING,SIMPLEX,MULTICAST,LOWER_UP> metric 0 mtu 1500'
const IFCONFIG = `em0: ${UP}
\tinet 192.0.2.10 netmask 0xffffff00 broadcast 192.0.2.255
em1: ${UP}
em2: ${UP}
vm-lab: ${UP}
\tgroups: bridge vm-switch viid-f9664@
\tmember: em2 flags=143<LEARNING,DISCOVER,AUTOEDGE,AUTOPTP>
\tmember: tap3 flags=143<LEARNING,DISCOVER,AUTOEDGE,AUTOPTP>
tap3: ${UP}
\tdescription: vmnet/web1/0/lab
\tgroups: tap vm-port
`
const SYSTEM = '# ours\nswitch_list="lab"\ntype_lab="standard"\nports_lab="em2"   # the second card\nx="y"'

const facts = (change: { ifconfig?: string; system?: string } = {}): NetworkFacts => {
  const { ifconfig = IFCONFIG, system = SYSTEM } = change
  const nic = { index: 0, emulation: 'virtio-net', switchName: 'lab', mac: null }
  return {
    state: networkState('/vm', system, parseInterfaces(ifconfig)),
    system,
    vms: [vmRow('web1', { nics: [nic] })],
    membersMayHaveAddresses: true,
  }
}
const NO_TRIAL: TrialState = { script: null, isUnderWay: false }
const planEdit = (wanted: EditSwitchInput, of: NetworkFacts, earlier = NO_TRIAL) => plan(wanted, of, earlier)
const input = (change: Partial<EditSwitchInput> = {}): EditSwitchInput => ({
  ...{ name: 'lab', ports: ['em2'], vlan: null, address: null, isPrivate: false, keepWithinSeconds: 60 },
  ...change,
})
const commands = (plan: ReturnType<typeof planEdit>) =>
  plan.steps.flatMap(({ argv }) => (argv?.[0] === 'ifconfig' ? [argv.slice(1).join(' ')] : []))

test('what stays is not touched, in the kernel as in the settings', () => {
  const plan = planEdit(input({ ports: ['em2', 'em1'] }), facts())
  expect(commands(plan)).toEqual(['vm-lab addm em1'])
  expect(plan.steps.at(-1)?.file?.after).toBe(SYSTEM.replace('"em2"', '"em2 em1"'))
  expect(planEdit(input({ ports: [] }), facts()).steps.at(-1)?.file?.after).not.toContain('ports_lab')
})

test('another VLAN takes the port off and its VLAN on; an address and private go with it', () => {
  const plan = planEdit(input({ vlan: 7, address: '198.51.100.1/24', isPrivate: true }), facts())
  expect(commands(plan)).toEqual([
    'vm-lab deletem em2',
    'vlan create vlandev em2 vlan 7 descr vm-vlan/lab/em2.7 name em2.7 group vm-vlan up',
    expect.stringMatching(/^em2\.7 group viid-/),
    'vm-lab addm em2.7',
    'vm-lab inet 198.51.100.1/24',
    'vm-lab private tap3',
  ])
  expect(plan.warnings).toContain('Guests that run on it lose the network they have now: web1.')
})

test('an address that was written without its network is the one that is taken away', () => {
  const system = `${SYSTEM}\naddr_lab="198.51.100.10"`
  const ifconfig = IFCONFIG.replace(
    '\tmember: em2 flags=143<LEARNING,DISCOVER,AUTOEDGE,AUTOPTP>\n',
    '',
  ).replace('\tgroups: bridge', '\tinet 198.51.100.10 netmask 0xffffff00\n\tgroups: bridge')
  const portless = facts({ system: system.replace('ports_lab="em2"', 'ports_lab=""'), ifconfig })
  expect(commands(planEdit(input({ ports: [], address: null }), portless))).toEqual([
    'vm-lab inet 198.51.100.10 -alias',
  ])
})

test('a port that carries an address of the host is warned of when it leaves, and the change is on trial', () => {
  const ifconfig = IFCONFIG.replace(`em2: ${UP}\n`, `em2: ${UP}\n\tinet 192.0.2.20 netmask 0xffffff00\n`)
  const plan = planEdit(input({ ports: [] }), facts({ ifconfig }))
  expect(plan.warnings).toContainEqual(expect.stringContaining('em2 carries 192.0.2.20'))
  expect(hasTrial(plan.facts)).toBe(true)
  expect(hasTrial(planEdit(input({ ports: [] }), facts()).facts)).toBe(false)
  // The other way round it comes, and its link may be lost as well.
  const comes = planEdit(input({ ports: ['em2', 'em0'] }), facts())
  expect(hasTrial(comes.facts)).toBe(true)
})

test.each<[string, Partial<EditSwitchInput>, Parameters<typeof facts>[0], RegExp]>([
  ['nothing new', {}, {}, /Nothing would change/],
  ['another switch', { name: 'none' }, {}, /no switch none/],
  ['a port twice', { ports: ['em1', 'em1'] }, {}, /named twice/],
  ['a port that is not there', { ports: ['em9'] }, {}, /no interface em9/],
  ['a VLAN of nothing', { ports: [], vlan: 3 }, {}, /A VLAN is of a port/],
  ['no address', { address: '10.0.0.1' }, {}, /written with its network/],
  [
    'a kernel that is other than the settings',
    { ports: ['em1'] },
    { ifconfig: IFCONFIG.replace('\tmember: em2 flags=143<LEARNING,DISCOVER,AUTOEDGE,AUTOPTP>\n', '') },
    /em2 is not on its bridge/,
  ],
  [
    'a switch of another kind',
    { ports: ['em1'] },
    { system: SYSTEM.replace('standard', 'manual') },
    /standard switches only/,
  ],
])('refused: %s', (_, change, more, why) => {
  expect(planEdit(input(change), facts(more)).refused?.message).toMatch(why)
})

let on: Stage & AsyncDisposable
beforeEach(async () => {
  on = await stage()
  const made = { name: 'dmz', ports: ['ix1'], vlan: 7, address: null, isPrivate: false }
  await create.run(on.context, await create.plan(on.context, made), made)
  return () => on[Symbol.asyncDispose]()
})
const wanted: EditSwitchInput = {
  name: 'dmz',
  ports: ['ix1'],
  vlan: 8,
  address: '198.51.100.9/24',
  isPrivate: true,
  keepWithinSeconds: 60,
}
const seen = async () => (await readNetworks(on.host)).switches.find(one => one.name === 'dmz')

test('kernel and settings agree after it', async () => {
  const plan = await edit.plan(on.context, wanted)
  await edit.run(on.context, plan, wanted)
  expect((await seen())?.declared).toMatchObject({
    ports: ['ix1'],
    vlan: '8',
    addresses: ['198.51.100.9/24'],
    isPrivate: true,
  })
  const bridge = await on.sh('ifconfig vm-dmz')
  expect(bridge).toContain('member: ix1.8')
  expect(bridge).toContain('inet 198.51.100.9')
  expect((await on.host.run(['ifconfig', 'ix1.7'])).exit).not.toBe(0)
  expect((await edit.plan(on.context, wanted)).refused?.message).toContain('Nothing would change')
})

test('another address takes the place of the one there was, and comes back when the settings cannot be written', async () => {
  const plain = {
    name: 'inner',
    ports: [],
    vlan: null,
    address: '203.0.113.1/24',
    isPrivate: false,
    keepWithinSeconds: 60,
  }
  await create.run(on.context, await create.plan(on.context, plain), plain)
  const other = { ...plain, address: '203.0.113.2/24' }
  const plan = await edit.plan(on.context, other)
  const kept = { ...on.context, nudged: AbortSignal.abort() }
  const write: TestHost['write'] = (path, ...rest) =>
    path.endsWith('system.conf')
      ? Promise.reject(new AppError('no_space', 'The disk is full.'))
      : on.host.write(path, ...rest)
  const full = { ...kept, host: doorTo(on.host, { write }) }
  expect((await failureOf(edit.run(full, plan, other))).message).toContain('was taken back')
  expect(await on.sh('ifconfig vm-inner')).toContain('inet 203.0.113.1 ')
  // Written, and not heard: the settings must not stay beside a bridge that is as before.
  let lost = true
  const unheard: TestHost['write'] = async (path, ...rest) => {
    await on.host.write(path, ...rest)
    if (!lost || !path.endsWith('system.conf')) return
    lost = false
    throw new AppError('timeout', 'It did not answer.')
  }
  const settings = await on.host.read('/vm/.config/system.conf')
  const silent = { ...kept, host: doorTo(on.host, { write: unheard }) }
  expect((await failureOf(edit.run(silent, plan, other))).message).toContain('was taken back')
  expect(await on.host.read('/vm/.config/system.conf')).toBe(settings)
  expect(await on.sh('ifconfig vm-inner')).toContain('inet 203.0.113.1 ')
  await edit.run(kept, plan, other)
  const bridge = await on.sh('ifconfig vm-inner')
  expect(bridge).toContain('inet 203.0.113.2 ')
  expect(bridge).not.toContain('inet 203.0.113.1 ')
})

test('wherever it fails, the bridge is as it was, and so are the settings', async () => {
  const before = [await on.sh('ifconfig vm-dmz'), await on.host.read('/vm/.config/system.conf')]
  const plan = await edit.plan(on.context, wanted)
  for (const { argv } of plan.steps) {
    if (!argv) continue
    await on.host.run(['fault', 'add', ...argv, '--', 'exit', '1', 'broken', 'once'])
    const failure = await failureOf(edit.run(on.context, plan, wanted))
    expect(failure.message, argv.join(' ')).toMatch(/taken back|Nothing was changed/)
    expect(failure.message).not.toContain('could not be')
    expect(
      [await on.sh('ifconfig vm-dmz'), await on.host.read('/vm/.config/system.conf')],
      argv.join(' '),
    ).toEqual(before)
    expect(await edit.settle(on.context, plan, [])).toMatchObject({ state: 'interrupted' })
  }
})
