import type { PoolState, ZpoolRow } from '../host/zpool/list.ts'
import type { ZpoolScan } from '../host/zpool/scan.ts'
import type { ZpoolVdev } from '../host/zpool/vdevs.ts'

/** OpenZFS zpoolconcepts(7): the states of a pool and of a vdev. */
export type VdevState = PoolState

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

/** A whole disk of the machine; `takenBy` says in words who has it, null when nobody does. */
export type Disk = { name: string; takenBy: string | null }

export type DeviceVerb = 'offline' | 'online'

/** Vdevs without children: the devices themselves. */
export function leaves(vdevs: readonly Vdev[]): Vdev[] {
  return vdevs.flatMap(vdev => (vdev.children.length > 0 ? leaves(vdev.children) : [vdev]))
}

/** A missing disk is a number to ZFS; people know it by where it was. */
export function calledAs({ name, note }: Pick<Vdev, 'name' | 'note'>): string {
  return note?.match(/^was (?:\/dev\/)?(\S+)/)?.[1] ?? name
}
