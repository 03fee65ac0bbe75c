/** `zpool export` and `zpool import` (zpool-import(8)): a pool away from the machine and back, with all its datasets. */
import { statSync } from 'node:fs'
import path from 'node:path'
import type { Options } from '../getopt.ts'
import { fail, ok, type ProgramResult } from '../programs.ts'
import type { ExportedPool, PoolState, Vdev } from '../state.ts'
import type { World } from '../world.ts'
import { mountFamily, unmountFamily } from '../zfs/mounts.ts'
import { usage } from './usage.ts'
import { isGone, leaves, propagate } from './vdevs.ts'

export function exportPools(world: World, options: Options): ProgramResult {
  if (options.operands.length === 0) return usage('export', 'missing pool argument')
  let stderr = ''
  for (const name of options.operands) {
    const pool = world.state.pools[name]
    if (!pool) stderr += `cannot open '${name}': no such pool\n`
    else if (isBusy(world, name)) stderr += `cannot export '${name}': pool is busy\n`
    else exportPool(world, pool)
  }
  return stderr === '' ? ok() : fail(1, stderr)
}

function datasetsOf(world: World, pool: string) {
  return Object.values(world.state.datasets)
    .filter(each => each.name === pool || each.name.startsWith(`${pool}/`))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
}

function isBusy(world: World, pool: string): boolean {
  return datasetsOf(world, pool).some(each => (world.opened.get(each.guid) ?? 0) > 0)
}

function exportPool(world: World, pool: PoolState): void {
  const datasets = datasetsOf(world, pool.name)
  unmountFamily(world, datasets)
  for (const { name } of datasets) delete world.state.datasets[name]
  delete world.state.pools[pool.name]
  world.state.exported = [
    ...(world.state.exported ?? []),
    { pool, datasets, labels: identities(world, pool) },
  ]
  world.emitPool('sysevent.fs.zfs.pool_export', pool)
  world.commit()
}

/** Pools whose devices are looked for in these directories (`-d`), or among the machine's disks. */
function found(world: World, directories: readonly string[]): ExportedPool[] {
  const isSought = (leaf: Vdev) =>
    leaf.path !== null &&
    (directories.length === 0
      ? leaf.path.startsWith('/dev/')
      : directories.some(each => path.posix.dirname(leaf.path ?? '') === path.posix.normalize(each)))
  return (world.state.exported ?? []).filter(each =>
    each.pool.vdevs.flatMap(leaves).some(leaf => isSought(leaf) && isThere(world, each, leaf)),
  )
}

function isThere(world: World, { labels }: ExportedPool, leaf: Vdev): boolean {
  return leaf.path !== null && labels[leaf.path] === identity(world, leaf.path)
}

/** What tells a device from another one in its place, whose label would be another one too; null where there is none. */
function identity(world: World, device: string): string | null {
  const disk = device.startsWith('/dev/') ? world.state.disks[device.slice('/dev/'.length)] : undefined
  if (disk) return disk.ident
  const facts = statSync(world.resolve(device), { throwIfNoEntry: false })
  return facts ? `${facts.ino}:${facts.birthtimeMs}` : null
}

function identities(world: World, pool: PoolState): Record<string, string> {
  const paths = pool.vdevs.flatMap(leaves).flatMap(leaf => leaf.path ?? [])
  return Object.fromEntries(paths.map(each => [each, identity(world, each) ?? '']))
}

/** The pool with the devices that are there now. */
function assembled(world: World, exported: ExportedPool): PoolState {
  const copy = structuredClone(exported.pool)
  for (const leaf of copy.vdevs.flatMap(leaves)) {
    if (isThere(world, exported, leaf)) continue
    leaf.health = 'UNAVAIL'
    leaf.note = 'cannot open'
  }
  copy.health = 'ONLINE'
  propagate(copy)
  return copy
}

