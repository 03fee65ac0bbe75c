'use client'
import { useSyncExternalStore } from 'react'
import { exactTime, relative } from './format.ts'

/** One clock for all times on the page; it runs only while one of them is shown. */
function ticker(everyMs: number) {
  const listeners = new Set<() => void>()
  let timer: ReturnType<typeof setInterval> | undefined
  let now = Date.now()
  return {
    subscribe(listener: () => void) {
      if (listeners.size === 0) {
        now = Date.now()
        timer = setInterval(() => {
          now = Date.now()
          for (const each of listeners) each()
        }, everyMs)
      }
      listeners.add(listener)
      return () => {
        listeners.delete(listener)
        if (listeners.size === 0) clearInterval(timer)
      }
    },
    read: () => (listeners.size === 0 ? coarse(everyMs) : now),
  }
}

/** Before the clock runs: stable between two renders of the same moment. */
function coarse(everyMs: number): number {
  return Math.floor(Date.now() / everyMs) * everyMs + everyMs
}

const slow = ticker(10_000)
const fast = ticker(1000)

/** Unix ms, renewed every ten seconds, or every second with `everySecond` (clocks that count down). */
export function useNow(everySecond = false): number {
  const source = everySecond ? fast : slow
  return useSyncExternalStore(source.subscribe, source.read, () => 0)
}

/** A moment: relative, exact on hover. */
export function Time({ at, className }: { at: number; className?: string }) {
  const now = useNow()
  return (
    <time
      dateTime={new Date(at).toISOString()}
      title={exactTime(at)}
      className={className ?? 'whitespace-nowrap'}
    >
      {relative(at, Math.max(now, at > now && at - now < 20_000 ? at : now))}
    </time>
  )
}
