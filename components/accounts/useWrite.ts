'use client'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { type Explained, explain } from '../errors.ts'
import { useConsoleTRPC } from '../trpc.tsx'

/** A write of Skep's own things, accounts and hosts: it has no plan (nothing on the host changes), so a dialog needs only this. */
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
        // The streams of changes do not speak of all of them.
        void client.invalidateQueries({ queryKey: trpc.accounts.pathKey() })
        void client.invalidateQueries({ queryKey: trpc.hosts.pathKey() })
        onDone()
      } catch (thrown) {
        setError(explain(thrown))
      } finally {
        setBusy(false)
      }
    },
  }
}
