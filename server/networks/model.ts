/** Networks of a machine: vm-bhyve's switches, what they are in the kernel, and who is plugged in. */
import type { Vm } from '../vms/model.ts'

/** `standard` is a bridge that vm-bhyve makes, `manual` a bridge of somebody else's; the others are read only here. */
export type SwitchKind = 'standard' | 'manual' | 'vxlan' | 'vale' | 'netgraph' | 'unknown'

/** An interface of the machine as far as networks need it. */
export type HostInterface = {
  name: string
  kind: 'physical' | 'bridge' | 'tap' | 'vlan' | 'loopback' | 'other'
  ether: string | null
  mtu: number
  /** It is up and has a carrier. */
  isRunning: boolean
  addresses: string[]
  /** The bridge it is a member of. */
  bridge: string | null
  description: string
  vlan: { tag: number; parent: string } | null
  /** A tap that a guest's NIC has: vm-bhyve writes it into the description. */
  guest: { vm: string; nic: number } | null
  openedBy: number | null
}

/** What system.conf says of a switch. */
type Declared = {
  ports: string[]
  vlan: string
  addresses: string[]
  mtu: string
  isPrivate: boolean
  /** The bridge that a manual switch names. */
  bridge: string | null
}

export type Switch = {
  name: string
  kind: SwitchKind
  /** Null: the kernel has it, system.conf does not name it. */
  declared: Declared | null
  /** Name of its bridge; null: there is none in the kernel. */
  bridge: string | null
}

export type NetworkState = {
  /** Path of system.conf; null where vm-bhyve has no directory on this machine yet. */
  settings: string | null
  switches: Switch[]
  interfaces: HostInterface[]
}

/** A network card of a guest on a switch. */
export type Plug = {
  vm: string
  nic: number
  emulation: string
  mac: string | null
  /** The tap it has now; null while the guest is off. */
  tap: string | null
}

/** A switch with all that a page shows of it. */
export type SwitchRow = Switch & {
  isUp: boolean
  mtu: number | null
  /** Addresses of the bridge: the host itself is reached there. */
  addresses: string[]
  /** Members that are no guests': uplinks and vlan interfaces. */
  uplinks: HostInterface[]
  plugs: Plug[]
  /** Taps on the bridge that belong to no guest's NIC of this switch. */
  strangers: HostInterface[]
  /** What is declared and is not so in the kernel, or the other way round: sentences. */
  differences: string[]
}

/** Every switch joined with the guests that are plugged in. */
export function switchRows(state: NetworkState, vms: readonly Vm[]): SwitchRow[] {
  const guestsNics = vms.flatMap(vm => vm.nics.map(nic => ({ vm: vm.name, nic })))
  const bySwitch = Map.groupBy(guestsNics, each => each.nic.switchName ?? '')
  const byBridge = Map.groupBy(
    state.interfaces.filter(one => one.bridge !== null),
    one => one.bridge ?? '',
  )
  const tapOf = new Map(
    state.interfaces.flatMap(one => (one.guest ? [[`${one.guest.vm}/${one.guest.nic}`, one.name]] : [])),
  )
  const byName = new Map(state.interfaces.map(one => [one.name, one]))
  return state.switches.map(each => {
    const bridge = each.bridge === null ? undefined : byName.get(each.bridge)
    const members = each.bridge === null ? [] : (byBridge.get(each.bridge) ?? [])
    const plugs = (bySwitch.get(each.name) ?? []).map(({ vm, nic }): Plug => {
      const { index, emulation, mac } = nic
      return { vm, nic: index, emulation, mac, tap: tapOf.get(`${vm}/${index}`) ?? null }
    })
    const taken = new Set(plugs.map(plug => plug.tap))
    return {
      ...each,
      isUp: bridge?.isRunning ?? false,
      mtu: bridge?.mtu ?? null,
      addresses: bridge?.addresses ?? [],
      uplinks: members.filter(one => one.kind !== 'tap'),
      plugs,
      strangers: members.filter(one => one.kind === 'tap' && !taken.has(one.name)),
      differences: differencesOf(each, bridge, members, byName),
    }
  })
}

/** vale and netgraph switches are no bridges, and have nothing that ifconfig shows. */
const BRIDGED: readonly SwitchKind[] = ['standard', 'manual', 'vxlan']

function differencesOf(
  { name, kind, declared, bridge: bridgeName }: Switch,
  bridge: HostInterface | undefined,
  members: readonly HostInterface[],
  byName: ReadonlyMap<string, HostInterface>,
): string[] {
  if (!declared)
    return [
      `The kernel has ${bridgeName}, but system.conf names no switch ${name}: it is gone after a restart.`,
    ]
  if (kind === 'unknown') return ['vm-bhyve does not know its type: a guest on it gets no network.']
  if (!BRIDGED.includes(kind)) return []
  if (!bridge) {
    return kind === 'manual'
      ? [
          declared.bridge === null
            ? 'system.conf names no bridge for it.'
            : `There is no bridge ${declared.bridge} on this machine: guests on it start with the cable unplugged.`,
        ]
      : [
          'It has no bridge in the kernel: guests on it start with the cable unplugged. “vm init” makes what is missing.',
        ]
  }
  if (kind !== 'standard') return []
  const there = new Set(members.map(one => one.name))
  const wanted = declared.ports.map(port => (declared.vlan === '' ? port : `${port}.${declared.vlan}`))
  const found = wanted.flatMap(port => {
    if (there.has(port)) return []
    const parent = declared.vlan === '' ? port : port.slice(0, -declared.vlan.length - 1)
    if (!byName.has(parent))
      return [`system.conf gives it the port ${parent}, but this machine has no ${parent}.`]
    return [`system.conf gives it the port ${port}, but ${port} is not on its bridge.`]
  })
  for (const one of members)
    if (one.kind !== 'tap' && !wanted.includes(one.name))
      found.push(
        `${one.name} is on its bridge, but not among its ports in system.conf: it is gone after a restart.`,
      )
  for (const address of declared.addresses)
    if (!bridge.addresses.includes(address.split('/', 1)[0] ?? ''))
      found.push(`system.conf gives it the address ${address}, but its bridge has it not.`)
  if (declared.mtu !== '' && declared.mtu !== String(bridge.mtu))
    found.push(`system.conf gives it MTU ${declared.mtu}, but its bridge has ${bridge.mtu}.`)
  return found
}

/** `progress` of a task whose change is taken back unless somebody keeps it. */
export function keepWait(name: string, seconds: number, ofSeconds: number): string {
  return `Waiting for somebody to keep the change of ${name} (${seconds} of ${ofSeconds} s)`
}

/** Reads `keepWait` back; null for any other progress. */
export function keepWaitOf(
  progress: string | null,
): { name: string; seconds: number; ofSeconds: number } | null {
  const match = /^Waiting for somebody to keep the change of (.+) \((\d+) of (\d+) s\)$/.exec(progress ?? '')
  return match?.[1] ? { name: match[1], seconds: Number(match[2]), ofSeconds: Number(match[3]) } : null
}

/** Whether a plan to change a switch is one that is taken back unless it is kept: `plan.facts`. */
export function hasTrial(facts: unknown): boolean {
  return typeof facts === 'object' && facts !== null && 'trial' in facts && facts.trial !== null
}
