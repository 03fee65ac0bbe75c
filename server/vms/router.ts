import * as z from 'zod/mini'
import { mayAct } from '../accounts/model.ts'
import type { LastPicturesInfo } from '../console/model.ts'
import { actionProcedures, procedure, router } from '../trpc.ts'
import { clone } from './actions/clone.ts'
import { create } from './actions/create.ts'
import { destroy } from './actions/destroy.ts'
import { edit } from './actions/edit.ts'
import { growDisk } from './actions/grow.ts'
import {
  addDevice,
  changeDevice,
  discardPending,
  removeDevice,
  setOptions,
  setPolicy,
  share,
} from './actions/hardware.ts'
import { cleanUp, forceOff, nmi, reset, shutdown, start } from './actions/life.ts'
import { setUp } from './actions/set-up.ts'
import { readStartOrder, setStartOrder } from './actions/start-order.ts'
import { readChoices, readVm, withoutPasswords } from './detail.ts'
import { vmInput } from './input.ts'

export const vmsRouter = router({
  list: procedure('viewer').query(({ ctx }) => ctx.inventory.vms()),
  get: procedure('viewer')
    .input(z.object({ vm: vmInput.shape.vm }))
    .query(async ({ ctx, input }) => {
      const detail = await readVm(ctx.host, input.vm, ctx.now())
      return mayAct(ctx.caller.account.role, 'operator') ? detail : withoutPasswords(detail)
    }),
  choices: procedure('viewer').query(({ ctx }) => readChoices(ctx.host, ctx.inventory)),
  startOrder: procedure('viewer').query(({ ctx }) => readStartOrder(ctx.host)),
  /** The last hour, oldest first; sampled only while a browser is open. */
  use: procedure('viewer')
    .input(z.object({ vm: vmInput.shape.vm }))
    .query(({ ctx, input }) => ctx.load.guest(input.vm)),
  thumbnail: procedure('viewer')
    .input(z.object({ vm: vmInput.shape.vm, known: z.nullable(z.string().check(z.maxLength(64))) }))
    .query(({ ctx, input }) => ctx.screens.thumbnail(input.vm, input.known)),
  lastPictures: procedure('viewer')
    .input(z.object({ vm: vmInput.shape.vm }))
    .query(({ ctx, input }): LastPicturesInfo | null => {
      const last = ctx.screens.lastPictures(input.vm)
      return last && { endedAt: last.endedAt, frames: last.frames.map(frame => frame.at) }
    }),
  lastPicture: procedure('viewer')
    .input(z.object({ vm: vmInput.shape.vm, endedAt: z.number(), index: z.int().check(z.minimum(0)) }))
    .query(({ ctx, input }): string | null => {
      const last = ctx.screens.lastPictures(input.vm)
      const frame = last?.endedAt === input.endedAt ? last.frames[input.index] : undefined
      return frame ? `data:image/png;base64,${frame.png.toString('base64')}` : null
    }),
  setUp: actionProcedures(setUp),
  setStartOrder: actionProcedures(setStartOrder),
  create: actionProcedures(create),
  start: actionProcedures(start),
  shutdown: actionProcedures(shutdown),
  forceOff: actionProcedures(forceOff),
  reset: actionProcedures(reset),
  destroy: actionProcedures(destroy),
  edit: actionProcedures(edit),
  addDevice: actionProcedures(addDevice),
  changeDevice: actionProcedures(changeDevice),
  removeDevice: actionProcedures(removeDevice),
  share: actionProcedures(share),
  setOptions: actionProcedures(setOptions),
  setPolicy: actionProcedures(setPolicy),
  discardPending: actionProcedures(discardPending),
  growDisk: actionProcedures(growDisk),
  nmi: actionProcedures(nmi),
  cleanUp: actionProcedures(cleanUp),
  clone: actionProcedures(clone),
})
