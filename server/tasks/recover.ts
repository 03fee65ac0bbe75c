import type { Action, PlanContext } from '../action.ts'
import type { Database } from '../db/database.ts'
import { commandsOf, type StoredTask, unfinishedTasks, updateProgress } from '../db/tasks.ts'
import { AppError } from '../errors.ts'
import type { Host } from '../host/host.ts'
import type { Logger } from '../log.ts'
import type { Plan, TaskCommand } from './model.ts'
import { findRunning } from './outlived.ts'
import type { TaskEngine } from './task.ts'

export type Settler = Pick<Action, 'name' | 'settle'>

const FIRST_RETRY_MS = 1000
const LAST_RETRY_MS = 30_000

/**
 * At start: compares every task that a dead process left behind with the host and settles it in words. Its locks are
 * held until then. While the host cannot be reached a task stays unsettled and is tried again.
 * Resolves when all are settled, or when `signal` ends.
 */
export async function recoverTasks(options: {
  db: Database
  tasks: Pick<TaskEngine, 'hold' | 'settle'>
  settlers: Settler[]
  context: PlanContext
  log: Logger
  signal: AbortSignal
  /** Waits; a test passes its own. */
  pause?: (ms: number, signal: AbortSignal) => Promise<void>
}): Promise<void> {
  const { db, tasks, settlers, context, log, signal, pause = waitFor } = options
  // A task of another machine cannot be compared with this one: it waits for the console to be started on that one.
  const waiting = unfinishedTasks(db)
    .filter(stored => stored.task.hostId === context.host.id)
    .map(stored => ({ stored, release: holdQuietly(tasks, stored, log) }))

  for (let retryMs = FIRST_RETRY_MS; waiting.length > 0 && !signal.aborted; ) {
    // Oldest first; one that cannot be compared now goes to the end, so that it never stands in the others' way.
    const [next] = waiting
    if (!next) return
    const { stored, release } = next
    try {
      const ending = await endingOf(stored, settlers, context)
      tasks.settle(stored.task.id, ending)
      log.info({ taskId: stored.task.id, state: ending.state }, 'settled a task of the process before')
      release()
      waiting.shift()
      retryMs = FIRST_RETRY_MS
    } catch (error) {
      const reason = error instanceof AppError ? error.message : 'Something unexpected was in the way.'
      if (!(error instanceof AppError))
        log.error({ taskId: stored.task.id, err: error }, 'settling a task failed')
      updateProgress(
        db,
        stored.task.id,
        `Skep was stopped in the middle; how this ended is not known yet. ${reason}`,
        null,
      )
      await pause(retryMs, signal)
      retryMs = Math.min(LAST_RETRY_MS, retryMs * 2)
      waiting.push(...waiting.splice(0, 1))
    }
  }

  async function endingOf(stored: StoredTask, settlers: Settler[], context: PlanContext) {
    const { task, plan } = stored
    const settler = settlers.find(one => one.name === task.action)
    if (!settler) {
      return {
        state: 'interrupted' as const,
        outcome:
          'Skep was stopped in the middle of this, and cannot tell by itself how it ended: please look.',
        error: null,
      }
    }
    const commands = commandsOf(db, task.id)
    if (commands.length === 0) {
      return {
        state: 'interrupted' as const,
        outcome: 'Skep was stopped before the first command of this task; nothing was done.',
        error: null,
      }
    }
    await refuseWhileRunning(commands, context.host)
    const { state, outcome } = await settled(settler, context, plan, commands)
    const error = state === 'failed' ? { code: 'failed' as const, message: outcome, detail: {} } : null
    return { state, outcome, error }
  }
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
    const outcome = `${plan.title}: the console ended in the middle, and how far it came cannot be told. ${error.message}`
    return { state: 'interrupted' as const, outcome }
  }
}

/**
 * A program outlives the console that started it: as long as the last one still works, nobody can say how it ended.
 * AppError `locked` then.
 */
async function refuseWhileRunning(commands: TaskCommand[], host: Host) {
  const open = commands.filter(one => one.kind === 'run' && one.durationMs === null)
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

/** Two tasks of a dead process cannot have held one lock; should the rows say so all the same, the first has it. */
function holdQuietly(tasks: Pick<TaskEngine, 'hold'>, stored: StoredTask, log: Logger): () => void {
  try {
    return tasks.hold(stored.task)
  } catch (error) {
    log.warn({ taskId: stored.task.id, err: error }, 'an unfinished task has a lock that another one holds')
    return () => undefined
  }
}

function waitFor(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    const done = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, ms)
    signal.addEventListener('abort', done)
  })
}
