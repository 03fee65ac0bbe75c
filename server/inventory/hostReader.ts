import type { Bookmark, DatasetRow } from '../datasets/model.ts'
import type { ImageState } from '../images/model.ts'
import type { NetworkState } from '../networks/model.ts'
import type { Pool, PoolDetail, Property } from '../pools/model.ts'
import type { Hold } from '../snapshots/model.ts'
import type { HostFacts } from '../system/model.ts'
import type { Vm } from '../vms/model.ts'
import type { SnapshotReader } from './snapshotIndex.ts'
import type { EventSource } from './stream.ts'

/** Everything the inventory asks a host. A row of `datasets` comes without what other readings add. */
export type HostReader = {
  pools: () => Promise<Pool[]>
  pool: (name: string) => Promise<PoolDetail>
  datasets: () => Promise<DatasetRow[]>
  properties: (dataset: string) => Promise<Property[]>
  bookmarks: (dataset: string) => Promise<Bookmark[]>
  holds: (snapshot: string) => Promise<Hold[]>
  snapshots: SnapshotReader
  events: EventSource
  vms: () => Promise<Vm[]>
  /** A cheap look at the guests: per name a text that changes with anything a screen shows of it, load left out. */
  vmMarks?: () => Promise<ReadonlyMap<string, string>>
  networks: () => Promise<NetworkState>
  images: () => Promise<ImageState>
  facts: () => Promise<HostFacts>
  /** The smallest question there is, with a deadline of its own: rejects when the machine is silent. */
  heartbeat: () => Promise<void>
}
