/**
 * The files of filesystems. A mounted filesystem is a real directory `<dir>/fs/GUID` with a symbolic link at its mount
 * point below `<dir>/root`; a snapshot that has files keeps a copy of them in `<dir>/trees/GUID`.
 */
import {
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  renameSync,
  rmdirSync,
  rmSync,
  symlinkSync,
  unlinkSync,
} from 'node:fs'
import path from 'node:path'
import { lastTxg } from './space.ts'
import type { Block, DatasetState, SnapshotState } from './state.ts'
import { killBlock } from './store-blocks.ts'
import type { World } from './world.ts'

const SECTOR = 4096

export function filesOf(world: World, dataset: DatasetState): string {
  return path.join(world.dir, 'fs', dataset.guid)
}

/** The real place of a mount point; never above the machine's root, whatever dots it has. */
function mountPath(world: World, mountpoint: string): string {
  return path.join(world.dir, 'root', path.posix.normalize(`/${mountpoint}`))
}

/** Makes the filesystem's files reachable at its mount point. */
export function mountFiles(world: World, dataset: DatasetState): void {
  const mountpoint = world.mountpoint(dataset.name)
  if (mountpoint === null) return
  const at = mountPath(world, mountpoint)
  mkdirSync(filesOf(world, dataset), { recursive: true })
  if (mountpoint !== '/') {
    mkdirSync(path.dirname(at), { recursive: true })
    const under = lstatSync(at, { throwIfNoEntry: false })
    if (under?.isSymbolicLink()) unlinkSync(at)
    else if (under) renameSync(at, coveredName(world, dataset))
    symlinkSync(filesOf(world, dataset), at)
  }
  dataset.mounted = true
  world.changed()
}

/** Where a directory waits that a mount covers. */
function coveredName(world: World, dataset: DatasetState): string {
  return path.join(world.dir, 'fs', `under-${dataset.guid}`)
}

export function unmountFiles(world: World, dataset: DatasetState): void {
  const mountpoint = world.mountpoint(dataset.name)
  dataset.mounted = false
  world.changed()
  if (mountpoint === null) return
  const at = mountPath(world, mountpoint)
  if (!lstatSync(at, { throwIfNoEntry: false })?.isSymbolicLink()) return
  if (readlinkSync(at) !== filesOf(world, dataset)) return
  unlinkSync(at)
  if (existsSync(coveredName(world, dataset))) renameSync(coveredName(world, dataset), at)
  else mkdirSync(at)
}

/** After the last unmount: removes the empty directory a mount point leaves behind. */
export function removeMountpoint(world: World, mountpoint: string): void {
  try {
    rmdirSync(mountPath(world, mountpoint))
  } catch {
    // It holds something, or is gone: zfs leaves it too.
  }
}

/** Brings the blocks of a filesystem up to date with its files. */
export function measureFiles(world: World, dataset: DatasetState): void {
  const directory = filesOf(world, dataset)
  const known = new Map<string, Block>()
  for (const block of dataset.live)
    if (typeof block.at === 'string' && block.at !== '') known.set(block.at, block)
  if (known.size === 0 && !existsSync(directory)) return
  const born: Block[] = []
  const gone = new Set<Block>(known.values())
  for (const [at, facts] of walk(world, directory, '')) {
    const before = known.get(at)
    if (before?.mark === facts.mark) gone.delete(before)
    else {
      const bytes = Math.max(1, Math.ceil(facts.bytes / SECTOR)) * SECTOR
      born.push({ at, chunk: 0, birth: world.openTxg(), bytes, logical: facts.bytes, mark: facts.mark })
    }
  }
  if (gone.size === 0 && born.length === 0) return
  for (const block of gone) killBlock(world, dataset, block)
  dataset.live = [...dataset.live.filter(block => !gone.has(block)), ...born]
  world.changed()
}

function* walk(
  world: World,
  directory: string,
  below: string,
): Generator<[string, { bytes: number; mark: string }]> {
  if (!existsSync(directory)) return
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    const file = path.join(directory, entry.name)
    const at = below === '' ? entry.name : `${below}/${entry.name}`
    if (entry.isDirectory()) yield* walk(world, file, at)
    else if (!isMount(world, file)) {
      const facts = lstatSync(file, { throwIfNoEntry: false })
      if (facts) yield [at, { bytes: facts.size, mark: `${facts.size}:${facts.mtimeMs}` }]
    }
  }
}

/** A link to another filesystem's files is a mount, no file. */
function isMount(world: World, file: string): boolean {
  if (!lstatSync(file, { throwIfNoEntry: false })?.isSymbolicLink()) return false
  return readlinkSync(file).startsWith(path.join(world.dir, 'fs') + path.sep)
}

/** Keeps a filesystem's files for a snapshot; shares the copy of the one before when nothing changed since. */
export function keepTree(world: World, dataset: DatasetState, snapshot: SnapshotState): string | null {
  const files = dataset.live.filter(block => block.at !== '')
  if (files.length === 0) return null
  const before = dataset.snapshots.at(-1)
  const last = lastTxg(world, dataset)
  const same = dataset.dead.every(block => block.at === '') && files.every(block => block.birth <= last)
  if (before && same) return before.tree
  copyFiles(world, filesOf(world, dataset), path.join(world.dir, 'trees', snapshot.guid))
  return snapshot.guid
}

/** Removes a kept copy that no other snapshot shares. The snapshot itself must be out of the world already. */
export function dropTree(world: World, tree: string | null): void {
  if (tree === null) return
  for (const dataset of Object.values(world.state.datasets)) {
    if (dataset.snapshots.some(each => each.tree === tree)) return
  }
  world.doomed.push(path.join(world.dir, 'trees', tree))
}

/** Puts a snapshot's files in the place of the live ones; mounts inside stay. */
export function treeToFiles(world: World, tree: string | null, dataset: DatasetState): void {
  const directory = filesOf(world, dataset)
  mkdirSync(directory, { recursive: true })
  for (const name of readdirSync(directory)) {
    const file = path.join(directory, name)
    if (!isMount(world, file)) rmSync(file, { recursive: true, force: true })
  }
  copyTree(world, tree, dataset)
}

/** The files are what the blocks know, though a copy's times are a little less exact. */
function markAnew(world: World, dataset: DatasetState): void {
  const marks = new Map([...walk(world, filesOf(world, dataset), '')].map(([at, { mark }]) => [at, mark]))
  dataset.live = dataset.live.map(block => {
    const mark = typeof block.at === 'string' ? marks.get(block.at) : undefined
    return mark === undefined ? block : { ...block, mark }
  })
}

export function copyTree(world: World, tree: string | null, dataset: DatasetState): void {
  mkdirSync(filesOf(world, dataset), { recursive: true })
  if (tree === null) return
  copyFiles(world, path.join(world.dir, 'trees', tree), filesOf(world, dataset))
  markAnew(world, dataset)
}

function copyFiles(world: World, from: string, to: string): void {
  cpSync(from, to, {
    recursive: true,
    preserveTimestamps: true,
    verbatimSymlinks: true,
    filter: file => !isMount(world, file),
  })
}
