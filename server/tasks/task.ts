import type * as z from 'zod/mini'
import type { Account } from '../accounts/model.ts'
import type { Action, ActionContext, PlanContext } from '../action.ts'
import type { Database } from '../db/database.ts'
import * as rows from '../db/tasks.ts'
import { AppError } from '../errors.ts'
import type { Host } from '../host/host.ts'
import type { Change, Inventory } from '../inventory/inventory.ts'
import type { ConsoleChange, LiveHub } from '../live/live.ts'
import type { Logger } from '../log.ts'
import { createLedger } from './ledger.ts'
import { createLocks, type LockHolder } from './locks.ts'
import type { Plan, Task } from './model.ts'
import { recordingHost } from './record.ts'
import { endingOf, FIRST_RETRY_MS, longer, pauseFor, type Settler, tellUnsettled } from './settle.ts'

/** What `<noun>.<verb>.run` answers when its task ended well. */
export type TaskResult<Result> = { taskId: number; outcome: string; result: Result }

/** How long the answer of a task waits for the inventory to read again what the task changed. */
const REFRESH_WAIT_MS = 3000

export type TaskEngine = ReturnType<typeof createTasks>

/** Plans and runs actions on one host; every run is a row in the database before its first command. */
export function createTasks(options: {
  host: Host
  inventory: Inventory
  db: Database
  live: Pick<LiveHub<ConsoleChange>, 'publish'>
  log: Logger
  now: () => number
}) {
  const { host, inventory, db, live, log, now } = options
  const locks = createLocks()
  const nudges = new Map<number, AbortController>()
  const running = new Set<Promise<unknown>>()
  const closing = new AbortController()
  const planContext: PlanContext = { host, inventory, now }

  const { changed, end, fail } = createLedger({ db, live, log, now, hostId: host.id })

  function refreshed(changes: Change[]) {
    const refresh = inventory.refresh(changes).catch((error: unknown) => {
      log.warn({ err: error }, 'the host could not be read again after a task')
    })
    return soon(refresh)
  }

  /**
   * A command that was not heard to its end may have done its work, or be at it still: the task stays open, with its
   * locks, until the host shows how it ended. Resolves to that in words, or to null when Skep stops first.
   */
  async function settleUnheard(taskId: number, action: Settler, why: AppError): Promise<string | null> {
    const stored = rows.taskById(db, taskId)
    if (!stored) return null
    tell(why)
    for (let retryMs = FIRST_RETRY_MS; !closing.signal.aborted; retryMs = longer(retryMs)) {
      try {
        const ending = await endingOf(stored, [action], planContext, db)
        end(taskId, ending)
        return ending.outcome
      } catch (error) {
        tell(error)
        await pauseFor(retryMs, closing.signal)
      }
    }
    return null

    function tell(reason: unknown) {
      tellUnsettled(db, log, taskId, 'The machine was not heard to the end', reason)
      changed(taskId)
    }
  }

  /** Under the locks: plan again if somebody was there meanwhile, compare with what was seen, write the row. */
  async function open<Schema extends z.core.$ZodType, Result>(
    action: Action<Schema, Result>,
    input: z.core.output<Schema>,
    seen: string,
    account: Account,
  ): Promise<{ plan: Plan; taskId: number; release: () => void }> {
    const mark = locks.mark()
    const first = await action.plan(planContext, input)
    const holder: LockHolder = { taskId: 0, title: first.title, userName: account.name }
    const release = locks.take(first.locks, holder)
    try {
      const plan = locks.touchedSince(first.locks, mark) ? await action.plan(planContext, input) : first
      if (plan.refused) throw new AppError(plan.refused.code, plan.refused.message, plan.refused.detail)
      if (plan.digest !== seen || !sameNames(plan.locks, first.locks)) {
        throw new AppError('changed', 'Things have changed since this was shown. Nothing was done.', {
          plan,
          next: 'Read what would happen now, then decide again.',
        })
      }
      if (closing.signal.aborted)
        throw new AppError('unreachable', 'Skep is being stopped and begins nothing new.')
      holder.taskId = rows.insertTask(db, { plan, userName: account.name, hostId: host.id, startedAt: now() })
      changed(holder.taskId)
      return { plan, taskId: holder.taskId, release }
    } catch (error) {
      release()
      throw error
    }
  }

  async function run<Schema extends z.core.$ZodType, Result>(
    action: Action<Schema, Result>,
    input: z.core.output<Schema>,
    seen: string,
    account: Account,
  ): Promise<TaskResult<Result>> {
    const { plan, taskId, release } = await open(action, input, seen, account)
    const nudge = new AbortController()
    nudges.set(taskId, nudge)
    const unheard: AppError[] = []
    const context: ActionContext = {
      host: recordingHost({
        host,
        db,
        taskId,
        now,
        changed: () => changed(taskId),
        unheard: error => unheard.push(error),
      }),
      inventory,
      now,
      taskId,
      nudged: nudge.signal,
      progress(text, fraction) {
        rows.updateProgress(db, taskId, text, fraction ?? null)
        changed(taskId)
      },
    }
    let settling: Promise<string | null> | null = null
    try {
      const result = await action.run(context, plan, input)
      const outcome = `${plan.title}: done.`
      end(taskId, { state: 'done', outcome, error: null })
      return { taskId, outcome, result }
    } catch (error) {
      const why = unheard.at(-1)
      if (!why || !(error instanceof AppError)) throw fail(taskId, plan, error)
      settling = settleUnheard(taskId, action, why)
      throw await unsettled(taskId, why, error, settling)
    } finally {
      nudges.delete(taskId)
      const changes = changesOf(plan.locks)
      if (settling) void settling.then(release).then(() => refreshed(changes))
      else release()
      await refreshed(changes)
    }
  }

  return {
    /** What tasks of this host ran that went well and speaks of a pool, from a moment on (Unix ms), oldest first. */
    commandsSince(from: number, pool: string): rows.CommandOfTask[] {
      return rows.commandsSince(db, host.id, from, pool)
    },

    /** The plan as things are now. Never throws for a refusal: that is `plan.refused`. */
    plan<Schema extends z.core.$ZodType, Result>(
      action: Action<Schema, Result>,
      input: z.core.output<Schema>,
    ): Promise<Plan> {
      return action.plan(planContext, input)
    },

    /**
     * Carries out the plan whose digest is `seen`. Resolves when the task has ended well. AppError: `locked`, `changed`
     * (with the plan that is true now), the code of a refused plan, or what the action threw (with `detail.taskId`).
     */
    run<Schema extends z.core.$ZodType, Result>(
      action: Action<Schema, Result>,
      input: z.core.output<Schema>,
      seen: string,
      account: Account,
    ): Promise<TaskResult<Result>> {
      const promise = run(action, input, seen, account)
      running.add(promise)
      const gone = () => running.delete(promise)
      promise.then(gone, gone)
      return promise
    },

    /** "Force off now": the running action goes on to its next rung. AppError `not_found` when it has ended. */
    nudge(taskId: number) {
      const nudge = nudges.get(taskId)
      if (!nudge) throw new AppError('not_found', 'This task is not running any more.')
      nudge.abort()
    },

    /** For recovery: holds the locks of a task whose process is gone, until it is settled. */
    hold(task: Task): () => void {
      return locks.take(task.locks, { taskId: task.id, title: task.title, userName: task.userName })
    },
    settle: end,
    /** Something runs. */
    working: () => running.size > 0,
    /** Nothing runs, and nothing that ran is waited for: the host is free to go. */
    idle: () => running.size === 0 && locks.free(),

    /** Begins nothing new; resolves when the running tasks have ended or `patienceMs` is over. */
    async close(patienceMs: number) {
      closing.abort()
      let timer: NodeJS.Timeout | undefined
      const late = new Promise<void>(resolve => {
        timer = setTimeout(resolve, patienceMs)
      })
      await Promise.race([Promise.allSettled(running), late])
      clearTimeout(timer)
    },
  }
}

