'use client'
import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import type { HostStatus } from '../../server/system/model.ts'
import { useHost, useHosts, useMaybeHost } from '../host.tsx'
import { type Alert, alertsOf, alertsOfHosts } from './alerts.ts'
import { useHostList } from './useHostList.ts'

/** Whether the host that is spoken of answers; null until the console said so. */
export function useHostStatus(): HostStatus | null {
  const { id } = useHost()
  return useHostList()?.find(host => host.id === id)?.status ?? null
}

/** What is not well on the host that is spoken of, worst first. */
export function useAlerts(): Alert[] {
  const { id } = useHost()
  return useAlertsOf(id)
}

/** What is not well on this page's host in full, and on all others at a glance. */
export function useAllAlerts(): Alert[] {
  const here = useMaybeHost()?.id ?? null
  const hosts = useHostList()
  const own = useAlertsOf(here)
  return useMemo(
    () => [...own, ...alertsOfHosts((hosts ?? []).filter(host => host.id !== here))],
    [own, hosts, here],
  )
}

function useAlertsOf(id: string | null): Alert[] {
  const { trpc, paths } = useHosts()(id ?? '')
  const enabled = id !== null
  const pools = useQuery({ ...trpc.pools.list.queryOptions(), enabled }).data?.value ?? null
  const datasets = useQuery({ ...trpc.datasets.list.queryOptions(), enabled }).data?.value ?? null
  const vms = useQuery({ ...trpc.vms.list.queryOptions(), enabled }).data?.value ?? null
  const capabilities = useQuery({ ...trpc.system.capabilities.queryOptions(), enabled }).data ?? null
  const status = useHostList()?.find(host => host.id === id)?.status ?? null
  return useMemo(
    () => (enabled ? alertsOf({ pools, datasets, vms, capabilities, status }, paths) : []),
    [enabled, pools, datasets, vms, capabilities, status, paths],
  )
}
