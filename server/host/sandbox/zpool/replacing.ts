/** The end of a replacement. */
import type { PoolState, Vdev } from '../state.ts'
import type { World } from '../world.ts'
import { sumSpace } from './create.ts'
import { propagate } from './vdevs.ts'

/** After a resilver: what was replaced is out of the pool. */
export function endReplacing(world: World, pool: PoolState): void {
  const settle = (vdev: Vdev): Vdev => {
    const fresh = vdev.type === 'replacing' ? vdev.children.at(-1) : undefined
    if (fresh) {
      fresh.role = vdev.role
      return fresh
    }
    vdev.children = vdev.children.map(settle)
    return vdev
  }
  pool.vdevs = pool.vdevs.map(settle)
  sumSpace(pool)
  propagate(pool)
  world.changed()
}