/** Waits for it, but not for long: null when it takes longer. */
async function soon<T>(work: Promise<T>): Promise<T | null> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<null>(resolve => {
    timer = setTimeout(resolve, REFRESH_WAIT_MS, null)
  })
  const first = await Promise.race([work, late])
  clearTimeout(timer)
  return first
}

/** What is said at once about a task that is not settled yet: how it ended, where that is soon known, or who will tell. */
async function unsettled(
  taskId: number,
  why: AppError,
  error: AppError,
  settling: Promise<string | null>,
): Promise<AppError> {
  const outcome = await soon(settling)
  // What the action said of the host it said without an answer: the outcome knows better.
  const message = outcome === null ? error.message : `${why.message} ${outcome}`
  const next =
    outcome === null ? `Task ${taskId} says how this ended as soon as the machine shows it.` : undefined
  return new AppError(error.code, message, { ...error.detail, next, taskId }, { cause: error })
}

function sameNames(a: string[], b: string[]): boolean {
  return a.length === b.length && a.every((name, index) => name === b[index])
}

/** What a task with these locks may have changed. */
export function changesOf(locks: readonly string[]): Change[] {
  return locks.flatMap((lock): Change[] => {
    const colon = lock.indexOf(':')
    const key = lock.slice(colon + 1).replace(/\/\*\*$/, '')
    switch (lock.slice(0, colon)) {
      case 'pool':
        return [{ topic: 'pool', key }]
      case 'dataset':
        return [{ topic: 'dataset', key }, { topic: 'snapshots', key }, { topic: 'datasets' }]
      case 'vm':
        return [{ topic: 'vm', key }, { topic: 'vms' }]
      case 'network':
        return [{ topic: 'networks' }]
      case 'image':
        return [{ topic: 'images' }]
      case 'setting':
        // What rc.conf says of guests is where they, their media and their switches are.
        return [{ topic: 'system' }, { topic: 'vms' }, { topic: 'networks' }, { topic: 'images' }]
      default:
        return [{ topic: 'system' }]
    }
  })
}
