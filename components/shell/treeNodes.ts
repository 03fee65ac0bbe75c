import type { Dataset } from '../../server/datasets/model.ts'
import type { Pool } from '../../server/pools/model.ts'
import type { Vm } from '../../server/vms/model.ts'
import { paths } from './paths.ts'

/** The tree as data, before it is drawn. */
export type ThingNode = {
  id: string
  label: string
  href?: string
  thing:
    | {
        kind: 'page'
        icon: 'overview' | 'pools' | 'datasets' | 'snapshots' | 'tasks' | 'accounts' | 'system'
      }
    | { kind: 'heading' }
    | { kind: 'pool'; pool: Pool; root: Dataset | null }
    | { kind: 'dataset'; dataset: Dataset; vm: Vm | null }
    | { kind: 'vm'; vm: Vm }
    | { kind: 'note' }
  children?: ThingNode[]
}

const collator = new Intl.Collator('en', { numeric: true })

type Lists = { pools: readonly Pool[] | null; datasets: readonly Dataset[] | null; vms: readonly Vm[] | null }

/** Storage: pools → datasets → zvols; guests; pages of the host. */
export function treeNodes({ pools, datasets, vms }: Lists): ThingNode[] {
  const byName = new Map((vms ?? []).map(vm => [vm.name, vm]))
  const below = childrenByParent(datasets ?? [])
  const datasetNodes = (parent: string): ThingNode[] =>
    (below.get(parent) ?? []).map(dataset => {
      const children = datasetNodes(dataset.name)
      return {
        id: `dataset ${dataset.name}`,
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
        id: `pool ${pool.name}`,
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
        id: `vm ${vm.name}`,
        label: vm.name,
        href: paths.vm(vm.name),
        thing: { kind: 'vm', vm },
      }),
    )
  const note = (id: string, label: string): ThingNode => ({ id, label, thing: { kind: 'note' } })
  return [
    {
      id: 'storage',
      label: 'Storage',
      href: paths.pools(),
      thing: { kind: 'heading' },
      children: [
        ...(pools === null ? [note('pools-loading', 'Reading the pools')] : poolNodes),
        {
          id: 'datasets',
          label: 'All datasets',
          href: paths.datasets(),
          thing: { kind: 'page', icon: 'datasets' },
        },
        {
          id: 'snapshots',
          label: 'All snapshots',
          href: paths.snapshots(),
          thing: { kind: 'page', icon: 'snapshots' },
        },
      ],
    },
    {
      id: 'vms',
      label: 'Virtual machines',
      href: paths.vms(),
      thing: { kind: 'heading' },
      children:
        vms === null
          ? [note('vms-loading', 'Reading the guests')]
          : vmNodes.length > 0
            ? vmNodes
            : [note('vms-none', 'None yet')],
    },
    {
      id: 'host',
      label: 'Host',
      thing: { kind: 'heading' },
      children: [
        {
          id: 'overview',
          label: 'Overview',
          href: paths.overview(),
          thing: { kind: 'page', icon: 'overview' },
        },
        { id: 'tasks', label: 'Tasks', href: paths.tasks(), thing: { kind: 'page', icon: 'tasks' } },
        {
          id: 'accounts',
          label: 'Accounts',
          href: paths.accounts(),
          thing: { kind: 'page', icon: 'accounts' },
        },
        { id: 'system', label: 'System', href: paths.system(), thing: { kind: 'page', icon: 'system' } },
      ],
    },
  ]
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
export function openAtFirst(pools: readonly Pool[]): string[] {
  return ['storage', 'vms', 'host', ...pools.map(pool => `pool ${pool.name}`)]
}
