/** Carrying out a roll back that destroys: exactly what was shown, or the truth about where it stopped. */
import type { ActionContext, PlanContext } from '../action.ts'
import { mustBeIdle, mustBeThere, mustBeTheSame } from '../datasets/guard.ts'
import { asAppError, runStep, withWords } from '../datasets/steps.ts'
import { counted, inWords, isRunning } from '../datasets/users.ts'
import { AppError, isUnheard } from '../errors.ts'
import { listBookmarks, listSnapshotIndex } from '../host/zfs/snapshots.ts'
import { readDatasets } from '../inventory/reader.ts'
import type { Plan, Step, Victim } from '../tasks/model.ts'
import type { Vm } from '../vms/model.ts'
import type { GuestRoom } from './guests.ts'
import type { GuestWord } from './model.ts'

/** Guests of a plan by name, as they are now; those that run are stopped and, when asked, started after. */
export type GuestTurn = { room: GuestRoom; guests: readonly Vm[]; word: GuestWord | undefined }

/**
 * Stops the guests, does `work`, and starts again what ran before, also after a failure. `whyNotStart` says what keeps
 * them from it ("the disk is not in its place"). An error of `work` leaves with a sentence about the guests.
 */
export async function betweenStopAndStart(
  context: ActionContext,
  turn: GuestTurn,
  work: () => Promise<void>,
  whyNotStart: () => Promise<string | null>,
): Promise<void> {
  const running = turn.guests.filter(isRunning)
  const stopped: Vm[] = []
  try {
    for (const vm of running) {
      context.progress(`Shutting ${vm.name} down`)
      await turn.room.stop(context, vm)
      stopped.push(vm)
    }
    await work()
  } catch (caught) {
    const error = asAppError(caught)
    const words = await startAgain(context, turn, stopped, error, whyNotStart)
    throw words === null ? error : withWords(error, words)
  }
  if (!turn.word?.start) return
  for (const vm of running) {
    context.progress(`Starting ${vm.name}`)
    try {
      await turn.room.start(context, vm.name)
    } catch (caught) {
      throw withWords(
        asAppError(caught),
        `The storage is as it was meant to be; only ${vm.name} did not start.`,
      )
    }
  }
}

/** After a failure: what was stopped is started again where that was asked for and makes sense. Never throws. */
async function startAgain(
  context: ActionContext,
  { room, word }: GuestTurn,
  stopped: readonly Vm[],
  error: AppError,
  whyNotStart: () => Promise<string | null>,
): Promise<string | null> {
  if (stopped.length === 0) return null
  const names = inWords(stopped.map(vm => vm.name))
  const are = stopped.length === 1 ? 'is' : 'are'
  try {
    if (!word?.start) return `${names} ${are} shut down.`
    if (isUnheard(error)) {
      return `${names} ${are} shut down, and not started: the last command may still be at work on the disk.`
    }
    const why = await whyNotStart()
    if (why !== null) return `${names} ${are} shut down, and not started: ${why}.`
    for (const vm of stopped) await room.start(context, vm.name)
    return `${names} ${are} running again.`
  } catch (caught) {
    return `${names} could not be started again: ${asAppError(caught).message}`
  }
}

/** A guest finds its disk where its dataset is there; for `betweenStopAndStart`. */
export async function whyNotOn({ host }: PlanContext, datasets: readonly string[]): Promise<string | null> {
  const there = new Set((await readDatasets(host)).map(each => each.name))
  return datasets.every(name => there.has(name)) ? null : 'the disk is not in its place'
}

