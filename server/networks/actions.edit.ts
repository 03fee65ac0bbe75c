/** Changing a switch: command by command with the way back, and on trial where the change may cut somebody off. */
import { setTimeout as delay } from 'node:timers/promises'
import { type ActionContext, defineAction } from '../action.ts'
import { asAppError, withWords } from '../datasets/steps.ts'
import { AppError, isUnheard } from '../errors.ts'
import { runOrThrow } from '../host/answer.ts'
import type { Host } from '../host/host.ts'
import type { Plan, Step } from '../tasks/model.ts'
import { readIfThere } from '../vms/read.ts'
import { readFacts, readTrial } from './facts.ts'
import { editSwitchInput } from './input.ts'
import { keepWait, switchRows } from './model.ts'
import { type EditFacts, isEdit, planEdit } from './plan.edit.ts'
import { readNetworks } from './read.ts'
import { runStep } from './steps.ts'
import { TRIAL_DIRECTORY, type Trial } from './trial.ts'

/** How often a countdown is told, and how often is looked for its end, ms. */
const TICK_MS = 1000
/** How long the host may take to take a change back once its time is over, ms. */
const TAKING_MS = 30_000

/** Settings whose writing was not heard to its end may be the new ones: a bridge that is as before must not stand beside those. */
async function restored(
  host: Host,
  { path, before, after }: NonNullable<Step['file']>,
): Promise<string | null> {
  try {
    if (before === null || (await host.read(path)) !== after) return null
    await host.write(path, before)
    return null
  } catch {
    return `Whether ${path} has the new settings is not known.`
  }
}

/** Takes back the steps that were begun, last first; a sentence about how far that came. */
async function takeBack(host: Host, undo: readonly string[][][]): Promise<string> {
  const commands = undo.toReversed().flat()
  if (commands.length === 0) return 'Nothing was changed.'
  const failed: string[] = []
  for (const argv of commands) await runOrThrow(host, argv, []).catch(() => failed.push(argv.join(' ')))
  return failed.length === 0
    ? 'What had been changed was taken back.'
    : `This could not be taken back: ${failed.join('; ')}.`
}

/** The change stays, unless the host has begun to take it back: then AppError `refused`. Whatever else goes wrong, nobody knows. */
async function callOff(host: Host, { script, kept }: Trial): Promise<void> {
  try {
    await host.rename(script, kept)
  } catch (error) {
    if (error instanceof AppError && error.code === 'not_found')
      throw new AppError('refused', 'It was kept too late: the host had begun to take it back.')
    throw error
  }
  await host.remove(kept)
}

/** Counts down until somebody says that the change is to stay. False when nobody did. */
async function isKept(context: ActionContext, name: string, trial: Trial, since: number): Promise<boolean> {
  const { nudged, progress } = context
  for (;;) {
    const seconds = Math.floor((performance.now() - since) / 1000)
    if (nudged.aborted) return true
    if (seconds >= trial.seconds) return false
    progress(keepWait(name, seconds, trial.seconds), seconds / trial.seconds)
    await delay(TICK_MS, undefined, { signal: nudged }).catch(() => undefined)
  }
}

/** Waits until the host has taken the change back, and says how it is then. */
async function afterTaking(host: Host, name: string, trial: Trial): Promise<string> {
  const until = performance.now() + TAKING_MS
  try {
    for (;;) {
      const left = await Promise.all([trial.script, trial.taken].map(path => host.stat(path)))
      if (left.every(each => each === null)) break
      if (performance.now() > until) return `It has not done so yet: ${trial.script} is still there.`
      await delay(TICK_MS)
    }
    const differences = await differencesNow(host, name)
    return differences === ''
      ? 'Bridge and settings are as before.'
      : `Its settings are as before. ${differences}`
  } catch (error) {
    return `How it is now the host does not say: ${asAppError(error).message}`
  }
}

async function differencesNow(host: Host, name: string): Promise<string> {
  const one = switchRows(await readNetworks(host), []).find(each => each.name === name)
  return one?.differences.join(' ') ?? 'The switch is gone.'
}

