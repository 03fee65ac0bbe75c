import { tracked } from '@trpc/server'
import * as z from 'zod/mini'
import { roleOn } from '../accounts/model.ts'
import { AppError } from '../errors.ts'
import { consoleProcedure, router } from '../trpc.ts'
import { seenBy } from './seen.ts'

const lastEventId = z.nullish(z.string().check(z.maxLength(64)))

/** Until the browser leaves, where a caller gave no signal. */
const never = () => new AbortController().signal

/**
 * Batches of changes. The first batch after a reconnect with an id that is not known any more (the console was restarted,
 * nobody watched meanwhile) is `everything`.
 */
export const liveRouter = router({
  /** What changes in Skep itself: tasks of the hosts that the caller may see, and how the hosts stand. */
  changes: consoleProcedure('viewer')
    .input(z.optional(z.object({ lastEventId })))
    .subscription(async function* ({ ctx, input, signal = never() }) {
      for await (const { id, changes } of ctx.live.batches(input?.lastEventId ?? null, signal)) {
        const seen = seenBy(ctx.caller.account, ctx.fleet, changes)
        if (seen.length > 0) yield tracked(id, seen)
      }
    }),
  /** What changes on one host, which is watched as long as somebody listens. AppError `not_found`. */
  host: consoleProcedure('viewer')
    .input(z.object({ host: z.string().check(z.maxLength(64)), lastEventId: z.optional(lastEventId) }))
    .subscription(async function* ({ ctx, input, signal = never() }) {
      if (!ctx.fleet.has(input.host) || roleOn(ctx.caller.account, input.host) === null)
        throw new AppError('not_found', `There is no host “${input.host}” here.`)
      let last = input.lastEventId ?? null
      // A host that is signed in to in another way is closed and opened anew under those who look at it.
      while (!signal.aborted && ctx.fleet.has(input.host)) {
        const { changes } = await ctx.fleet.machine(input.host)
        for await (const batch of changes.batches(last, signal)) {
          last = batch.id
          yield tracked(batch.id, batch.changes)
        }
      }
    }),
})
