import { accountsRouter } from './accounts/router.ts'
import { datasetsRouter } from './datasets/router.ts'
import { liveRouter } from './live/router.ts'
import { poolsRouter } from './pools/router.ts'
import { snapshotsRouter } from './snapshots/router.ts'
import { systemRouter } from './system/router.ts'
import { tasksRouter } from './tasks/router.ts'
import { router } from './trpc.ts'
import { vmsRouter } from './vms/router.ts'

/** One line a noun. */
export const appRouter = router({
  accounts: accountsRouter,
  datasets: datasetsRouter,
  live: liveRouter,
  pools: poolsRouter,
  snapshots: snapshotsRouter,
  system: systemRouter,
  tasks: tasksRouter,
  vms: vmsRouter,
})

export type AppRouter = typeof appRouter
