/** Which datasets, snapshots and bookmarks `list` and `get` show, and in which order. */
import { measureFiles } from '../store-trees.ts'
import type { World } from '../world.ts'
import { asDataset, bookmarksOf, kindWord, openTarget, snapshotsOf, type Target } from './targets.ts'
import { propertyValue } from './values.ts'

export type SortKey = { property: string; descending: boolean }

export type Selection = {
  /** null: nothing was named, everything is meant. */
  names: readonly string[] | null
  /** `filesystem`, `volume`, `snapshot`, `bookmark`. */
  types: ReadonlySet<string>
  typesGiven: boolean
  /** How far below the named ones; null without limit. */
  depth: number | null
  sort: readonly SortKey[]
}

const TYPES = ['filesystem', 'volume', 'snapshot', 'bookmark']

/** Words of `-t`; null and the bad word when one is unknown. */
export function parseTypes(text: string): { types: Set<string> } | { bad: string } {
  const types = new Set<string>()
  for (const word of text.split(',')) {
    const short = { fs: 'filesystem', vol: 'volume', snap: 'snapshot' }[word] ?? word
    if (short === 'all') for (const type of TYPES) types.add(type)
    else if (TYPES.includes(short)) types.add(short)
    else return { bad: word }
  }
  return { types }
}

/** The targets, sorted, each once; a line on stderr for each name that cannot be opened. */
export function select(world: World, wanted: Selection): { targets: Target[]; stderr: string } {
  for (const dataset of Object.values(world.state.datasets)) if (dataset.mounted) measureFiles(world, dataset)
  const found = new Map<string, Target>()
  const add = (target: Target) => {
    if (wanted.types.has(kindWord(target))) found.set(target.name, target)
  }
  let stderr = ''
  if (wanted.names === null) {
    for (const dataset of Object.values(world.state.datasets)) {
      const depth = dataset.name.split('/').length - 1
      addFamilyMember(dataset, wanted, depth, add)
    }
  }
  for (const name of wanted.names ?? []) {
    const target = openTarget(world, datasetOfPath(world, name))
    if (typeof target === 'string') stderr += `cannot open '${name}': ${target}\n`
    else if (wanted.depth === 0 || target.kind !== 'dataset') {
      const fits = !wanted.typesGiven || wanted.types.has(kindWord(target))
      if (fits) found.set(target.name, target)
      else stderr += `cannot open '${name}': operation not applicable to datasets of this type\n`
    } else {
      for (const dataset of Object.values(world.state.datasets)) {
        if (dataset !== target.dataset && !dataset.name.startsWith(`${target.name}/`)) continue
        addFamilyMember(dataset, wanted, dataset.name.slice(target.name.length).split('/').length - 1, add)
      }
    }
  }
  return { targets: sortTargets(world, [...found.values()], wanted.sort), stderr }
}

function addFamilyMember(
  dataset: Parameters<typeof asDataset>[0],
  wanted: Selection,
  depth: number,
  add: (target: Target) => void,
): void {
  const limit = wanted.depth ?? Number.POSITIVE_INFINITY
  if (depth > limit) return
  add(asDataset(dataset))
  if (depth + 1 > limit) return
  if (wanted.types.has('snapshot')) for (const snapshot of snapshotsOf(dataset)) add(snapshot)
  if (wanted.types.has('bookmark')) for (const bookmark of bookmarksOf(dataset)) add(bookmark)
}

/** `/srv/data` stands for the filesystem mounted there. */
export function datasetOfPath(world: World, name: string): string {
  if (!name.startsWith('/')) return name
  let best: { name: string; length: number } | null = null
  for (const dataset of Object.values(world.state.datasets)) {
    const mountpoint = dataset.mounted ? world.mountpoint(dataset.name) : null
    if (mountpoint === null || !`${name}/`.startsWith(mountpoint === '/' ? '/' : `${mountpoint}/`)) continue
    if (!best || mountpoint.length > best.length) best = { name: dataset.name, length: mountpoint.length }
  }
  return best?.name ?? name
}

function sortTargets(world: World, targets: Target[], keys: readonly SortKey[]): Target[] {
  if (keys.length === 0) return targets.sort(byPlace)
  const values = new Map<Target, (string | null)[]>()
  for (const target of targets) {
    values.set(
      target,
      keys.map(key =>
        key.property === 'name' ? target.name : (propertyValue(world, target, key.property)?.exact ?? null),
      ),
    )
  }
  return targets.sort((a, b) => {
    for (const [at, key] of keys.entries()) {
      const difference = compareValues(
        values.get(a)?.[at] ?? null,
        values.get(b)?.[at] ?? null,
        key.descending,
      )
      if (difference !== 0) return difference
    }
    return byPlace(a, b)
  })
}

/** What has no value comes last, both ways. */
function compareValues(a: string | null, b: string | null, descending: boolean): number {
  if (a === b) return 0
  if (a === null) return 1
  if (b === null) return -1
  const numbers = /^\d+$/.test(a) && /^\d+$/.test(b)
  const less = numbers ? (a.length === b.length ? a < b : a.length < b.length) : a < b
  return (less ? -1 : 1) * (descending ? -1 : 1)
}

const RANK = { dataset: 0, snapshot: 1, bookmark: 2 }

/** By dataset, then the dataset itself, its snapshots by age, its bookmarks by age. */
function byPlace(a: Target, b: Target): number {
  if (a.dataset !== b.dataset) return a.dataset.name < b.dataset.name ? -1 : 1
  if (a.kind !== b.kind) return RANK[a.kind] - RANK[b.kind]
  if (a.kind === 'snapshot' && b.kind === 'snapshot') return a.index - b.index
  if (a.kind === 'bookmark' && b.kind === 'bookmark' && a.bookmark.createtxg !== b.bookmark.createtxg) {
    return a.bookmark.createtxg - b.bookmark.createtxg
  }
  return a.name < b.name ? -1 : 1
}
