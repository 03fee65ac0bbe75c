import type * as z from 'zod/mini'
import type { Account } from '../accounts/model.ts'
import type { Action } from '../action.ts'
import type { Plan } from './model.ts'

/** What `<noun>.<verb>.run` answers when its task ended well. */
export type TaskResult<Result> = { taskId: number; outcome: string; result: Result }

/** Plans and runs actions as tasks. */
export type TaskEngine = {
  plan<Schema extends z.core.$ZodType, Result>(
    action: Action<Schema, Result>,
    input: z.core.output<Schema>,
  ): Promise<Plan>
  run<Schema extends z.core.$ZodType, Result>(
    action: Action<Schema, Result>,
    input: z.core.output<Schema>,
    seen: string,
    account: Account,
  ): Promise<TaskResult<Result>>
}
