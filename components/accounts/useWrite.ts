'use client'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { type Explained, explain } from '../errors.ts'
import { useConsoleTRPC } from '../trpc.tsx'

/** A write of an account: it has no plan (nothing on the host changes), so a dialog needs only this. */
export function useWrite(onDone: () => void): {
  busy: boolean
  error: Explained | null
  write: (work: () => Promise<unknown>) => Promise<void>
} {
  const trpc = useConsoleTRPC()
  const client = useQueryClient()
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<Explained | null>(null)
  return {
    busy,
    error,
    async write(work) {
      setBusy(true)
      setError(null)
      try {
        await work()
        // Accounts are Skep's own: the host's stream of changes does not speak of them.
        void client.invalidateQueries({ queryKey: trpc.accounts.pathKey() })
        onDone()
      } catch (thrown) {
        setError(explain(thrown))
      } finally {
        setBusy(false)
      }
    },
  }
}
