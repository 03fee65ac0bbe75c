'use client'
import { useQuery } from '@tanstack/react-query'
import type { Dataset } from '../../server/datasets/model.ts'
import type { Pool } from '../../server/pools/model.ts'
import type { Vm } from '../../server/vms/model.ts'
import { type Explained, explain } from '../errors.ts'
import { useTRPC } from '../trpc.tsx'

export type Resources = {
  pools: Pool[] | null
  datasets: Dataset[] | null
  vms: Vm[] | null
  /** The first of them that could not be read. */
  error: Explained | null
}

/** The three lists that the tree, the palette and the alerts are made of. */
export function useResources(): Resources {
  const trpc = useTRPC()
  const pools = useQuery(trpc.pools.list.queryOptions())
  const datasets = useQuery(trpc.datasets.list.queryOptions())
  const vms = useQuery(trpc.vms.list.queryOptions())
  const error = pools.error ?? datasets.error ?? vms.error
  return {
    pools: pools.data?.value ?? null,
    datasets: datasets.data?.value ?? null,
    vms: vms.data?.value ?? null,
    error: error ? explain(error) : null,
  }
}
