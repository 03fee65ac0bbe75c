/** `zpool replace`, `attach`, `detach`, `remove`: which devices a pool is made of (zpool-replace(8) and its neighbours). */
import { emitVdev } from '../events.ts'
import { fail, ok, type ProgramResult } from '../programs.ts'
import type { PoolState, Vdev } from '../state.ts'
import type { World } from '../world.ts'
import { leafOf, newGroup } from './create.ts'
import { startResilver } from './scans.ts'
import { poolFigures } from './space.ts'
import { type Device, openDevice, usersOf } from './specification.ts'
import { findLeaf, findSpare, leaves, parentOf, propagate } from './vdevs.ts'

/** Exit status of a refusal by the kernel: zpool returns libzfs's -1. */
const REFUSED = 255

/** Where a vdev stands: its place among its siblings. */
function siblingsOf(pool: PoolState, vdev: Vdev): Vdev[] {
  return parentOf(pool, vdev)?.children ?? pool.vdevs
}

function exchange(pool: PoolState, old: Vdev, fresh: Vdev): void {
  const siblings = siblingsOf(pool, old)
  siblings[siblings.indexOf(old)] = fresh
}

/** A device for a pool: why it cannot be one, in zpool's words. `spareOf` may be taken from its spares. */
function newDevice(
  world: World,
  name: string,
  options: { force: boolean; spareOf: PoolState | null },
): Device | ProgramResult {
  const device = openDevice(world, name)
  if ('exit' in device) return device
  const own = options.spareOf && findSpare(options.spareOf, device.path)
  if (own && options.force) return device
  const users = usersOf(world, [device])
  if (users.length === 0) return device
  const heading = options.force
    ? 'the following errors must be manually repaired'
    : "use '-f' to override the following errors"
  return fail(1, `invalid vdev specification\n${heading}:\n${users.join('\n')}\n`)
}

function smallest(vdev: Vdev): number {
  return Math.min(...leaves(vdev).map(leaf => leaf.sizeBytes))
}

/** What is new reads everything there is. */
function resilver(world: World, pool: PoolState, fresh: Vdev): void {
  fresh.resilvering = true
  propagate(pool)
  world.commit()
  emitVdev(world, pool, 'vdev_attach', fresh)
  startResilver(world, pool, poolFigures(world, pool).allocatedBytes)
}

export function replace(
  world: World,
  pool: PoolState,
  [oldName, newName = oldName]: [string, string?],
  options: { force: boolean },
): ProgramResult {
  const device = newDevice(world, newName, { force: options.force, spareOf: pool })
  if ('exit' in device) return device
  const refuse = (reason: string) => fail(REFUSED, `cannot replace ${oldName} with ${newName}: ${reason}\n`)
  const old = findLeaf(pool, oldName)
  if (!old) return refuse('no such device in pool')
  if (device.sizeBytes < old.sizeBytes) return refuse('device is too small')
  const spare = findSpare(pool, device.path)
  const fresh = leafOf(world, device, old.role)
  const siblings = siblingsOf(pool, old)
  const number = siblings.indexOf(old)
  if (spare) {
    spare.health = 'INUSE'
    spare.note = 'currently in use'
  }
  exchange(pool, old, newGroup(world, spare ? 'spare' : 'replacing', number, old.role, [old, fresh]))
  resilver(world, pool, fresh)
  return ok()
}

export function attach(
  world: World,
  pool: PoolState,
  [oldName, newName]: [string, string],
  options: { force: boolean },
): ProgramResult {
  const device = newDevice(world, newName, { force: options.force, spareOf: null })
  if ('exit' in device) return device
  const refuse = (reason: string) => fail(REFUSED, `cannot attach ${newName} to ${oldName}: ${reason}\n`)
  const old = findLeaf(pool, oldName)
  if (!old) return refuse('no such device in pool')
  const parent = parentOf(pool, old)
  if (parent && parent.type !== 'mirror') return refuse('can only attach to mirrors and top-level disks')
  if (device.sizeBytes < smallest(parent ?? old)) return refuse('device is too small')
  const fresh = leafOf(world, device, old.role)
  if (parent) parent.children.push(fresh)
  else exchange(pool, old, newGroup(world, 'mirror', pool.vdevs.indexOf(old), old.role, [old, fresh]))
  resilver(world, pool, fresh)
  return ok()
}

export function detach(world: World, pool: PoolState, name: string): ProgramResult {
  const refuse = (reason: string) => fail(REFUSED, `cannot detach ${name}: ${reason}\n`)
  const leaf = findLeaf(pool, name)
  if (!leaf) return refuse('no such device in pool')
  const parent = parentOf(pool, leaf)
  if (!parent || !['mirror', 'replacing', 'spare'].includes(parent.type))
    return refuse('only applicable to mirror and replacing vdevs')
  parent.children = parent.children.filter(child => child !== leaf)
  const [last, ...others] = parent.children
  if (last && others.length === 0) exchange(pool, parent, last)
  if (parent.type === 'spare') settleSpares(pool)
  world.emitPool('sysevent.fs.zfs.vdev_remove', pool)
  propagate(pool)
  world.commit()
  return ok()
}

/** A spare that stands for nobody is free again; one that took a place for good is no spare any more. */
function settleSpares(pool: PoolState): void {
  const inTree = (spare: Vdev) => findLeaf(pool, spare.path ?? spare.guid)
  for (const spare of pool.vdevs.filter(vdev => vdev.role === 'spare' && vdev.health === 'INUSE')) {
    const place = inTree(spare)
    if (place && parentOf(pool, place)?.type === 'spare') continue
    if (place) pool.vdevs = pool.vdevs.filter(vdev => vdev !== spare)
    else Object.assign(spare, { health: 'AVAIL', note: null })
  }
}

/** Takes away what holds no data: spares, caches, logs. Data that would have to move first stays where it is. */
export function remove(world: World, pool: PoolState, names: string[]): ProgramResult {
  let stderr = ''
  for (const name of names) {
    const vdev = findSpare(pool, name) ?? findLeaf(pool, name) ?? pool.vdevs.find(each => each.name === name)
    if (!vdev) stderr += `cannot remove ${name}: no such device in pool\n`
    else if (!pool.vdevs.includes(vdev) || !['spare', 'cache', 'log'].includes(vdev.role))
      stderr += `cannot remove ${name}: operation not supported on this type of pool\n`
    else {
      pool.vdevs = pool.vdevs.filter(each => each !== vdev)
      world.commit()
      world.emitPool('sysevent.fs.zfs.vdev_remove_dev', pool)
    }
  }
  return stderr === '' ? ok() : fail(1, stderr)
}
