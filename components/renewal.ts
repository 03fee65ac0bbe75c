import type { Query, QueryClient } from '@tanstack/react-query'
import { isStale, type Stale } from './invalidation.ts'

/** Queries that are being asked again as soon as the answer under way is there. */
const overtaken = new WeakSet<Query>()

/**
 * What these queries have answered is old, and so is an answer that is on its way: it was asked for before the change.
 * React Query would take the latter for the newest state where it is the first one. It is shown all the same, so that a
 * page of a busy host gets to show something, and asked for again behind it.
 */
export function renew(client: QueryClient, stale: readonly Stale[]): void {
  if (stale.length === 0) return
  const isMeant = (query: Query): boolean => isStale(query.queryKey, stale)
  const underWay = client.getQueryCache().findAll({ predicate: isMeant, fetchStatus: 'fetching' })
  void client.invalidateQueries({ predicate: isMeant }, { cancelRefetch: false })
  for (const query of underWay) {
    if (overtaken.has(query)) continue
    overtaken.add(query)
    // Joins what is under way: without `cancelRefetch` a second fetch is never begun.
    const settled = query.fetch().then(ignore, ignore)
    void settled.then(() => {
      overtaken.delete(query)
      void client.invalidateQueries({ predicate: each => each === query }, { cancelRefetch: false })
    })
  }
}

function ignore(): void {
  // Who asked has been told how it ended.
}
