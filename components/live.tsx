'use client'
import { useQueryClient } from '@tanstack/react-query'
import { useSubscription } from '@trpc/tanstack-react-query'
import { createContext, type ReactNode, use, useCallback, useEffect, useMemo, useState } from 'react'
import type { Change } from '../server/inventory/inventory.ts'
import type { ConsoleChange } from '../server/live/live.ts'
import { staleAfter, staleOfConsole } from './invalidation.ts'
import { renew } from './renewal.ts'
import { useConsoleTRPC } from './trpc.tsx'

/** Whether this browser hears of changes; `since` is when it stopped to (Unix ms). */
export type Connection = { state: 'connecting' | 'live' } | { state: 'lost'; since: number }

const ConnectionContext = createContext<Connection>({ state: 'connecting' })
const FollowContext = createContext<(host: string) => () => void>(() => () => undefined)

export function useConnection(): Connection {
  return use(ConnectionContext)
}

/** As long as this is on the page, what changes on these hosts is told to this browser, and they are watched for it. */
export function useFollowed(hosts: readonly string[]) {
  const follow = use(FollowContext)
  const names = hosts.join(' ')
  useEffect(() => {
    const stops = names.split(' ').filter(Boolean).map(follow)
    return () => {
      for (const stop of stops) stop()
    }
  }, [names, follow])
}

/** The subscriptions of a browser: what changes makes queries stale here, and nowhere else. */
export function Live({ children }: { children: ReactNode }) {
  const trpc = useConsoleTRPC()
  const client = useQueryClient()
  const [followed, setFollowed] = useState<readonly string[]>([])
  const follow = useCallback((host: string) => {
    setFollowed(list => [...list, host])
    return () => setFollowed(list => list.toSpliced(list.indexOf(host), 1))
  }, [])
  const apply = useCallback(
    (changes: readonly ConsoleChange[]) => renew(client, changes.flatMap(staleOfConsole)),
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
  return (
    <ConnectionContext value={connection}>
      <FollowContext value={follow}>
        {children}
        {[...new Set(followed)].map(host => (
          <LiveHost key={host} host={host} />
        ))}
      </FollowContext>
    </ConnectionContext>
  )
}

function LiveHost({ host }: { host: string }) {
  const trpc = useConsoleTRPC()
  const client = useQueryClient()
  const apply = useCallback(
    (changes: readonly Change[]) =>
      renew(
        client,
        changes.flatMap(change => staleAfter(host, change)),
      ),
    [client, host],
  )
  useSubscription(trpc.live.host.subscriptionOptions({ host }, { onData: event => apply(event.data) }))
  return null
}
