import { roleOn } from '../accounts/model.ts'
import { consoleProcedure, router } from '../trpc.ts'
import type { HostSummary } from './model.ts'

export const hostsRouter = router({
  /** The hosts that the caller may see, in their order, as they stood at the last look. */
  list: consoleProcedure('viewer').query(({ ctx }): HostSummary[] =>
    ctx.fleet.hosts().flatMap(({ id, name }) => {
      const role = roleOn(ctx.caller.account, id)
      if (role === null) return []
      return { id, name, role, status: ctx.fleet.status(id), glance: ctx.fleet.glance(id) }
    }),
  ),
})
