/** Holding snapshots and letting them go, zfs-hold(8). Pure: facts in, plan out. */
import { poolOf, refusal } from '../datasets/plan.ts'
import { inWords } from '../datasets/users.ts'
import { holdArgv, releaseArgv } from '../host/zfs/change.ts'
import { inCommands } from '../host/zfs/snapshots.ts'
import { refusedPlan, withDigest } from '../tasks/digest.ts'
import type { Plan } from '../tasks/model.ts'
import type { Hold, Snapshot } from './model.ts'
import { holdTagProblem } from './names.ts'
import { locksOf, missingOf, snapshotsTitle } from './plan.ts'

export type HoldFacts = { snapshots: readonly Snapshot[]; holds: readonly Hold[] }

/** One command for those of a pool, which are held together or not at all; more only where one would be too long. */
function byPool(names: readonly string[]): string[][] {
  return [...Map.groupBy(names, poolOf).values()].flatMap(inCommands)
}

export function planHold(input: { snapshots: readonly string[]; tag: string }, facts: HoldFacts): Plan {
  const action = 'snapshots.hold'
  const title = `Hold ${snapshotsTitle(input.snapshots)} as “${input.tag}”`
  const problem = holdTagProblem(input.tag)
  const held = new Set(facts.holds.filter(each => each.tag === input.tag).map(each => each.snapshot))
  const fresh = input.snapshots.filter(name => !held.has(name))
  const refused = problem
    ? refusal('invalid', problem)
    : (missingOf(input.snapshots, facts.snapshots) ??
      (fresh.length === 0 ? refusal('exists', `${inWords(input.snapshots)} has this hold already.`) : null))
  if (refused) return refusedPlan(action, title, refused)
  return withDigest({
    action,
    title,
    steps: byPool(fresh).map(group => ({
      title: `Hold ${snapshotsTitle(group)}`,
      argv: holdArgv({ snapshots: group, tag: input.tag }),
    })),
    victims: [],
    warnings: [],
    locks: locksOf(fresh),
  })
}

export function planRelease(input: { snapshots: readonly string[]; tag: string }, facts: HoldFacts): Plan {
  const action = 'snapshots.release'
  const title = `Release the hold “${input.tag}” of ${snapshotsTitle(input.snapshots)}`
  const held = facts.holds.filter(each => each.tag === input.tag && input.snapshots.includes(each.snapshot))
  const refused =
    missingOf(input.snapshots, facts.snapshots) ??
    (held.length === 0 ? refusal('not_found', `${inWords(input.snapshots)} has no hold of that name.`) : null)
  if (refused) return refusedPlan(action, title, refused)
  const names = held.map(each => each.snapshot)
  return withDigest({
    action,
    title,
    steps: byPool(names).map(group => ({
      title: `Release ${snapshotsTitle(group)}`,
      argv: releaseArgv({ snapshots: group, tag: input.tag }),
    })),
    victims: held.map(each => ({
      kind: 'hold',
      name: `${each.snapshot} “${each.tag}”`,
      createdAt: each.createdAt,
    })),
    warnings: [],
    locks: locksOf(names),
  })
}
