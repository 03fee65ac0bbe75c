import { AppError } from '../errors.ts'
import { procedure, router } from '../trpc.ts'
import { getTask, listTaskPage } from './history.ts'
import { listTasksInput, taskIdInput } from './input.ts'

export const tasksRouter = router({
  /** Newest first: `{ rows, next }`; `next` is the `before` of the following page, null at the end. */
  list: procedure('viewer')
    .input(listTasksInput)
    .query(({ ctx, input }) => listTaskPage(ctx.db, input)),
  /** One task with its plan and its commands. */
  get: procedure('viewer')
    .input(taskIdInput)
    .query(({ ctx, input }) => getTask(ctx.db, input.id)),
  /** Makes a waiting task go on to its next rung ("Force off now"). */
  nudge: procedure('operator')
    .input(taskIdInput)
    .mutation(({ ctx, input }) => {
      if (getTask(ctx.db, input.id).state !== 'running')
        throw new AppError('not_found', 'This task is not running any more.')
      ctx.tasks.nudge(input.id)
      return null
    }),
})
