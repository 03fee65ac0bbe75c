'use client'
import { useState } from 'react'
import { type Explained, explain } from '../errors.ts'

/** One try at a time of something that may fail, for a dialog: `error` is that of the last one. */
export function useAttempt(): {
  busy: boolean
  error: Explained | null
  attempt: (work: () => Promise<unknown>) => Promise<void>
  /** What it was about is being changed: the error is of the past. */
  forget: () => void
} {
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<Explained | null>(null)
  return {
    busy,
    error,
    forget: () => setError(null),
    async attempt(work) {
      setBusy(true)
      setError(null)
      try {
        await work()
      } catch (thrown) {
        setError(explain(thrown))
      } finally {
        setBusy(false)
      }
    },
  }
}
