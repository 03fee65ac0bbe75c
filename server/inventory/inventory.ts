import type { Bookmark, Dataset } from '../datasets/model.ts'
import type { Pool, PoolDetail } from '../pools/model.ts'
import type { Snapshot } from '../snapshots/model.ts'
import type { HostFacts, HostStatus } from '../system/model.ts'
import type { Vm } from '../vms/model.ts'

/** A value and when the host said it (Unix ms). */
export type Aged<T> = { value: T; heardAt: number }

/**
 * What changed on the host, as named on the wire. Keys are the things' names; `dataset` covers its snapshots too.
 */
export type Change =
  | { topic: 'pool'; key: string }
  | { topic: 'dataset'; key: string }
  | { topic: 'datasets' }
  | { topic: 'snapshots'; key: string }
  | { topic: 'vm'; key: string }
  | { topic: 'vms' }
  | { topic: 'task'; key: string }
  | { topic: 'system' }
  | { topic: 'everything' }

/** What the host last said: all reads of pages come from here. */
export type Inventory = {
  pools(): Promise<Aged<Pool[]>>
  pool(name: string): Promise<Aged<PoolDetail>>
  datasets(): Promise<Aged<Dataset[]>>
  /** Every snapshot, from the index; sorted by name. */
  snapshots(): Promise<Aged<readonly Snapshot[]>>
  snapshotsOf(dataset: string): Promise<Aged<readonly Snapshot[]>>
  bookmarksOf(dataset: string): Promise<Aged<Bookmark[]>>
  vms(): Promise<Aged<Vm[]>>
  facts(): Promise<Aged<HostFacts>>
  status(): HostStatus
  /** Calls back with every change while at least one listener is there; without any, nothing is polled. */
  watch(listener: (changes: Change[]) => void): () => void
  /** Reads these again from the host now (after a task settled), and tells the listeners. */
  refresh(changes: Change[]): Promise<void>
}
