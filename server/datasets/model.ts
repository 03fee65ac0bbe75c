import type { ZfsDataset } from '../host/zfs/list.ts'
import type { Property } from '../pools/model.ts'

/** A row of the dataset tree. Every figure is bytes. */
export type Dataset = ZfsDataset & {
  /** Name of the guest that has this volume as a disk (or this filesystem as its directory). */
  usedByVm: string | null
  /** Number of snapshots, from the snapshot index; null until the index has been read once. */
  snapshotCount: number | null
  /**
   * User property `skep:kept-from`: the dataset whose present state this one kept when somebody went back "and kept
   * what is there now"; it can be swapped back. Null for all others.
   */
  keptFrom: string | null
}

/** What one reading of the host tells of a dataset, without what guests and the snapshot index add. */
export type DatasetRow = Omit<Dataset, 'usedByVm' | 'snapshotCount'>

/** `clones` are the datasets made from its snapshots; `kept` those that keep an earlier present of this one. */
export type DatasetDetail = Dataset & {
  properties: Property[]
  bookmarks: Bookmark[]
  clones: string[]
  kept: string[]
}

export type Bookmark = { name: string; guid: string; createtxg: string; createdAt: number }

/** The user property that marks the dataset which keeps what was there before a roll back. */
export const KEPT_FROM = 'skep:kept-from'
/** Beside it: the conf that the guest had when the present was moved aside, base64url, without passwords. */
export const KEPT_CONF = 'skep:kept-conf'
