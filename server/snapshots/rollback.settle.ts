/** What the host shows of a roll back whose end nobody heard. */
import type { PlanContext } from '../action.ts'
import { freshVms } from '../datasets/actions.ts'
import { AppError, isUnheard } from '../errors.ts'
import { splitSnapshot } from '../host/zfs/names.ts'
import { getWrittenSince } from '../host/zfs/properties.ts'
import { wasRolledBackAfter } from '../host/zpool/history.ts'
import type { Plan, TaskCommand } from '../tasks/model.ts'

/** A dataset that was to go back to a snapshot, after all newer snapshots were destroyed. */
export type GoingBack = {
  dataset: string
  snapshot: string
  /** Written since the snapshot, when the plan was made. */
  writtenBytes: number
  /** Full names of the snapshots that were to be destroyed before. */
  newer: readonly string[]
}

/** Whether it went back; `unclear` where somebody has written to it since and no history tells. */
export async function wentBack(
  { host }: PlanContext,
  { dataset, snapshot, writtenBytes, newer }: GoingBack,
  commands: readonly TaskCommand[],
): Promise<'yes' | 'no' | 'unclear'> {
  const rollback = commands.find(
    ({ argv }) => argv[0] === 'zfs' && argv[1] === 'rollback' && argv.at(-1) === snapshot,
  )
  if (!rollback) return 'no'
  if (rollback.exit !== null) return rollback.exit === 0 ? 'yes' : 'no'
  // Begun, and nobody heard how it ended. The pool keeps what it did, in order; a ring may have lost it again.
  const isProven = await wasRolledBackAfter(host, dataset, [...newer]).catch(notTold)
  if (isProven) return 'yes'
  // Nothing was started after it: a roll back leaves nothing written since.
  const written = isProven === null ? await getWrittenSince(host, dataset, splitSnapshot(snapshot).tag) : null
  if (written === 0) return 'yes'
  return written !== null && written < writtenBytes ? 'unclear' : 'no'
}

/** A history that cannot be read proves nothing; a host that is silent will be asked again. */
function notTold(error: unknown): null {
  if (!(error instanceof AppError) || isUnheard(error)) throw error
  return null
}

/** Guests the plan was to start again and that are down now, as a sentence. */
export async function guestsDown(context: PlanContext, plan: Plan): Promise<string> {
  const names = plan.locks.filter(lock => lock.startsWith('vm:')).map(lock => lock.slice(3))
  if (names.length === 0) return ''
  const down = (await freshVms(context))
    .filter(vm => names.includes(vm.name) && vm.pid === null)
    .map(vm => vm.name)
  return down.length === 0 ? '' : ` ${down.join(', ')} ${down.length === 1 ? 'is' : 'are'} not running.`
}
