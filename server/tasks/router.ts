import { AppError } from '../errors.ts'
import { consoleProcedure, procedure, router } from '../trpc.ts'
import { getTask, listTaskPage } from './history.ts'
import { listTasksInput, taskIdInput } from './input.ts'
import { taskScope } from './scope.ts'

/** The history of all hosts that the caller may see. */
export const tasksRouter = router({
  /** Newest first: `{ rows, next }`; `next` is the `before` of the following page, null at the end. */
  list: consoleProcedure('viewer')
    .input(listTasksInput)
    .query(({ ctx, input }) => listTaskPage(ctx.db, taskScope(ctx.fleet, ctx.caller.account), input)),
  /** One task with its plan and its commands. */
  get: consoleProcedure('viewer')
    .input(taskIdInput)
    .query(({ ctx, input }) => getTask(ctx.db, taskScope(ctx.fleet, ctx.caller.account), input.id)),
})

/** What is done to the running tasks of one host. */
export const hostTasksRouter = router({
  /** Makes a waiting task go on to its next rung ("Force off now"). AppError `not_found` when it has ended. */
  nudge: procedure('operator')
    .input(taskIdInput)
    .mutation(({ ctx, input }) => {
      const { state } = getTask(ctx.db, { only: [ctx.host.id] }, input.id)
      if (state !== 'running') throw new AppError('not_found', 'This task is not running any more.')
      ctx.tasks.nudge(input.id)
      return null
    }),
})
