import type { Change } from '../server/inventory/inventory.ts'

/** Queries of one procedure or noun, all of them or those asked with this input. */
export type Stale = { path: readonly string[]; input?: Readonly<Record<string, string>> }

/** Which queries a change makes stale. A query that is on no screen is only marked; it is read when it is needed. */
export function staleAfter(change: Change): Stale[] {
  switch (change.topic) {
    case 'pool':
      return [{ path: ['pools', 'list'] }, { path: ['pools', 'get'], input: { pool: change.key } }]
    case 'dataset':
      return [
        { path: ['datasets', 'list'] },
        { path: ['datasets', 'get'], input: { dataset: change.key } },
        { path: ['snapshots'] },
      ]
    case 'datasets':
      // Datasets came, went or changed their names, and their snapshots with them.
      return [{ path: ['datasets'] }, { path: ['snapshots'] }, { path: ['pools', 'list'] }]
    case 'snapshots':
      return [
        { path: ['snapshots'] },
        { path: ['datasets', 'list'] },
        { path: ['datasets', 'get'], input: { dataset: change.key } },
      ]
    case 'vm':
      return [{ path: ['vms', 'list'] }, { path: ['vms', 'get'], input: { vm: change.key } }]
    case 'vms':
      return [{ path: ['vms'] }, { path: ['datasets', 'list'] }]
    case 'task':
      return [{ path: ['tasks', 'list'] }, { path: ['tasks', 'get'], input: { id: change.key } }]
    case 'system':
      return [{ path: ['system'] }]
    case 'everything':
      return [{ path: [] }]
  }
}

/** Whether a query key of tRPC (`[path, { input }]`) is meant. */
export function isStale(queryKey: readonly unknown[], stale: readonly Stale[]): boolean {
  const [path, options] = queryKey
  if (!Array.isArray(path)) return false
  return stale.some(each => {
    if (each.path.some((part, index) => path[index] !== part)) return false
    if (!each.input) return true
    const input = inputOf(options)
    return Object.entries(each.input).every(
      ([name, value]) => input !== null && String(input[name]) === value,
    )
  })
}

function inputOf(options: unknown): Record<string, unknown> | null {
  if (typeof options !== 'object' || options === null || !('input' in options)) return null
  const { input } = options
  return typeof input === 'object' && input !== null ? { ...input } : null
}
