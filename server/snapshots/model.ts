import type { ZfsSnapshot } from '../host/zfs/snapshots.ts'

export type Snapshot = ZfsSnapshot

export type Hold = { snapshot: string; tag: string; createdAt: number }

/** The three ways of experience: go back; go back and keep the present beside it; open beside it. */
export const ROLLBACK_WAYS = ['go-back', 'keep', 'beside'] as const
export type RollbackWay = (typeof ROLLBACK_WAYS)[number]

export type SnapshotSort = 'name' | 'created' | 'used' | 'referenced'

export const SNAPSHOT_SORTS = ['name', 'created', 'used', 'referenced'] as const satisfies SnapshotSort[]

/** How many snapshots were taken on a day that begins `at` (Unix ms); oldest first, empty days left out. */
export type SnapshotDay = { at: number; count: number }

export type SnapshotPage = { rows: Snapshot[]; total: number; heardAt: number }

export const CONF_CHOICES = ['today', 'then'] as const
/** What may be done with the guest that uses the volume. */
export type GuestWord = { stop: boolean; start: boolean; conf: (typeof CONF_CHOICES)[number] }

/** What destroying exactly these would free, by ZFS's own dry run; `aloneBytes` is the sum of their USED columns. */
export type Reclaim = {
  freedBytes: number
  aloneBytes: number
  perDataset: { dataset: string; snapshots: number; freedBytes: number; aloneBytes: number }[]
  /** Snapshots that are left out because they are held or cloned: they cannot be destroyed. */
  blocked: string[]
}

/** A line of the guest's conf that differs between the time of the snapshot (`before`) and today; null = not there. */
export type ConfDifference = { key: string; before: string | null; today: string | null }

/** A guest that uses what is rolled back. */
export type RollbackGuest = {
  name: string
  running: boolean
  /** Its other disks, which stay as they are. */
  otherDisks: string[]
  /** Null when the snapshot does not carry the guest's conf. */
  confDifferences: ConfDifference[] | null
}

/** `plan.facts` of `snapshots.rollback`: what the dialog shows beside steps and victims. */
export type RollbackFacts = {
  snapshot: { name: string; guid: string; createdAt: number }
  dataset: { name: string; guid: string; type: 'filesystem' | 'volume' }
  /** Bytes written to the dataset since the snapshot was taken. */
  writtenBytes: number
  newer: { kind: 'snapshot' | 'bookmark'; name: string; createdAt: number; usedBytes: number | null }[]
  /** Clones of newer snapshots, each with the snapshot it hangs on. */
  clones: { name: string; snapshot: string }[]
  holds: Hold[]
  guests: RollbackGuest[]
  /** `keep`: where the present state will be; `beside`: the clone or guest that will be there. */
  target: string | null
  /** Bytes a second reservation takes, `keep` of a volume that is not sparse. */
  reservedBytes: number | null
}

/** The facts of a roll back's plan; null for anything else. Plans travel as data, so their facts are looked at. */
export function rollbackFactsOf(facts: unknown): RollbackFacts | null {
  return isRollbackFacts(facts) ? facts : null
}

function isRollbackFacts(facts: unknown): facts is RollbackFacts {
  return typeof facts === 'object' && facts !== null && 'writtenBytes' in facts && 'newer' in facts
}

/** Guests in the facts of a plan that swaps back; null for a plan that does not say. */
export function guestsOfSwap(facts: unknown): RollbackGuest[] | null {
  return isSwapFacts(facts) ? facts.guests : null
}

function isSwapFacts(facts: unknown): facts is { guests: RollbackGuest[] } {
  return typeof facts === 'object' && facts !== null && 'guests' in facts && Array.isArray(facts.guests)
}

/** Snapshots of one name on the zvols of a guest. */
export type SnapshotGroup = {
  tag: string
  /** Of its newest member. Unix ms. */
  createdAt: number
  /** In the order of the guest's disks. */
  members: Snapshot[]
  /** Zvols of the guest of today that have no snapshot of this name. */
  missing: string[]
  /** All in one txg; one txg in each of several pools, one after the other; or not taken together. */
  moment: 'one' | 'pools' | 'apart'
  /** Skep took all of it while the guest was off; false: it may have run, and this is what a power cut would have left. */
  isOff: boolean
}

/** `plan.facts` of `snapshots.rollbackGuest`. */
export type GroupRollbackFacts = { vm: string; members: RollbackFacts[]; stays: string[] }

/** The facts of a plan that rolls a guest back; null for anything else. */
export function groupRollbackFactsOf(facts: unknown): GroupRollbackFacts | null {
  return isGroupRollbackFacts(facts) ? facts : null
}

function isGroupRollbackFacts(facts: unknown): facts is GroupRollbackFacts {
  return typeof facts === 'object' && facts !== null && 'members' in facts && 'stays' in facts
}

/** Why a snapshot cannot be destroyed as it is, in one sentence; null when it can. */
export function whyNotDestroy(snapshot: Snapshot): string | null {
  if (snapshot.holds > 0) return 'It is held: release it first.'
  const [clone] = snapshot.clones
  return clone ? `${clone} is a clone of it: promote or destroy the clone first.` : null
}
