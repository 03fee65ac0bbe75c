import { consoleProcedure, procedure, router } from '../trpc.ts'
import { VERSION } from '../version.ts'

export const systemRouter = router({
  /** Whether the machine answers, and what kind of door leads to it. */
  status: procedure('viewer').query(({ ctx }) => ctx.inventory.status()),
  facts: procedure('viewer').query(async ({ ctx }) => (await ctx.inventory.facts()).value),
  /** What the machine can do for Skep, with the command that would mend what it cannot. */
  capabilities: procedure('viewer').query(({ ctx }) => ctx.capabilities()),
  /** The last hour, oldest first; sampled only while a browser is open. */
  load: procedure('viewer').query(({ ctx }) => ctx.load.samples()),
})

/** Skep itself. */
export const consoleSystemRouter = router({
  version: consoleProcedure('viewer').query(() => VERSION),
})
