/** Carrying out the steps of a plan: each command exactly as it was shown. */
import type { ActionContext } from '../action.ts'
import { AppError } from '../errors.ts'
import type { Host } from '../host/host.ts'
import { runZfs } from '../host/zfs/errors.ts'
import type { Plan, Step } from '../tasks/model.ts'
import { mustBeTheSame } from './guard.ts'

/** Destroying much takes long; nothing here is given up early. */
const LONGEST_MS = 600_000

/** Every name a command speaks of, for telling its own failures from other words on stderr. */
function namesIn(argv: readonly string[]): string[] {
  const words = argv.slice(2).filter(word => !word.startsWith('-'))
  return words.flatMap(word => {
    const [dataset = '', tags] = word.split('@')
    const each = tags?.split(',').map(tag => `${dataset}@${tag}`) ?? []
    return [word, dataset.split('#')[0] ?? '', ...each]
  })
}

/** Writes a file of a plan. AppError `changed` where it is not what the plan has shown: somebody else has written it. */
export async function writeAsShown(
  host: Pick<Host, 'read' | 'write'>,
  file: NonNullable<Step['file']>,
): Promise<void> {
  const now = await host.read(file.path).catch((error: unknown) => {
    if (error instanceof AppError && error.code === 'not_found') return null
    throw error
  })
  if (now !== file.before) {
    const message =
      file.before === null
        ? `${file.path} is there already: somebody else has made it just now.`
        : `${file.path} was changed by somebody else just now.`
    throw new AppError('changed', message, { names: [file.path], next: 'Look at it, then try again.' })
  }
  await host.write(file.path, file.after)
}

/** Runs one step: a zfs command or a file to write. AppError of the command, `changed` for another file than shown. */
export async function runStep(context: ActionContext, step: Step): Promise<void> {
  if (step.file) await writeAsShown(context.host, step.file)
  if (!step.argv) return
  const below = step.argv.includes('-r') ? namesIn(step.argv) : []
  await runZfs(context.host, step.argv, { names: namesIn(step.argv), below }, { timeoutMs: LONGEST_MS })
}

/** Runs the steps of a plan one after the other, each on the very things that were shown, and says how far it came. The error of a later step tells what was done before it. */
export async function runSteps(
  context: ActionContext,
  plan: Plan,
  /** A further look before every command. */
  look?: () => Promise<void>,
): Promise<void> {
  const { steps } = plan
  for (const [index, step] of steps.entries()) {
    context.progress(step.title, index / steps.length)
    try {
      await look?.()
      if (step.argv) await mustBeTheSame(context.host, plan, step.argv)
      await runStep(context, step)
    } catch (error) {
      if (index === 0 || !(error instanceof AppError)) throw error
      const done = steps.slice(0, index).map(each => lowerFirst(each.title))
      throw withWords(error, `Done before that: ${done.join('; ')}.`)
    }
  }
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1)
}

/** The same error with a sentence more about the state the host was left in. */
export function withWords(error: AppError, sentence: string, next?: string): AppError {
  const detail = next === undefined ? error.detail : { ...error.detail, next }
  return new AppError(error.code, `${error.message} ${sentence}`, detail, { cause: error })
}

/** What stopped an action, as an AppError also where it was a mistake of our own. */
export function asAppError(error: unknown): AppError {
  if (error instanceof AppError) return error
  const message = error instanceof Error ? error.message : String(error)
  return new AppError('failed', `It failed unexpectedly: ${message}.`, {}, { cause: error })
}
