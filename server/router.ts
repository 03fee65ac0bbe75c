import { accountsRouter } from './accounts/router.ts'
import { datasetsRouter } from './datasets/router.ts'
import { hostsRouter } from './hosts/router.ts'
import { imagesRouter } from './images/router.ts'
import { liveRouter } from './live/router.ts'
import { networksRouter } from './networks/router.ts'
import { poolsRouter } from './pools/router.ts'
import { snapshotsRouter } from './snapshots/router.ts'
import { consoleSystemRouter, systemRouter } from './system/router.ts'
import { hostTasksRouter, tasksRouter } from './tasks/router.ts'
import { router } from './trpc.ts'
import { vmsRouter } from './vms/router.ts'

/** What is asked of one host, by its address: `/api/trpc/<host>/pools.list`. One line a noun. */
export const hostRouter = router({
  datasets: datasetsRouter,
  images: imagesRouter,
  networks: networksRouter,
  pools: poolsRouter,
  snapshots: snapshotsRouter,
  system: systemRouter,
  tasks: hostTasksRouter,
  vms: vmsRouter,
})

/** What is asked of Skep itself: `/api/trpc/tasks.list`. One line a noun. */
export const consoleRouter = router({
  accounts: accountsRouter,
  hosts: hostsRouter,
  live: liveRouter,
  system: consoleSystemRouter,
  tasks: tasksRouter,
})

export type HostRouter = typeof hostRouter
export type ConsoleRouter = typeof consoleRouter
