/** The blocks ifconfig(8) prints, sbin/ifconfig and sbin/ifconfig/ifbridge.c. */
import type { InterfaceState } from '../state.ts'
import type { World } from '../world.ts'

const FLAGS: [string, number][] = [
  ['UP', 0x1],
  ['BROADCAST', 0x2],
  ['LOOPBACK', 0x8],
  ['RUNNING', 0x40],
  ['PROMISC', 0x100],
  ['SIMPLEX', 0x800],
  ['MULTICAST', 0x8000],
  ['LOWER_UP', 0x1000000],
]

/** What each kind of interface can do beyond being up. */
const OPTIONS: Record<InterfaceState['type'], string> = {
  ether:
    'options=4e53fbb<RXCSUM,TXCSUM,VLAN_MTU,VLAN_HWTAGGING,JUMBO_MTU,VLAN_HWCSUM,TSO4,TSO6,LRO,WOL_UCAST,WOL_MCAST,WOL_MAGIC,VLAN_HWFILTER,VLAN_HWTSO,RXCSUM_IPV6,TXCSUM_IPV6,HWSTATS,MEXTPG>',
  bridge: 'options=0',
  tap: 'options=80000<LINKSTATE>',
  lo: 'options=680003<RXCSUM,TXCSUM,LINKSTATE,RXCSUM_IPV6,TXCSUM_IPV6>',
  vlan: 'options=4600703<RXCSUM,TXCSUM,TSO4,TSO6,LRO,RXCSUM_IPV6,TXCSUM_IPV6,MEXTPG>',
  epair: 'options=8<VLAN_MTU>',
}

const ND6: Record<InterfaceState['type'], string> = {
  ether: 'nd6 options=29<PERFORMNUD,IFDISABLED,AUTO_LINKLOCAL>',
  bridge: 'nd6 options=9<PERFORMNUD,IFDISABLED>',
  tap: 'nd6 options=29<PERFORMNUD,IFDISABLED,AUTO_LINKLOCAL>',
  lo: 'nd6 options=21<PERFORMNUD,AUTO_LINKLOCAL>',
  vlan: 'nd6 options=29<PERFORMNUD,IFDISABLED,AUTO_LINKLOCAL>',
  epair: 'nd6 options=29<PERFORMNUD,IFDISABLED,AUTO_LINKLOCAL>',
}

/** Whether something is at the other end: a tap has a carrier while a program has it open. */
function hasCarrier(one: InterfaceState): boolean {
  return one.type === 'tap' ? one.openedBy !== null : one.up
}

function flagsText(world: World, one: InterfaceState): string {
  const set = new Set<string>(
    one.type === 'lo' ? ['LOOPBACK', 'MULTICAST'] : ['BROADCAST', 'SIMPLEX', 'MULTICAST'],
  )
  if (one.up) set.add('UP')
  const running = one.up && hasCarrier(one)
  if (running) set.add('RUNNING').add('LOWER_UP')
  if (bridgeOf(world, one.name)) set.add('PROMISC')
  const names = FLAGS.filter(([name]) => set.has(name))
  const bits = names.reduce((sum, [, bit]) => sum + bit, 0)
  return `flags=${bits.toString(16)}<${names.map(([name]) => name).join(',')}>`
}

export function bridgeOf(world: World, name: string): InterfaceState | null {
  return Object.values(world.state.interfaces).find(each => each.members.includes(name)) ?? null
}

export type Form = { cidr: boolean }

/** One interface's block; every line ends in a newline. */
export function blockText(world: World, one: InterfaceState, form: Form): string {
  const lines: string[] = []
  if (one.description !== null) lines.push(`description: ${one.description}`)
  lines.push(OPTIONS[one.type])
  if (one.mac !== null) lines.push(`ether ${one.mac}`)
  for (const { address, prefix, broadcast } of one.inet) {
    const mask = form.cidr ? `inet ${address}/${prefix}` : `inet ${address} netmask ${maskText(prefix)}`
    lines.push(broadcast === null ? mask : `${mask} broadcast ${broadcast}`)
  }
  for (const { address, prefix } of one.inet6) {
    const scope = address.startsWith('fe80') ? ` scopeid 0x${indexOf(world, one).toString(16)}` : ''
    const shown = address.startsWith('fe80') && !address.includes('%') ? `${address}%${one.name}` : address
    lines.push(form.cidr ? `inet6 ${shown}/${prefix}${scope}` : `inet6 ${shown} prefixlen ${prefix}${scope}`)
  }
  if (one.type === 'bridge') lines.push(...bridgeLines(world, one))
  if (one.groups.length > 0) lines.push(`groups: ${one.groups.join(' ')}`)
  if (one.vlan !== null)
    lines.push(`vlan: ${one.vlan.tag} vlanproto: 802.1q vlanpcp: 0 parent interface: ${one.vlan.parent}`)
  const media = one.media ?? (one.type === 'tap' ? 'Ethernet 1000baseT <full-duplex>' : null)
  if (media !== null) lines.push(`media: ${media}`, `status: ${hasCarrier(one) ? 'active' : 'no carrier'}`)
  lines.push(ND6[one.type])
  if (one.openedBy !== null) lines.push(`Opened by PID ${one.openedBy}`)
  return `${one.name}: ${flagsText(world, one)} metric 0 mtu ${one.mtu}\n${lines.map(line => `\t${line}\n`).join('')}`
}

function bridgeLines(world: World, bridge: InterfaceState): string[] {
  const none = '00:00:00:00:00:00'
  return [
    `id ${none} priority 32768 hellotime 2 fwddelay 15`,
    'maxage 20 holdcnt 6 proto rstp maxaddr 2000 timeout 1200',
    `root id ${none} priority 32768 ifcost 0 port 0`,
    ...bridge.members.flatMap(member => {
      const state = world.state.interfaces[member]
      const port = state ? indexOf(world, state) : 0
      const hidden = bridge.privateMembers?.includes(member)
        ? 'flags=943<LEARNING,DISCOVER,PRIVATE,AUTOEDGE,AUTOPTP>'
        : 'flags=143<LEARNING,DISCOVER,AUTOEDGE,AUTOPTP>'
      const cost = state?.type === 'tap' ? 2_000_000 : 2000
      return [
        `member: ${member} ${hidden}`,
        `        ifmaxaddr 0 port ${port} priority 128 path cost ${cost}`,
      ]
    }),
  ]
}

/** The kernel's number of an interface: its place in the list. */
function indexOf(world: World, one: InterfaceState): number {
  return Object.values(world.state.interfaces).indexOf(one) + 1
}

/** 24 → `0xffffff00` */
function maskText(prefix: number): string {
  const mask = prefix === 0 ? 0 : (0xffffffff << (32 - prefix)) >>> 0
  return `0x${mask.toString(16).padStart(8, '0')}`
}
