import { accountsRouter } from './accounts/router.ts'
import { liveRouter } from './live/router.ts'
import { tasksRouter } from './tasks/router.ts'
import { router } from './trpc.ts'

/** One line a noun. */
export const appRouter = router({
  accounts: accountsRouter,
  live: liveRouter,
  tasks: tasksRouter,
})

export type AppRouter = typeof appRouter
