'use client'
import { useQuery } from '@tanstack/react-query'
import type { HostSummary } from '../../server/hosts/model.ts'
import { useConsoleTRPC } from '../trpc.tsx'

/** The hosts that may be seen, in their order; null until they are known. */
export function useHostList(): HostSummary[] | null {
  return useQuery(useConsoleTRPC().hosts.list.queryOptions()).data ?? null
}

/** Name of a host; its id where it is gone, or not known yet. */
export function useHostName(): (id: string) => string {
  const hosts = useHostList()
  return id => hosts?.find(host => host.id === id)?.name ?? id
}

/** There is more than one, so that it has to be said which. */
export function useSeveralHosts(): boolean {
  return (useHostList()?.length ?? 0) > 1
}
