/**
 * Space as ZFS counts it: every block knows the transaction group of its birth; a line of snapshots keeps, in each
 * element, the blocks that died since the element before (its deadlist). zfsprops(7) names the figures.
 */
import type { Block, DatasetState, SnapshotState } from './state.ts'
import type { World } from './world.ts'

/** What a pool keeps about itself counts as a child of its root filesystem ($MOS, $FREE, $ORIGIN). */
const POOL_METADATA = 128 * 1024

export type SnapshotPlace = { dataset: DatasetState; snapshot: SnapshotState; index: number }

export type Space = {
  /** Everything below it included. */
  used: number
  available: number
  referenced: number
  logicalReferenced: number
  logicalUsed: number
  usedByDataset: number
  usedBySnapshots: number
  usedByChildren: number
  usedByRefreservation: number
  /** Since the newest snapshot (or the origin). */
  written: number
}

type Known = {
  structure: number
  version: number
  snapshots: Map<string, SnapshotPlace>
  clones: Map<string, string[]>
  space: Map<string, Space> | null
}
const remembered = new WeakMap<World, Known>()

function known(world: World): Known {
  const before = remembered.get(world)
  if (before?.structure === world.structure) {
    if (before.version !== world.version) Object.assign(before, { version: world.version, space: null })
    return before
  }
  const snapshots = new Map<string, SnapshotPlace>()
  const clones = new Map<string, string[]>()
  for (const dataset of Object.values(world.state.datasets)) {
    for (const [index, snapshot] of dataset.snapshots.entries()) {
      snapshots.set(snapshot.guid, { dataset, snapshot, index })
    }
    if (dataset.origin === null) continue
    const siblings = clones.get(dataset.origin)
    if (siblings) siblings.push(dataset.name)
    else clones.set(dataset.origin, [dataset.name])
  }
  const { structure, version } = world
  const fresh: Known = { structure, version, snapshots, clones, space: null }
  remembered.set(world, fresh)
  return fresh
}

/** Where the snapshot of that guid is now. */
export function snapshotByGuid(world: World, guid: string): SnapshotPlace | null {
  return known(world).snapshots.get(guid) ?? null
}

/** Names of the clones of a snapshot, sorted. */
export function clonesOf(world: World, snapshot: SnapshotState): string[] {
  return [...(known(world).clones.get(snapshot.guid) ?? [])].sort()
}

export function originTxg(world: World, dataset: DatasetState): number {
  if (dataset.origin === null) return 0
  return snapshotByGuid(world, dataset.origin)?.snapshot.createtxg ?? 0
}

/** Blocks born after this are the live dataset's alone. */
export function lastTxg(world: World, dataset: DatasetState): number {
  return dataset.snapshots.at(-1)?.createtxg ?? originTxg(world, dataset)
}

/** The transaction group of the snapshot before the `index`th, or of the origin. */
export function previousTxg(world: World, dataset: DatasetState, index: number): number {
  return dataset.snapshots[index - 1]?.createtxg ?? originTxg(world, dataset)
}

function bytesBornAfter(blocks: readonly Block[], txg: number): number {
  let sum = 0
  for (const block of blocks) if (block.birth > txg) sum += block.bytes
  return sum
}

/** The deadlist of what follows the `index`th snapshot: the next one's, or the live dataset's. */
function nextDead(dataset: DatasetState, index: number): Block[] {
  return dataset.snapshots[index + 1]?.dead ?? dataset.dead
}

/** What only this snapshot keeps: `used` of a snapshot. */
export function snapshotUsed(world: World, dataset: DatasetState, index: number): number {
  return bytesBornAfter(nextDead(dataset, index), previousTxg(world, dataset, index))
}

/** Bytes written between the snapshot before it and this one. */
export function snapshotWritten(world: World, dataset: DatasetState, index: number): number {
  const snapshot = dataset.snapshots[index]
  if (!snapshot) return 0
  const before = dataset.snapshots[index - 1]
  const origin = dataset.origin === null ? null : snapshotByGuid(world, dataset.origin)
  const referencedBefore = before?.referenced ?? origin?.snapshot.referenced ?? 0
  return snapshot.referenced - referencedBefore + bytesBornAfter(snapshot.dead, -1)
}

/** Bytes written to the dataset since one of its snapshots (or since a moment, given as transaction group). */
export function writtenSince(dataset: DatasetState, txg: number): number {
  return bytesBornAfter(dataset.live, txg)
}

/** What destroying the given snapshots of one dataset together would free. */
export function reclaimOf(world: World, dataset: DatasetState, doomed: ReadonlySet<string>): number {
  let freed = 0
  let previous = originTxg(world, dataset)
  for (const element of [...dataset.snapshots, null]) {
    // Blocks born after the last snapshot that stays are known to the doomed ones alone.
    freed += bytesBornAfter(element ? element.dead : dataset.dead, previous)
    if (element && !doomed.has(element.guid)) previous = element.createtxg
  }
  return freed
}

/** The figures of a dataset. */
export function spaceOf(world: World, name: string): Space {
  const cache = known(world)
  cache.space ??= measure(world)
  const space = cache.space.get(name)
  if (!space) throw new Error(`no dataset ${name}`)
  return space
}

function size(dataset: DatasetState, property: string): number {
  return Number(dataset.props[property] ?? 0)
}

