import { router } from './trpc.ts'

/** One line a noun. */
export const appRouter = router({})

export type AppRouter = typeof appRouter
