import * as z from 'zod/mini'
import { actionProcedures, procedure, router } from '../trpc.ts'
import { clone } from './actions/clone.ts'
import { create } from './actions/create.ts'
import { destroy } from './actions/destroy.ts'
import { edit } from './actions/edit.ts'
import { cleanUp, forceOff, reset, shutdown, start } from './actions/life.ts'
import { readChoices, readVm } from './detail.ts'
import { vmInput } from './input.ts'

export const vmsRouter = router({
  list: procedure('viewer').query(({ ctx }) => ctx.inventory.vms()),
  get: procedure('viewer')
    .input(z.object({ vm: vmInput.shape.vm }))
    .query(({ ctx, input }) => readVm(ctx.host, input.vm, ctx.now())),
  choices: procedure('viewer').query(({ ctx }) => readChoices(ctx.host, ctx.inventory)),
  create: actionProcedures(create),
  start: actionProcedures(start),
  shutdown: actionProcedures(shutdown),
  forceOff: actionProcedures(forceOff),
  reset: actionProcedures(reset),
  destroy: actionProcedures(destroy),
  edit: actionProcedures(edit),
  cleanUp: actionProcedures(cleanUp),
  clone: actionProcedures(clone),
})
