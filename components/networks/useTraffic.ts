'use client'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { InterfaceCounters } from '../../server/host/netstat.ts'
import { type Explained, explain } from '../errors.ts'
import { useTRPC } from '../host.tsx'
import { type Rate, ratesBetween, type Sample } from './rates.ts'

const EVERY_MS = 2000

export type Traffic = {
  countersOf: (name: string | null) => InterfaceCounters | null
  rateOf: (name: string | null) => Rate | null
  error: Explained | null
}

/** Counters and rates of the interfaces, read again and again while the page is looked at. */
export function useTraffic(): Traffic {
  const query = useQuery(useTRPC().networks.counters.queryOptions(undefined, { refetchInterval: EVERY_MS }))
  const [seen, setSeen] = useState<{ sample: Sample; rates: Map<string, Rate> } | null>(null)
  const { data } = query
  if (data && data.heardAt !== seen?.sample.heardAt)
    setSeen({ sample: data, rates: ratesBetween(seen?.sample ?? null, data) })
  return {
    countersOf: name => data?.interfaces.find(one => one.name === name) ?? null,
    rateOf: name => (name === null ? null : (seen?.rates.get(name) ?? null)),
    error: query.error ? explain(query.error) : null,
  }
}
