import type { PlanContext } from '../action.ts'
import type { Database } from '../db/database.ts'
import { type StoredTask, unfinishedTasks } from '../db/tasks.ts'
import type { Logger } from '../log.ts'
import { endingOf, FIRST_RETRY_MS, longer, pauseFor, type Settler, tellUnsettled } from './settle.ts'
import type { TaskEngine } from './task.ts'

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
  const { db, tasks, settlers, context, log, signal, pause = pauseFor } = options
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
      const ending = await endingOf(stored, settlers, context, db)
      tasks.settle(stored.task.id, ending)
      log.info({ taskId: stored.task.id, state: ending.state }, 'settled a task of the process before')
      release()
      waiting.shift()
      retryMs = FIRST_RETRY_MS
    } catch (error) {
      tellUnsettled(db, log, stored.task.id, 'Skep was stopped in the middle', error)
      await pause(retryMs, signal)
      retryMs = longer(retryMs)
      waiting.push(...waiting.splice(0, 1))
    }
  }
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
