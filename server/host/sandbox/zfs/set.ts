/** `zfs set` and `zfs inherit` (zfs-set(8)). */
import { getopt } from '../getopt.ts'
import { ok, type ProgramResult } from '../programs.ts'
import { spaceOf, volumeReservation } from '../space.ts'
import type { DatasetState } from '../state.ts'
import { measureFiles } from '../store-trees.ts'
import { truncateVolume } from '../store-volume.ts'
import type { World } from '../world.ts'
import { unmountFamily, whileUnmounted } from './mounts.ts'
import { niceBytes } from './numbers.ts'
import { cannotOpen, misuse, refused } from './output.ts'
import { isUserProperty, propertyNamed } from './properties.ts'
import { checkSetting } from './settings.ts'
import { familyOf, openTarget, poolOf, type Target } from './targets.ts'

/** OpenZFS 2.1 exits with 1 when a value is refused; from 2.2 on -1 comes out. */
const REFUSED = 255

type Assignment = { name: string; value: string }

/** `name=value` words; null when one has no `=`. */
function parseAssignment(word: string): Assignment | null {
  const at = word.indexOf('=')
  return at < 0 ? null : { name: word.slice(0, at), value: word.slice(at + 1) }
}

export function set(world: World, words: readonly string[]): ProgramResult {
  const options = getopt(words, 'u')
  if ('bad' in options) return misuse('set', `invalid option '${options.bad}'`)
  const { operands } = options
  if (operands.length === 0) return misuse('set', 'missing arguments')
  if (operands.length === 1) return misuse('set', 'missing dataset name(s)')
  const assignments: Assignment[] = []
  const names: string[] = []
  for (const word of operands) {
    const assignment = names.length === 0 ? parseAssignment(word) : null
    if (assignment) assignments.push(assignment)
    else names.push(word)
  }
  if (assignments.length === 0) return cannotOpen(names[0] ?? '', 'dataset does not exist')
  if (names.length === 0) return misuse('set', 'missing dataset name(s)')
  let stderr = ''
  let exit = 0
  for (const name of names) {
    const target = openTarget(world, name)
    if (typeof target === 'string') {
      stderr += `cannot open '${name}': ${target}\n`
      exit = 1
      continue
    }
    const fault = setAll(world, target, assignments)
    if (fault === null) continue
    stderr += `cannot set property for '${name}': ${fault}\n`
    exit = REFUSED
    break
  }
  return { exit, stdout: '', stderr }
}

/** All or nothing; the words of the refusal. */
function setAll(world: World, target: Target, assignments: readonly Assignment[]): string | null {
  const { dataset } = target
  const checked: Assignment[] = []
  for (const { name, value } of assignments) {
    const place = { type: target.kind === 'snapshot' ? ('snapshot' as const) : dataset.type, creating: false }
    const result = checkSetting(name, value, place)
    if ('fault' in result) return result.fault
    checked.push(result)
  }
  if (poolOf(world, dataset.name)?.readonly) return 'pool is read-only'
  if (target.kind === 'bookmark') return 'operation not applicable to datasets of this type'
  if (target.kind === 'snapshot') {
    for (const { name, value } of checked) target.snapshot.props[name] = value
  } else {
    if (dataset.mounted) measureFiles(world, dataset)
    for (const each of checked) {
      const fault = setOne(world, dataset, each)
      if (fault !== null) return fault
    }
  }
  world.commit()
  for (const { name, value } of checked) tell(world, target, 'set', `${name}=${value}`)
  return null
}

function tell(world: World, target: Target, act: string, text: string): void {
  const pool = poolOf(world, target.name)
  if (pool) world.history(pool, act, { dsname: target.name, dsid: target.dataset.objsetId, text })
}

