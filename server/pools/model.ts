/** OpenZFS zpoolconcepts(7): the states of a pool and of a vdev. */
export type VdevState =
  | 'ONLINE'
  | 'DEGRADED'
  | 'FAULTED'
  | 'OFFLINE'
  | 'UNAVAIL'
  | 'REMOVED'
  | 'SUSPENDED'
  | 'AVAIL'
  | 'INUSE'

export type Pool = {
  name: string
  guid: string
  health: VdevState
  sizeBytes: number
  allocatedBytes: number
  freeBytes: number
  /** 0 to 100 */
  capacityPercent: number
  fragmentationPercent: number | null
  dedupRatio: number
  readonly: boolean
}

export type Vdev = {
  name: string
  /** `root`, `mirror`, `raidz1`, `disk`, `file`, `spare`, `log`, ... */
  kind: string
  /** Which part of the pool: data vdevs, or the named classes. */
  group: 'data' | 'logs' | 'cache' | 'spares' | 'special' | 'dedup'
  state: VdevState
  readErrors: number
  writeErrors: number
  checksumErrors: number
  /** What zpool status says behind the counters: "was /dev/da2", "(resilvering)", "too many errors". */
  note: string | null
  children: Vdev[]
}

export type Scan = {
  kind: 'none' | 'scrub' | 'resilver'
  state: 'none' | 'running' | 'paused' | 'finished' | 'canceled'
  /** Unix ms. */
  startedAt: number | null
  endedAt: number | null
  /** 0 to 100 while it runs. */
  percent: number | null
  scannedBytes: number | null
  issuedBytes: number | null
  totalBytes: number | null
  bytesPerSecond: number | null
  secondsLeft: number | null
  repairedBytes: number | null
  errors: number | null
  /** The scan line as zpool prints it. */
  text: string
}

export type PoolDetail = Pool & {
  vdevs: Vdev[]
  scan: Scan
  /** zpool status's own `status:` and `action:` paragraphs, null when there is nothing to say. */
  statusText: string | null
  actionText: string | null
  /** Message id of the `see:` line: ZFS-8000-9P. */
  messageId: string | null
  errorsText: string
  /** `feature@…` name to disabled / enabled / active. */
  features: Record<string, string>
  properties: Property[]
}

export type Property = {
  name: string
  value: string
  /** zfs get's source column: local, default, inherited, received, temporary, or '-' for a read-only figure. */
  source: 'local' | 'default' | 'inherited' | 'received' | 'temporary' | 'none'
  /** Dataset it is inherited from. */
  inheritedFrom: string | null
  received: string | null
}

export const SCRUB_VERBS = ['start', 'pause', 'stop'] as const
export type ScrubVerb = (typeof SCRUB_VERBS)[number]
