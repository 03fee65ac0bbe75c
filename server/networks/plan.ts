/** Making and removing a switch as vm-bhyve does it: its settings, and its bridge in the kernel. Pure: facts in, plan out. */
import { refusedPlan, withDigest } from '../tasks/digest.ts'
import type { Plan, Refusal, Step } from '../tasks/model.ts'
import { confText, editConf, parseConf, words } from '../vms/conf.ts'
import type { Vm } from '../vms/model.ts'
import { switchGroup } from '../vms/nics.ts'
import type { CreateSwitchInput } from './input.ts'
import { type HostInterface, type NetworkState, switchRows } from './model.ts'

export type NetworkFacts = {
  state: NetworkState
  /** Text of system.conf, null where there is none. */
  system: string | null
  vms: readonly Vm[]
  /** A member of a bridge may have an address of its own: not from FreeBSD 15 on, unless a setting allows it. */
  membersMayHaveAddresses: boolean
}

/** net/if.h: IFNAMSIZ is 16 with the final NUL. */
const LONGEST_INTERFACE = 15
/** vm-bhyve calls the bridge `vm-NAME` up to here, and describes it beyond. */
const LONGEST_IN_NAME = 12

export const no = (message: string, next?: string, field?: string): Refusal => ({
  code: 'refused',
  message,
  detail: { ...(next && { next }), ...(field && { field }) },
})

export const step = (title: string, ...argv: string[]): Step => ({ title, argv: ['ifconfig', ...argv] })

export function planCreate(input: CreateSwitchInput, facts: NetworkFacts): Plan {
  const { name, ports, vlan, address, isPrivate } = input
  const title = `Create the switch ${name}`
  const { settings } = facts.state
  const refused = createProblem(input, facts)
  if (refused || settings === null)
    return refusedPlan('networks.create', title, refused ?? no(NOT_SET_UP, SET_UP))
  const bridge = bridgeFor(name, facts.state)
  const label = bridge === `vm-${name}` ? ['name', bridge] : ['descr', `vm/${name}`]
  // Where the name is the description the number is chosen here, so that what is shown is what runs.
  const made = bridge === `vm-${name}` ? 'bridge' : bridge
  const steps: Step[] = [
    step(`Make its bridge ${bridge}`, made, 'create', ...label, 'group', 'vm-switch', 'up'),
    step('Mark it as the bridge of this switch', bridge, 'group', switchGroup(name)),
    step('Give it a MAC address of its own', bridge, 'link', 'random'),
  ]
  if (address !== null) steps.push(step(`Give it the address ${address}`, bridge, 'inet', address))
  for (const port of ports) steps.push(...portSteps(name, bridge, port, vlan))
  const before = facts.system
  const list = words(confText(parseConf(before ?? ''), 'switch_list'))
  const after = editConf(before ?? '', {
    switch_list: [...list, name].join(' '),
    [`type_${name}`]: 'standard',
    ...(ports.length > 0 && { [`ports_${name}`]: ports.join(' ') }),
    ...(vlan !== null && { [`vlan_${name}`]: String(vlan) }),
    ...(address !== null && { [`addr_${name}`]: address }),
    ...(isPrivate && { [`private_${name}`]: 'yes' }),
  })
  return withDigest({
    action: 'networks.create',
    title,
    steps: [
      ...steps,
      { title: 'Write it into vm-bhyve’s settings', file: { path: settings, before, after } },
    ],
    victims: [],
    warnings: createWarnings(input, facts),
    locks: ['network:switches'],
    facts: { name },
  })
}

/** A port joins the bridge, itself or a VLAN of it. */
export function portSteps(name: string, bridge: string, port: string, vlan: number | null): Step[] {
  if (vlan === null) return [step(`Put ${port} on it`, bridge, 'addm', port)]
  const tagged = `${port}.${vlan}`
  const about = ['descr', `vm-vlan/${name}/${tagged}`, 'name', tagged, 'group', 'vm-vlan', 'up']
  return [
    step(`Make ${tagged}`, 'vlan', 'create', 'vlandev', port, 'vlan', String(vlan), ...about),
    step(`Mark ${tagged}`, tagged, 'group', switchGroup(tagged)),
    step(`Put ${tagged} on it`, bridge, 'addm', tagged),
  ]
}

const NOT_SET_UP = 'vm-bhyve has no directory on this machine yet, and with it no place for its settings.'
const SET_UP = 'Set vm_enable and vm_dir in /etc/rc.conf and run “vm init” on the host.'

