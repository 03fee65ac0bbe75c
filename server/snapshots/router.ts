import { actionProcedures, procedure, router } from '../trpc.ts'
import { rollbackGuestAction } from './actions.group.ts'
import { rollbackAction, swapBackAction } from './actions.rollback.ts'
import { clone, create, destroy, hold, release } from './actions.ts'
import { readGroups, readReclaim } from './facts.ts'
import { guestRoom } from './guest-room.ts'
import { guestInput, listSnapshotsInput, snapshotDaysInput, snapshotInput, snapshotsInput } from './input.ts'

export const snapshotsRouter = router({
  /** A page: filtered and sorted over all snapshots, `{ rows, total, heardAt }`. */
  list: procedure('viewer')
    .input(listSnapshotsInput)
    .query(({ ctx, input }) => ctx.inventory.snapshotPage(input)),
  /** How many were taken on which day: the timeline beside a list. */
  days: procedure('viewer')
    .input(snapshotDaysInput)
    .query(({ ctx, input }) => ctx.inventory.snapshotDays(input)),
  /** Holds of one snapshot: `{ value, heardAt }`. */
  holds: procedure('viewer')
    .input(snapshotInput)
    .query(({ ctx, input }) => ctx.inventory.holdsOf(input.snapshot)),
  /** Snapshots of all zvols of a guest, grouped by their names: `{ value, heardAt }`. */
  groups: procedure('viewer')
    .input(guestInput)
    .query(({ ctx, input }) => readGroups(ctx, input.vm)),
  /** What destroying exactly these would free, by ZFS's own dry run. */
  reclaim: procedure('viewer')
    .input(snapshotsInput)
    .query(({ ctx, input }) => readReclaim(ctx.host, input.snapshots)),
  create: actionProcedures(create),
  destroy: actionProcedures(destroy),
  hold: actionProcedures(hold),
  release: actionProcedures(release),
  clone: actionProcedures(clone),
  rollback: actionProcedures(rollbackAction(guestRoom)),
  rollbackGuest: actionProcedures(rollbackGuestAction(guestRoom)),
  swapBack: actionProcedures(swapBackAction(guestRoom)),
})
