import { actionProcedures, procedure, router } from '../trpc.ts'
import { scrub } from './actions.ts'
import { poolInput } from './input.ts'

export const poolsRouter = router({
  /** `{ value, heardAt }`, by name. */
  list: procedure('viewer').query(({ ctx }) => ctx.inventory.pools()),
  /** One pool with its vdevs, scan, features and properties: `{ value, heardAt }`. */
  get: procedure('viewer')
    .input(poolInput)
    .query(({ ctx, input }) => ctx.inventory.pool(input.pool)),
  scrub: actionProcedures(scrub),
})
