/** What can be done with one device of a pool. Pure: facts in, plan out. zpool-offline(8), zpool-clear(8), zpool-replace(8), zpool-attach(8), zpool-detach(8). */
import {
  attachArgv,
  clearArgv,
  detachArgv,
  offlineArgv,
  onlineArgv,
  replaceArgv,
} from '../host/zpool/devices.ts'
import { refusedPlan, withDigest } from '../tasks/digest.ts'
import type { Plan, Refusal, Step } from '../tasks/model.ts'
import { calledAs, type DeviceVerb, type Disk, leaves, type PoolDetail, type Vdev } from './model.ts'

export type DeviceFacts = Pick<PoolDetail, 'name' | 'health' | 'readonly' | 'vdevs' | 'scan'>

const no = (message: string, next?: string): Refusal => ({
  code: 'refused',
  message,
  detail: next ? { next } : {},
})

const found = (pool: DeviceFacts, device: string): Vdev | undefined =>
  leaves(pool.vdevs).find(vdev => vdev.name === device)

/** A suspended pool makes every command wait for its disks, except the one that ends the waiting. */
function stoppedProblem({ name, health, readonly }: DeviceFacts): Refusal | null {
  if (health === 'SUSPENDED')
    return no(`Pool ${name} is suspended.`, 'Bring the missing disks back, then clear it.')
  return readonly ? no(`Pool ${name} is imported read-only.`) : null
}

export function planDevice(verb: DeviceVerb, device: string, pool: DeviceFacts): Plan {
  const action = `pools.${verb}`
  const vdev = found(pool, device)
  const name = vdev ? calledAs(vdev) : device
  const title =
    verb === 'offline' ? `Take ${name} of ${pool.name} offline` : `Bring ${name} of ${pool.name} back online`
  const refused = vdev
    ? (stoppedProblem(pool) ?? (verb === 'offline' ? offlineProblem(vdev, pool) : onlineProblem(vdev, pool)))
    : missing(device, pool)
  if (refused) return refusedPlan(action, title, refused)
  return withDigest({
    action,
    title,
    steps: [{ title, argv: (verb === 'offline' ? offlineArgv : onlineArgv)(pool.name, device) }],
    victims: [],
    warnings:
      verb === 'offline'
        ? ['Until it is back online, what it protects has less protection or none.']
        : ['What was written meanwhile is copied to it; a disk that cannot be opened stays away.'],
    locks: [`pool:${pool.name}`],
    facts: { device },
  })
}

function missing(device: string, pool: DeviceFacts): Refusal {
  return { code: 'not_found', message: `Pool ${pool.name} has no device ${device} any more.` }
}

/** The group a device stands in: mirror, raidz; null for one that stands alone. */
function groupOf(vdevs: readonly Vdev[], device: string): Vdev | null {
  for (const vdev of vdevs) {
    if (vdev.children.some(child => child.name === device)) return vdev
    const below = groupOf(vdev.children, device)
    if (below) return below
  }
  return null
}

const works = ({ state }: Vdev): boolean => state === 'ONLINE' || state === 'DEGRADED'

/** How many devices of a group may be away; -1 where it is not known: then ZFS decides. */
function mayMiss({ kind, children }: Vdev): number {
  const parity = /^raidz([123])$/.exec(kind)?.[1]
  if (parity) return Number(parity)
  return kind === 'mirror' || kind === 'replacing' || kind === 'spare' ? children.length - 1 : -1
}

function offlineProblem(vdev: Vdev, pool: DeviceFacts): Refusal | null {
  if (vdev.state === 'OFFLINE') return no(`${vdev.name} is offline already.`)
  if (vdev.group === 'spares') return no(`${vdev.name} is a spare: it is not in use.`)
  const group = groupOf(pool.vdevs, vdev.name)
  if (vdev.group === 'cache' || vdev.group === 'logs') return null
  if (!group) return no(`${vdev.name} stands alone: without it the pool could not be used.`)
  const away = group.children.filter(child => child.name !== vdev.name && !works(child))
  const allowed = mayMiss(group)
  if (allowed < 0 || away.length < allowed) return null
  return no(
    `${group.name} has lost ${away.map(calledAs).join(', ') || 'its protection'} already: without ${vdev.name} too the pool would stop.`,
    'Replace or bring back what is missing first.',
  )
}

function onlineProblem(vdev: Vdev, { scan }: DeviceFacts): Refusal | null {
  if (vdev.state === 'ONLINE') return no(`${vdev.name} is online already.`)
  return vdev.note?.includes('resilvering') && scan.state === 'running'
    ? no(`${vdev.name} is being written already.`)
    : null
}

const isMarked = ({ readErrors, writeErrors, checksumErrors, state }: Vdev): boolean =>
  readErrors + writeErrors + checksumErrors > 0 || state === 'FAULTED'

/** `device` null: the counters of the whole pool, and the end of its waiting where it is suspended. */
export function planClear(device: string | null, pool: DeviceFacts): Plan {
  const vdev = device === null ? null : found(pool, device)
  const title =
    device === null
      ? `Clear the errors of ${pool.name}`
      : `Clear the errors of ${vdev ? calledAs(vdev) : device} in ${pool.name}`
  if (vdev === undefined && device !== null) return refusedPlan('pools.clear', title, missing(device, pool))
  const meant = vdev ? [vdev] : leaves(pool.vdevs)
  if (pool.health !== 'SUSPENDED' && !meant.some(isMarked))
    return refusedPlan('pools.clear', title, no('There is no error to clear.'))
  return withDigest({
    action: 'pools.clear',
    title,
    steps: [{ title, argv: clearArgv(pool.name, device) }],
    victims: [],
    warnings:
      pool.health === 'SUSPENDED'
        ? ['What waits goes on when its disks answer again; without them the pool stops again at once.']
        : ['The counters begin anew. It mends nothing: look for the cause.'],
    locks: [`pool:${pool.name}`],
    facts: { device },
  })
}

