'use client'
import { useQueryClient } from '@tanstack/react-query'
import { useSubscription } from '@trpc/tanstack-react-query'
import { createContext, type ReactNode, use, useCallback, useEffect, useMemo, useState } from 'react'
import type { Change } from '../server/inventory/inventory.ts'
import { staleAfter } from './invalidation.ts'
import { renew } from './renewal.ts'
import { useTRPC } from './trpc.tsx'

/** Whether this browser hears of changes; `since` is when it stopped to (Unix ms). */
export type Connection = { state: 'connecting' | 'live' } | { state: 'lost'; since: number }

const ConnectionContext = createContext<Connection>({ state: 'connecting' })

export function useConnection(): Connection {
  return use(ConnectionContext)
}

/** The one subscription of a browser: what changes on the host makes queries stale here, and nowhere else. */
export function Live({ children }: { children: ReactNode }) {
  const trpc = useTRPC()
  const client = useQueryClient()
  const apply = useCallback(
    (changes: readonly Change[]) => {
      const stale = changes.flatMap(staleAfter)
      if (stale.length === 0) return
      renew(client, stale)
    },
    [client],
  )
  const subscription = useSubscription(
    trpc.live.changes.subscriptionOptions(undefined, { onData: event => apply(event.data) }),
  )
  const live = subscription.status === 'pending'
  const [lostAt, setLostAt] = useState<number | null>(null)
  const [heard, setHeard] = useState(false)
  useEffect(() => {
    if (live) {
      setHeard(true)
      setLostAt(null)
      return
    }
    // A reconnect that takes a moment is nobody's business.
    const timer = setTimeout(() => setLostAt(at => at ?? Date.now()), 2500)
    return () => clearTimeout(timer)
  }, [live])
  // What was asked while nobody answered is asked again as soon as somebody does.
  useEffect(() => {
    if (live && heard) void client.refetchQueries({ predicate: query => query.state.status === 'error' })
  }, [live, heard, client])

  const connection = useMemo<Connection>(
    () =>
      lostAt !== null ? { state: 'lost', since: lostAt } : { state: live || heard ? 'live' : 'connecting' },
    [lostAt, live, heard],
  )
  return <ConnectionContext value={connection}>{children}</ConnectionContext>
}
