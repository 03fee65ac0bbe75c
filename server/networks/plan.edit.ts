/** Changing a switch that is there: ports, VLAN, address, private. Kernel and settings together, each command with its way back. Pure. */
import { refusedPlan, withDigest } from '../tasks/digest.ts'
import type { Plan, Refusal, Step } from '../tasks/model.ts'
import { editConf } from '../vms/conf.ts'
import type { CreateSwitchInput, EditSwitchInput } from './input.ts'
import { type SwitchRow, switchRows } from './model.ts'
import {
  addressProblem,
  linkWarnings,
  type NetworkFacts,
  no,
  ownAddresses,
  portProblem,
  portSteps,
  step,
} from './plan.ts'
import { beginSteps, type Trial, trialPaths, trialScript, waitStep } from './trial.ts'

/** `undo[index]` takes step `index` back. `trial`: null where nobody can be cut off. */
export type EditFacts = { name: string; undo: string[][][]; trial: Trial | null }

/** What is there of an earlier trial of this switch. */
export type TrialState = {
  /** Text of the script that would take it back, null without one. */
  script: string | null
  /** It runs. */
  isUnderWay: boolean
}

export function isEdit(facts: unknown): facts is EditFacts {
  return typeof facts === 'object' && facts !== null && 'undo' in facts && 'name' in facts
}

const ACTION = 'networks.edit'

/** A step and what takes it back, command by command. */
type Change = { step: Step; undo: string[][] }

export function planEdit(input: EditSwitchInput, facts: NetworkFacts, earlier: TrialState): Plan {
  const title = `Change the switch ${input.name}`
  const one = switchRows(facts.state, facts.vms).find(each => each.name === input.name)
  const { settings } = facts.state
  const refused = one ? editProblem(input, one, facts, earlier) : no(`There is no switch ${input.name}.`)
  if (refused || !one?.declared || one.bridge === null || settings === null)
    return refusedPlan(ACTION, title, refused ?? no('It cannot be changed here.'))
  const now = currentOf(one)
  const changes = kernelChanges(input, one, one.bridge, facts)
  const before = facts.system ?? ''
  const text = (value: string) => (value === '' ? null : value)
  const after = editConf(before, {
    [`ports_${input.name}`]: text(input.ports.join(' ')),
    [`vlan_${input.name}`]: input.vlan === null ? null : String(input.vlan),
    [`addr_${input.name}`]: input.address,
    ...(input.isPrivate === one.declared.isPrivate
      ? {}
      : { [`private_${input.name}`]: input.isPrivate ? 'yes' : null }),
  })
  const isSame =
    now.ports.join(' ') === input.ports.join(' ') &&
    now.vlan === input.vlan &&
    now.address === input.address &&
    one.declared.isPrivate === input.isPrivate
  if (isSame) return refusedPlan(ACTION, title, no('Nothing would change.'))
  const written: Change = {
    step: { title: 'Write it into vm-bhyve’s settings', file: { path: settings, before, after } },
    undo: [],
  }
  const around = isRisky(input, one, facts) ? trialAround(input, changes, earlier.script) : null
  const all = around ? [...around.before, ...changes, around.wait, written] : [...changes, written]
  return withDigest({
    action: ACTION,
    title,
    steps: all.map(each => each.step),
    victims: [],
    warnings: [...(around ? [aboutTrial(input.keepWithinSeconds)] : []), ...editWarnings(input, one, facts)],
    locks: ['network:switches'],
    facts: {
      name: input.name,
      undo: all.map(each => each.undo),
      trial: around?.trial ?? null,
    } satisfies EditFacts,
  })
}

const aboutTrial = (seconds: number) =>
  `This host is reached over it, and so may this page be. After the change you have ${seconds} s to say that it is to stay; without a word the host takes it back by itself.`

/** Somebody may be cut off: an address of the host is on the bridge, or on a card that comes or goes. */
function isRisky(input: CreateSwitchInput, one: SwitchRow, { state }: NetworkFacts): boolean {
  const now = currentOf(one)
  const isSameVlan = input.vlan === now.vlan
  const isSameLink = input.ports.join(' ') === now.ports.join(' ') && isSameVlan
  const moves = [
    ...input.ports.filter(port => !isSameVlan || !now.ports.includes(port)),
    ...now.ports.filter(port => !isSameVlan || !input.ports.includes(port)),
  ]
  return (
    (ownAddresses(one).length > 0 && !(isSameLink && input.address === now.address)) ||
    state.interfaces.some(each => moves.includes(each.name) && ownAddresses(each).length > 0)
  )
}

function trialAround(input: EditSwitchInput, changes: readonly Change[], script: string | null) {
  const paths = { ...trialPaths(input.name), seconds: input.keepWithinSeconds }
  const undo = changes.toReversed().flatMap(each => each.undo)
  const before = beginSteps(paths, script, trialScript(input.name, paths, undo))
  const plain = (each: Step): Change => ({ step: each, undo: [] })
  const trial: Trial = { ...paths, waitAt: before.length + changes.length }
  return { before: before.map(plain), wait: plain(waitStep(paths)), trial }
}

/** What is declared now, as an input would say it. */
function currentOf({ declared }: SwitchRow): Omit<CreateSwitchInput, 'name'> {
  const vlan = declared?.vlan ?? ''
  return {
    ports: declared?.ports ?? [],
    vlan: vlan === '' ? null : Number(vlan),
    address: declared?.addresses.find(each => !each.includes(':')) ?? null,
    isPrivate: declared?.isPrivate ?? false,
  }
}