type Part = { from: number; to: number; onTrial: boolean }

/** Carries out some of the steps. What fails is taken back: by this or, on trial and unheard, by the host. */
async function runPart(
  { host, progress }: ActionContext,
  plan: Plan,
  facts: EditFacts,
  { from, to, onTrial }: Part,
) {
  for (const [at, step] of plan.steps.slice(from, to).entries()) {
    const index = from + at
    progress(step.title, index / plan.steps.length)
    try {
      await runStep(host, step)
    } catch (error) {
      if (onTrial && isUnheard(error))
        throw withWords(
          asAppError(error),
          'At the end of the countdown the host takes back what was changed.',
        )
      // Whose end was not heard may have done its work all the same.
      const begun = facts.undo.slice(0, isUnheard(error) ? index + 1 : index)
      const settings = step.file && isUnheard(error) ? await restored(host, step.file) : null
      throw withWords(asAppError(error), [settings, await takeBack(host, begun)].filter(Boolean).join(' '))
    }
  }
}

/** The change first, then its countdown; the settings when somebody has said that it is to stay. */
async function runOnTrial(context: ActionContext, plan: Plan, facts: EditFacts, trial: Trial): Promise<void> {
  const { host } = context
  await host.mkdir(TRIAL_DIRECTORY)
  const since = performance.now()
  try {
    await runPart(context, plan, facts, { from: 0, to: trial.waitAt, onTrial: true })
  } catch (error) {
    // Where this fails the countdown ends as it would, and finds nothing to take back.
    if (!isUnheard(error)) await callOff(host, trial).catch(() => undefined)
    throw error
  }
  if (!(await isKept(context, facts.name, trial, since))) {
    const message = `Nobody said within ${trial.seconds} s that the change is to stay: the host takes it back.`
    throw new AppError('timeout', `${message} ${await afterTaking(host, facts.name, trial)}`, {
      next: 'Make the change once more and keep it in time.',
    })
  }
  try {
    await callOff(host, trial)
  } catch (error) {
    const isHeard = !isUnheard(error)
    const after = isHeard
      ? await afterTaking(host, facts.name, trial)
      : 'Unless it was heard, the host takes the change back at the end of the countdown.'
    throw withWords(asAppError(error), after)
  }
  await runPart(context, plan, facts, { from: trial.waitAt + 1, to: plan.steps.length, onTrial: false })
}

export const edit = defineAction({
  name: 'networks.edit',
  role: 'administrator',
  input: editSwitchInput,
  async plan(context, input) {
    const [facts, earlier] = await Promise.all([readFacts(context), readTrial(context.host, input.name)])
    return planEdit(input, facts, earlier)
  },
  async run(context, plan) {
    const { facts } = plan
    if (!isEdit(facts)) throw new AppError('invalid', 'This is no plan of a change.')
    if (facts.trial) return runOnTrial(context, plan, facts, facts.trial)
    await runPart(context, plan, facts, { from: 0, to: plan.steps.length, onTrial: false })
  },
  async settle({ host }, plan) {
    const { facts } = plan
    const file = plan.steps.findLast(step => step.file)?.file
    if (!file || !isEdit(facts)) throw new AppError('unreadable', 'The plan of this task cannot be read.')
    // The settings are written last.
    if ((await readIfThere(host, file.path)) === file.after)
      return { state: 'done', outcome: `${plan.title}: done, as the host shows.` }
    const short = `${plan.title}: it was cut short, and its settings are as before.`
    const { isUnderWay } = facts.trial ? await readTrial(host, facts.name) : { isUnderWay: false }
    if (isUnderWay)
      return {
        state: 'interrupted',
        outcome: `${short} Nobody has kept it: the host takes it back by itself.`,
      }
    return {
      state: 'interrupted',
      outcome: `${short} ${(await differencesNow(host, facts.name)) || 'So is its bridge.'}`,
    }
  },
})
