/** `zpool create`, `add`, `destroy`. */
import type { Options } from '../getopt.ts'
import { fail, ok, type ProgramResult } from '../programs.ts'
import type { PoolState, Vdev } from '../state.ts'
import type { World } from '../world.ts'
import { checkSetting } from '../zfs/settings.ts'
import { makeRootDataset, removeDatasets } from './datasets.ts'
import { isSettable, newFeatures, setRefusal } from './properties.ts'
import { type Device, parseVdevs, type Wanted } from './specification.ts'
import { usage } from './usage.ts'
import { leaves, parityOf, propagate } from './vdevs.ts'

/** What labels and the reserved boot area take of a device; sizes are whole metaslabs. */
const LABEL_BYTES = 4_718_592
const METASLAB = 16 * 1024 * 1024
/** SPA_MINDEVSIZE */
const SMALLEST_DEVICE = 64 * 1024 * 1024
/** What ZFS keeps for itself: 1/32 of the pool, but at least 128 MiB or half of it (spa_get_slop_space). */
const SLOP_SHIFT = 5
const SMALLEST_SLOP = 128 * 1024 * 1024

function slopOf(bytes: number): number {
  return Math.max(Math.floor(bytes / 2 ** SLOP_SHIFT), Math.min(Math.floor(bytes / 2), SMALLEST_SLOP))
}

const RESERVED = new Set(['log', 'mirror', 'raidz', 'raidz1', 'raidz2', 'raidz3', 'draid', 'spare'])

function nameRefusal(name: string): string | null {
  if (RESERVED.has(name) || /^(mirror|raidz|draid|spare)/.test(name)) return 'name is reserved'
  if (!/^[A-Za-z]/.test(name)) return 'name must begin with a letter'
  const odd = /[^A-Za-z0-9_.:\- ]/.exec(name)
  if (odd) return `invalid character '${odd[0]}' in pool name`
  return name.length > 255 ? 'name is too long' : null
}

/** `-o name=value …` of the pool; a text is the complaint. */
function poolProperties(words: string[]): Record<string, string> | string {
  const found: Record<string, string> = {}
  for (const [name, value] of words.map(pair)) {
    if (value === null) return "missing '=' for property=value argument"
    if (!isSettable(name)) return `property '${name}' is not a valid pool or vdev property`
    const refusal = setRefusal(name, value)
    if (refusal) return refusal
    found[name] = value
  }
  return found
}

/** `-O name=value …` of the root filesystem, and its `-m`. */
function rootProperties(options: Options): Record<string, string> | string {
  const found: Record<string, string> = {}
  for (const [name, value] of options.values('O').map(pair)) {
    if (value === null) return "missing '=' for property=value argument"
    const checked = checkSetting(name, value, { type: 'filesystem', creating: true })
    if ('fault' in checked) return checked.fault
    found[checked.name] = checked.value
  }
  const mountpoint = options.value('m')
  return mountpoint === null ? found : { ...found, mountpoint }
}

function pair(word: string): [string, string | null] {
  const equals = word.indexOf('=')
  return equals < 0 ? [word, null] : [word.slice(0, equals), word.slice(equals + 1)]
}

export function createPool(world: World, options: Options, log: () => void): ProgramResult {
  const [name, ...specification] = options.operands
  if (name === undefined) return usage('create', 'missing pool name argument')
  const refusal = nameRefusal(name)
  if (refusal) return fail(1, `cannot create '${name}': ${refusal}\npool name may have been omitted\n`)
  if (specification.length === 0) return usage('create', 'missing vdev specification')
  const poolProps = poolProperties(options.values('o'))
  if (typeof poolProps === 'string') return fail(1, `${poolProps}\n`)
  const rootProps = rootProperties(options)
  if (typeof rootProps === 'string') {
    const unknown = /^invalid property ('.+')$/.exec(rootProps)?.[1]
    return fail(
      1,
      unknown
        ? `property ${unknown} is not a valid filesystem property\n`
        : `cannot create '${name}': ${rootProps}\n`,
    )
  }
  const wanted = parseVdevs(world, specification, { force: options.has('f'), inUseBy: null, creating: name })
  if ('exit' in wanted) return wanted
  if (world.state.pools[name]) return fail(1, `cannot create '${name}': pool already exists\n`)
  if (wanted.flatMap(each => each.devices).some(device => device.sizeBytes < SMALLEST_DEVICE))
    return fail(1, `cannot create '${name}': one or more devices is less than the minimum size (64M)\n`)
  const pool: PoolState = {
    name,
    guid: world.guid(),
    createdAt: world.now(),
    health: 'ONLINE',
    sizeBytes: 0,
    usableBytes: 0,
    fragmentation: 0,
    vdevs: [],
    scan: null,
    props: poolProps,
    features: newFeatures({ enabled: !options.has('d') }),
    errors: [],
    readonly: false,
    commands: [],
  }
  place(world, pool, wanted)
  if (options.has('n'))
    // A group gets its number when it is made.
    return ok(
      `would create '${name}' with the following layout:\n\n${layoutText(pool).replace(/^(\t {2}\w+)-\d+$/gm, '$1')}`,
    )
  world.state.pools[name] = pool
  world.commit()
  makeRootDataset(world, pool, rootProps)
  world.emitPool('sysevent.fs.zfs.pool_create', pool)
  world.history(pool, 'create', { text: 'pool version 5000; software version zfs-2.2.7-FreeBSD_ge269af1b3' })
  world.emitPool('sysevent.fs.zfs.config_sync', pool)
  log()
  return ok()
}

