/** What a sandbox machine is made of. Everything here is plain JSON: it is written to `<dir>/state.json` as it stands. */

/** A piece of data a dataset refers to. `chunk` 0 is ballast: it takes room and holds no bytes. */
export type Block = {
  /** Which part of the dataset it is: a chunk number of a zvol, a path in a filesystem, '' for ballast. */
  at: number | string
  /** Name of the file under `<dir>/chunks`; 0 for ballast and for files of a filesystem. */
  chunk: number
  /** The transaction group that wrote it. */
  birth: number
  /** Room it takes on disk, and before compression. */
  bytes: number
  logical: number
  /** Files: what tells that it changed (size and time of change). */
  mark?: string
}

export type SnapshotState = {
  guid: string
  /** The part after `@`. */
  tag: string
  createtxg: number
  /** Unix seconds. */
  creation: number
  /** User properties set on it. */
  props: Record<string, string>
  /** Tag to the Unix second it was placed. */
  holds: Record<string, number>
  /** Blocks the snapshot before this one refers to and this one does not (its deadlist). */
  dead: Block[]
  referenced: number
  logicalReferenced: number
  /** Volumes: the size then. */
  volsize: number | null
  /** Filesystems: the name of the directory under `<dir>/trees` that keeps its files; null when it has none. */
  tree: string | null
  /** `zfs destroy -d`: goes when its last hold or clone goes. */
  deferDestroy: boolean
  objsetId: number
}

export type BookmarkState = {
  name: string
  /** The snapshot's. */
  guid: string
  createtxg: number
  creation: number
  referenced: number
  logicalReferenced: number
}

export type DatasetState = {
  name: string
  type: 'filesystem' | 'volume'
  guid: string
  objsetId: number
  createtxg: number
  /** Unix seconds. */
  creation: number
  /** Locally set properties (native and user), values as `zfs get -p` prints them. */
  props: Record<string, string>
  volsize: number | null
  volblocksize: number | null
  /** Guid of the snapshot it is a clone of. */
  origin: string | null
  live: Block[]
  /** Blocks the newest snapshot refers to and the live dataset does not. */
  dead: Block[]
  /** Oldest first. */
  snapshots: SnapshotState[]
  bookmarks: BookmarkState[]
  mounted: boolean
}

export type VdevHealth =
  | 'ONLINE'
  | 'DEGRADED'
  | 'FAULTED'
  | 'OFFLINE'
  | 'UNAVAIL'
  | 'REMOVED'
  | 'AVAIL'
  | 'INUSE'

export type Vdev = {
  /** `disk`, `file`, or an inner node: `mirror`, `raidz1`, `raidz2`, `raidz3`, `draid1:2d:5c:1s`, `replacing`, `spare`. */
  type: string
  /** As `zpool status` names it: `mirror-0`, `ada0p3`; the guid of a device that was not there when the pool was opened. */
  name: string
  path: string | null
  guid: string
  /** A leaf's own state; zpool keeps that of the groups true to their children. */
  health: VdevHealth
  readErrors: number
  writeErrors: number
  checksumErrors: number
  slowIos: number
  /** Size of a leaf's device; 0 for groups and where it is not known. */
  sizeBytes: number
  /** Which heading of `zpool status` it stands under. */
  role: 'data' | 'log' | 'special' | 'dedup' | 'cache' | 'spare'
  /** The words behind the counters (`was /dev/ada2p3`, `cannot open`, `too many errors`). */
  note: string | null
  /** Why an UNAVAIL device is not there; absent: it could not be opened. */
  labelLost?: boolean
  /** Part of the resilver that runs. */
  resilvering?: boolean
  /** Space of a top-level vdev where it is known apart; else the pool's figures are shared out. */
  space?: { sizeBytes: number; allocatedBytes: number; fragmentation: number }
  children: Vdev[]
}

export type Scan = {
  kind: 'scrub' | 'resilver'
  state: 'scanning' | 'finished' | 'canceled'
  /** Unix ms, like all times here. */
  startedAt: number
  endedAt: number | null
  /** Set while it is paused. */
  pausedAt: number | null
  /** Bytes issued before the present pass; a pass ends when the scan is paused. */
  issuedBefore: number
  passStartedAt: number
  totalBytes: number
  bytesPerSecond: number
  repairedBytes: number
  errors: number
}

/** A line of `zpool history`: a command as it was typed, or what the kernel did (`-i` shows it). */
export type HistoryEntry = { atMs: number; command: string } | { atMs: number; txg: number; text: string }