export function importPools(world: World, options: Options, log: () => void): ProgramResult {
  const here = found(world, options.values('d'))
  const [wanted, newName] = options.operands
  if (wanted === undefined) {
    // Destroyed pools are not kept here.
    if (here.length === 0 || options.has('D'))
      return { exit: 0, stdout: '', stderr: 'no pools available to import\n' }
    return ok(here.map(each => listing(assembled(world, each))).join('\n'))
  }
  const refuse = (reason: string) => fail(1, `cannot import '${wanted}': ${reason}\n`)
  const [match, another] = here.filter(({ pool }) => pool.name === wanted || pool.guid === wanted)
  if (!match || options.has('D')) return refuse('no such pool available')
  if (another) return refuse('more than one matching pool\nimport by numeric ID instead')
  const name = newName ?? match.pool.name
  if (world.state.pools[name])
    return refuse(
      "a pool with that name already exists\nuse the form 'zpool import <pool | id> <newpool>' to give it a new name",
    )
  const pool = assembled(world, match)
  if (pool.vdevs.some(vdev => vdev.role === 'data' && isGone(vdev)))
    return {
      ...refuse('no such pool or dataset'),
      stdout: '\tDestroy and re-create the pool from\n\ta backup source.\n',
    }
  bring(world, match, pool, name, options)
  log()
  return ok()
}

function bring(world: World, from: ExportedPool, pool: PoolState, name: string, options: Options): void {
  world.state.exported = (world.state.exported ?? []).filter(each => each !== from)
  const old = pool.name
  pool.name = name
  pool.readonly = options.values('o').includes('readonly=on')
  const altroot = options.value('R')
  if (altroot === null) delete pool.props.altroot
  else pool.props.altroot = altroot
  for (const leaf of pool.vdevs.flatMap(leaves)) {
    if (leaf.health !== 'UNAVAIL') continue
    // A device that was not there when the pool was opened is known by its guid.
    leaf.name = leaf.guid
    leaf.note = `was ${leaf.path ?? ''}`
  }
  world.state.pools[name] = pool
  for (const dataset of from.datasets) {
    dataset.name = name + dataset.name.slice(old.length)
    world.state.datasets[dataset.name] = dataset
  }
  world.commit()
  if (!options.has('N')) mountFamily(world, from.datasets)
  world.emitPool('sysevent.fs.zfs.pool_import', pool)
  world.emitPool('sysevent.fs.zfs.config_sync', pool)
}

const DEGRADED = [
  ' status: One or more devices are missing from the system.',
  ' action: The pool can be imported despite missing or damaged devices.  The',
  '\tfault tolerance of the pool may be compromised if imported.',
  '   see: https://openzfs.github.io/openzfs-docs/msg/ZFS-8000-2Q',
]
const LOST = [
  ' status: One or more devices are missing from the system.',
  ' action: The pool cannot be imported. Attach the missing',
  '\tdevices and try again.',
  '   see: https://openzfs.github.io/openzfs-docs/msg/ZFS-8000-3C',
]

/** What `zpool import` without a name shows of a pool. */
function listing(pool: PoolState): string {
  const lost = pool.vdevs.some(vdev => vdev.role === 'data' && isGone(vdev))
  const whole = pool.vdevs.flatMap(leaves).every(leaf => !isGone(leaf))
  const advice = lost
    ? LOST
    : whole
      ? [' action: The pool can be imported using its name or numeric identifier.']
      : DEGRADED
  const rows: { name: string; state: string; note: string }[] = []
  const tree = (vdev: Vdev, depth: number): void => {
    rows.push({ name: ' '.repeat(depth) + vdev.name, state: vdev.health, note: vdev.note ?? '' })
    for (const child of vdev.children) tree(child, depth + 2)
  }
  rows.push({ name: pool.name, state: pool.health, note: lost ? 'insufficient replicas' : '' })
  for (const vdev of pool.vdevs.filter(each => each.role === 'data')) tree(vdev, 2)
  const width = Math.max(...rows.map(row => row.name.length))
  const config = rows.map(({ name, state, note }) =>
    `\t${name.padEnd(width)}  ${state}${note === '' ? '' : `  ${note}`}`.trimEnd(),
  )
  const head = [`  pool: ${pool.name}`, `    id: ${pool.guid}`, `  state: ${pool.health}`.slice(1)]
  return `${[...head, ...advice.map(line => line.replace(/^ (?=status|action)/, '')), 'config:', '', ...config].join('\n')}\n`
}