export function addVdevs(world: World, options: Options, log: () => void): ProgramResult {
  const [name, ...specification] = options.operands
  if (name === undefined) return usage('add', 'missing pool name argument')
  if (specification.length === 0) return usage('add', 'missing vdev specification')
  const pool = world.state.pools[name]
  if (!pool) return fail(1, `cannot open '${name}': no such pool\n`)
  const wanted = parseVdevs(world, specification, { force: options.has('f'), inUseBy: pool, creating: null })
  if ('exit' in wanted) return wanted
  if (options.has('n')) {
    const draft: PoolState = structuredClone(pool)
    place(world, draft, wanted)
    return ok(`would update '${name}' to the following configuration:\n\n${layoutText(draft)}`)
  }
  place(world, pool, wanted)
  world.commit()
  world.emitPool('sysevent.fs.zfs.config_sync', pool)
  world.emitPool('sysevent.fs.zfs.vdev_add', pool)
  log()
  return ok()
}

export function destroyPool(world: World, options: Options): ProgramResult {
  const [name] = options.operands
  if (name === undefined) return usage('destroy', 'missing pool argument')
  const pool = world.state.pools[name]
  if (!pool) return fail(1, `cannot open '${name}': no such pool\n`)
  const volumes = Object.values(world.state.datasets).filter(
    each =>
      each.type === 'volume' && each.name.startsWith(`${name}/`) && (world.opened.get(each.guid) ?? 0) > 0,
  )
  if (volumes.length > 0) return fail(1, `cannot destroy '${name}': pool is busy\n`)
  removeDatasets(world, name)
  delete world.state.pools[name]
  world.emitPool('sysevent.fs.zfs.pool_destroy', pool, { pool_state: 2 })
  world.emit('sysevent.fs.zfs.config_sync', {
    version: 0,
    class: 'sysevent.fs.zfs.config_sync',
    pool: name,
    pool_guid: 0,
    pool_state: 5,
    pool_context: 0,
  })
  return ok()
}

/** A device as a leaf of a pool. */
export function leafOf(world: World, device: Device, role: Vdev['role']): Vdev {
  return {
    type: device.type,
    name: device.path.replace(/^\/dev\//, ''),
    path: device.path,
    guid: world.guid(),
    health: role === 'spare' ? 'AVAIL' : 'ONLINE',
    readErrors: 0,
    writeErrors: 0,
    checksumErrors: 0,
    slowIos: 0,
    sizeBytes: device.sizeBytes,
    role,
    note: null,
    children: [],
  }
}

/** A vdev of several devices: mirror, raidz, draid, replacing or spare. */
export function newGroup(
  world: World,
  type: string,
  number: number,
  role: Vdev['role'],
  children: Vdev[],
): Vdev {
  return {
    type,
    name: `${type}-${number}`,
    path: null,
    guid: world.guid(),
    health: 'ONLINE',
    readErrors: 0,
    writeErrors: 0,
    checksumErrors: 0,
    slowIos: 0,
    sizeBytes: 0,
    role,
    note: null,
    children,
  }
}

/** Puts new vdevs into the pool, numbers its groups and adds up its space. */
function place(world: World, pool: PoolState, wanted: Wanted[]): void {
  for (const each of wanted) {
    const devices = each.devices.map(device => leafOf(world, device, each.role))
    if (each.group === null) {
      pool.vdevs.push(...devices)
      continue
    }
    const number = pool.vdevs.filter(vdev => vdev.role !== 'cache' && vdev.role !== 'spare').length
    pool.vdevs.push(newGroup(world, each.group, number, each.role, devices))
  }
  sumSpace(pool)
  propagate(pool)
}

const whole = (bytes: number) => Math.max(0, Math.floor((bytes - LABEL_BYTES) / METASLAB) * METASLAB)

/** SIZE counts raidz with its parity and a mirror once; what datasets may use is without parity and slop. */
export function sumSpace(pool: PoolState): void {
  pool.sizeBytes = 0
  let usable = 0
  for (const vdev of pool.vdevs) {
    if (vdev.role !== 'data' && vdev.role !== 'special' && vdev.role !== 'dedup') continue
    const disks = leaves(vdev)
    const smallest = whole(Math.min(...disks.map(disk => disk.sizeBytes)))
    const parity = parityOf(vdev.type)
    const size = parity === null ? smallest : smallest * disks.length
    if (vdev.role === 'data') pool.sizeBytes += size
    if (vdev.role === 'data') usable += parity === null ? smallest : smallest * (disks.length - parity)
  }
  pool.usableBytes = usable - slopOf(usable)
}

/** The layout `-n` shows. */
function layoutText(pool: PoolState): string {
  const lines = [`\t${pool.name}`]
  const tree = (vdev: Vdev, depth: number): void => {
    lines.push(`\t${' '.repeat(depth)}${vdev.name}`)
    for (const child of vdev.children) tree(child, depth + 2)
  }
  const part = (role: Vdev['role'], heading: string | null) => {
    const members = pool.vdevs.filter(vdev => vdev.role === role)
    if (members.length > 0 && heading !== null) lines.push(`\t${heading}`)
    for (const vdev of members) tree(vdev, 2)
  }
  part('data', null)
  part('dedup', 'dedup')
  part('special', 'special')
  part('log', 'logs')
  part('cache', 'cache')
  part('spare', 'spares')
  return `${lines.join('\n')}\n`
}