export type PoolState = {
  name: string
  guid: string
  createdAt: number
  health: 'ONLINE' | 'DEGRADED' | 'FAULTED' | 'SUSPENDED' | 'UNAVAIL'
  /** `zpool list` SIZE (raw) and what datasets may use of it. */
  sizeBytes: number
  usableBytes: number
  fragmentation: number
  /** Top-level vdevs of every role, in order. */
  vdevs: Vdev[]
  scan: Scan | null
  /** Properties that were set: `comment`, `failmode`, `ashift`, user properties. */
  props: Record<string, string>
  features: Record<string, 'disabled' | 'enabled' | 'active'>
  /** Object names with permanent errors, as `zpool status -v` lists them. */
  errors: string[]
  readonly: boolean
  /** Oldest first. */
  commands: HistoryEntry[]
}

export type ProcessState = {
  pid: number
  ppid: number
  argv: string[]
  /** What `ps` shows as args; bhyve sets `bhyve: NAME` once its devices are up. */
  title: string
  /** Unix ms. */
  startedAt: number
  rssBytes: number
  /** Name of the guest it runs, for bhyve and its loaders. */
  vm: string | null
  /** A real process of the computer the sandbox lives on; false for the ones the seed invents. */
  real: boolean
}

export type VmmState = {
  name: string
  pid: number | null
  cpus: number
  memoryBytes: number
  createdAt: number
  /** A boot loader has filled its memory: bhyve without firmware can run it, once. */
  loaded?: boolean
}

export type InterfaceState = {
  name: string
  type: 'ether' | 'bridge' | 'tap' | 'lo' | 'vlan' | 'epair'
  up: boolean
  mtu: number
  mac: string | null
  inet: { address: string; prefix: number; broadcast: string | null }[]
  inet6: { address: string; prefix: number }[]
  description: string | null
  groups: string[]
  /** Bridges: names of their members. */
  members: string[]
  /** Members that may not speak with each other. */
  privateMembers?: string[]
  /** Taps: who has it open. */
  openedBy: number | null
  media: string | null
  vlan: { tag: number; parent: string } | null
}

/** A disk of the machine: `da0`. */
type DiskState = { name: string; sizeBytes: number; description: string; ident: string }

/** `hang`, `missing`, `garbage`, `slow`, `exit`: what a program does instead of (or before) its work. */
export type Fault = {
  id: number
  /** Matches when argv starts with these words. */
  argv: string[]
  kind: 'hang' | 'missing' | 'garbage' | 'slow' | 'exit'
  milliseconds: number
  exit: number
  text: string
  once: boolean
}

/** A number prints as hexadecimal, a string in quotes, raw as it stands. */
export type EventValue = string | number | { raw: string } | number[]

export type EventRecord = {
  eid: number
  /** Unix ms, and the nanoseconds within its second. */
  atMs: number
  nanoseconds: number
  class: string
  fields: Record<string, EventValue>
}

/** A pool that is away from the machine, with everything in it. */
export type ExportedPool = {
  pool: PoolState
  datasets: DatasetState[]
  /** What its devices were when it went, by path. */
  labels: Record<string, string>
}

export type WorldState = {
  version: 1
  hostname: string
  /** Unix ms. */
  bootedAt: number
  /** Added to the real clock; `clock set` changes it. */
  clockOffsetMs: number
  /** The last transaction group that ended; writes belong to the next. */
  txg: number
  nextChunk: number
  nextObject: number
  /** Seed and counter of the guids: the same acts give the same numbers. */
  guidSeed: number
  guidCount: number
  pools: Record<string, PoolState>
  datasets: Record<string, DatasetState>
  exported?: ExportedPool[]
  processes: Record<string, ProcessState>
  vmm: Record<string, VmmState>
  interfaces: Record<string, InterfaceState>
  /** Name to disk; `/dev/NAME` is its node. */
  disks: Record<string, DiskState>
  sysctls: Record<string, string>
  modules: string[]
  faults: Fault[]
  nextFault: number
  nextEid: number
  /** The newest ones; the kernel's queue is bounded. */
  events: EventRecord[]
}

export function emptyState(nowMs: number): WorldState {
  return {
    version: 1,
    hostname: 'skep',
    bootedAt: nowMs,
    clockOffsetMs: 0,
    txg: 4,
    nextChunk: 1,
    nextObject: 54,
    guidSeed: 1,
    guidCount: 0,
    pools: {},
    datasets: {},
    processes: {},
    vmm: {},
    interfaces: {},
    disks: {},
    sysctls: {},
    modules: [],
    faults: [],
    nextFault: 1,
    nextEid: 1,
    events: [],
  }
}
