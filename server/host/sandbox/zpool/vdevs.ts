/** The devices of a pool, as zpoolconcepts(7) tells their states. */
import type { PoolState, Vdev, VdevHealth } from '../state.ts'

export const CLASSES = [
  { role: 'dedup', heading: 'dedup' },
  { role: 'special', heading: 'special' },
  { role: 'log', heading: 'logs' },
] as const

export type Role = Vdev['role']

export function vdevsOf(pool: PoolState, role: Role): Vdev[] {
  return pool.vdevs.filter(vdev => vdev.role === role)
}

export function leaves(vdev: Vdev): Vdev[] {
  return vdev.children.length === 0 ? [vdev] : vdev.children.flatMap(leaves)
}

/** Every leaf that is in the tree, with cache devices; spares are not. */
export function activeLeaves(pool: PoolState): Vdev[] {
  return pool.vdevs.filter(vdev => vdev.role !== 'spare').flatMap(leaves)
}

export type NameOptions = { fullPath: boolean; guids: boolean }

/** What the status page calls a vdev. `-P` shows a leaf's path unless the device was not there. */
export function shownName(vdev: Vdev, options: NameOptions): string {
  if (options.guids) return vdev.guid
  return options.fullPath && vdev.path !== null && vdev.name !== vdev.guid ? vdev.path : vdev.name
}

/** How many leaves of a raidz may be gone before its data is; null for mirrors and the like, which need one left. */
export function parityOf(type: string): number | null {
  const level = /^(?:raidz|draid)(\d?)/.exec(type)
  return level ? Number(level[1] || '1') : null
}

const GONE: ReadonlySet<VdevHealth> = new Set(['FAULTED', 'OFFLINE', 'UNAVAIL', 'REMOVED'])

export function isGone(vdev: Vdev): boolean {
  return GONE.has(vdev.health)
}

function groupHealth(vdev: Vdev): VdevHealth {
  const gone = vdev.children.filter(isGone).length
  const allowed = parityOf(vdev.type) ?? vdev.children.length - 1
  if (gone > allowed) return 'UNAVAIL'
  return gone > 0 || vdev.children.some(child => child.health === 'DEGRADED') ? 'DEGRADED' : 'ONLINE'
}

/** Makes the states of groups and of the pool true to their devices (vdev_propagate_state). */
export function propagate(pool: PoolState): void {
  const settle = (vdev: Vdev): void => {
    vdev.children.forEach(settle)
    if (vdev.children.length > 0) vdev.health = groupHealth(vdev)
  }
  pool.vdevs.forEach(settle)
  if (pool.health !== 'SUSPENDED') pool.health = rootHealth(pool)
}

/** The state of the root vdev, which stays what it was while the pool is suspended. */
export function rootHealth(pool: PoolState): 'ONLINE' | 'DEGRADED' | 'UNAVAIL' {
  const parts = pool.vdevs.filter(vdev => vdev.role !== 'cache' && vdev.role !== 'spare')
  if (parts.some(vdev => vdev.role !== 'log' && isGone(vdev))) return 'UNAVAIL'
  return parts.some(vdev => vdev.health !== 'ONLINE') ? 'DEGRADED' : 'ONLINE'
}

/** The device node a person means: `da0` and `/dev/da0` are the same. */
export function devicePath(name: string): string {
  return name.startsWith('/') ? name : `/dev/${name}`
}

function answersTo(vdev: Vdev, name: string): boolean {
  return vdev.name === name || vdev.guid === name || (vdev.path !== null && vdev.path === devicePath(name))
}

/** A leaf in the tree by name, path or guid. */
export function findLeaf(pool: PoolState, name: string): Vdev | null {
  return activeLeaves(pool).find(vdev => answersTo(vdev, name)) ?? null
}

export function findSpare(pool: PoolState, name: string): Vdev | null {
  return vdevsOf(pool, 'spare').find(vdev => answersTo(vdev, name)) ?? null
}

/** The group a vdev is in; null for top-level ones. */
export function parentOf(pool: PoolState, wanted: Vdev): Vdev | null {
  const search = (vdev: Vdev): Vdev | null => {
    if (vdev.children.includes(wanted)) return vdev
    for (const child of vdev.children) {
      const found = search(child)
      if (found) return found
    }
    return null
  }
  for (const vdev of pool.vdevs) {
    const found = search(vdev)
    if (found) return found
  }
  return null
}
