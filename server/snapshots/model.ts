export type Snapshot = {
  /** Full name `tank/vms/debian@before`. */
  name: string
  dataset: string
  /** What stands behind the @. */
  tag: string
  guid: string
  createtxg: string
  createdAt: number
  usedBytes: number
  referencedBytes: number
  /** Number of holds (userrefs). */
  holds: number
  clones: string[]
}

export type Hold = { snapshot: string; tag: string; createdAt: number }

/** The three ways of experience: go back; go back and keep the present beside it; open beside it. */
export const ROLLBACK_WAYS = ['go-back', 'keep', 'beside'] as const
export type RollbackWay = (typeof ROLLBACK_WAYS)[number]

export type SnapshotSort = 'name' | 'created' | 'used' | 'referenced'
