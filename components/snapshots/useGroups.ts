'use client'
import { useQuery } from '@tanstack/react-query'
import { explain } from '../errors.ts'
import { useTRPC } from '../host.tsx'

/** Snapshots of all zvols of a guest, by their names. */
export function useGroups(vm: string) {
  const { data, error } = useQuery(useTRPC().snapshots.groups.queryOptions({ vm }))
  return { rows: data?.value, heardAt: data?.heardAt ?? null, error: error ? explain(error) : null }
}
