'use client'
import { useQueryClient } from '@tanstack/react-query'
import { createTRPCOptionsProxy, type TRPCOptionsProxy } from '@trpc/tanstack-react-query'
import { createContext, type ReactNode, use, useCallback, useRef } from 'react'
import type { HostRouter } from '../server/router.ts'
import { type Api, createHostApi } from './links.ts'
import { type HostPaths, pathsOf } from './shell/paths.ts'

/** Everything that reaches one host: its procedures, as queries and as plain calls, and its pages. */
export type HostAccess = {
  id: string
  /** Query options of every procedure; the keys begin with the host's id. */
  trpc: TRPCOptionsProxy<HostRouter, { keyPrefix: true }>
  api: Api
  paths: HostPaths
}

const OpenerContext = createContext<((id: string) => HostAccess) | null>(null)
const HostContext = createContext<HostAccess | null>(null)

/** One access a host, made when it is first needed. */
export function Hosts({ children }: { children: ReactNode }) {
  const queryClient = useQueryClient()
  const made = useRef(new Map<string, HostAccess>())
  const open = useCallback(
    (id: string): HostAccess => {
      const known = made.current.get(id)
      if (known) return known
      const api = createHostApi(id)
      const trpc = createTRPCOptionsProxy<HostRouter, { keyPrefix: true }>({
        client: api,
        queryClient,
        keyPrefix: id,
      })
      const access = { id, api, trpc, paths: pathsOf(id) }
      made.current.set(id, access)
      return access
    },
    [queryClient],
  )
  return <OpenerContext value={open}>{children}</OpenerContext>
}

/** `const open = useHosts(); open('nas2').trpc.pools.list.queryOptions()`. */
export function useHosts(): (id: string) => HostAccess {
  const open = use(OpenerContext)
  if (!open) throw new Error('There is no <Hosts> above this.')
  return open
}

/** What is below speaks of this host: a page, a dialog, a menu. */
export function HostScope({ id, children }: { id: string; children: ReactNode }) {
  return <HostContext value={useHosts()(id)}>{children}</HostContext>
}

/** What is below speaks of this host, or, where it is null, of none. */
export function MaybeHostScope({ id, children }: { id: string | null; children: ReactNode }) {
  const open = useHosts()
  return <HostContext value={id === null ? null : open(id)}>{children}</HostContext>
}

/** The host that is spoken of here, null on a page of Skep itself. */
export function useMaybeHost(): HostAccess | null {
  return use(HostContext)
}

export function useHost(): HostAccess {
  const host = use(HostContext)
  if (!host) throw new Error('There is no <HostScope> above this.')
  return host
}

/** `const trpc = useTRPC(); useQuery(trpc.pools.list.queryOptions())`: of the host that is spoken of here. */
export function useTRPC(): HostAccess['trpc'] {
  return useHost().trpc
}

/** The same procedures as plain calls, for actions: `const api = useApi(); useAction(api.snapshots.rollback, input)`. */
export function useApi(): Api {
  return useHost().api
}

/** Addresses of this host's pages. */
export function usePaths(): HostPaths {
  return useHost().paths
}
