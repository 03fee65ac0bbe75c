'use client'
import { useQueryClient } from '@tanstack/react-query'
import type { Explained } from '../errors.ts'
import { useConsoleTRPC } from '../trpc.tsx'
import { useAttempt } from './useAttempt.ts'

/** A write of Skep's own things, accounts and hosts: it has no plan (nothing on the host changes), so a dialog needs only this. */
export function useWrite(onDone: () => void): {
  busy: boolean
  error: Explained | null
  write: (work: () => Promise<unknown>) => Promise<void>
  forget: () => void
} {
  const trpc = useConsoleTRPC()
  const client = useQueryClient()
  const { busy, error, attempt, forget } = useAttempt()
  return {
    busy,
    error,
    forget,
    write: work =>
      attempt(async () => {
        await work()
        // The streams of changes do not speak of all of them.
        void client.invalidateQueries({ queryKey: trpc.accounts.pathKey() })
        void client.invalidateQueries({ queryKey: trpc.hosts.pathKey() })
        onDone()
      }),
  }
}
