/** `zfs rollback`, `zfs clone`, `zfs promote` (their pages in section 8). */
import { getopt } from '../getopt.ts'
import { ok, type ProgramResult } from '../programs.ts'
import { snapshotByGuid, spaceOf, volumeReservation } from '../space.ts'
import { cloneSnapshot, destroySnapshot, promoteClone, rollBack } from '../store-lines.ts'
import type { World } from '../world.ts'
import { givenProperties, makeAncestors, placeFault } from './create.ts'
import { cloneFamily, removeAll } from './destroy.ts'
import { mountFamily } from './mounts.ts'
import { cannotOpen, misuse, refused } from './output.ts'
import { checkSetting } from './settings.ts'
import { bookmarksOf, datasetNamed, openTarget, poolOf, snapshotNamed, snapshotsOf } from './targets.ts'

export function rollback(world: World, words: readonly string[]): ProgramResult {
  const options = getopt(words, 'rRf')
  if ('bad' in options) return misuse('rollback', `invalid option '${options.bad}'`)
  const [name, extra] = options.operands
  if (name === undefined) return misuse('rollback', 'missing dataset argument')
  if (extra !== undefined) return misuse('rollback', 'too many arguments')
  if (!name.includes('@')) return cannotOpen(name, "missing '@' delimiter in snapshot name")
  const target = openTarget(world, name)
  if (typeof target === 'string') return cannotOpen(name, target)
  if (target.kind !== 'snapshot') return cannotOpen(name, 'operation not applicable to datasets of this type')
  const { dataset, snapshot } = target
  const newer = snapshotsOf(dataset).filter(each => each.snapshot.createtxg > snapshot.createtxg)
  const marks = bookmarksOf(dataset).filter(
    each => each.kind === 'bookmark' && each.bookmark.createtxg > snapshot.createtxg,
  )
  const recursive = options.has('r') || options.has('R')
  if (!recursive && newer.length + marks.length > 0) {
    const names = [...newer, ...marks].map(each => each.name).join('\n')
    return refused(
      `cannot rollback to '${name}': more recent snapshots or bookmarks exist\nuse '-r' to force deletion of the following snapshots and bookmarks:\n${names}`,
    )
  }
  const clones = cloneFamily(
    world,
    dataset,
    newer.map(each => each.snapshot),
  )
  if (clones.length > 0 && !options.has('R')) {
    const names = clones.map(each => each.name).join('\n')
    return refused(
      `cannot rollback to '${name}': clones of previous snapshots exist\nuse '-R' to force deletion of the following clones and dependents:\n${names}`,
    )
  }
  if (poolOf(world, name)?.readonly) return refused(`cannot rollback '${dataset.name}': pool is read-only`)
  const held = [...clones, ...newer].find(
    each => each.kind === 'snapshot' && Object.keys(each.snapshot.holds).length > 0,
  )
  if (held) return refused(`cannot destroy '${held.name}': dataset is busy`)
  const busy = removeAll(world, clones)
  if (busy !== '') return { exit: 1, stdout: '', stderr: busy }
  const pool = poolOf(world, name)
  for (const each of newer.reverse()) {
    destroySnapshot(world, dataset, each.snapshot)
    if (pool) world.history(pool, 'destroy', { dsname: each.name, dsid: dataset.objsetId, text: ' ' })
  }
  dataset.bookmarks = dataset.bookmarks.filter(each => each.createtxg <= snapshot.createtxg)
  rollBack(world, dataset)
  if (pool)
    world.history(pool, 'clone swap', {
      dsname: `${dataset.name}/%rollback`,
      dsid: dataset.objsetId,
      text: `parent=${dataset.name.slice(dataset.name.lastIndexOf('/') + 1)}`,
    })
  return ok()
}