function setOne(world: World, dataset: DatasetState, assignment: Assignment): string | null {
  const { name, value } = assignment
  const space = spaceOf(world, dataset.name)
  switch (name) {
    case 'quota':
      if (value !== '0' && Number(value) < space.used)
        return 'size is less than current used or reserved space'
      break
    case 'refquota':
      if (value !== '0' && Number(value) < space.referenced)
        return 'size is less than current used or reserved space'
      break
    case 'reservation': {
      const grows =
        Math.max(Number(value), space.used) - Math.max(Number(dataset.props.reservation ?? 0), space.used)
      if (grows > space.available) return 'size is greater than available space'
      break
    }
    case 'refreservation': {
      const wanted =
        value === 'auto' ? automaticReservation(world, dataset, dataset.volsize ?? 0) : Number(value)
      if (!hasRoomFor(world, dataset, wanted)) return 'size is greater than available space'
      dataset.props.refreservation = String(wanted)
      assignment.value = String(wanted)
      world.changed()
      return null
    }
    case 'volsize':
      return resize(world, dataset, Number(value))
    case 'mountpoint':
    case 'canmount':
      whileUnmounted(world, dataset, () => {
        dataset.props[name] = value
      })
      if (name === 'canmount' && value === 'off') unmountFamily(world, [dataset])
      return null
  }
  dataset.props[name] = value
  world.changed()
  return null
}

function automaticReservation(world: World, dataset: DatasetState, volsize: number): number {
  const pool = dataset.name.split('/', 1)[0] ?? ''
  return volumeReservation(
    world,
    pool,
    volsize,
    dataset.volblocksize ?? 16384,
    Number(dataset.props.copies ?? 1),
  )
}

function hasRoomFor(world: World, dataset: DatasetState, reservation: number): boolean {
  const space = spaceOf(world, dataset.name)
  const before = Math.max(Number(dataset.props.refreservation ?? 0), space.written)
  const grows = Math.max(reservation, space.written) - before
  return grows <= space.available - space.usedByRefreservation
}

/** Shrinking is accepted without a word. A reservation that was the automatic one follows. */
function resize(world: World, dataset: DatasetState, bytes: number): string | null {
  const blocks = dataset.volblocksize ?? 16384
  if (bytes % blocks !== 0) {
    return `'volsize' must be a multiple of volume block size (${niceBytes(blocks)})`
  }
  const before = dataset.volsize ?? 0
  const reserved = Number(dataset.props.refreservation ?? 0)
  if (reserved > 0 && reserved === automaticReservation(world, dataset, before)) {
    const wanted = automaticReservation(world, dataset, bytes)
    if (!hasRoomFor(world, dataset, wanted)) return 'size is greater than available space'
    dataset.props.refreservation = String(wanted)
  }
  dataset.volsize = bytes
  if (bytes < before) truncateVolume(world, dataset, bytes)
  world.changed()
  return null
}

export function inherit(world: World, words: readonly string[]): ProgramResult {
  const options = getopt(words, 'rS')
  if ('bad' in options) return misuse('inherit', `invalid option '${options.bad}'`)
  const [asked, ...names] = options.operands
  if (asked === undefined) return misuse('inherit', 'missing property argument')
  if (names.length === 0) return misuse('inherit', 'missing dataset argument')
  const property = propertyNamed(asked)
  if (!property && !isUserProperty(asked)) return misuse('inherit', `invalid property '${asked}'`)
  const name = property?.name ?? asked
  if (property && (property.kind === 'fixed' || property.kind === 'once')) {
    return refused(`${name} property is read-only`)
  }
  if (property && property.kind !== 'inherited' && !options.has('S')) {
    if (['quota', 'reservation', 'refquota', 'refreservation'].includes(name)) {
      return refused(
        `'${name}' property cannot be inherited\nuse 'zfs set ${name}=none' to clear\nuse 'zfs inherit -S ${name}' to revert to received value`,
      )
    }
    return refused(`'${name}' property cannot be inherited`)
  }
  let stderr = ''
  for (const each of names) {
    const target = openTarget(world, each)
    if (typeof target === 'string') {
      stderr += `cannot open '${each}': ${target}\n`
      continue
    }
    if (poolOf(world, each)?.readonly)
      return refused(`cannot inherit ${name} for '${each}': pool is read-only`)
    if (target.kind === 'snapshot') delete target.snapshot.props[name]
    else {
      const family = options.has('r') ? familyOf(world, each) : [target.dataset]
      const clear = () => {
        for (const dataset of family) delete dataset.props[name]
      }
      if (name === 'mountpoint') whileUnmounted(world, target.dataset, clear)
      else clear()
    }
    world.commit()
    tell(world, target, 'inherit', `${name}`)
  }
  return stderr === '' ? ok() : { exit: 1, stdout: '', stderr }
}
