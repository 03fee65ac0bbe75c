import type { Dataset } from '../../server/datasets/model.ts'
import type { HostSummary } from '../../server/hosts/model.ts'
import type { Pool } from '../../server/pools/model.ts'
import type { Vm } from '../../server/vms/model.ts'
import { type HostPaths, paths, pathsOf } from './paths.ts'
import type { Lists } from './useResources.ts'

/** The tree as data, before it is drawn. */
export type ThingNode = {
  id: string
  label: string
  href?: string
  thing:
    | {
        kind: 'page'
        icon:
          | 'overview'
          | 'pools'
          | 'datasets'
          | 'snapshots'
          | 'images'
          | 'networks'
          | 'tasks'
          | 'accounts'
          | 'system'
      }
    | { kind: 'heading' }
    | { kind: 'host'; host: HostSummary }
    | { kind: 'pool'; pool: Pool; root: Dataset | null }
    | { kind: 'dataset'; dataset: Dataset; vm: Vm | null }
    | { kind: 'vm'; vm: Vm }
    | { kind: 'note' }
  children?: ThingNode[]
}

const collator = new Intl.Collator('en', { numeric: true })

/** Storage: pools → datasets → zvols; and guests. */
function thingsOf(host: string, { pools, datasets, vms, unreadable }: Lists, paths: HostPaths): ThingNode[] {
  const byName = new Map((vms ?? []).map(vm => [vm.name, vm]))
  const below = childrenByParent(datasets ?? [])
  const datasetNodes = (parent: string): ThingNode[] =>
    (below.get(parent) ?? []).map(dataset => {
      const children = datasetNodes(dataset.name)
      return {
        id: `${host} dataset ${dataset.name}`,
        label: dataset.name.slice(parent.length + 1),
        href: paths.dataset(dataset.name),
        thing: {
          kind: 'dataset',
          dataset,
          vm: dataset.usedByVm === null ? null : (byName.get(dataset.usedByVm) ?? null),
        },
        ...(children.length > 0 && { children }),
      }
    })
  const roots = new Map((datasets ?? []).map(dataset => [dataset.name, dataset]))
  const poolNodes = [...(pools ?? [])]
    .sort((a, b) => collator.compare(a.name, b.name))
    .map((pool): ThingNode => {
      const children = datasetNodes(pool.name)
      return {
        id: `${host} pool ${pool.name}`,
        label: pool.name,
        href: paths.pool(pool.name),
        thing: { kind: 'pool', pool, root: roots.get(pool.name) ?? null },
        ...(children.length > 0 && { children }),
      }
    })
  const vmNodes = [...(vms ?? [])]
    .sort((a, b) => collator.compare(a.name, b.name))
    .map(
      (vm): ThingNode => ({
        id: `${host} vm ${vm.name}`,
        label: vm.name,
        href: paths.vm(vm.name),
        thing: { kind: 'vm', vm },
      }),
    )
  const note = (id: string, label: string): ThingNode => ({
    id: `${host} ${id}`,
    label,
    thing: { kind: 'note' },
  })
  const awaited = (what: Lists['unreadable'][number], reading: string, failed: string) =>
    unreadable.includes(what) ? note(`${what}-failed`, failed) : note(`${what}-loading`, reading)
  return [
    {
      id: `${host} storage`,
      label: 'Storage',
      href: paths.pools(),
      thing: { kind: 'heading' },
      children: [
        ...(pools === null ? [awaited('pools', 'Reading the pools', 'The pools cannot be read')] : poolNodes),
        ...(unreadable.includes('datasets') ? [note('datasets-failed', 'The datasets cannot be read')] : []),
        {
          id: `${host} datasets`,
          label: 'All datasets',
          href: paths.datasets(),
          thing: { kind: 'page', icon: 'datasets' },
        },
        {
          id: `${host} snapshots`,
          label: 'All snapshots',
          href: paths.snapshots(),
          thing: { kind: 'page', icon: 'snapshots' },
        },
      ],
    },
    {
      id: `${host} vms`,
      label: 'Virtual machines',
      href: paths.vms(),
      thing: { kind: 'heading' },
      children:
        vms === null
          ? [awaited('vms', 'Reading the guests', 'The guests cannot be read')]
          : vmNodes.length > 0
            ? vmNodes
            : [note('vms-none', 'None')],
    },
    page(`${host} images`, 'Images', paths.images(), 'images'),
    page(`${host} networks`, 'Networks', paths.networks(), 'networks'),
  ]
}

type Icon = Extract<ThingNode['thing'], { kind: 'page' }>['icon']

const page = (id: string, label: string, href: string, icon: Icon): ThingNode => ({
  id,
  label,
  href,
  thing: { kind: 'page', icon },
})

const consolePages = () => [
  page('tasks', 'Tasks', paths.tasks(), 'tasks'),
  page('accounts', 'Accounts', paths.accounts(), 'accounts'),
  page('system', 'System', paths.system(), 'system'),
]

/** The tree where there is one host: its things, and all pages. */
export function treeNodes(host: string, lists: Lists): ThingNode[] {
  const own = pathsOf(host)
  const overview = page(`${host} overview`, 'Overview', own.overview(), 'overview')
  return [
    ...thingsOf(host, lists, own),
    { id: 'host', label: 'Host', thing: { kind: 'heading' }, children: [overview, ...consolePages()] },
  ]
}

/** The tree where there are several: a level of hosts, whose things are known of the open ones only. */
export function fleetNodes(hosts: readonly HostSummary[], lists: ReadonlyMap<string, Lists>): ThingNode[] {
  return [
    {
      id: 'hosts',
      label: 'Hosts',
      href: paths.home(),
      thing: { kind: 'heading' },
      children: hosts.map((host): ThingNode => {
        const { id, name } = host
        const own = pathsOf(id)
        const known = lists.get(id)
        return {
          id: hostNode(id),
          label: name,
          href: own.overview(),
          thing: { kind: 'host', host },
          children: known
            ? [...thingsOf(id, known, own), page(`${id} machine`, 'Machine', own.machine(), 'system')]
            : [{ id: `${id} closed`, label: 'Reading the host', thing: { kind: 'note' } }],
        }
      }),
    },
    { id: 'host', label: 'Skep', thing: { kind: 'heading' }, children: consolePages() },
  ]
}

/** The node of a host in the tree of several. */
export function hostNode(id: string): string {
  return `host:${id}`
}

function childrenByParent(datasets: readonly Dataset[]): Map<string, Dataset[]> {
  const below = new Map<string, Dataset[]>()
  for (const dataset of datasets) {
    const slash = dataset.name.lastIndexOf('/')
    if (slash < 0) continue
    const parent = dataset.name.slice(0, slash)
    const list = below.get(parent)
    if (list) list.push(dataset)
    else below.set(parent, [dataset])
  }
  for (const list of below.values()) list.sort((a, b) => collator.compare(a.name, b.name))
  return below
}

/** What is open before a person opened or closed anything: the headings and the pools. */
export function openAtFirst(host: string, pools: readonly Pool[]): string[] {
  return ['hosts', 'host', ...headingsOf(host), ...pools.map(pool => `${host} pool ${pool.name}`)]
}

/** The headings below a host, which are open as soon as it is. */
export function headingsOf(host: string): string[] {
  return [`${host} storage`, `${host} vms`]
}
