/** The one place that builds URLs. A link can be sent to a colleague; names with slashes and blanks survive it. */

export type VmTab = 'overview' | 'console' | 'serial' | 'hardware' | 'snapshots' | 'log' | 'options'
export type DatasetTab = 'overview' | 'snapshots' | 'properties'
export type PoolTab = 'overview' | 'properties' | 'features' | 'history'

/** One segment of a path. `@` and `:` stay readable; everything that could be read as something else is escaped. */
function segment(name: string): string {
  return encodeURIComponent(name).replaceAll('%40', '@').replaceAll('%3A', ':').replaceAll('%2B', '+')
}

function slashed(name: string): string {
  return name.split('/').map(segment).join('/')
}

/** Pages of Skep itself. */
export const paths = {
  home: () => '/',
  login: () => '/login',
  setup: () => '/setup',
  tasks: () => '/tasks',
  task: (id: number) => `/tasks/${id}`,
  accounts: () => '/accounts',
  system: () => '/system',
}

/** Pages of one host: its id is the first segment of their addresses. */
export function pathsOf(host: string) {
  const root = `/${segment(host)}`
  const dataset = (name: string, tab: DatasetTab = 'overview') =>
    `${root}/datasets/${slashed(name)}${tab === 'overview' ? '' : `/@${tab}`}`
  return {
    overview: () => root,
    pools: () => `${root}/pools`,
    pool: (pool: string, tab: PoolTab = 'overview') =>
      `${root}/pools/${segment(pool)}${tab === 'overview' ? '' : `/${tab}`}`,
    datasets: () => `${root}/datasets`,
    /**
     * Tabs follow an `@`, which no dataset's name can hold: `/nas/datasets/tank/vms/debian/@snapshots`. A dataset that is
     * itself called `snapshots` keeps its address.
     */
    dataset,
    /** The list a snapshot is in, with the snapshot marked: `/nas/datasets/tank/vms/debian/@snapshots?at=before`. */
    snapshot: (snapshot: string) => {
      const at = snapshot.indexOf('@')
      return `${dataset(snapshot.slice(0, at), 'snapshots')}?at=${encodeURIComponent(snapshot.slice(at + 1))}`
    },
    snapshots: () => `${root}/snapshots`,
    images: () => `${root}/images`,
    networks: () => `${root}/networks`,
    network: (name: string) => `${root}/networks/${segment(name)}`,
    machine: () => `${root}/machine`,
    vms: () => `${root}/vms`,
    vm: (vm: string, tab: VmTab = 'overview') =>
      `${root}/vms/${segment(vm)}${tab === 'overview' ? '' : `/${tab}`}`,
  }
}

export type HostPaths = ReturnType<typeof pathsOf>

const OWN = new Set(['accounts', 'login', 'setup', 'system', 'tasks'])

/** The host of an address and what follows it; null for pages of Skep itself. */
export function hostOfPath(pathname: string): { host: string; rest: string } | null {
  const [, first = ''] = pathname.split('/', 2)
  if (first === '' || OWN.has(first)) return null
  const host = decode(first)
  return host === null ? null : { host, rest: pathname.slice(first.length + 1) || '/' }
}

/** The page of another host that is like this one: things have other names there, so of a thing's page its list. */
export function samePageOn(host: string, rest: string): string {
  const [, noun = ''] = rest.split('/')
  return noun === '' ? pathsOf(host).overview() : `${pathsOf(host).overview()}/${noun}`
}

const DATASET_TABS: readonly DatasetTab[] = ['overview', 'snapshots', 'properties']

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
