import type { ZpoolEvent } from '../host/zpool/events.ts'
import type { Change } from './inventory.ts'

/** One record of `zpool events -vH`, as far as the inventory looks at it. */
export type HostEvent = Pick<ZpoolEvent, 'eid' | 'class' | 'pool' | 'dataset' | 'verb' | 'text'>

/** What an event makes untrue, by the names of the things. */
export type Effect = {
  /** Pools whose state, scan or space changed. */
  pools: string[]
  /** Datasets whose own figures or properties changed. */
  datasets: string[]
  /** The list of datasets changed: one came, went, was renamed, or a property that is inherited changed. */
  list: boolean
  /** Datasets whose set of snapshots or bookmarks changed. */
  snapshots: string[]
  /** Datasets of whose snapshots only holds, clones or space changed. */
  figures: string[]
  /** These and all below have gone or have other names. */
  below: string[]
  /** A dataset with all below it has another name now. */
  renamed: { from: string; to: string } | null
  /** Pools came or went: read everything again. */
  everything: boolean
}

const NOTHING: Effect = {
  pools: [],
  datasets: [],
  list: false,
  snapshots: [],
  figures: [],
  below: [],
  renamed: null,
  everything: false,
}

const POOLS_COME_AND_GO = /^sysevent\.fs\.zfs\.pool_(create|destroy|import|export)$/

/** What an event says about what we know. Anything not known counts as a change of the thing it names. */
export function effectOf(event: HostEvent): Effect {
  if (POOLS_COME_AND_GO.test(event.class)) return { ...NOTHING, everything: true }
  if (!event.class.endsWith('.history_event')) return { ...NOTHING, pools: event.pool ? [event.pool] : [] }
  if (!event.dataset) return { ...NOTHING, pools: event.pool ? [event.pool] : [], list: event.verb === 'set' }

  const [named = '', ...rest] = event.dataset.split(/[@#]/)
  // A rollback swaps with a hidden clone, a receive writes into one: `tank/vms/debian/%rollback`.
  const dataset = named.replace(/\/%[^/]*$/, '')
  if (dataset !== named) return { ...NOTHING, datasets: [dataset], snapshots: [dataset] }
  const isSnapshot = rest.length > 0
  const own = { ...NOTHING, datasets: [dataset] }
  switch (event.verb) {
    case 'hold':
    case 'release':
      return { ...own, figures: [dataset] }
    case 'snapshot':
      return { ...own, snapshots: [dataset] }
    case 'create':
    case 'clone':
      return { ...own, list: true }
    case 'destroy':
    case 'destroy begin':
      if (isSnapshot) return { ...own, snapshots: [dataset] }
      return { ...own, list: true, below: [dataset] }
    case 'rename': {
      if (isSnapshot) return { ...own, snapshots: [dataset] }
      const renamedTo = /^-> (.+)$/.exec(event.text ?? '')?.[1]
      // To where is not said: nothing is where it was.
      if (!renamedTo) return { ...own, everything: true }
      const both = [dataset, renamedTo]
      return { ...own, datasets: both, list: true, below: both, renamed: { from: dataset, to: renamedTo } }
    }
    case 'promote':
      return { ...own, list: true, snapshots: [dataset] }
    case 'set':
    case 'inherit':
      return isSnapshot ? { ...own, figures: [dataset] } : { ...own, list: true }
    default:
      return isSnapshot || event.verb?.includes('bookmark')
        ? { ...own, snapshots: [dataset] }
        : { ...own, list: true, snapshots: [dataset] }
  }
}

/** The changes to tell of an effect; `related` are datasets that clones tie to those it names. */
export function changesOf(effect: Effect, related: readonly string[]): Change[] {
  if (effect.everything) return [{ topic: 'everything' }]
  const snapshots = new Set([...effect.snapshots, ...effect.figures, ...effect.below, ...related])
  return [
    ...effect.pools.map((key): Change => ({ topic: 'pool', key })),
    ...(effect.list ? [{ topic: 'datasets' } as const] : []),
    ...[...new Set([...effect.datasets, ...related])].map((key): Change => ({ topic: 'dataset', key })),
    ...[...snapshots].map((key): Change => ({ topic: 'snapshots', key })),
  ]
}
