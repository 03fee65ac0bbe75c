import type { DatasetState, PoolState, Vdev } from '../state.ts'
import type { World } from '../world.ts'
import type { PoolFigures } from './properties.ts'

const remembered = new WeakMap<World, { version: number; byPool: Map<string, number> }>()

/** Bytes of the pool that its datasets' blocks take, before redundancy. Shared blocks of clones count once. */
function blockBytes(world: World): Map<string, number> {
  const known = remembered.get(world)
  if (known?.version === world.version) return known.byPool
  const byPool = new Map<string, number>()
  const bornBy = new Map<string, number>()
  const datasets = Object.values(world.state.datasets)
  for (const dataset of datasets)
    for (const snapshot of dataset.snapshots) bornBy.set(snapshot.guid, snapshot.createtxg)
  for (const dataset of datasets) {
    const pool = dataset.name.split('/', 1)[0] ?? dataset.name
    byPool.set(pool, (byPool.get(pool) ?? 0) + ownBytes(dataset, bornBy))
  }
  remembered.set(world, { version: world.version, byPool })
  return byPool
}

function ownBytes(dataset: DatasetState, bornBy: Map<string, number>): number {
  const originTxg = dataset.origin === null ? 0 : (bornBy.get(dataset.origin) ?? 0)
  let sum = 0
  const add = (blocks: { birth: number; bytes: number }[]) => {
    for (const block of blocks) if (block.birth > originTxg) sum += block.bytes
  }
  add(dataset.live)
  add(dataset.dead)
  for (const snapshot of dataset.snapshots) add(snapshot.dead)
  return sum
}

/** Size, allocated and free of a pool as `zpool list` counts them: raw, with parity. */
export function poolFigures(world: World, pool: PoolState): PoolFigures {
  const overhead = pool.usableBytes > 0 ? pool.sizeBytes / pool.usableBytes : 1
  // A pool that is imported read-only does not load its space maps.
  const taken = pool.readonly ? 0 : Math.round((blockBytes(world).get(pool.name) ?? 0) * overhead)
  const allocated = Math.min(pool.sizeBytes, taken)
  return { sizeBytes: pool.sizeBytes, allocatedBytes: allocated, freeBytes: pool.sizeBytes - allocated }
}

/** Space of a top-level vdev: its own where known, else its share of the pool's. */
export function vdevSpace(
  pool: PoolState,
  figures: PoolFigures,
  vdev: Vdev,
): { sizeBytes: number; allocatedBytes: number; freeBytes: number; fragmentation: number } {
  if (vdev.space) {
    const { sizeBytes, allocatedBytes, fragmentation } = vdev.space
    return { sizeBytes, allocatedBytes, freeBytes: sizeBytes - allocatedBytes, fragmentation }
  }
  if (vdev.role !== 'data') {
    const sizeBytes = vdev.sizeBytes
    return { sizeBytes, allocatedBytes: 0, freeBytes: sizeBytes, fragmentation: 0 }
  }
  const parts = pool.vdevs.filter(each => each.role === 'data').length
  const sizeBytes = Math.floor(figures.sizeBytes / parts)
  const allocatedBytes = Math.floor(figures.allocatedBytes / parts)
  return {
    sizeBytes,
    allocatedBytes,
    freeBytes: sizeBytes - allocatedBytes,
    fragmentation: pool.fragmentation,
  }
}
