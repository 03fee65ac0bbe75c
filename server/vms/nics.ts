/** Network interfaces of a guest: what vm-bhyve would create, in which order, with which commands. Pure. */
import { createHash } from 'node:crypto'
import { type Conf, confText, confTrue, confValue } from './conf.ts'
import { switchNamed } from './system-conf.ts'

/** An interface of the host as far as switches need it. */
export type BridgeFacts = { name: string; mtu: number; groups: readonly string[] }

export type NicPlan = {
  index: number
  emulation: string
  mac: string
  switchName: string
  /**
   * `none`: vm-bhyve drops the NIC (no switch, or a type it does not know).
   * `tap`: made by `create`, or given by networkN_device (`create` null).
   */
  backend:
    | { kind: 'none' }
    | { kind: 'fixed'; text: string }
    | { kind: 'tap'; create: string[] | null; device: string | null }
  bridge: BridgeFacts | null
  /** A switch that has no bridge on this host: the guest starts with that cable unplugged. */
  unplugged: boolean
  memberVerb: 'addm' | 'span'
  isPrivate: boolean
}

function md5(text: string): string {
  return createHash('md5').update(text).digest('hex').slice(0, 5)
}

/** The interface group that marks the bridge of a switch. */
export function switchGroup(switchName: string): string {
  return `viid-${md5(switchName)}@`
}

/** Every NIC in order; the scan stops at the first gap, as vm-bhyve's does. */
export function planNics(
  conf: Conf,
  system: Conf,
  facts: {
    interfaces: readonly BridgeFacts[]
    /** MACs made up for NICs without one, by index. */
    macs: ReadonlyMap<number, string>
    /** First free link of a netgraph bridge node, from 2. */
    freeLink: (node: string) => number
  },
): NicPlan[] {
  const nics: NicPlan[] = []
  for (let index = 0; ; index += 1) {
    const emulation = confText(conf, `network${index}_type`)
    if (emulation === '') return nics
    const switchName = confText(conf, `network${index}_switch`)
    const mac = confText(conf, `network${index}_mac`) || (facts.macs.get(index) ?? '')
    const known = switchNamed(system, switchName)
    const bridge = bridgeOf(known, facts.interfaces)
    const backend = backendOf(conf, index, known.name === '' ? '' : known.type, switchName, mac, facts)
    nics.push({
      index,
      emulation,
      mac,
      switchName,
      backend,
      bridge: backend.kind === 'tap' ? bridge : null,
      unplugged: backend.kind === 'tap' && bridge === null,
      memberVerb: confTrue(conf, `network${index}_span`) ? 'span' : 'addm',
      isPrivate: known.isPrivate,
    })
  }
}

function bridgeOf(
  known: { name: string; type: string; bridge: string | null },
  interfaces: readonly BridgeFacts[],
): BridgeFacts | null {
  if (known.type === 'manual') return interfaces.find(one => one.name === known.bridge) ?? null
  return interfaces.find(one => one.groups.includes(switchGroup(known.name))) ?? null
}

function backendOf(
  conf: Conf,
  index: number,
  type: string,
  switchName: string,
  mac: string,
  facts: { freeLink: (node: string) => number },
): NicPlan['backend'] {
  switch (type) {
    case 'standard':
    case 'manual':
    case 'vxlan': {
      const device = confValue(conf, `network${index}_device`) || null
      const name = confText(conf, `network${index}_name`)
      const create = ['ifconfig', 'tap', 'create', ...(name === '' ? [] : ['name', name])]
      return { kind: 'tap', create: device === null ? create : null, device }
    }
    case 'netgraph':
      return {
        kind: 'fixed',
        text: `netgraph,path=${switchName}:,peerhook=link${facts.freeLink(switchName)}`,
      }
    case 'vale':
      return { kind: 'fixed', text: `vale${md5(switchName)}:${md5(mac)}` }
    default:
      return { kind: 'none' }
  }
}

/** The commands that follow the creation of a tap, as vm-bhyve runs them; ifconfig(8). */
export function tapCommands(guest: string, nic: NicPlan, tap: string): string[][] {
  const descr = `vmnet/${guest}/${nic.index}/${nic.switchName || 'custom'}`
  const commands = [['ifconfig', tap, 'descr', descr, 'group', 'vm-port']]
  if (!nic.bridge) return commands
  const bridge = nic.bridge.name
  if (nic.bridge.mtu !== 1500) commands.push(['ifconfig', tap, 'mtu', String(nic.bridge.mtu)])
  commands.push(['ifconfig', bridge, nic.memberVerb, tap])
  commands.push(['ifconfig', tap, 'up'])
  if (nic.isPrivate) commands.push(['ifconfig', bridge, 'private', tap])
  return commands
}
