/** Switches and interfaces as the host shows them now. Looks only. */
import type { Host } from '../host/host.ts'
import { isRunning, listInterfaces, type NetworkInterface } from '../host/ifconfig.ts'
import { systemOf } from '../host/uname.ts'
import { type Conf, confText, confValue, isTrue, parseConf, words } from '../vms/conf.ts'
import { switchGroup } from '../vms/nics.ts'
import { readSetup } from '../vms/read.ts'
import type { HostInterface, NetworkState, Switch, SwitchKind } from './model.ts'

export async function readNetworks(host: Host): Promise<NetworkState> {
  // A machine of another system has storage alone.
  if ((await systemOf(host)) !== 'FreeBSD') return { settings: null, switches: [], interfaces: [] }
  const [setup, interfaces] = await Promise.all([readSetup(host), listInterfaces(host)])
  return networkState(setup.vmDir, setup.system, interfaces)
}

/** Pure: settings and interfaces in, what pages and plans look at out. */
export function networkState(
  vmDir: string | null,
  system: string,
  interfaces: readonly NetworkInterface[],
): NetworkState {
  const conf = parseConf(system)
  const declared = words(confText(conf, 'switch_list')).map(name => switchOf(conf, name, interfaces))
  const known = new Set(declared.map(one => one.bridge))
  const undeclared = interfaces
    .filter(one => one.groups.includes('bridge') && one.groups.includes('vm-switch') && !known.has(one.name))
    .map((one): Switch => ({ name: nameOf(one), kind: 'standard', declared: null, bridge: one.name }))
  return {
    settings: vmDir === null ? null : `${vmDir}/.config/system.conf`,
    switches: [...declared, ...undeclared],
    interfaces: toInterfaces(interfaces),
  }
}

/** vm-bhyve writes the name into the interface's, or into the description where it is too long for that. */
function nameOf({ name, description }: NetworkInterface): string {
  return /^vm\/(.+)$/.exec(description)?.[1] ?? /^vm-(.+)$/.exec(name)?.[1] ?? name
}

const KINDS: readonly SwitchKind[] = ['standard', 'manual', 'vxlan', 'vale', 'netgraph']

function switchOf(conf: Conf, name: string, interfaces: readonly NetworkInterface[]): Switch {
  const type = confText(conf, `type_${name}`, 'standard')
  const kind = KINDS.find(each => each === type) ?? 'unknown'
  const named = confValue(conf, `bridge_${name}`) ?? null
  const bridge =
    kind === 'manual'
      ? interfaces.find(one => one.name === named)
      : interfaces.find(one => one.groups.includes(switchGroup(name)))
  return {
    name,
    kind,
    declared: {
      ports: words(confText(conf, `ports_${name}`)),
      vlan: confText(conf, `vlan_${name}`),
      addresses: [confText(conf, `addr_${name}`), confText(conf, `addr6_${name}`)].filter(
        each => each !== '',
      ),
      mtu: confText(conf, `mtu_${name}`),
      isPrivate: isTrue(confText(conf, `private_${name}`)),
      bridge: named,
    },
    bridge: bridge?.name ?? null,
  }
}

function toInterfaces(interfaces: readonly NetworkInterface[]): HostInterface[] {
  const bridges = new Map(interfaces.flatMap(one => one.members.map(member => [member, one.name] as const)))
  return interfaces.map(one => ({
    name: one.name,
    kind: kindOf(one),
    ether: one.ether,
    mtu: one.mtu,
    isRunning: isRunning(one),
    addresses: one.addresses,
    bridge: bridges.get(one.name) ?? null,
    description: one.description,
    vlan: one.vlan,
    guest: guestOf(one.description),
    openedBy: one.openedBy,
  }))
}

/** `ifconfig` puts what it makes into the group of its kind; a card of the machine is in none of these. */
function kindOf({ flags, groups, vlan }: NetworkInterface): HostInterface['kind'] {
  if (flags.includes('LOOPBACK')) return 'loopback'
  if (groups.includes('bridge')) return 'bridge'
  if (groups.includes('tap')) return 'tap'
  if (groups.includes('vlan') || vlan) return 'vlan'
  const isMade = groups.some(group => !/^(egress|all)$/.test(group))
  return isMade || flags.includes('POINTOPOINT') ? 'other' : 'physical'
}

/** `vmnet/web1/0/public`: the first network card of web1. */
function guestOf(description: string): HostInterface['guest'] {
  const match = /^vmnet\/([^/]+)\/(\d{1,3})\//.exec(description)
  return match?.[1] === undefined ? null : { vm: match[1], nic: Number(match[2]) }
}
