'use client'
import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import type { HostStatus } from '../../server/system/model.ts'
import { useTRPC } from '../trpc.tsx'
import { type Alert, alertsOf } from './alerts.ts'
import { useResources } from './useResources.ts'

/** Whether the host answers; null until the console said so. */
export function useHostStatus(): HostStatus | null {
  const trpc = useTRPC()
  return useQuery(trpc.system.status.queryOptions()).data?.status ?? null
}

/** What is not well, worst first. */
export function useAlerts(): Alert[] {
  const trpc = useTRPC()
  const { pools, vms } = useResources()
  const status = useHostStatus()
  const capabilities = useQuery(trpc.system.capabilities.queryOptions()).data ?? null
  return useMemo(() => alertsOf({ pools, vms, capabilities, status }), [pools, vms, capabilities, status])
}
