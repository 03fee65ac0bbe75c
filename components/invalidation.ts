import type { Change } from '../server/inventory/inventory.ts'
import type { ConsoleChange } from '../server/live/live.ts'

/** Queries of one procedure or noun, all of them or those asked with this input. */
export type Stale = {
  /** Whose queries: those of this host, or, where it is null, of Skep itself. */
  host: string | null
  path: readonly string[]
  input?: Readonly<Record<string, string>>
}

/** Which queries a change of Skep itself makes stale. */
export function staleOfConsole(change: ConsoleChange): Stale[] {
  switch (change.topic) {
    case 'task':
      return [
        { host: null, path: ['tasks', 'list'] },
        { host: null, path: ['tasks', 'get'], input: { id: change.key } },
      ]
    case 'hosts':
      return [{ host: null, path: ['hosts'] }]
    case 'everything':
      return [{ host: null, path: [] }]
  }
}

/**
 * Which queries a change on a host makes stale. A query that is on no screen is only marked; it is read when it is
 * needed.
 */
export function staleAfter(host: string, change: Change): Stale[] {
  return pathsAfter(change).map(each => ({ host, ...each }))
}

function pathsAfter(change: Change): Omit<Stale, 'host'>[] {
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
      return [
        { path: ['vms', 'list'] },
        { path: ['vms', 'get'], input: { vm: change.key } },
        { path: ['networks', 'list'] },
        { path: ['images'] },
        { path: ['vms', 'lastPictures'], input: { vm: change.key } },
      ]
    case 'vms':
      return [
        { path: ['vms'] },
        { path: ['datasets', 'list'] },
        { path: ['networks', 'list'] },
        { path: ['images'] },
      ]
    case 'networks':
      return [{ path: ['networks'] }]
    case 'images':
      // The forms of guests offer them.
      return [{ path: ['images'] }, { path: ['vms', 'choices'] }]
    case 'system':
      return [{ path: ['system'] }]
    case 'everything':
      return [{ path: [] }]
  }
}

/** Whether a query key of tRPC is meant: `[path, { input }]` of Skep itself, `[[host], path, { input }]` of a host. */
export function isStale(queryKey: readonly unknown[], stale: readonly Stale[]): boolean {
  const [first] = queryKey
  if (!Array.isArray(first)) return false
  const isOfHost = Array.isArray(queryKey[1])
  const host = isOfHost ? first[0] : null
  const [path, options] = isOfHost ? queryKey.slice(1) : queryKey
  if (!Array.isArray(path)) return false
  return stale.some(each => {
    if (each.host !== host || each.path.some((part, index) => path[index] !== part)) return false
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
