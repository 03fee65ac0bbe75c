import * as z from 'zod/mini'
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

const name = z.string().check(z.minLength(1), z.maxLength(255))
/** Words ZFS prints for a property; which ones a pool takes is checked in the plan. */
const word = z.string().check(z.regex(/^[a-z0-9-]{1,32}$/, 'Use letters, digits and hyphens.'))
const bytes = z.number().check(z.int(), z.minimum(1), z.maximum(Number.MAX_SAFE_INTEGER))
const propertyName = z
  .string()
  .check(z.regex(/^[a-z0-9][a-z0-9:_.@-]{0,255}$/, 'A property is lower-case letters, digits and : . _ -'))

export const datasetInput = z.object({ dataset: name })

export const createFilesystemInput = z.object({
  /** Full name of the new filesystem. */
  dataset: name,
  compression: z.optional(word),
  checksum: z.optional(word),
  recordsizeBytes: z.optional(bytes),
  quotaBytes: z.optional(bytes),
  mountpoint: z.optional(
    z.string().check(z.regex(/^(\/[^\0\n\t]*|none|legacy)$/, 'Begin with a slash, or none.')),
  ),
})
export type CreateFilesystemInput = z.output<typeof createFilesystemInput>

export const createVolumeInput = z.object({
  /** Full name of the new volume. */
  dataset: name,
  sizeBytes: bytes,
  /** Power of two from 512 bytes to 16 MiB; ZFS's own default (16 KiB) when left out. */
  volblocksizeBytes: z.optional(bytes),
  /** Without a reservation: the pool may run full under it. */
  sparse: z.boolean(),
  compression: z.optional(word),
  checksum: z.optional(word),
})
export type CreateVolumeInput = z.output<typeof createVolumeInput>

export const renameInput = z.object({ dataset: name, to: name })
export const setPropertyInput = z.object({
  dataset: name,
  name: propertyName,
  value: z.string().check(z.maxLength(8191)),
})
export const inheritPropertyInput = z.object({ dataset: name, name: propertyName })
