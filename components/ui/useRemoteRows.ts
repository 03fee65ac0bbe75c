'use client'
import { type QueryKey, useQueries, useQueryClient } from '@tanstack/react-query'
import { useCallback, useEffect, useMemo, useState } from 'react'
import type { RemoteRows } from './table.ts'

const PAGE_SIZE = 200
/** More than one page at once when a range is selected that was never on the screen: the most a list gives at once. */
const RANGE_SIZE = 1000

type Page<Row> = { rows: readonly Row[]; total: number; heardAt?: number }
type PageQuery<Row> = {
  queryKey: QueryKey
  queryFn: (context: { signal?: AbortSignal }) => Promise<Page<Row>>
}

/**
 * Rows of a long list, a page at a time, as the table's window moves. `page` gives the query of a page and must be
 * stable (useCallback) as long as filter and sort are the same.
 */
export function useRemoteRows<Row>(page: (offset: number, limit: number) => PageQuery<Row>): {
  remote: RemoteRows<Row>
  heardAt: number | null
  error: unknown
} {
  const client = useQueryClient()
  const [pages, setPages] = useState({ first: 0, last: 1 })
  const indexes = useMemo(
    () => Array.from({ length: pages.last - pages.first }, (_, step) => pages.first + step),
    [pages],
  )
  const results = useQueries({
    queries: indexes.map(index => page(index * PAGE_SIZE, PAGE_SIZE)),
    combine: all => ({
      data: all.map(each => each.data),
      error: all.find(each => each.error)?.error ?? null,
    }),
  })
  const heard = results.data.find(data => data)?.total
  // The old length stands until the new one is known, so that the list does not fold up while it is read again.
  const [total, setTotal] = useState(heard)
  useEffect(() => {
    if (heard !== undefined) setTotal(heard)
  }, [heard])

  const onWindow = useCallback((first: number, last: number) => {
    const next = {
      first: Math.floor(first / PAGE_SIZE),
      last: Math.floor(Math.max(0, last - 1) / PAGE_SIZE) + 1,
    }
    setPages(now => (now.first === next.first && now.last === next.last ? now : next))
  }, [])
  const between = useCallback(
    async (first: number, last: number) => {
      const rows: Row[] = []
      for (let offset = first; offset < last; offset += RANGE_SIZE) {
        const answer = await client.fetchQuery(page(offset, Math.min(RANGE_SIZE, last - offset)))
        rows.push(...answer.rows)
      }
      return rows
    },
    [client, page],
  )
  const remote = useMemo<RemoteRows<Row>>(() => {
    const byPage = new Map(indexes.map((index, place) => [index, results.data[place]]))
    return {
      total: heard ?? total,
      at: index => byPage.get(Math.floor(index / PAGE_SIZE))?.rows[index % PAGE_SIZE],
      onWindow,
      between,
    }
  }, [indexes, results, heard, total, onWindow, between])
  return { remote, heardAt: results.data.find(data => data)?.heardAt ?? null, error: results.error }
}