export function clone(world: World, words: readonly string[]): ProgramResult {
  const options = getopt(words, 'o:pu')
  if ('bad' in options) return misuse('clone', `invalid option '${options.bad}'`)
  const given = givenProperties('clone', options.values('o'))
  if (!(given instanceof Map)) return given
  const [from, to, extra] = options.operands
  if (from === undefined) return misuse('clone', 'missing source dataset argument')
  if (to === undefined) return misuse('clone', 'missing target dataset argument')
  if (extra !== undefined) return misuse('clone', 'too many arguments')
  if (!from.includes('@')) return cannotOpen(from, "missing '@' delimiter in snapshot name")
  const source = openTarget(world, from)
  if (typeof source === 'string') return cannotOpen(from, source)
  if (source.kind !== 'snapshot') return cannotOpen(from, 'operation not applicable to datasets of this type')
  if (options.has('p')) {
    if (datasetNamed(world, to)) return ok()
    const above = makeAncestors(world, to)
    if (above !== null) return above
  }
  const fault = placeFault(world, to)
  if (fault !== null) return refused(`cannot create '${to}': ${fault}`)
  if (to.split('/', 1)[0] !== from.split('/', 1)[0]) {
    return refused(`cannot create '${to}': source and target pools differ`)
  }
  const props: Record<string, string> = {}
  for (const [name, value] of given) {
    const checked = checkSetting(name, value, { type: source.dataset.type, creating: false })
    if ('fault' in checked) return refused(`cannot create '${to}': ${checked.fault}`)
    props[checked.name] = checked.value
  }
  const pool = poolOf(world, to)
  const volsize = source.snapshot.volsize ?? 0
  if (props.refreservation === 'auto') {
    const copies = Number(props.copies ?? 1)
    props.refreservation = String(
      volumeReservation(world, pool?.name ?? '', volsize, source.dataset.volblocksize ?? 16384, copies),
    )
  }
  const parent = to.slice(0, to.lastIndexOf('/'))
  const { volsize: asked, ...settings } = props
  const need = Math.max(Number(props.refreservation ?? 0), Number(props.reservation ?? 0))
  const fits = need <= spaceOf(world, parent).available
  if (!fits) {
    delete settings.refreservation
    delete settings.reservation
  }
  const made = cloneSnapshot(world, source, to, settings)
  if (asked !== undefined) made.volsize = Number(asked)
  if (pool)
    world.history(pool, 'clone', {
      dsname: to,
      dsid: made.objsetId,
      text: `origin=${from} (${source.snapshot.objsetId})`,
    })
  // Seen on the real thing: the clone is there, only its reservation could not be had.
  if (!fits) return refused(`cannot create '${to}': out of space`)
  if (!options.has('u')) mountFamily(world, [made])
  return ok()
}

export function promote(world: World, words: readonly string[]): ProgramResult {
  // promote(8) knows no options, not even `--`.
  const [name, extra] = words
  if (name?.startsWith('-')) return misuse('promote', `invalid option '${name.charAt(1)}'`)
  if (name === undefined) return misuse('promote', 'missing clone filesystem argument')
  if (extra !== undefined) return misuse('promote', 'too many arguments')
  const target = openTarget(world, name)
  if (typeof target === 'string') return cannotOpen(name, target)
  if (target.kind !== 'dataset') return cannotOpen(name, 'operation not applicable to datasets of this type')
  const { dataset } = target
  const place = dataset.origin === null ? null : snapshotByGuid(world, dataset.origin)
  if (!place) return refused(`cannot promote '${name}': not a cloned filesystem`)
  if (poolOf(world, name)?.readonly) return refused(`cannot promote '${name}': pool is read-only`)
  const conflict = place.dataset.snapshots
    .slice(0, place.index + 1)
    .find(each => snapshotNamed(dataset, each.tag) !== null)
  if (conflict) {
    const origin = `${place.dataset.name}@${place.snapshot.tag}`
    return refused(`cannot promote '${name}': conflicting snapshot '${conflict.tag}' from parent '${origin}'`)
  }
  promoteClone(world, dataset)
  const pool = poolOf(world, name)
  if (pool) world.history(pool, 'promote', { dsname: name, dsid: dataset.objsetId, text: ' ' })
  return ok()
}
