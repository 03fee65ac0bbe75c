import type { Bookmark, Dataset } from '../datasets/model.ts'
import type { ImageState } from '../images/model.ts'
import type { NetworkState } from '../networks/model.ts'
import type { Pool, PoolDetail, Property } from '../pools/model.ts'
import type { ListSnapshotsInput, SnapshotDaysInput } from '../snapshots/input.ts'
import type { Hold, Snapshot, SnapshotDay, SnapshotPage } from '../snapshots/model.ts'
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
  | { topic: 'networks' }
  | { topic: 'images' }
  | { topic: 'system' }
  | { topic: 'everything' }

/** What the host last said: all reads of pages come from here. */
export type Inventory = {
  pools(): Promise<Aged<Pool[]>>
  pool(name: string): Promise<Aged<PoolDetail>>
  datasets(): Promise<Aged<Dataset[]>>
  /** All properties of a dataset with their sources. */
  propertiesOf(dataset: string): Promise<Aged<Property[]>>
  /** Every snapshot, from the index; sorted by name. Reads the figures of all: prefer `snapshotPage`. */
  snapshots(): Promise<Aged<readonly Snapshot[]>>
  /** Snapshots of one dataset, oldest first. */
  snapshotsOf(dataset: string): Promise<Aged<readonly Snapshot[]>>
  /** Filtered, sorted and cut on the server; figures are read for the rows of the page only. */
  snapshotPage(query: ListSnapshotsInput): Promise<SnapshotPage>
  /** Counts of the days on which snapshots were taken, from the index alone. */
  snapshotDays(query: SnapshotDaysInput): Promise<Aged<SnapshotDay[]>>
  holdsOf(snapshot: string): Promise<Aged<Hold[]>>
  bookmarksOf(dataset: string): Promise<Aged<Bookmark[]>>
  /** `fresh`: asks the host now; a plan must not look at a guest of a second ago. */
  vms(options?: { fresh?: boolean }): Promise<Aged<Vm[]>>
  /** Interfaces, and the switches that vm-bhyve's settings declare. */
  networks(options?: { fresh?: boolean }): Promise<Aged<NetworkState>>
  /** Install media and disk images of vm-bhyve's libraries. */
  images(): Promise<Aged<ImageState>>
  facts(): Promise<Aged<HostFacts>>
  status(): HostStatus
  /** Calls back with every change while at least one listener is there; without any, nothing is polled. */
  watch(listener: (changes: Change[]) => void): () => void
  /** What is known of these is no longer trusted (a task settled): the next read asks the host. Tells the listeners. */
  refresh(changes: Change[]): Promise<void>
  /** Stops watching and polling for good. */
  close(): void
}
