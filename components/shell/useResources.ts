'use client'
import { useQueries, useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import type { Dataset } from '../../server/datasets/model.ts'
import type { Pool } from '../../server/pools/model.ts'
import type { Vm } from '../../server/vms/model.ts'
import { type Explained, explain } from '../errors.ts'
import { useHosts, useTRPC } from '../host.tsx'

export type Lists = {
  pools: Pool[] | null
  datasets: Dataset[] | null
  vms: Vm[] | null
  /** Of what is not known: what could not be read. The rest is still being read. */
  unreadable: readonly ('pools' | 'datasets' | 'vms')[]
}

export type Resources = Lists & {
  /** The first of them that could not be read. */
  error: Explained | null
}

/** The three lists of the host that is spoken of: what its pages are made of. */
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
    unreadable: unreadable({ pools, datasets, vms }),
    error: error ? explain(error) : null,
  }
}

function unreadable(queries: Record<Lists['unreadable'][number], Read | undefined>): Lists['unreadable'] {
  const names = ['pools', 'datasets', 'vms'] as const
  return names.filter(name => queries[name]?.error && !queries[name].data)
}
type Read = { data?: unknown; error: unknown }

/** What is read of a host that nobody follows is good for this long. */
const UNFOLLOWED_MS = 15_000

/** The lists of several hosts: of `whole` all three, of `light` only what is short. */
export function useListsOf({
  whole,
  light = [],
}: {
  whole: readonly string[]
  light?: readonly string[]
}): ReadonlyMap<string, Lists> {
  const open = useHosts()
  const others = light.filter(id => !whole.includes(id))
  const all = [...whole, ...others]
  const age = (id: string) => (whole.includes(id) ? {} : { staleTime: UNFOLLOWED_MS })
  const pools = useQueries({
    queries: all.map(id => ({ ...open(id).trpc.pools.list.queryOptions(), ...age(id) })),
  })
  const vms = useQueries({
    queries: all.map(id => ({ ...open(id).trpc.vms.list.queryOptions(), ...age(id) })),
  })
  const datasets = useQueries({ queries: whole.map(id => open(id).trpc.datasets.list.queryOptions()) })
  const facts = all.map(
    (_, at) =>
      [
        pools[at]?.data?.value ?? null,
        datasets[at]?.data?.value ?? null,
        vms[at]?.data?.value ?? null,
        unreadable({ pools: pools[at], datasets: datasets[at], vms: vms[at] }).join(' '),
      ] as const,
  )
  // biome-ignore lint/correctness/useExhaustiveDependencies: the lists themselves say when there is something new
  return useMemo(
    () =>
      new Map(
        all.map((id, at) => [
          id,
          {
            pools: facts[at]?.[0] ?? null,
            datasets: facts[at]?.[1] ?? null,
            vms: facts[at]?.[2] ?? null,
            unreadable: unreadable({ pools: pools[at], datasets: datasets[at], vms: vms[at] }),
          },
        ]),
      ),
    [all.join(' '), ...facts.flat()],
  )
}
