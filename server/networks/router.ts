import { actionProcedures, procedure, router } from '../trpc.ts'
import { create, destroy, edit } from './actions.ts'
import { readCounters } from './counters.ts'
import { switchRows } from './model.ts'

export const networksRouter = router({
  /** Switches with who is plugged in, and the interfaces of the machine. */
  list: procedure('viewer').query(async ({ ctx }) => {
    const [networks, vms] = await Promise.all([ctx.inventory.networks(), ctx.inventory.vms()])
    const { settings, interfaces } = networks.value
    return {
      value: { settings, interfaces, switches: switchRows(networks.value, vms.value) },
      heardAt: Math.min(networks.heardAt, vms.heardAt),
    }
  }),
  create: actionProcedures(create),
  edit: actionProcedures(edit),
  destroy: actionProcedures(destroy),
  /** What went over each interface so far; a page asks again and again while somebody looks at it. */
  counters: procedure('viewer').query(({ ctx }) => readCounters(ctx.host, ctx.now)),
})