const overwritten = (by: string) =>
  `Everything on ${by} is overwritten. Nothing was found on it, but a disk without partitions can still hold data: be sure that it is the right one.`

/** A copy more of what the device holds: for a disk that stands alone, or one of a mirror. */
export function planAttach(device: string, by: string, pool: DeviceFacts, disks: readonly Disk[]): Plan {
  const vdev = found(pool, device)
  const name = vdev ? calledAs(vdev) : device
  const title = `Attach ${by} to ${name} of ${pool.name}`
  const disk = disks.find(each => each.name === by)
  const refused =
    (vdev ? attachProblem(vdev, pool) : missing(device, pool)) ?? stoppedProblem(pool) ?? byProblem(by, disk)
  if (refused) return refusedPlan('pools.attach', title, refused)
  return withDigest({
    action: 'pools.attach',
    title,
    steps: [{ title, argv: attachArgv(pool.name, device, by) }],
    victims: [{ kind: 'disk', name: `/dev/${by}` }],
    warnings: [overwritten(by)],
    locks: [`pool:${pool.name}`],
    facts: { device, by },
  })
}

function attachProblem(vdev: Vdev, pool: DeviceFacts): Refusal | null {
  const group = groupOf(pool.vdevs, vdev.name)
  if (vdev.group === 'cache' || vdev.group === 'spares')
    return no(
      `${vdev.name} holds nothing that could be copied: it is a ${vdev.group === 'cache' ? 'cache' : 'spare'}.`,
    )
  if (!works(vdev)) return no(`${calledAs(vdev)} cannot be read now (${vdev.state}).`, 'Replace it instead.')
  if (group && group.kind !== 'mirror')
    return no(
      `${vdev.name} is part of ${group.name}: a copy stands beside a single disk or in a mirror.`,
      group.kind.startsWith('raidz')
        ? 'From OpenZFS 2.3 on a raidz is widened with “zpool attach” on the host.'
        : undefined,
    )
  return null
}

/** Only where the others of its mirror hold everything. */
export function planDetach(device: string, pool: DeviceFacts): Plan {
  const vdev = found(pool, device)
  const name = vdev ? calledAs(vdev) : device
  const title = `Detach ${name} from ${pool.name}`
  const refused = vdev ? (detachProblem(vdev, pool) ?? stoppedProblem(pool)) : missing(device, pool)
  if (refused) return refusedPlan('pools.detach', title, refused)
  const left = groupOf(pool.vdevs, device)?.children.filter(child => child.name !== device) ?? []
  return withDigest({
    action: 'pools.detach',
    title,
    steps: [{ title, argv: detachArgv(pool.name, device) }],
    victims: [],
    warnings: [
      ...(left.length === 1
        ? [`${left[0] ? calledAs(left[0]) : ''} stands alone then: when it fails the pool is lost.`]
        : []),
      `What is on ${name} is no part of the pool any more, and no pool of its own either.`,
    ],
    locks: [`pool:${pool.name}`],
    facts: { device },
  })
}

function detachProblem(vdev: Vdev, { vdevs, scan }: DeviceFacts): Refusal | null {
  const group = groupOf(vdevs, vdev.name)
  if (group?.kind !== 'mirror' && group?.kind !== 'replacing' && group?.kind !== 'spare')
    return no(`${calledAs(vdev)} is in no mirror: nothing else holds what is on it.`)
  const others = group.children.filter(child => child.name !== vdev.name)
  if (!others.some(child => child.state === 'ONLINE'))
    return no(`None of the others in ${group.name} holds everything.`, 'Bring another one back first.')
  return scan.kind === 'resilver' && scan.state === 'running'
    ? no('The pool is resilvering: the others may not hold everything yet.', 'Wait until it has ended.')
    : null
}

/** The new disk is overwritten whole; only one that nobody has, and that nothing is on, can be chosen. */
export function planReplace(device: string, by: string, pool: DeviceFacts, disks: readonly Disk[]): Plan {
  const vdev = found(pool, device)
  const title = `Replace ${vdev ? calledAs(vdev) : device} of ${pool.name} by ${by}`
  const disk = disks.find(each => each.name === by)
  const refused =
    (vdev ? null : missing(device, pool)) ??
    stoppedProblem(pool) ??
    (by === device ? no(`${by} is the disk that is to be replaced.`) : null) ??
    byProblem(by, disk)
  if (refused) return refusedPlan('pools.replace', title, refused)
  const steps: Step[] = [{ title, argv: replaceArgv(pool.name, device, by) }]
  return withDigest({
    action: 'pools.replace',
    title,
    steps,
    victims: [{ kind: 'disk', name: `/dev/${by}` }],
    warnings: [
      overwritten(by),
      ...(vdev && works(vdev)
        ? [`${calledAs(vdev)} still works: it leaves the pool when the copy is complete.`]
        : []),
    ],
    locks: [`pool:${pool.name}`],
    facts: { device, by },
  })
}

function byProblem(by: string, disk: Disk | undefined): Refusal | null {
  const field = { field: 'by' }
  if (!disk) return { code: 'not_found', message: `There is no disk ${by}.`, detail: field }
  if (disk.takenBy === null) return null
  return {
    code: 'in_use',
    message: `${by} belongs to ${disk.takenBy}.`,
    detail: { ...field, next: 'Choose a disk that nobody has.' },
  }
}
