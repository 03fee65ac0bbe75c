/** Setting and inheriting properties. Pure: facts in, plan out. */
import { inheritPropertyArgv, setPropertyArgv } from '../host/zfs/properties.ts'
import type { Property } from '../pools/model.ts'
import { refusedPlan, withDigest } from '../tasks/digest.ts'
import type { Plan, Refusal } from '../tasks/model.ts'
import type { Vm } from '../vms/model.ts'
import type { DatasetRow } from './model.ts'
import { userPropertyProblem, userValueProblem } from './names.ts'
import { type PoolFacts, poolProblem, propertiesProblem, refusal } from './plan.ts'
import { FIXED, isUserProperty, NOT_INHERITABLE, SETTABLE, valueForZfs } from './properties.ts'
import { inWords, isBelow, isRunning, usersOf } from './users.ts'

export type PropertyFacts = {
  datasets: readonly DatasetRow[]
  pool: PoolFacts | null
  /** All properties of the dataset as they are. */
  properties: readonly Property[]
  vms: readonly Vm[]
}

export function planSetProperty(
  input: { dataset: string; name: string; value: string },
  facts: PropertyFacts,
): Plan {
  const action = 'datasets.setProperty'
  const { dataset, name, value } = input
  const title = `Set ${name}=${value} on ${dataset}`
  const row = facts.datasets.find(each => each.name === dataset)
  if (!row) return refusedPlan(action, title, refusal('not_found', `There is no dataset ${dataset}.`))
  const before = facts.properties.find(each => each.name === name)
  const refused =
    (facts.pool && poolProblem(facts.pool)) ??
    settableProblem(name, before) ??
    valueProblem(name, value, row) ??
    propertiesProblem(facts.pool, { [name]: value })
  if (refused)
    return refusedPlan(action, title, { ...refused, detail: { field: 'value', ...refused.detail } })
  return withDigest({
    action,
    title,
    steps: [{ title, argv: setPropertyArgv(dataset, name, valueForZfs(name, value)) }],
    victims: [],
    warnings: setWarnings(name, value, row, facts),
    locks: [`dataset:${dataset}`],
    facts: { before: before ?? null },
  })
}

function settableProblem(name: string, before: Property | undefined): Refusal | null {
  if (name.startsWith('skep:')) return refusal('refused', `${name} is a note that Skep keeps for itself.`)
  if (isUserProperty(name)) {
    const problem = userPropertyProblem(name)
    return problem ? { code: 'invalid', message: problem } : null
  }
  if (Object.hasOwn(SETTABLE, name)) return null
  if (FIXED.has(name)) return refusal('refused', `${name} is fixed when a dataset is made.`)
  if (!before)
    return refusal('invalid', `There is no property ${name}; one of your own has a colon in its name.`)
  return before.source === 'none' ? refusal('refused', `${name} is a figure, not a setting.`) : null
}

function valueProblem(name: string, value: string, row: DatasetRow): Refusal | null {
  const problem = isUserProperty(name) ? userValueProblem(value) : (SETTABLE[name]?.(value, row) ?? null)
  return problem === null ? null : refusal('invalid', `${name} cannot be ${value}: ${lowerFirst(problem)}`)
}

function lowerFirst(sentence: string): string {
  return sentence.charAt(0).toLowerCase() + sentence.slice(1)
}

function setWarnings(name: string, value: string, row: DatasetRow, facts: PropertyFacts): string[] {
  const warnings: string[] = []
  const running = usersOf(facts.vms, facts.datasets, row.name).filter(isRunning)
  if (name === 'readonly' && value === 'on' && running.length > 0) {
    warnings.push(`${inWords(running.map(vm => vm.name))} writes to it and will see write errors.`)
  }
  if (name === 'volsize' && running.length > 0) {
    warnings.push('The running guest sees the new size after its next start.')
  }
  if ((name === 'mountpoint' || name === 'canmount') && row.type === 'filesystem') {
    const below = facts.datasets.filter(each => isBelow(each.name, row.name) && each.mounted).length
    warnings.push(
      `It is unmounted and mounted again${below > 0 ? ', with what is mounted below it' : ''}: open files prevent that.`,
    )
  }
  if (name === 'compression' || name === 'checksum' || name === 'recordsize' || name === 'copies') {
    warnings.push('It counts for what is written from now on; what is there stays as it is.')
  }
  if (name === 'sync' && value === 'disabled') {
    warnings.push(
      'After a crash of the machine the last seconds of writes are lost, also those promised to be safe.',
    )
  }
  return warnings
}

export function planInheritProperty(input: { dataset: string; name: string }, facts: PropertyFacts): Plan {
  const action = 'datasets.inheritProperty'
  const { dataset, name } = input
  const title = `Inherit ${name} on ${dataset}`
  const row = facts.datasets.find(each => each.name === dataset)
  if (!row) return refusedPlan(action, title, refusal('not_found', `There is no dataset ${dataset}.`))
  const before = facts.properties.find(each => each.name === name)
  const refused = (facts.pool && poolProblem(facts.pool)) ?? inheritProblem(dataset, name, before)
  if (refused) return refusedPlan(action, title, refused)
  return withDigest({
    action,
    title,
    steps: [{ title, argv: inheritPropertyArgv(dataset, name) }],
    victims: [],
    warnings: name === 'mountpoint' ? ['It is unmounted and mounted again: open files prevent that.'] : [],
    locks: [`dataset:${dataset}`],
    facts: { before: before ?? null },
  })
}

function inheritProblem(dataset: string, name: string, before: Property | undefined): Refusal | null {
  if (name.startsWith('skep:')) return refusal('refused', `${name} is a note that Skep keeps for itself.`)
  if (Object.hasOwn(NOT_INHERITABLE, name)) {
    const clear = NOT_INHERITABLE[name]
    const next = clear ? `Set ${name} to ${clear} to clear it.` : undefined
    return refusal('refused', `${name} belongs to one dataset alone: it is never inherited.`, next)
  }
  if (!before) return refusal('invalid', `${dataset} has no property ${name}.`)
  if (before.source === 'none') return refusal('refused', `${name} is a figure, not a setting.`)
  if (FIXED.has(name)) return refusal('refused', `${name} is fixed when a dataset is made.`)
  if (before.source === 'local' || before.source === 'received') return null
  return refusal('refused', `${name} is not set on ${dataset}: it is inherited already.`)
}
