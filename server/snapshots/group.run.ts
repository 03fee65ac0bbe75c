/** Carrying out the roll back of a whole guest, and telling where it stopped. */
import type { ActionContext, PlanContext } from '../action.ts'
import { mustBeIdle, mustBeThere, mustBeTheSame } from '../datasets/guard.ts'
import { asAppError, runStep, withWords } from '../datasets/steps.ts'
import { inWords } from '../datasets/users.ts'
import { type AppError, isUnheard } from '../errors.ts'
import type { Plan, Step } from '../tasks/model.ts'
import { storageSteps, victimsLeft } from './rollback.run.ts'

const isRollback = ({ argv }: Step): boolean => argv?.[0] === 'zfs' && argv[1] === 'rollback'
const datasetOf = ({ argv }: Step): string => argv?.at(-1)?.split(/[@#]/)[0] ?? ''

/** Zvols that the plan rolls back, in its order. */
export function volumesOf(plan: Plan): string[] {
  return plan.steps.filter(isRollback).map(datasetOf)
}

/** Which zvols are back already; `unsure` is the one whose command nobody heard the end of. */
export type GroupProgress = { back: string[]; unsure: string | null }

/** Runs the storage steps; the progress is told also when a step fails. */
export async function runGroupBack(
  context: ActionContext,
  plan: Plan,
  progress: GroupProgress,
): Promise<void> {
  const steps = storageSteps(plan)
  for (const [index, step] of steps.entries()) {
    context.progress(step.title, index / steps.length)
    try {
      if (step.argv) {
        await mustBeThere(context.host, plan)
        await mustBeTheSame(context.host, plan, step.argv)
        await mustBeIdle(context, datasetOf(step), { below: false })
      }
      await runStep(context, step)
      if (isRollback(step)) progress.back.push(datasetOf(step))
    } catch (caught) {
      const error = asAppError(caught)
      if (isRollback(step) && isUnheard(error)) progress.unsure = datasetOf(step)
      throw await toldTruth(context, plan, step, progress, error)
    }
  }
}

/** A guest whose disks are of two moments would damage what it finds: why it is not started, null where it may be. */
export function whyHalf(plan: Plan, { back, unsure }: GroupProgress): string | null {
  if (unsure !== null) return `whether ${unsure} went back is not known`
  const all = volumesOf(plan)
  return back.length === 0 || back.length === all.length ? null : 'its disks are of two moments'
}

async function toldTruth(
  context: PlanContext,
  plan: Plan,
  failed: Step,
  { back, unsure }: GroupProgress,
  error: AppError,
): Promise<AppError> {
  if (failed.file)
    return withWords(error, `All its disks went back; only ${failed.file.path} could not be written.`)
  const next = 'Roll it back again when the reason is gone: that finishes what is left.'
  if (unsure !== null || back.length > 0) {
    const went = back.length > 0 ? `${inWords(back)} went back. ` : ''
    const open = volumesOf(plan).filter(name => !back.includes(name) && name !== unsure)
    const doubt = unsure === null ? '' : `Whether ${unsure} went back is not known. `
    const not = open.length > 0 ? `${inWords(open)} did not.` : ''
    return withWords(error, `${went}${doubt}${not}`.trim(), next)
  }
  const named = plan.victims.filter(each => each.kind !== 'data').length
  const left = await victimsLeft(context, plan).catch(() => null)
  const gone = left === null ? null : named - left.length
  const destroyed =
    gone === null
      ? 'How many of the newer ones were destroyed is not known.'
      : gone === 0
        ? 'Nothing was destroyed.'
        : `${gone} of ${named} newer ones were destroyed.`
  return withWords(
    error,
    `No disk went back: they hold what they held. ${destroyed}`,
    error.detail.next ?? next,
  )
}
