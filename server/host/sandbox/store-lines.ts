/** What snapshots, clones, rollbacks and destroys do to the blocks of datasets. No names are checked here. */
import path from 'node:path'
import { originTxg, previousTxg, snapshotByGuid } from './space.ts'
import type { Block, DatasetState, SnapshotState } from './state.ts'
import { freeBlocks, killBlock } from './store-blocks.ts'
import { copyTree, dropTree, keepTree, measureFiles, treeToFiles } from './store-trees.ts'
import type { World } from './world.ts'

/** Adds data that only takes room: `ratio` is how well it compressed. */
export function addBallast(world: World, dataset: DatasetState, size: number, ratio = 1): void {
  // Sizes of a seed may be products of fractions; blocks are whole bytes.
  const bytes = Math.round(size)
  const birth = world.openTxg()
  const same = dataset.live.find(block => block.at === '' && block.birth === birth)
  const logical = Math.round(bytes * ratio)
  if (same) {
    same.bytes += bytes
    same.logical += logical
  } else dataset.live.push({ at: '', chunk: 0, birth, bytes, logical })
  world.changed()
}

/** Takes `bytes` of ballast away, from `blocks` in their order; less when there is less. Returns how many were taken. */
export function removeBallast(
  world: World,
  dataset: DatasetState,
  bytes: number,
  blocks: readonly Block[] = [...dataset.live].sort((a, b) => a.birth - b.birth),
): number {
  let left = bytes
  for (const block of blocks) {
    if (left <= 0) break
    if (block.at !== '' || block.bytes === 0) continue
    const taken = Math.min(left, block.bytes)
    const logical = Math.round((block.logical * taken) / block.bytes)
    left -= taken
    killBlock(world, dataset, { ...block, bytes: taken, logical })
    block.bytes -= taken
    block.logical -= logical
  }
  dataset.live = dataset.live.filter(block => block.at !== '' || block.bytes > 0)
  world.changed()
  return bytes - left
}

/** The same room, other data: what a guest does to its disk in a day. */
export function churnBallast(world: World, dataset: DatasetState, bytes: number): void {
  const before = dataset.live.reduce((sum, block) => sum + (block.at === '' ? block.bytes : 0), 0)
  const logicalBefore = dataset.live.reduce((sum, block) => sum + (block.at === '' ? block.logical : 0), 0)
  removeBallast(world, dataset, bytes)
  addBallast(world, dataset, Math.min(bytes, before), before > 0 ? logicalBefore / before : 1)
}

/** The blocks a snapshot refers to. */
function blocksAt(dataset: DatasetState, index: number): Block[] {
  const snapshot = dataset.snapshots[index]
  if (!snapshot) return []
  const blocks: Block[] = []
  for (const list of [
    dataset.live,
    dataset.dead,
    ...dataset.snapshots.slice(index + 1).map(each => each.dead),
  ]) {
    for (const block of list) if (block.birth <= snapshot.createtxg) blocks.push({ ...block })
  }
  return blocks
}

export type NewSnapshot = { dataset: DatasetState; tag: string; props: Record<string, string> }

/** Takes all of them in one transaction group. */
export function takeSnapshots(world: World, wanted: readonly NewSnapshot[]): SnapshotState[] {
  for (const { dataset } of wanted) if (dataset.type === 'filesystem') measureFiles(world, dataset)
  const createtxg = world.commit()
  return wanted.map(({ dataset, tag, props }) => {
    const snapshot: SnapshotState = {
      guid: world.guid(),
      tag,
      createtxg,
      creation: world.nowSeconds(),
      props: { ...props },
      holds: {},
      dead: dataset.dead,
      referenced: dataset.live.reduce((sum, block) => sum + block.bytes, 0),
      logicalReferenced: dataset.live.reduce((sum, block) => sum + block.logical, 0),
      volsize: dataset.volsize,
      tree: null,
      deferDestroy: false,
      objsetId: world.objectId(),
    }
    if (dataset.type === 'filesystem') snapshot.tree = keepTree(world, dataset, snapshot)
    dataset.dead = []
    dataset.snapshots.push(snapshot)
    world.changed()
    return snapshot
  })
}

/** Removes one snapshot that has no clone and no hold. */
export function destroySnapshot(world: World, dataset: DatasetState, snapshot: SnapshotState): void {
  const index = dataset.snapshots.indexOf(snapshot)
  const previous = previousTxg(world, dataset, index)
  const next = dataset.snapshots[index + 1] ?? dataset
  const freed = next.dead.filter(block => block.birth > previous)
  next.dead = [...next.dead.filter(block => block.birth <= previous), ...snapshot.dead]
  dataset.snapshots.splice(index, 1)
  freeBlocks(world, freed)
  dropTree(world, snapshot.tree)
  world.changed()
}

/** Makes the newest snapshot's state the live one again. */
export function rollBack(world: World, dataset: DatasetState): void {
  const index = dataset.snapshots.length - 1
  const snapshot = dataset.snapshots[index]
  if (!snapshot) return
  if (dataset.type === 'filesystem') measureFiles(world, dataset)
  const lost = dataset.live.filter(block => block.birth > snapshot.createtxg)
  dataset.live = blocksAt(dataset, index)
  dataset.dead = []
  dataset.volsize = snapshot.volsize
  freeBlocks(world, lost)
  if (dataset.type === 'filesystem') treeToFiles(world, snapshot.tree, dataset)
  world.commit()
}

/** A new dataset that begins as a snapshot's state. It is not mounted yet. */
export function cloneSnapshot(
  world: World,
  source: { dataset: DatasetState; snapshot: SnapshotState },
  name: string,
  props: Record<string, string>,
): DatasetState {
  const index = source.dataset.snapshots.indexOf(source.snapshot)
  const createtxg = world.commit()
  const clone: DatasetState = {
    name,
    type: source.dataset.type,
    guid: world.guid(),
    objsetId: world.objectId(),
    createtxg,
    creation: world.nowSeconds(),
    props: { ...props },
    volsize: source.snapshot.volsize,
    volblocksize: source.dataset.volblocksize,
    origin: source.snapshot.guid,
    live: blocksAt(source.dataset, index),
    dead: [],
    snapshots: [],
    bookmarks: [],
    mounted: false,
  }
  world.state.datasets[name] = clone
  if (clone.type === 'filesystem') copyTree(world, source.snapshot.tree, clone)
  world.changed()
  return clone
}

/** The clone becomes the parent: the origin's line up to the origin moves to it, and the old owner hangs on it. */
export function promoteClone(world: World, clone: DatasetState): void {
  const place = clone.origin === null ? null : snapshotByGuid(world, clone.origin)
  if (!place) return
  const owner = place.dataset
  const moved = owner.snapshots.slice(0, place.index + 1)
  owner.snapshots = owner.snapshots.slice(place.index + 1)
  clone.snapshots = [...moved, ...clone.snapshots]
  clone.origin = owner.origin
  owner.origin = place.snapshot.guid
  const kept = owner.bookmarks.filter(each => each.createtxg > place.snapshot.createtxg)
  clone.bookmarks = [...owner.bookmarks.filter(each => !kept.includes(each)), ...clone.bookmarks]
  owner.bookmarks = kept
  world.commit()
}

/** Removes a dataset that has no snapshots. */
export function destroyDataset(world: World, dataset: DatasetState): void {
  const origin = originTxg(world, dataset)
  freeBlocks(
    world,
    [...dataset.live, ...dataset.dead].filter(block => block.birth > origin),
  )
  delete world.state.datasets[dataset.name]
  world.doomed.push(path.join(world.dir, 'fs', dataset.guid))
  world.commit()
}
