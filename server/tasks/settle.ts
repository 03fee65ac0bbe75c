/** How a task ended that nobody was told about: its console died, or the machine was not heard any more. */
import type { Action, PlanContext } from '../action.ts'
import type { Database } from '../db/database.ts'
import { commandsOf, type Ending, type StoredTask, updateProgress } from '../db/tasks.ts'
import { AppError } from '../errors.ts'
import type { Host } from '../host/host.ts'
import type { Logger } from '../log.ts'
import type { Plan, TaskCommand } from './model.ts'
import { findRunning } from './outlived.ts'

export type Settler = Pick<Action, 'name' | 'settle'>

export const FIRST_RETRY_MS = 1000
const LAST_RETRY_MS = 15_000

/** The pause after one of `retryMs`. */
export function longer(retryMs: number): number {
  return Math.min(LAST_RETRY_MS, retryMs * 2)
}

/**
 * Compares what the task left behind with the host, in words. Throws while that cannot be told: the host is lost, or a
 * command of the task is still at work there.
 */
export async function endingOf(
  { task, plan }: StoredTask,
  settlers: readonly Settler[],
  context: PlanContext,
  db: Database,
): Promise<Omit<Ending, 'endedAt'>> {
  const settler = settlers.find(one => one.name === task.action)
  if (!settler) {
    return {
      state: 'interrupted',
      outcome: 'Skep was stopped in the middle of this, and cannot tell by itself how it ended: please look.',
      error: null,
    }
  }
  const commands = commandsOf(db, task.id)
  if (commands.length === 0) {
    return {
      state: 'interrupted',
      outcome: 'Skep was stopped before the first command of this task; nothing was done.',
      error: null,
    }
  }
  await refuseWhileRunning(commands, context.host)
  const { state, outcome } = await settled(settler, context, plan, commands)
  return {
    state,
    outcome,
    error: state === 'failed' ? { code: 'failed', message: outcome, detail: {} } : null,
  }
}

/** Writes beside the task why it cannot be settled yet. */
export function tellUnsettled(db: Database, log: Logger, taskId: number, what: string, error: unknown): void {
  const reason = error instanceof AppError ? error.message : 'Something unexpected was in the way.'
  if (!(error instanceof AppError)) log.error({ taskId, err: error }, 'settling a task failed')
  updateProgress(db, taskId, `${what}; how this ended is not known yet. ${reason}`, null)
}

/** Waiting mends a host that is lost; that something is gone, or says what nobody understands, stays so. */
function mayMend(error: unknown): boolean {
  return !(error instanceof AppError) || ['unreachable', 'timeout', 'locked'].includes(error.code)
}

async function settled(settler: Settler, context: PlanContext, plan: Plan, commands: TaskCommand[]) {
  try {
    return await settler.settle(context, plan, commands)
  } catch (error) {
    if (mayMend(error) || !(error instanceof AppError)) throw error
    const outcome = `${plan.title}: it was cut short, and how far it came cannot be told. ${error.message}`
    return { state: 'interrupted' as const, outcome }
  }
}

/**
 * A program outlives the console that started it, and the connection it was started over: as long as one still works,
 * nobody can say how it ended. AppError `locked` then.
 */
async function refuseWhileRunning(commands: TaskCommand[], host: Host) {
  const open = commands.filter(one => one.kind === 'run' && one.exit === null)
  const found = await findRunning(
    host,
    open.map(one => one.argv),
  )
  if (!found) return
  throw new AppError(
    'locked',
    `Its command "${found.title}" is still running, as process ${found.process.pid}.`,
  )
}

/** Waits, at most until `signal` ends. */
export function pauseFor(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    const done = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, ms)
    signal.addEventListener('abort', done)
    if (signal.aborted) done()
  })
}
