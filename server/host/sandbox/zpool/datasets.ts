/** A pool's root filesystem, and the end of all its datasets. */
import { existsSync, lstatSync, mkdirSync, rmSync, symlinkSync, unlinkSync } from 'node:fs'
import path from 'node:path'
import type { DatasetState, PoolState } from '../state.ts'
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
  mount(world, world.state.datasets[pool.name])
}

/** Mounted is: a symbolic link at the mount point, to the filesystem's own directory. */
function mount(world: World, dataset: DatasetState | undefined): void {
  const mountpoint = dataset ? world.mountpoint(dataset.name) : null
  if (!dataset || mountpoint === null) return
  const files = path.join(world.dir, 'fs', dataset.guid)
  const link = path.join(world.dir, 'root', mountpoint)
  mkdirSync(files, { recursive: true })
  mkdirSync(path.dirname(link), { recursive: true })
  if (existsSync(link)) return
  symlinkSync(files, link)
  dataset.mounted = true
}

function unmount(world: World, mountpoint: string): void {
  const link = path.join(world.dir, 'root', mountpoint)
  if (existsSync(link) && lstatSync(link).isSymbolicLink()) unlinkSync(link)
}

export function removeDatasets(world: World, pool: string): void {
  const mine = (dataset: DatasetState) => dataset.name === pool || dataset.name.startsWith(`${pool}/`)
  for (const dataset of Object.values(world.state.datasets).filter(mine)) {
    const mountpoint = world.mountpoint(dataset.name)
    if (dataset.mounted && mountpoint) unmount(world, mountpoint)
    rmSync(path.join(world.dir, 'fs', dataset.guid), { recursive: true, force: true })
    delete world.state.datasets[dataset.name]
  }
  world.changed()
}
