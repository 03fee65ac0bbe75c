'use client'
import type { UseQueryResult } from '@tanstack/react-query'
import { useState } from 'react'

/**
 * The first answer of a query that was asked when the form opened; later answers do not touch a form that is being filled
 * in. Give the query `staleTime: 0`, so that the first answer is the host's and not the cache's.
 */
export function useFresh<Data>(query: Pick<UseQueryResult<Data>, 'data' | 'isFetching'>): Data | undefined {
  const [first, setFirst] = useState<Data>()
  if (first !== undefined) return first
  if (query.data === undefined || query.isFetching) return undefined
  setFirst(query.data)
  return query.data
}
