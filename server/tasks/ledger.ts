import type { Database } from '../db/database.ts'
import * as rows from '../db/tasks.ts'
import { AppError } from '../errors.ts'
import type { ConsoleChange, LiveHub } from '../live/live.ts'
import type { Logger } from '../log.ts'
import { withDigest } from './digest.ts'
import type { Plan } from './model.ts'

/** How tasks of one host, or of Skep itself, are told and ended. */
export function createLedger(options: {
  db: Database
  live: Pick<LiveHub<ConsoleChange>, 'publish'>
  log: Logger
  now: () => number
  hostId: string | null
}) {
  const { db, live, log, now, hostId } = options

  function changed(taskId: number) {
    live.publish([{ topic: 'task', key: String(taskId), host: hostId }])
  }

  function end(taskId: number, ending: Omit<rows.Ending, 'endedAt'>) {
    rows.endTask(db, taskId, { ...ending, endedAt: now() })
    changed(taskId)
  }

  /** Ends it as failed; the error to throw names the task. */
  function fail(taskId: number, plan: Plan, error: unknown): AppError {
    if (!(error instanceof AppError))
      log.error({ taskId, action: plan.action, err: error }, 'an action failed unexpectedly')
    const known =
      error instanceof AppError
        ? error
        : new AppError(
            'failed',
            'Skep made a mistake in the middle of this. The commands below show how far it came.',
          )
    end(taskId, {
      state: 'failed',
      outcome: known.message,
      error: { code: known.code, message: known.message, detail: known.detail },
    })
    return new AppError(known.code, known.message, { ...known.detail, taskId }, { cause: error })
  }

  return { changed, end, fail }
}

export type Audit = ReturnType<typeof createAudit>

/**
 * Records work on Skep's own things (accounts, the list of hosts) as a settled task: who did what to whom, and how it
 * ended. `hostId` where it is about one host: who may not see that one does not see this either.
 */
export function createAudit(options: Omit<Parameters<typeof createLedger>[0], 'hostId'>) {
  const { db, now } = options
  return async function audit<T>(
    record: { action: string; title: string; userName: string; hostId?: string },
    work: () => Promise<T> | T,
  ): Promise<T> {
    const { action, title, userName, hostId = null } = record
    const { changed, end, fail } = createLedger({ ...options, hostId })
    const plan = withDigest({ action, title, steps: [{ title }], victims: [], warnings: [], locks: [] })
    const taskId = rows.insertTask(db, { plan, userName, hostId, startedAt: now() })
    changed(taskId)
    try {
      const result = await work()
      end(taskId, { state: 'done', outcome: `${title}: done.`, error: null })
      return result
    } catch (error) {
      throw fail(taskId, plan, error)
    }
  }
}
