'use client'
import { duration, exactTime } from '../ui/format.ts'
import { useNow } from '../ui/Time.tsx'

/** How long a guest has run, to the minute; since when, exactly, on hover. */
export function Uptime({ since }: { since: number }) {
  const now = useNow()
  const minutes = Math.floor((now - since) / 60_000)
  return (
    <time
      dateTime={new Date(since).toISOString()}
      title={`since ${exactTime(since)}`}
      className="whitespace-nowrap"
    >
      {minutes < 1 ? 'under 1 min' : duration(minutes * 60_000)}
    </time>
  )
}