function editProblem(
  input: CreateSwitchInput,
  one: SwitchRow,
  facts: NetworkFacts,
  earlier: TrialState,
): Refusal | null {
  if (earlier.isUnderWay)
    return no(
      `A change of ${one.name} is on trial: the host takes it back by itself in a moment.`,
      'Wait until it has, then look again.',
    )
  if (one.kind !== 'standard' || !one.declared)
    return no(
      `Skep changes standard switches only; ${one.name} is ${one.declared ? one.kind : 'not declared'}.`,
    )
  const [difference] = one.differences
  if (one.bridge === null || difference !== undefined)
    return no(
      difference ?? 'It has no bridge in the kernel.',
      'Put that right first: what is changed here is the difference between now and then.',
    )
  const now = currentOf(one)
  const { ports, vlan, address } = input
  if (new Set(ports).size < ports.length) return no('A port is named twice.', undefined, 'ports')
  if (vlan !== null && ports.length === 0)
    return no('A VLAN is of a port: without one it says nothing.', 'Leave the VLAN empty.', 'vlan')
  for (const port of ports) {
    if (vlan === now.vlan && now.ports.includes(port)) continue
    const problem = portProblem(port, vlan, facts, one.bridge)
    if (problem) return problem
  }
  return address === null || address === now.address ? null : addressProblem(address, facts.state)
}

function kernelChanges(
  input: CreateSwitchInput,
  one: SwitchRow,
  bridge: string,
  facts: NetworkFacts,
): Change[] {
  const now = currentOf(one)
  const staying = input.vlan === now.vlan ? input.ports.filter(port => now.ports.includes(port)) : []
  const leaving = now.ports.filter(port => !staying.includes(port))
  const coming = input.ports.filter(port => !staying.includes(port))
  const changes: Change[] = []
  for (const port of leaving) {
    const back = portSteps(input.name, bridge, port, now.vlan).map(each => each.argv ?? [])
    changes.push({
      step:
        now.vlan === null
          ? step(`Take ${port} off it`, bridge, 'deletem', port)
          : step(`Destroy ${port}.${now.vlan}`, `${port}.${now.vlan}`, 'destroy'),
      undo: back,
    })
  }
  for (const port of coming) {
    const steps = portSteps(input.name, bridge, port, input.vlan)
    const takeBack =
      input.vlan === null
        ? ['ifconfig', bridge, 'deletem', port]
        : ['ifconfig', `${port}.${input.vlan}`, 'destroy']
    // Destroying the VLAN interface takes it off the bridge too: one way back for all of its steps.
    changes.push(...steps.map((each, index) => ({ step: each, undo: index === 0 ? [takeBack] : [] })))
  }
  if (input.address !== now.address) {
    const give = (address: string) => ['ifconfig', bridge, 'inet', address]
    const take = (address: string) => ['ifconfig', bridge, 'inet', bare(address), '-alias']
    if (now.address !== null)
      changes.push({
        step: { title: `Take the address ${now.address} from it`, argv: take(now.address) },
        undo: [give(now.address)],
      })
    if (input.address !== null)
      changes.push({
        step: { title: `Give it the address ${input.address}`, argv: give(input.address) },
        undo: [take(input.address)],
      })
  }
  if (input.isPrivate !== now.isPrivate) {
    const taps = facts.state.interfaces.filter(each => each.bridge === bridge && each.kind === 'tap')
    const [flag, back] = input.isPrivate ? ['private', '-private'] : ['-private', 'private']
    for (const { name } of taps)
      changes.push({
        step: step(
          `${input.isPrivate ? 'Keep' : 'Let'} ${name} ${input.isPrivate ? 'from' : 'to'} the other guests`,
          bridge,
          flag,
          name,
        ),
        undo: [['ifconfig', bridge, back, name]],
      })
  }
  return changes
}

/** vm-bhyve also takes an address without its network. */
const bare = (address: string): string => address.split('/', 1)[0] ?? address

function editWarnings(input: CreateSwitchInput, one: SwitchRow, facts: NetworkFacts): string[] {
  const now = currentOf(one)
  const coming = input.ports.filter(port => input.vlan !== now.vlan || !now.ports.includes(port))
  const leaving = now.ports.filter(port => input.vlan !== now.vlan || !input.ports.includes(port))
  const running = one.plugs.filter(plug => plug.tap !== null).map(plug => plug.vm)
  const loses = now.ports.length > 0 && (input.ports.length === 0 || input.vlan !== now.vlan)
  return [
    ...linkWarnings({ ...input, ports: coming }, facts),
    ...facts.state.interfaces
      .filter(each => now.vlan === null && leaving.includes(each.name) && ownAddresses(each).length > 0)
      .map(
        each =>
          `${each.name} carries ${ownAddresses(each).join(', ')}: its link may be lost for a moment when it leaves the bridge, and this page with it.`,
      ),
    ...(loses && running.length > 0
      ? [`Guests that run on it lose the network they have now: ${[...new Set(running)].join(', ')}.`]
      : []),
    ...(now.address !== null && input.address !== now.address
      ? [`The host loses the address ${now.address}.`]
      : []),
    ...(input.ports.length === 0 && now.ports.length > 0
      ? ['Without a port guests on it reach each other and this host only.']
      : []),
    ...(ownAddresses({ addresses: one.addresses }).length > 0 &&
    input.address === null &&
    now.address !== null
      ? ['Guests that use this host as their gateway have none any more.']
      : []),
  ]
}
