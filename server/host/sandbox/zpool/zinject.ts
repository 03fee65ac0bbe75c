/**
 * zinject(8): trouble for a device by hand. `zinject -d DEVICE -A degrade|fault POOL` stays; `zinject -d DEVICE -e nxio
 * POOL` takes the device away until `zinject -c all`.
 */
import { emitStateChange } from '../events.ts'
import { getopt } from '../getopt.ts'
import { fail, ok, type Program } from '../programs.ts'
import type { PoolState, Vdev, VdevHealth } from '../state.ts'
import type { World } from '../world.ts'
import { findLeaf, isGone, leaves, propagate } from './vdevs.ts'

const USAGE =
  'usage:\n\n\tzinject -d device -A <degrade|fault> pool\n\tzinject -d device -e nxio [-T all] pool\n\tzinject -c <id | all>\n'
const INJECTED = 'cannot open'

export const zinject: Program = (world, argv) => {
  const options = getopt(argv.slice(1), 'd:A:c:e:T:')
  if ('bad' in options) return fail(1, `zinject: invalid option '${options.bad}'\n${USAGE}`)
  if (options.value('c') !== null) {
    for (const pool of Object.values(world.state.pools)) giveBack(world, pool)
    return ok('removed all registered handlers\n')
  }
  const device = options.value('d')
  const action = options.value('A') ?? options.value('e')
  const [name] = options.operands
  if (device === null || name === undefined || !['degrade', 'fault', 'nxio'].includes(action ?? ''))
    return fail(2, USAGE)
  const pool = world.state.pools[name]
  if (!pool) return fail(1, `cannot open '${name}': no such pool\n`)
  const leaf = findLeaf(pool, device)
  if (!leaf) return fail(1, `cannot find device '${device}' in pool '${name}'\n`)
  if (action !== 'nxio') {
    become(world, pool, leaf, action === 'fault' ? 'FAULTED' : 'DEGRADED', 'too many errors')
    return ok()
  }
  become(world, pool, leaf, 'UNAVAIL', INJECTED)
  // The next write of the pool is what finds out.
  if (pool.vdevs.some(vdev => vdev.role === 'data' && isGone(vdev))) pool.health = 'SUSPENDED'
  world.changed()
  const iotype = options.value('T') ?? 'all'
  return ok(
    `Added handler 1 with the following properties:\n  pool: ${name}\n  vdev: ${BigInt(leaf.guid).toString(16)}\niotype: ${iotype}\n`,
  )
}

function become(world: World, pool: PoolState, leaf: Vdev, health: VdevHealth, note: string | null): void {
  const before = leaf.health
  leaf.health = health
  leaf.note = note
  propagate(pool)
  world.changed()
  if (leaf.health !== before) emitStateChange(world, pool, leaf, before)
}

/** The devices answer again; the pool stays suspended until it is cleared. */
function giveBack(world: World, pool: PoolState): void {
  for (const leaf of pool.vdevs.flatMap(leaves))
    if (leaf.health === 'UNAVAIL' && leaf.note === INJECTED) become(world, pool, leaf, 'ONLINE', null)
}