function measure(world: World): Map<string, Space> {
  const all = new Map<string, Space>()
  const names = Object.keys(world.state.datasets).sort()
  const children = new Map<string, string[]>()
  for (const name of names) {
    const parent = name.slice(0, Math.max(0, name.lastIndexOf('/')))
    if (parent === '') continue
    const known = children.get(parent)
    if (known) known.push(name)
    else children.set(parent, [name])
  }
  // Children first: a parent's use contains theirs, or what they have reserved.
  for (const name of [...names].sort((a, b) => b.split('/').length - a.split('/').length)) {
    const dataset = world.state.datasets[name]
    if (dataset) all.set(name, ownSpace(world, dataset, children.get(name) ?? [], all))
  }
  const room = new Map<string, number>()
  for (const name of [...names].sort((a, b) => a.split('/').length - b.split('/').length)) {
    const dataset = world.state.datasets[name]
    const space = all.get(name)
    if (!dataset || !space) continue
    const free = directoryRoom(world, dataset, space, room)
    room.set(name, free)
    space.available = free + space.usedByRefreservation
    const refquota = size(dataset, 'refquota')
    if (refquota > 0) space.available = Math.min(space.available, Math.max(0, refquota - space.referenced))
  }
  return all
}

function ownSpace(world: World, dataset: DatasetState, children: string[], all: Map<string, Space>): Space {
  const origin = originTxg(world, dataset)
  const last = lastTxg(world, dataset)
  const space: Space = {
    used: 0,
    available: 0,
    referenced: 0,
    logicalReferenced: 0,
    logicalUsed: 0,
    usedByDataset: 0,
    usedBySnapshots: 0,
    usedByChildren: 0,
    usedByRefreservation: 0,
    written: 0,
  }
  for (const block of dataset.live) {
    space.referenced += block.bytes
    space.logicalReferenced += block.logical
    if (block.birth > last) space.written += block.bytes
    if (block.birth <= origin) continue
    space.usedByDataset += block.bytes
    space.logicalUsed += block.logical
  }
  for (const dead of [dataset.dead, ...dataset.snapshots.map(each => each.dead)]) {
    for (const block of dead) {
      if (block.birth <= origin) continue
      space.usedBySnapshots += block.bytes
      space.logicalUsed += block.logical
    }
  }
  for (const child of children) {
    const below = all.get(child)
    const reserved = Number(world.state.datasets[child]?.props.reservation ?? 0)
    space.usedByChildren += Math.max(below?.used ?? 0, reserved)
    space.logicalUsed += below?.logicalUsed ?? 0
  }
  if (!dataset.name.includes('/')) space.usedByChildren += POOL_METADATA
  const refreservation = size(dataset, 'refreservation')
  space.usedByRefreservation = refreservation - Math.min(refreservation, space.written)
  space.used = space.usedByDataset + space.usedBySnapshots + space.usedByChildren + space.usedByRefreservation
  return space
}

/** As dsl_dir_space_available does it: quota and reservation of every level above. */
function directoryRoom(
  world: World,
  dataset: DatasetState,
  space: Space,
  above: Map<string, number>,
): number {
  const slash = dataset.name.lastIndexOf('/')
  let limit = size(dataset, 'quota') || Number.POSITIVE_INFINITY
  let parent = Number.POSITIVE_INFINITY
  if (slash < 0) {
    limit = Math.min(limit, world.state.pools[dataset.name]?.usableBytes ?? 0)
  } else {
    parent = above.get(dataset.name.slice(0, slash)) ?? 0
    parent += Math.max(0, size(dataset, 'reservation') - space.used)
  }
  return Math.min(Math.max(0, limit - space.used), parent)
}

/** `volsize` and the metadata it can need: what `refreservation=auto` means (zvol_volsize_to_reservation). */
export function volumeReservation(
  world: World,
  pool: string,
  volsize: number,
  volblocksize: number,
  copies: number,
): number {
  const indirectBytes = 128 * 1024
  const blocksPerIndirect = 1024
  let blocks = Math.floor(volsize / volblocksize)
  let metadata = 7
  while (blocks > 1) {
    blocks = Math.floor((blocks + blocksPerIndirect - 1) / blocksPerIndirect)
    metadata += blocks
  }
  metadata *= Math.min(3, copies + 1)
  return raidzVolsize(world, pool, volsize, volblocksize) * copies + metadata * indirectBytes
}

/** A raidz pads small blocks: the same volume takes more there (volsize_from_vdevs). */
function raidzVolsize(world: World, pool: string, volsize: number, volblocksize: number): number {
  let largest = volsize
  for (const vdev of world.state.pools[pool]?.vdevs ?? []) {
    const parity = /^raidz([123])$/.exec(vdev.type)?.[1]
    if (parity === undefined || vdev.role !== 'data') continue
    const taken = raidzBytes(vdev.children.length, Number(parity), volblocksize)
    const whole = raidzBytes(vdev.children.length, Number(parity), 128 * 1024)
    largest = Math.max(largest, Math.floor(volsize / volblocksize) * Math.floor((taken * 128 * 1024) / whole))
  }
  return largest
}

function raidzBytes(disks: number, parity: number, bytes: number): number {
  const sector = 4096
  let sectors = Math.ceil(bytes / sector)
  sectors += parity * Math.ceil(sectors / (disks - parity))
  return Math.ceil(sectors / (parity + 1)) * (parity + 1) * sector
}
