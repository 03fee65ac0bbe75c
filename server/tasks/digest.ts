import { createHash } from 'node:crypto'
import type { Plan } from './model.ts'

/**
 * The fingerprint of what a person was shown: the action, every step's title, argv, file and note, every
 * victim and subject with its guid.
 * Byte counts, warnings and facts are left out: they drift while people read.
 */
function digestOf(plan: Omit<Plan, 'digest'>): string {
  const shown = [
    plan.action,
    plan.steps.map(step => [
      step.title,
      step.argv ?? null,
      step.file ? [step.file.path, step.file.before, step.file.after] : null,
      step.note ?? null,
    ]),
    plan.victims.map(victim => [victim.kind, victim.name, victim.guid ?? null]),
    (plan.subjects ?? []).map(subject => [subject.name, subject.guid]),
  ]
  return createHash('sha256').update(JSON.stringify(shown)).digest('hex')
}

/** The last line of every plan function: `return withDigest({ action, title, steps, ... })`. */
export function withDigest(plan: Omit<Plan, 'digest'>): Plan {
  return { ...plan, digest: digestOf(plan) }
}

/** A plan that says no: no steps, no victims, no locks, and why. */
export function refusedPlan(action: string, title: string, refused: NonNullable<Plan['refused']>): Plan {
  return withDigest({ action, title, steps: [], victims: [], warnings: [], locks: [], refused })
}
