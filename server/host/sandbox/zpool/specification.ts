/** The words behind `zpool create POOL` and `zpool add POOL`: which devices in which groups (zpool-create(8)). */
import { existsSync, statSync } from 'node:fs'
import { fail, type ProgramResult } from '../programs.ts'
import type { PoolState, Vdev } from '../state.ts'
import type { World } from '../world.ts'
import { devicePath, leaves } from './vdevs.ts'

export type Device = { path: string; type: 'disk' | 'file'; sizeBytes: number }

/** A top-level vdev that is asked for; `group` null: each device stands alone. */
export type Wanted = { role: Vdev['role']; group: string | null; devices: Device[] }

const ROLES: Record<string, Vdev['role']> = {
  log: 'log',
  logs: 'log',
  cache: 'cache',
  spare: 'spare',
  special: 'special',
  dedup: 'dedup',
}
const FEWEST: Record<string, number> = { mirror: 2, raidz1: 2, raidz2: 3, raidz3: 4 }

/** `inUseBy` is the pool that grows, `creating` the name of a new one. */
type Use = { force: boolean; inUseBy: PoolState | null; creating: string | null }

export function parseVdevs(world: World, words: string[], options: Use): Wanted[] | ProgramResult {
  const wanted: Wanted[] = []
  let role: Vdev['role'] = 'data'
  for (let index = 0; index < words.length; ) {
    const word = words[index] ?? ''
    const newRole = ROLES[word]
    if (newRole) {
      role = newRole
      index++
      if (index >= words.length)
        return fail(1, `invalid vdev specification: '${word}' must be followed by a device\n`)
      continue
    }
    const group = word === 'raidz' ? 'raidz1' : word
    const fewest = FEWEST[group]
    const devices: Device[] = []
    if (fewest !== undefined) index++
    while (index < words.length) {
      const name = words[index] ?? ''
      if (ROLES[name] || FEWEST[name] !== undefined || name === 'raidz') break
      const device = openDevice(world, name)
      if ('exit' in device) return device
      devices.push(device)
      index++
    }
    if (fewest !== undefined && devices.length < fewest)
      return fail(1, `invalid vdev specification: ${word} requires at least ${fewest} devices\n`)
    wanted.push({ role, group: fewest === undefined ? null : group, devices })
  }
  return check(world, wanted, options) ?? wanted
}

export function openDevice(world: World, name: string): Device | ProgramResult {
  const path = devicePath(name)
  const disk = path.startsWith('/dev/') ? world.state.disks[path.slice('/dev/'.length)] : undefined
  if (disk) return { path, type: 'disk', sizeBytes: disk.sizeBytes }
  const file = world.resolve(path)
  if (name.startsWith('/') && existsSync(file)) return { path, type: 'file', sizeBytes: statSync(file).size }
  if (name.startsWith('/')) return fail(1, `cannot resolve path '${name}'\n`)
  return fail(
    1,
    `cannot open '${name}': no such device in /dev\nmust be a full path or shorthand device name\n`,
  )
}

/** zpool's complaints about devices that are in a pool already. */
export function usersOf(world: World, devices: readonly Device[]): string[] {
  return devices.flatMap(device => {
    const user = Object.values(world.state.pools).find(pool =>
      pool.vdevs.flatMap(leaves).some(leaf => leaf.path === device.path),
    )
    return user ? [`${device.path} is part of active pool '${user.name}'`] : []
  })
}

function check(world: World, wanted: Wanted[], options: Use): ProgramResult | null {
  const seen = new Set<string>()
  for (const device of wanted.flatMap(each => each.devices)) {
    if (seen.has(device.path))
      return fail(
        1,
        `cannot ${options.creating ? `create '${options.creating}'` : `add to '${options.inUseBy?.name ?? ''}'`}: one or more vdevs refer to the same device, or one of\nthe devices is part of an active md or lvm device\n`,
      )
    seen.add(device.path)
  }
  const complaints = usersOf(
    world,
    wanted.flatMap(each => each.devices),
  )
  if (complaints.length > 0) {
    const heading = options.force
      ? 'the following errors must be manually repaired'
      : "use '-f' to override the following errors"
    return fail(1, `invalid vdev specification\n${heading}:\n${complaints.join('\n')}\n`)
  }
  if (options.force) return null
  const mismatch = replication(wanted, options.inUseBy) ?? sizes(wanted)
  return mismatch === null
    ? null
    : fail(1, `invalid vdev specification\nuse '-f' to override the following errors:\n${mismatch}\n`)
}

type Kind = { type: string; children: number; parity: number }

function kindOf(group: string | null, children: number, leaf: string): Kind {
  if (group === null) return { type: leaf, children: 1, parity: 0 }
  if (group === 'mirror') return { type: 'mirror', children, parity: children - 1 }
  return { type: 'raidz', children, parity: Number(group.slice(-1)) }
}

/** Every data vdev must bear the same losses (zpool_vdev.c, get_replication). */
function replication(wanted: Wanted[], pool: PoolState | null): string | null {
  const fresh = wanted
    .filter(each => each.role === 'data')
    .flatMap(each =>
      each.group === null
        ? each.devices.map(({ type }) => kindOf(null, 1, type))
        : [kindOf(each.group, each.devices.length, each.group)],
    )
  const first = fresh[0]
  if (!first) return null
  const differs = fresh.find(kind => kind.type !== first.type)
  if (differs) {
    const [a, b] = first.type === 'raidz' ? [first, differs] : [differs, first]
    if (a.type === 'raidz' && b.type === 'mirror' && a.parity !== b.parity)
      return `mismatched replication level: raidz and mirror vdevs with different redundancy, ${a.parity} vs. ${b.parity} (${b.children}-way) are present`
    if (!(a.type === 'raidz' && b.type === 'mirror'))
      return `mismatched replication level: both ${first.type} and ${differs.type} vdevs are present`
  }
  const other = fresh.find(kind => kind.type === first.type && kind.parity !== first.parity)
  if (other)
    return first.type === 'mirror'
      ? `mismatched replication level: both ${first.children}-way and ${other.children}-way mirror vdevs are present`
      : `mismatched replication level: both ${first.parity} and ${other.parity} device parity raidz vdevs are present`
  const old = pool?.vdevs.find(vdev => vdev.role === 'data')
  if (!old) return null
  const has = kindOf(old.children.length === 0 ? null : old.type, old.children.length, old.type)
  if (has.type !== first.type)
    return `mismatched replication level: pool uses ${has.type} and new vdev is ${first.type}`
  if (has.parity !== first.parity && has.type === 'mirror')
    return `mismatched replication level: pool uses ${has.children}-way mirror and new vdev uses ${first.children}-way mirror`
  return has.parity === first.parity
    ? null
    : `mismatched replication level: pool uses ${has.parity} device parity and new vdev uses ${first.parity}`
}

/** ZPOOL_FUZZ: sizes may differ by 16 MiB. */
const FUZZ_BYTES = 16 * 1024 * 1024

function sizes(wanted: Wanted[]): string | null {
  for (const { group, devices } of wanted) {
    if (group === null) continue
    const all = devices.map(device => device.sizeBytes)
    if (Math.max(...all) - Math.min(...all) > FUZZ_BYTES)
      return `${group.startsWith('raidz') ? 'raidz' : group} contains devices of different sizes`
  }
  return null
}