/** Victims that are still there, by guid: the same name with another guid is another thing. */
export async function victimsLeft({ host }: PlanContext, plan: Pick<Plan, 'victims'>): Promise<Victim[]> {
  const named = plan.victims.filter(each => each.kind === 'snapshot' || each.kind === 'bookmark')
  if (named.length === 0) return []
  const datasets = [...new Set(named.map(each => each.name.split(/[@#]/)[0] ?? ''))]
  const found = await Promise.all([
    listSnapshotIndex(host, { datasets }),
    ...datasets.map(dataset => listBookmarks(host, dataset)),
  ])
  const there = new Set(found.flat().map(each => `${each.name} ${each.guid}`))
  return named.filter(each => there.has(`${each.name} ${each.guid}`))
}

/** The steps of a plan that are zfs commands or files; what concerns the guests' processes is their own room's. */
export function storageSteps(plan: Plan): Step[] {
  return plan.steps.filter(each => each.file || each.argv?.[0] === 'zfs')
}

/** Whether the same things would die by the same commands; bytes drift, and a guest that is down needs no stopping. */
function isSame(before: Plan, after: Plan): boolean {
  const named = (plan: Plan): string =>
    JSON.stringify([
      plan.victims
        .filter(each => each.kind !== 'data')
        .map(each => [each.kind, each.name, each.guid ?? null]),
      plan.subjects?.map(each => [each.name, each.guid]),
      storageSteps(plan).map(each => each.argv ?? [each.file?.path, each.file?.before, each.file?.after]),
    ])
  return named(before) === named(after)
}

/**
 * Stopping a guest takes its time: what is there now must still be what was shown. AppError `changed` with the new plan
 * when it is not, or the refusal of the new plan. Nothing has happened yet.
 */
export async function mustBeUnchanged(shown: Plan, replan: () => Promise<Plan>): Promise<void> {
  if (shown.steps.length === storageSteps(shown).length) return
  const now = await replan()
  if (now.refused) throw new AppError(now.refused.code, now.refused.message, now.refused.detail)
  if (isSame(shown, now)) return
  throw new AppError('changed', 'Something was taken or destroyed meanwhile, so nothing was done.', {
    plan: now,
    next: 'Look at the new plan.',
  })
}

/** Destroys exactly what the plan lists, then rolls back; ZFS itself refuses when anything newer is there. */
export async function runGoBack(context: ActionContext, plan: Plan, dataset: string): Promise<void> {
  const steps = storageSteps(plan)
  for (const [index, step] of steps.entries()) {
    context.progress(step.title, index / steps.length)
    try {
      if (step.argv) {
        await mustBeThere(context.host, plan)
        await mustBeTheSame(context.host, plan, step.argv)
        if (step.argv[1] !== 'clone') await mustBeIdle(context, dataset, { below: false })
      }
      await runStep(context, step)
    } catch (caught) {
      throw await toldTruth(context, plan, dataset, step, asAppError(caught))
    }
  }
}

/** The error with what has happened so far and how to go on, looked up on the host. */
async function toldTruth(
  context: ActionContext,
  plan: Plan,
  dataset: string,
  failed: Step,
  error: AppError,
): Promise<AppError> {
  if (failed.file) {
    return withWords(error, `${dataset} is rolled back; only ${failed.file.path} could not be written.`)
  }
  const isRollback = failed.argv?.[1] === 'rollback'
  const untouched = `What ${dataset} holds now is untouched.`
  let gone: number
  const named = plan.victims.filter(each => each.kind !== 'data').length
  try {
    gone = named - (await victimsLeft(context, plan)).length
  } catch {
    const dataSays =
      isRollback && isUnheard(error) ? `Whether ${dataset} was rolled back is not known.` : untouched
    return withWords(
      error,
      `The host cannot be asked how far it came. ${dataSays}`,
      'Look at the snapshots when it answers.',
    )
  }
  if (isUnheard(error)) {
    return withWords(
      error,
      `${told(gone, named)} Whether the last command still does its work is not known.`,
      'Wait a moment, look at the snapshots, and roll back again if need be.',
    )
  }
  const next = isRollback
    ? `Look at what is newer now and roll back again: nothing of ${dataset} itself has changed.`
    : error.detail.next
  return withWords(error, `${told(gone, named)} ${untouched}`, next)
}

function told(gone: number, named: number): string {
  if (gone === 0) return 'Nothing was destroyed.'
  const what = counted(named, 'newer one')
  return gone === named
    ? `The ${what} shown before ${gone === 1 ? 'is' : 'are'} destroyed.`
    : `${gone} of the ${what} shown before are destroyed.`
}
