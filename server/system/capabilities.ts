import type { Host } from '../host/host.ts'
import { probeHost } from '../host/probe.ts'
import type { Capability } from './model.ts'

/** A probe runs a dozen programs; what it finds changes when a person works on the machine. */
const FRESH_MS = 60_000

/** What the machine can do, asked at most once a minute, however many browsers want to know. */
export function createCapabilities(options: { host: Host; now: () => number }): () => Promise<Capability[]> {
  const { host, now } = options
  let asked: { at: number; answer: Promise<Capability[]> } | null = null
  return () => {
    if (asked && now() - asked.at < FRESH_MS) return asked.answer
    const mine = { at: now(), answer: probeHost(host) }
    asked = mine
    mine.answer.catch(() => {
      if (asked === mine) asked = null
    })
    return mine.answer
  }
}
