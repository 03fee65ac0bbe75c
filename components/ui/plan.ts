import type { ReactNode } from 'react'
import type { Plan, Step, TaskCommand, Victim } from '../../server/tasks/model.ts'
import type { Explained } from '../errors.ts'
import { plural } from './format.ts'
import { commandLine } from './shell.ts'

/** What a dialog needs of an action under way; `useAction` of the frame gives one. */
export type PlanAction = {
  /** The plan on the screen; what is shown is what runs. */
  plan: Plan | null
  /** The plan on the screen is for what was entered before; the new one is on its way. */
  planning: boolean
  /** Why there is no plan. */
  planError: Explained | null
  /** Why it was refused or failed. */
  error: Explained | null
  /** After "something changed meanwhile": what is different in the plan that is shown now. */
  difference: string[] | null
  /** Messages by form field, from wherever they came: show them at the fields. */
  fields: Record<string, string>
  running: boolean
  /** The running task, as far as it says something. */
  progress: {
    text: string | null
    share: number | null
    command: TaskCommand | null
    /** A way to jump ahead: "Force off now" while it waits for a guest. */
    jump: ReactNode
  } | null
  run: () => void
}

const VICTIM_WORDS: Record<Victim['kind'], readonly [string, string]> = {
  snapshot: ['snapshot', 'snapshots'],
  bookmark: ['bookmark', 'bookmarks'],
  clone: ['clone', 'clones'],
  filesystem: ['filesystem', 'filesystems'],
  volume: ['zvol', 'zvols'],
  hold: ['hold', 'holds'],
  data: ['change', 'changes'],
  disk: ['disk’s content', 'disks’ contents'],
  vm: ['virtual machine', 'virtual machines'],
  file: ['file', 'files'],
}

export function victimWord(kind: Victim['kind']): string {
  return VICTIM_WORDS[kind][0]
}

/** "3 snapshots, 1 bookmark" */
export function victimsInWords(victims: readonly Victim[]): string {
  const kinds = new Map<Victim['kind'], number>()
  for (const victim of victims) kinds.set(victim.kind, (kinds.get(victim.kind) ?? 0) + 1)
  return [...kinds].map(([kind, number]) => plural(number, ...VICTIM_WORDS[kind])).join(', ')
}

/** What a person must know about a plan that is not the one they read: sentences, never an empty list. */
export function planDifference(before: Plan, after: Plan): string[] {
  const sentences: string[] = []
  const had = new Set(before.victims.map(victimKey))
  const has = new Set(after.victims.map(victimKey))
  for (const victim of after.victims) {
    if (!had.has(victimKey(victim))) {
      sentences.push(`New: the ${victimWord(victim.kind)} ${victim.name} would be destroyed too.`)
    }
  }
  for (const victim of before.victims) {
    if (!has.has(victimKey(victim))) {
      sentences.push(`The ${victimWord(victim.kind)} ${victim.name} is not touched any more.`)
    }
  }
  const stepsBefore = new Set(before.steps.map(stepKey))
  const stepsAfter = new Set(after.steps.map(stepKey))
  const added = after.steps.filter(step => !stepsBefore.has(stepKey(step)))
  const gone = before.steps.filter(step => !stepsAfter.has(stepKey(step)))
  for (const step of added) sentences.push(`Changed step: ${step.title}.`)
  for (const step of gone) {
    if (!added.some(other => other.title === step.title)) sentences.push(`No longer needed: ${step.title}.`)
  }
  if (after.refused && !before.refused) sentences.push('It cannot be done as asked any more.')
  return sentences.length > 0 ? sentences : ['The order of the steps is different now.']
}

function victimKey(victim: Victim): string {
  return `${victim.kind} ${victim.name} ${victim.guid ?? ''}`
}

function stepKey(step: Step): string {
  if (step.argv) return commandLine(step.argv)
  return step.file ? `${step.file.path}\n${step.file.after}` : step.title
}
