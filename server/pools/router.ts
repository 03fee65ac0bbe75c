import { actionProcedures, procedure, router } from '../trpc.ts'
import { createPool, destroyPool, exportPool, importable, importPool } from './actions.life.ts'
import { setPoolProperty, upgradePool } from './actions.property.ts'
import { attach, clear, detach, disksOf, offline, online, replace, scrub } from './actions.ts'
import { poolHistory } from './history.ts'
import { poolInput } from './input.ts'

export const poolsRouter = router({
  /** `{ value, heardAt }`, by name. */
  list: procedure('viewer').query(({ ctx }) => ctx.inventory.pools()),
  /** One pool with its vdevs, scan, features and properties: `{ value, heardAt }`. */
  get: procedure('viewer')
    .input(poolInput)
    .query(({ ctx, input }) => ctx.inventory.pool(input.pool)),
  /** Whole disks of the machine, each with who has it. Asked for when one is to be chosen. */
  disks: procedure('administrator').query(({ ctx }) => disksOf(ctx)),
  /** Pools whose disks are here and that are not imported. All disks are read for it: asked for when somebody looks for one. */
  importable: procedure('administrator').query(({ ctx }) => importable(ctx.host)),
  /** What was done to it, newest first: `{ acts, older }`. Read whole for it: asked for when somebody looks. */
  history: procedure('viewer')
    .input(poolInput)
    .query(({ ctx, input }) =>
      poolHistory(ctx.host, input.pool, from => ctx.tasks.commandsSince(from, input.pool)),
    ),
  create: actionProcedures(createPool),
  import: actionProcedures(importPool),
  export: actionProcedures(exportPool),
  destroy: actionProcedures(destroyPool),
  scrub: actionProcedures(scrub),
  offline: actionProcedures(offline),
  online: actionProcedures(online),
  clear: actionProcedures(clear),
  replace: actionProcedures(replace),
  attach: actionProcedures(attach),
  detach: actionProcedures(detach),
  setProperty: actionProcedures(setPoolProperty),
  upgrade: actionProcedures(upgradePool),
})