function bridgeFor(name: string, { interfaces }: NetworkState): string {
  if (name.length <= LONGEST_IN_NAME) return `vm-${name}`
  const taken = new Set(interfaces.map(one => one.name))
  let number = 0
  while (taken.has(`bridge${number}`)) number += 1
  return `bridge${number}`
}

function createProblem(input: CreateSwitchInput, facts: NetworkFacts): Refusal | null {
  const { name, ports, vlan, address } = input
  const { state } = facts
  if (state.settings === null) return no(NOT_SET_UP, SET_UP)
  // vm-bhyve would take dots and dashes, but sysrc(8) writes the name into a variable's: `type_NAME`.
  if (!/^[a-z0-9][a-z0-9_]*[a-z0-9]$/i.test(name))
    return no(
      'A name has two letters, digits or underscores at least, no underscore first or last.',
      undefined,
      'name',
    )
  if (state.switches.some(one => one.name === name)) {
    return { code: 'exists', message: `There is a switch ${name} already.`, detail: { field: 'name' } }
  }
  const group = state.switches.find(one => switchGroup(one.name) === switchGroup(name))
  if (group)
    return no(
      `vm-bhyve would take ${name} for ${group.name}: the marks of both are the same.`,
      'Choose another name.',
      'name',
    )
  if (state.interfaces.some(one => one.name === bridgeFor(name, state)))
    return no(`There is an interface ${bridgeFor(name, state)} already.`, 'Choose another name.', 'name')
  if (new Set(ports).size < ports.length) return no('A port is named twice.', undefined, 'ports')
  if (vlan !== null && ports.length === 0)
    return no(
      'A VLAN is of a port: without one it says nothing.',
      'Choose a port, or leave the VLAN empty.',
      'vlan',
    )
  for (const port of ports) {
    const problem = portProblem(port, vlan, facts)
    if (problem) return problem
  }
  return address === null ? null : addressProblem(address, state)
}

/** `own`: the bridge it may be on already. */
export function portProblem(
  port: string,
  vlan: number | null,
  facts: NetworkFacts,
  own: string | null = null,
): Refusal | null {
  const { interfaces } = facts.state
  const one = interfaces.find(each => each.name === port)
  if (!one) return no(`This machine has no interface ${port}.`, undefined, 'ports')
  if (one.kind === 'bridge' || one.kind === 'loopback' || one.kind === 'tap')
    return no(`${port} is a ${one.kind} and leads nowhere.`, 'Choose a card of the machine.', 'ports')
  if (vlan !== null) {
    const tagged = `${port}.${vlan}`
    if (tagged.length > LONGEST_INTERFACE)
      return no(
        `${tagged} would be longer than the ${LONGEST_INTERFACE} letters an interface may have.`,
        undefined,
        'vlan',
      )
    const known = interfaces.find(each => each.name === tagged || isOf(each, port, vlan))
    return known
      ? no(`${known.name} carries VLAN ${vlan} of ${port} already.`, 'Choose another VLAN.', 'vlan')
      : null
  }
  if (one.bridge !== null && one.bridge !== own)
    return no(
      `${port} is on ${one.bridge} already, and can be on one bridge only.`,
      'A VLAN of it could be put on this one.',
      'ports',
    )
  if (one.addresses.length > 0 && !facts.membersMayHaveAddresses && hasOwn(one))
    return no(
      `${port} has the address ${ownAddresses(one).join(', ')}: FreeBSD 15 takes no interface with an address into a bridge.`,
      'Give the address to the bridge in its place, or use a VLAN of this port.',
      'ports',
    )
  return null
}

function isOf({ vlan }: HostInterface, port: string, tag: number): boolean {
  return vlan?.tag === tag && vlan.parent === port
}

/** The link-local address is every interface's own, and no network's. */
export function ownAddresses({ addresses }: Pick<HostInterface, 'addresses'>): string[] {
  return addresses.filter(address => !address.startsWith('fe80:'))
}

const hasOwn = (one: HostInterface): boolean => ownAddresses(one).length > 0

export function addressProblem(text: string, { interfaces }: NetworkState): Refusal | null {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(text)
  const numbers = match?.slice(1).map(Number) ?? []
  const prefix = numbers[4] ?? 0
  if (!match || numbers.slice(0, 4).some(each => each > 255) || prefix < 1 || prefix > 32)
    return no('An address is written with its network: 192.0.2.1/24.', undefined, 'address')
  const own = text.slice(0, text.indexOf('/'))
  const holder = interfaces.find(one => one.addresses.includes(own))
  return holder
    ? no(`${holder.name} has the address ${own} already.`, 'Choose another one.', 'address')
    : null
}

