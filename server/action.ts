import type { z } from 'zod/mini'
import type { Role } from './accounts/model.ts'
import type { Host } from './host/host.ts'
import type { Inventory } from './inventory/inventory.ts'
import type { Plan, TaskCommand } from './tasks/model.ts'

/** What a plan may look at: fresh facts of the host, never the browser's. */
export type PlanContext = {
  host: Host
  inventory: Inventory
  /** Unix ms; a test sets it. */
  now: () => number
}

/** What an action may use. `host` records every argv, file write and result in the task. */
export type ActionContext = PlanContext & {
  taskId: number
  /** Says what it is doing now; shown live. `fraction` is 0 to 1 where known. */
  progress: (text: string, fraction?: number) => void
  /** Ends when a person presses "Force off now" or a like jump-ahead; see `tasks.nudge`. */
  nudged: AbortSignal
}

/**
 * A verb: how it is planned and how the plan is carried out. One definition gives the two procedures
 * `<noun>.<verb>.plan` (query) and `<noun>.<verb>.run` (mutation, with the digest of the plan the user saw).
 */
export type Action<Schema extends z.core.$ZodType = z.core.$ZodType, Result = unknown> = {
  /** `snapshots.rollback` */
  name: string
  role: Role
  input: Schema
  /** Reads fresh facts and returns the plan. A refusal is a plan with `refused`, not an exception. */
  plan(context: PlanContext, input: z.core.output<Schema>): Promise<Plan>
  /** Carries out exactly `plan.steps`. Throws AppError; the message says what state the host was left in. */
  run(context: ActionContext, plan: Plan, input: z.core.output<Schema>): Promise<Result>
  /**
   * After a crash of the console: compares the host with the plan and says how it ended, in words.
   * Looks only; it never repairs. `commands` is what was recorded: one that was begun and has no result may or may not
   * have done its work; one that is not there was never begun.
   */
  settle(
    context: PlanContext,
    plan: Plan,
    commands: readonly TaskCommand[],
  ): Promise<{ state: 'done' | 'failed' | 'interrupted'; outcome: string }>
}

export function defineAction<Schema extends z.core.$ZodType, Result>(
  action: Action<Schema, Result>,
): Action<Schema, Result> {
  return action
}
