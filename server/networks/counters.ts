/** Counters of interfaces, asked of a host at most once a second however many browsers look. */
import type { Host } from '../host/host.ts'
import { type InterfaceCounters, readInterfaceCounters } from '../host/netstat.ts'

export type Counters = { interfaces: InterfaceCounters[]; heardAt: number }

const GOOD_FOR_MS = 1000

const asked = new WeakMap<Host, { at: number; answer: Promise<Counters> }>()

export function readCounters(host: Host, now: () => number): Promise<Counters> {
  const known = asked.get(host)
  if (known && now() - known.at < GOOD_FOR_MS) return known.answer
  const answer = readInterfaceCounters(host).then(interfaces => ({ interfaces, heardAt: now() }))
  const entry = { at: now(), answer }
  asked.set(host, entry)
  // An error is told to those who waited for it, and not kept.
  answer.catch(() => {
    if (asked.get(host) === entry) asked.delete(host)
  })
  return answer
}
