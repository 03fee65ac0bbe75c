/** Opening a snapshot beside what is there: a clone. Nothing else changes. Pure: facts in, plan out. */
import { parentOf } from '../datasets/plan.ts'
import { withDigest } from '../tasks/digest.ts'
import type { Plan } from '../tasks/model.ts'
import type { RollbackInput } from './input.ts'
import { freeName } from './plan.keep.ts'
import { ROLLBACK, type RollbackHostFacts, refusedRollback, rollbackFacts } from './plan.rollback.ts'
import { planClone } from './plan.ts'

/** Name for the thing beside: `debian-before-upgrade`, `debian-before-upgrade-2`, ... */
export function besideName(base: string, tag: string, taken: (name: string) => boolean): string {
  return freeName(`${base}-${tag.replaceAll(/[^A-Za-z0-9_.-]+/g, '-')}`, taken)
}

/** Way three where no guest is concerned; a guest's own room plans its clone. */
export function planBeside(input: RollbackInput, facts: RollbackHostFacts): Plan {
  const { dataset, target } = facts
  const names = new Set(facts.datasets.map(each => each.name))
  const clone = input.besideAs ?? besideName(dataset.name, target.tag, name => names.has(name))
  const shown = rollbackFacts(facts, clone)
  const title = `Open @${target.tag} of ${dataset.name} beside it as ${clone}`
  if (parentOf(clone) === null) {
    const message = 'The clone lies below a pool: name it POOL/NAME.'
    return refusedRollback(title, { code: 'invalid', message, detail: { field: 'besideAs' } }, shown)
  }
  const plan = planClone({ snapshot: target.name, target: clone }, facts)
  if (plan.refused) return refusedRollback(title, plan.refused, shown)
  return withDigest({ ...plan, action: ROLLBACK, title, facts: shown })
}
