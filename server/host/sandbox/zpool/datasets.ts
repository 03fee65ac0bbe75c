/** A pool's root filesystem, and the end of all its datasets. */
import type { PoolState } from '../state.ts'
import { freeBlocks } from '../store-blocks.ts'
import { dropTree, filesOf, mountFiles, unmountFiles } from '../store-trees.ts'
import type { World } from '../world.ts'

/** What an empty filesystem takes from its first moment on. */
const EMPTY_FILESYSTEM_BYTES = 98_304

export function makeRootDataset(world: World, pool: PoolState, props: Record<string, string>): void {
  const guid = world.guid()
  world.state.datasets[pool.name] = {
    name: pool.name,
    type: 'filesystem',
    guid,
    objsetId: 54,
    createtxg: 1,
    creation: world.nowSeconds(),
    props,
    volsize: null,
    volblocksize: null,
    origin: null,
    live: [{ at: '', chunk: 0, birth: 1, bytes: EMPTY_FILESYSTEM_BYTES, logical: EMPTY_FILESYSTEM_BYTES }],
    dead: [],
    snapshots: [],
    bookmarks: [],
    mounted: false,
  }
  const made = world.state.datasets[pool.name]
  if (made && (props.canmount ?? 'on') === 'on') mountFiles(world, made)
}

/** Everything of a pool that is destroyed: mounts, files, chunks. */
export function removeDatasets(world: World, pool: string): void {
  const mine = Object.values(world.state.datasets)
    .filter(each => each.name === pool || each.name.startsWith(`${pool}/`))
    .sort((a, b) => (a.name < b.name ? 1 : -1))
  for (const dataset of mine) {
    if (dataset.mounted) unmountFiles(world, dataset)
    for (const snapshot of dataset.snapshots) {
      freeBlocks(world, snapshot.dead)
      dropTree(world, snapshot.tree)
    }
    freeBlocks(world, [...dataset.live, ...dataset.dead])
    world.doomed.push(filesOf(world, dataset))
    delete world.state.datasets[dataset.name]
  }
  world.changed()
}
