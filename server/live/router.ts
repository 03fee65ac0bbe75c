import { tracked } from '@trpc/server'
import * as z from 'zod/mini'
import { procedure, router } from '../trpc.ts'

export const liveRouter = router({
  /**
   * Batches of changes, one subscription a browser. The first batch after a reconnect with an id that is not known any
   * more (the console was restarted, nobody watched meanwhile) is `everything`.
   */
  changes: procedure('viewer')
    .input(z.optional(z.object({ lastEventId: z.nullish(z.string().check(z.maxLength(64))) })))
    .subscription(async function* ({ ctx, input, signal }) {
      const ended = signal ?? new AbortController().signal
      for await (const batch of ctx.live.batches(input?.lastEventId ?? null, ended)) {
        yield tracked(batch.id, batch.changes)
      }
    }),
})
