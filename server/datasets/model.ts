import type { Property } from '../pools/model.ts'

export type DatasetType = 'filesystem' | 'volume'

/** A row of the dataset tree. Every figure is bytes. */
export type Dataset = {
  name: string
  guid: string
  createtxg: string
  type: DatasetType
  usedBytes: number
  availableBytes: number
  referencedBytes: number
  usedByDataBytes: number
  usedBySnapshotsBytes: number
  usedByChildrenBytes: number
  usedByReservationBytes: number
  compressRatio: number
  compression: string
  checksum: string
  encryption: string
  /** Null for volumes. */
  mountpoint: string | null
  mounted: boolean | null
  /** `tank/vms/debian@before`, null when it is no clone. */
  origin: string | null
  /** Null for filesystems. */
  volsizeBytes: number | null
  volblocksizeBytes: number | null
  refreservationBytes: number
  readonly: boolean
  createdAt: number
  /** Name of the guest that has this volume as a disk (or this filesystem as its directory). */
  usedByVm: string | null
  /** Number of snapshots, from the snapshot index. */
  snapshotCount: number
}

export type DatasetDetail = Dataset & { properties: Property[]; bookmarks: Bookmark[]; clones: string[] }

export type Bookmark = { name: string; guid: string; createtxg: string; createdAt: number }
