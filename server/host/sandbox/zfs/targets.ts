/** What a name on zfs's command line stands for. */
import type { BookmarkState, DatasetState, PoolState, SnapshotState } from '../state.ts'
import type { World } from '../world.ts'
import { nameFault } from './names.ts'

export type Target =
  | { kind: 'dataset'; name: string; dataset: DatasetState }
  | { kind: 'snapshot'; name: string; dataset: DatasetState; snapshot: SnapshotState; index: number }
  | { kind: 'bookmark'; name: string; dataset: DatasetState; bookmark: BookmarkState }

export type SnapshotTarget = Extract<Target, { kind: 'snapshot' }>

export function asDataset(dataset: DatasetState): Target {
  return { kind: 'dataset', name: dataset.name, dataset }
}

export function snapshotsOf(dataset: DatasetState): SnapshotTarget[] {
  return dataset.snapshots.map((snapshot, index) => ({
    kind: 'snapshot',
    name: `${dataset.name}@${snapshot.tag}`,
    dataset,
    snapshot,
    index,
  }))
}

export function bookmarksOf(dataset: DatasetState): Target[] {
  return dataset.bookmarks.map(bookmark => ({
    kind: 'bookmark',
    name: `${dataset.name}#${bookmark.name}`,
    dataset,
    bookmark,
  }))
}

export function datasetNamed(world: World, name: string): DatasetState | null {
  return Object.hasOwn(world.state.datasets, name) ? (world.state.datasets[name] ?? null) : null
}

/** A dataset, snapshot or bookmark that exists, or the words `cannot open …` ends with. */
export function openTarget(world: World, name: string): Target | string {
  const delimiter = /[@#]/.exec(name)?.[0]
  const kind = delimiter === '@' ? 'snapshot' : delimiter === '#' ? 'bookmark' : 'dataset'
  const fault = nameFault(name, kind)
  if (fault !== null) return fault
  const at = delimiter === undefined ? name.length : name.indexOf(delimiter)
  const dataset = datasetNamed(world, name.slice(0, at))
  if (poolOf(world, name)?.health === 'SUSPENDED') return 'pool I/O is currently suspended'
  if (!dataset) return 'dataset does not exist'
  if (kind === 'dataset') return asDataset(dataset)
  const found =
    kind === 'snapshot'
      ? snapshotNamed(dataset, name.slice(at + 1))
      : bookmarksOf(dataset).find(each => each.name === name)
  return found ?? (kind === 'bookmark' ? 'no such pool or dataset' : 'dataset does not exist')
}

export function snapshotNamed(dataset: DatasetState, tag: string): SnapshotTarget | null {
  const index = dataset.snapshots.findIndex(each => each.tag === tag)
  const snapshot = dataset.snapshots[index]
  return snapshot ? { kind: 'snapshot', name: `${dataset.name}@${tag}`, dataset, snapshot, index } : null
}

export function poolOf(world: World, name: string): PoolState | null {
  const pool = name.split(/[/@#]/, 1)[0] ?? ''
  return Object.hasOwn(world.state.pools, pool) ? (world.state.pools[pool] ?? null) : null
}

/** Every dataset right below one, sorted by name. */
export function childrenOf(world: World, name: string): DatasetState[] {
  return Object.values(world.state.datasets)
    .filter(each => each.name.startsWith(`${name}/`) && !each.name.slice(name.length + 1).includes('/'))
    .sort(byName)
}

/** A dataset and everything below it, parents before children. */
export function familyOf(world: World, name: string): DatasetState[] {
  return Object.values(world.state.datasets)
    .filter(each => each.name === name || each.name.startsWith(`${name}/`))
    .sort((a, b) => comparePaths(a.name, b.name))
}

function byName(a: DatasetState, b: DatasetState): number {
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0
}

/** Part by part, so that `a/b` comes before `a-b`. */
function comparePaths(a: string, b: string): number {
  const left = a.split('/')
  const right = b.split('/')
  for (let at = 0; at < Math.min(left.length, right.length); at++) {
    const x = left[at] ?? ''
    const y = right[at] ?? ''
    if (x !== y) return x < y ? -1 : 1
  }
  return left.length - right.length
}

/** How zfs speaks of it: `filesystem`, `volume`, `snapshot`. */
export function kindWord(target: Target): string {
  return target.kind === 'dataset' ? target.dataset.type : target.kind
}
