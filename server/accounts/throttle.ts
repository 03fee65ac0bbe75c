import { isIPv6 } from 'node:net'

/** Wrong attempts that cost nothing: people mistype. */
const FREE_ATTEMPTS = 4
const LONGEST_WAIT_MS = 15 * 60_000
/** After this long without an attempt a key is forgotten. */
const FORGET_AFTER_MS = 60 * 60_000
/** Keys kept at most; the longest untouched go first, so that made-up names cannot fill the memory. */
const MOST_KEYS = 10_000

export type Throttle = {
  /**
   * Begins an attempt under these keys and counts it as wrong already, so that a hundred at the same moment count as a
   * hundred. Returns 0, or the milliseconds to wait; a refused attempt is not counted.
   */
  attempt(keys: string[]): number
  /** The attempt was right: these keys begin anew. */
  succeeded(keys: string[]): void
}

/**
 * Slows guessing down: each key (an account's name, an address) has a few free attempts, then 1 s, 2 s, 4 s ... up to
 * 15 min between them. In memory: a restart of the console forgives, and cannot be caused from outside.
 */
export function createThrottle(now: () => number): Throttle {
  const attempts = new Map<string, { count: number; at: number }>()

  function waitFor(key: string): number {
    const seen = attempts.get(key)
    if (!seen) return 0
    if (now() - seen.at > FORGET_AFTER_MS) {
      attempts.delete(key)
      return 0
    }
    if (seen.count < FREE_ATTEMPTS) return 0
    const wait = Math.min(LONGEST_WAIT_MS, 1000 * 2 ** (seen.count - FREE_ATTEMPTS))
    return Math.max(0, seen.at + wait - now())
  }

  return {
    attempt(keys) {
      const wait = Math.max(...keys.map(waitFor))
      if (wait > 0) return wait
      for (const key of keys) {
        const count = (attempts.get(key)?.count ?? 0) + 1
        // Deleting first moves the key to the end: a Map keeps the order of insertion.
        attempts.delete(key)
        attempts.set(key, { count, at: now() })
      }
      for (const key of attempts.keys()) {
        if (attempts.size <= MOST_KEYS) break
        attempts.delete(key)
      }
      return 0
    },
    succeeded(keys) {
      for (const key of keys) attempts.delete(key)
    },
  }
}

/** The key of an address: an IPv6 customer owns at least a /64, so all of it counts as one. */
export function addressKey(address: string): string {
  const mapped = address.replace(/^::ffff:(?=\d+\.)/, '')
  if (!isIPv6(mapped)) return `address:${mapped}`
  const [head = '', tail = ''] = mapped.split('::')
  const left = head === '' ? [] : head.split(':')
  const right = tail === '' ? [] : tail.split(':')
  const zeros = mapped.includes('::') ? Array(Math.max(0, 8 - left.length - right.length)).fill('0') : []
  return `address:${[...left, ...zeros, ...right].slice(0, 4).join(':')}::/64`
}
