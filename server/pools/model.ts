import type { ImportablePool } from '../host/zpool/import.ts'
import type { PoolState, ZpoolRow } from '../host/zpool/list.ts'
import type { ZpoolScan } from '../host/zpool/scan.ts'
import type { ZpoolVdev } from '../host/zpool/vdevs.ts'

/** OpenZFS zpoolconcepts(7): the states of a pool and of a vdev. */
export type VdevState = PoolState

export type { ImportablePool } from '../host/zpool/import.ts'
export type Pool = ZpoolRow
export type Vdev = ZpoolVdev
export type Scan = ZpoolScan

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

/** A whole disk of the machine; `takenBy` says in words who has it, null when nobody does. `sizeBytes` null: not told. */
export type Disk = { name: string; takenBy: string | null; sizeBytes: number | null }

export type DeviceVerb = 'offline' | 'online'

/** Vdevs without children: the devices themselves. */
export function leaves(vdevs: readonly Vdev[]): Vdev[] {
  return vdevs.flatMap(vdev => (vdev.children.length > 0 ? leaves(vdev.children) : [vdev]))
}

/** A missing disk is a number to ZFS; people know it by where it was. */
export function calledAs({ name, note }: Pick<Vdev, 'name' | 'note'>): string {
  return note?.match(/^was (?:\/dev\/)?(\S+)/)?.[1] ?? name
}

/** It was not exported by the machine that had it last: only a person can know that it is not in use there. */
export function isForeign({
  messageId,
  statusText,
}: Pick<ImportablePool, 'messageId' | 'statusText'>): boolean {
  return messageId === 'ZFS-8000-EY' || /last accessed by another system/.test(statusText ?? '')
}

/** Why ZFS would not import it; null when it would. */
export function whyNotImportable({
  name,
  state,
  statusText,
  actionText,
}: Pick<ImportablePool, 'name' | 'state' | 'statusText' | 'actionText'>): string | null {
  if (state === 'ONLINE' || state === 'DEGRADED') return null
  const words = [statusText, actionText].filter(each => each !== null).join(' ')
  return `${name} cannot be imported as it is (${state}). ${words}`.trim()
}

/** How a group of disks keeps what it is given. */
export const LAYOUTS = ['stripe', 'mirror', 'raidz1', 'raidz2', 'raidz3'] as const
export type Layout = (typeof LAYOUTS)[number]

/** Fewest disks, and how many of them may fail at once without a loss. zpoolconcepts(7). */
export function aboutLayout(layout: Layout, disks: number): { fewest: number; mayFail: number } {
  switch (layout) {
    case 'stripe':
      return { fewest: 1, mayFail: 0 }
    case 'mirror':
      return { fewest: 2, mayFail: Math.max(0, disks - 1) }
    case 'raidz1':
      return { fewest: 2, mayFail: 1 }
    case 'raidz2':
      return { fewest: 3, mayFail: 2 }
    case 'raidz3':
      return { fewest: 4, mayFail: 3 }
  }
}

/** About how much fits, before ZFS's own needs (some per cent): the smallest disk counts for each. Null where a size is unknown. */
export function usableBytes(layout: Layout, sizes: readonly (number | null)[]): number | null {
  const known = sizes.filter(size => size !== null)
  if (known.length < sizes.length || known.length === 0) return null
  const smallest = Math.min(...known)
  if (layout === 'stripe') return known.reduce((sum, each) => sum + each, 0)
  return layout === 'mirror'
    ? smallest
    : smallest * (known.length - aboutLayout(layout, known.length).mayFail)
}

/** What a disk beside the data is for. */
export const EXTRA_ROLES = ['log', 'cache', 'spare', 'special', 'dedup'] as const
export type ExtraRole = (typeof EXTRA_ROLES)[number]

const ON_OFF = ['on', 'off']

/** Settings of a pool that may be changed while it is in use, with what they may be. zpoolprops(7). */
export const POOL_SETTINGS: Readonly<Record<string, readonly string[] | 'text'>> = {
  autoexpand: ON_OFF,
  autoreplace: ON_OFF,
  autotrim: ON_OFF,
  comment: 'text',
  delegation: ON_OFF,
  failmode: ['wait', 'continue', 'panic'],
  listsnapshots: ON_OFF,
  multihost: ON_OFF,
}

/** Features that this ZFS knows and the pool does not have, by their short names. zpool-features(7). */
export function disabledFeatures({ features }: Pick<PoolDetail, 'features'>): string[] {
  return Object.entries(features)
    .filter(([, state]) => state === 'disabled')
    .map(([name]) => name.replace(/^feature@/, ''))
}
