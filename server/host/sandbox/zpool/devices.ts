/** `zpool offline`, `online`, `clear`: acts on the devices of a pool. */
import { emitStateChange, emitVdev } from '../events.ts'
import { fail, ok, type ProgramResult } from '../programs.ts'
import type { PoolState, Vdev, VdevHealth } from '../state.ts'
import type { World } from '../world.ts'
import { startResilver } from './scans.ts'
import { poolFigures } from './space.ts'
import { activeLeaves, findLeaf, findSpare, isGone, parentOf, parityOf, propagate } from './vdevs.ts'

/** What a device misses in the time it takes a person to bring it back. */
const MISSED_BYTES = 64 * 1024 * 1024

/** Whether the group can spare this leaf: someone else must hold its data. */
function replaceable(pool: PoolState, leaf: Vdev): boolean {
  const group = parentOf(pool, leaf)
  if (!group) return leaf.role === 'cache' || leaf.role === 'log'
  const gone = group.children.filter(child => child !== leaf && isGone(child)).length
  return gone < (parityOf(group.type) ?? group.children.length - 1)
}

function change(world: World, pool: PoolState, leaf: Vdev, health: VdevHealth): void {
  const before = leaf.health
  leaf.health = health
  propagate(pool)
  world.changed()
  emitStateChange(world, pool, leaf, before)
}

export function offline(
  world: World,
  pool: PoolState,
  names: string[],
  options: { fault: boolean },
): ProgramResult {
  let stderr = ''
  for (const name of names) {
    const leaf = findLeaf(pool, name)
    if (!leaf) {
      const reason = findSpare(pool, name) ? 'device is reserved as a hot spare' : 'no such device in pool'
      stderr += `cannot ${options.fault ? 'fault' : 'offline'} ${name}: ${reason}\n`
    } else if (!isGone(leaf) && !replaceable(pool, leaf)) {
      stderr += `cannot ${options.fault ? 'fault' : 'offline'} ${name}: no valid replicas\n`
    } else if (options.fault) {
      leaf.note = 'external device fault'
      change(world, pool, leaf, 'FAULTED')
    } else if (leaf.health !== 'OFFLINE') {
      leaf.note = null
      change(world, pool, leaf, 'OFFLINE')
    }
  }
  return stderr === '' ? ok() : fail(1, stderr)
}

export function online(world: World, pool: PoolState, names: string[]): ProgramResult {
  let stderr = ''
  let stdout = ''
  for (const name of names) {
    const leaf = findLeaf(pool, name)
    if (!leaf) {
      const reason = findSpare(pool, name) ? 'device is reserved as a hot spare' : 'no such device in pool'
      stderr += `cannot online ${name}: ${reason}\n`
    } else if (leaf.health === 'UNAVAIL') {
      stdout += `warning: device '${name}' onlined, but remains in faulted state\nuse 'zpool replace' to replace devices that are no longer present\n`
    } else if (isGone(leaf)) {
      leaf.note = null
      leaf.resilvering = true
      change(world, pool, leaf, 'ONLINE')
      emitVdev(world, pool, 'vdev_online', leaf)
      startResilver(world, pool, MISSED_BYTES)
    }
  }
  return stderr === '' ? ok(stdout) : fail(1, stderr, stdout)
}

/** Null where the command would hang: the pool is suspended and its devices are still broken. */
export function clear(world: World, pool: PoolState, name: string | null): ProgramResult | null {
  const leaf = name === null ? null : findLeaf(pool, name)
  if (name !== null && !leaf) {
    const reason = findSpare(pool, name) ? 'device is reserved as a hot spare' : 'no such device in pool'
    return fail(1, `cannot clear errors for ${name}: ${reason}\n`)
  }
  if (pool.health === 'SUSPENDED') {
    if (pool.vdevs.some(vdev => vdev.role === 'data' && isGone(vdev))) return null
    pool.health = 'ONLINE'
    // What it could not write while it was away is written now.
    startResilver(world, pool, poolFigures(world, pool).allocatedBytes)
  }
  let missed = false
  for (const each of leaf ? [leaf] : activeLeaves(pool)) {
    const hadTrouble = each.health === 'FAULTED' || each.health === 'DEGRADED'
    each.readErrors = 0
    each.writeErrors = 0
    each.checksumErrors = 0
    if (!hadTrouble) continue
    missed ||= each.health === 'FAULTED'
    each.note = null
    each.resilvering = each.health === 'FAULTED'
    change(world, pool, each, 'ONLINE')
    emitVdev(world, pool, 'vdev_clear', each)
  }
  if (leaf === null) pool.errors = []
  propagate(pool)
  if (missed) startResilver(world, pool, MISSED_BYTES)
  world.changed()
  return ok()
}