function createWarnings(input: CreateSwitchInput, facts: NetworkFacts): string[] {
  const found = linkWarnings(input, facts)
  if (input.ports.length === 0) found.push('Without a port guests on it reach each other and this host only.')
  if (input.isPrivate)
    found.push('Private: guests on it do not reach each other, only what is behind its ports.')
  return found
}

/** What joining these ports may bring. */
export function linkWarnings(
  { ports, vlan }: Pick<CreateSwitchInput, 'ports' | 'vlan'>,
  { state }: NetworkFacts,
): string[] {
  const chosen = state.interfaces.filter(one => ports.includes(one.name))
  const found = chosen
    .filter(one => vlan === null && hasOwn(one))
    .map(
      one =>
        `${one.name} carries ${ownAddresses(one).join(', ')}: its link may be lost for a moment when it joins the bridge, and this page with it.`,
    )
  // vm-bhyve brings up what it makes, and leaves the cards of the machine as they are.
  for (const one of chosen)
    if (!one.isRunning)
      found.push(
        `${one.name} is down or has no cable: nothing passes until it is up. ifconfig_${one.name}="up" in /etc/rc.conf brings it up at every start.`,
      )
  if (ports.length > 1)
    found.push('Two ports into one and the same network make a loop: let them lead into different ones.')
  return found
}

export function planDestroy(name: string, facts: NetworkFacts): Plan {
  const title = `Destroy the switch ${name}`
  const { settings } = facts.state
  const one = switchRows(facts.state, facts.vms).find(each => each.name === name)
  if (!one || settings === null) {
    const refused: Refusal = { code: 'not_found', message: `There is no switch ${name} on this machine.` }
    return refusedPlan('networks.destroy', title, refused)
  }
  const users = [...new Set(one.plugs.map(plug => plug.vm))]
  if (users.length > 0)
    return refusedPlan('networks.destroy', title, {
      code: 'in_use',
      message: `Guests have a network card on ${name}: ${users.join(', ')}.`,
      detail: { names: users, next: 'Put their cards on another switch first.' },
    })
  if (one.kind !== 'standard')
    return refusedPlan(
      'networks.destroy',
      title,
      no(`Skep removes standard switches only; ${name} is ${one.kind}.`),
    )
  if (one.strangers.length > 0) {
    const taps = one.strangers.map(each => each.name)
    return refusedPlan('networks.destroy', title, {
      code: 'in_use',
      message: `There are taps on its bridge: ${taps.join(', ')}.`,
      detail: { names: taps, next: 'Stop what uses them, or destroy them on the host.' },
    })
  }
  const own = one.addresses.filter(address => !address.startsWith('fe80:'))
  if (own.length > 0 && one.uplinks.length > 0)
    return refusedPlan(
      'networks.destroy',
      title,
      no(
        `This host is reached at ${own.join(', ')} over it: without the switch this page might not come back.`,
        'Take the address off on the host’s own console first.',
      ),
    )
  const { bridge } = one
  const steps =
    bridge === null
      ? []
      : [
          ...one.uplinks
            .filter(each => each.vlan !== null && each.description.startsWith(`vm-vlan/${name}/`))
            .map(each => step(`Destroy ${each.name}`, each.name, 'destroy')),
          step(`Destroy its bridge ${bridge}`, bridge, 'destroy'),
        ]
  const before = facts.system ?? ''
  const list = words(confText(parseConf(before), 'switch_list')).filter(each => each !== name)
  const gone = ['type', 'ports', 'vlan', 'nat', 'addr', 'addr6', 'private', 'mtu', 'bridge']
  const after = one.declared
    ? editConf(before, {
        switch_list: list.join(' '),
        ...Object.fromEntries(gone.map(key => [`${key}_${name}`, null])),
      })
    : before
  const written = one.declared
    ? [{ title: 'Take it out of vm-bhyve’s settings', file: { path: settings, before, after } }]
    : []
  return withDigest({
    action: 'networks.destroy',
    title,
    steps: [...steps, ...written],
    victims: [],
    warnings: own.length > 0 ? [`The host loses the address ${own.join(', ')}.`] : [],
    locks: ['network:switches'],
    facts: { name },
  })
}
