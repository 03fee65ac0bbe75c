/** The one place that builds URLs. A link can be sent to a colleague; names with slashes and blanks survive it. */

export type VmTab = 'overview' | 'console' | 'hardware' | 'snapshots' | 'log' | 'options'
export type DatasetTab = 'overview' | 'snapshots' | 'properties' | 'history'
export type PoolTab = 'overview' | 'properties' | 'history'

/** One segment of a path. `@` and `:` stay readable; everything that could be read as something else is escaped. */
function segment(name: string): string {
  return encodeURIComponent(name).replaceAll('%40', '@').replaceAll('%3A', ':').replaceAll('%2B', '+')
}

function slashed(name: string): string {
  return name.split('/').map(segment).join('/')
}

export const paths = {
  overview: () => '/',
  login: () => '/login',
  setup: () => '/setup',
  pools: () => '/pools',
  pool: (pool: string, tab: PoolTab = 'overview') =>
    `/pools/${segment(pool)}${tab === 'overview' ? '' : `/${tab}`}`,
  datasets: () => '/datasets',
  /**
   * Tabs follow an `@`, which no dataset's name can hold: `/datasets/tank/vms/debian/@snapshots`. A dataset that is
   * itself called `snapshots` keeps its address.
   */
  dataset: (dataset: string, tab: DatasetTab = 'overview') =>
    `/datasets/${slashed(dataset)}${tab === 'overview' ? '' : `/@${tab}`}`,
  /** The list a snapshot is in, with the snapshot marked: `/datasets/tank/vms/debian/@snapshots?at=before`. */
  snapshot: (snapshot: string) => {
    const at = snapshot.indexOf('@')
    return `${paths.dataset(snapshot.slice(0, at), 'snapshots')}?at=${encodeURIComponent(snapshot.slice(at + 1))}`
  },
  snapshots: () => '/snapshots',
  vms: () => '/vms',
  vm: (vm: string, tab: VmTab = 'overview') => `/vms/${segment(vm)}${tab === 'overview' ? '' : `/${tab}`}`,
  tasks: () => '/tasks',
  task: (id: number) => `/tasks/${id}`,
  accounts: () => '/accounts',
  system: () => '/system',
}

const DATASET_TABS: readonly DatasetTab[] = ['overview', 'snapshots', 'properties', 'history']

/**
 * Dataset and tab of the catch-all segments behind `/datasets/`, as Next gives them (still escaped).
 * Null when they name none.
 */
export function datasetOfSegments(segments: readonly string[]): { dataset: string; tab: DatasetTab } | null {
  const names = segments.map(decode)
  const last = names.at(-1)
  let tab: DatasetTab = 'overview'
  if (last?.startsWith('@')) {
    const found = DATASET_TABS.find(each => `@${each}` === last)
    if (!found) return null
    tab = found
    names.pop()
  }
  if (names.length === 0 || names.some(name => name === null || name === '')) return null
  return { dataset: names.join('/'), tab }
}

/** A single segment as Next gives it (still escaped), or null when it is no text. */
export function decode(text: string): string | null {
  try {
    return decodeURIComponent(text)
  } catch {
    return null
  }
}
