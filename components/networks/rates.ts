/** What goes over interfaces a second, from two readings of their counters. Pure. */
import type { InterfaceCounters } from '../../server/host/netstat.ts'

export type Sample = { interfaces: readonly InterfaceCounters[]; heardAt: number }
/** Bytes a second, seen from the interface's owner: of a tap `received` is what its guest sends. */
export type Rate = { received: number; sent: number }

/** Without an interface that was not there before, or whose counters began anew in between. */
export function ratesBetween(before: Sample | null, after: Sample): Map<string, Rate> {
  const rates = new Map<string, Rate>()
  const seconds = before === null ? 0 : (after.heardAt - before.heardAt) / 1000
  if (before === null || seconds <= 0) return rates
  const old = new Map(before.interfaces.map(one => [one.name, one]))
  for (const one of after.interfaces) {
    const then = old.get(one.name)
    if (!then || one.receivedBytes < then.receivedBytes || one.sentBytes < then.sentBytes) continue
    rates.set(one.name, {
      received: (one.receivedBytes - then.receivedBytes) / seconds,
      sent: (one.sentBytes - then.sentBytes) / seconds,
    })
  }
  return rates
}
