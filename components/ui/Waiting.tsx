'use client'
import { useEffect, useState } from 'react'
import { useNow } from './Time.tsx'

/** A host that is well answers sooner; from then on it is said that it has not. */
const PATIENCE_S = 4

/** Says, after a while, that the host has not answered yet, and for how long. Nothing before that. */
export function Waiting({ className }: { className?: string }) {
  const now = useNow(true)
  const [since, setSince] = useState<number | null>(null)
  useEffect(() => setSince(Date.now()), [])
  const seconds = since === null ? 0 : Math.floor((now - since) / 1000)
  if (seconds < PATIENCE_S) return null
  return (
    <span className={className ?? 'text-muted'}>
      The host has not answered yet <span aria-hidden>({seconds} s)</span>
    </span>
  )
}
