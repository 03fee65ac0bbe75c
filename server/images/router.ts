import { actionProcedures, procedure, router } from '../trpc.ts'
import { destroy, fetch, upload } from './actions.ts'
import { imageRows } from './model.ts'

export const imagesRouter = router({
  /** Libraries, and every medium in them with the guests that have it. */
  list: procedure('viewer').query(async ({ ctx }) => {
    const [state, vms] = await Promise.all([ctx.inventory.images(), ctx.inventory.vms()])
    const { libraries } = state.value
    return {
      value: { libraries, images: imageRows(state.value, vms.value) },
      heardAt: Math.min(state.heardAt, vms.heardAt),
    }
  }),
  upload: actionProcedures(upload),
  fetch: actionProcedures(fetch),
  destroy: actionProcedures(destroy),
})
