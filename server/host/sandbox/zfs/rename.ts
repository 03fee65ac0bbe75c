/** `zfs rename` (zfs-rename(8)). */
import { getopt, type Options } from '../getopt.ts'
import { ok, type ProgramResult } from '../programs.ts'
import type { DatasetState } from '../state.ts'
import { mountFiles } from '../store-trees.ts'
import type { World } from '../world.ts'
import { makeAncestors } from './create.ts'
import { mountsItself, unmountFamily } from './mounts.ts'
import { nameFault } from './names.ts'
import { cannotOpen, misuse, refused } from './output.ts'
import { datasetNamed, familyOf, openTarget, poolOf, type SnapshotTarget, snapshotNamed } from './targets.ts'

export function rename(world: World, words: readonly string[]): ProgramResult {
  const options = getopt(words, 'pruf')
  if ('bad' in options) return misuse('rename', `invalid option '${options.bad}'`)
  const [from, to, extra] = options.operands
  if (from === undefined) return misuse('rename', 'missing source dataset argument')
  if (to === undefined) return misuse('rename', 'missing target dataset argument')
  if (extra !== undefined) return misuse('rename', 'too many arguments')
  if (options.has('r') && options.has('p'))
    return misuse('rename', '-p and -r options are mutually exclusive')
  if (options.has('u') && options.has('p'))
    return misuse('rename', '-u and -p options are mutually exclusive')
  if (options.has('r') && !from.includes('@')) {
    return misuse('rename', 'source dataset for recursive rename must be a snapshot')
  }
  const target = openTarget(world, from)
  if (typeof target === 'string') return cannotOpen(from, target)
  if (target.kind === 'snapshot') return renameSnapshot(world, target, to, options)
  if (target.kind === 'bookmark') return cannotOpen(from, 'operation not applicable to datasets of this type')
  return renameDataset(world, target.dataset, to, options)
}

function renameSnapshot(world: World, target: SnapshotTarget, to: string, options: Options): ProgramResult {
  const { dataset, snapshot } = target
  const at = to.indexOf('@')
  const full = at > 0 ? to : `${dataset.name}@${at === 0 ? to.slice(1) : to}`
  const fault = nameFault(full, 'snapshot')
  if (fault !== null) return refused(`cannot rename to '${full}': ${fault}`)
  const tag = full.slice(full.indexOf('@') + 1)
  if (full.slice(0, full.indexOf('@')) !== dataset.name) {
    return refused(`cannot rename to '${full}': snapshots must be part of same dataset`)
  }
  if (poolOf(world, full)?.readonly) return refused(`cannot rename '${target.name}': pool is read-only`)
  if (tag === snapshot.tag) return ok()
  const family = options.has('r') ? familyOf(world, dataset.name) : [dataset]
  const concerned = family.flatMap(each => snapshotNamed(each, snapshot.tag) ?? [])
  if (concerned.some(each => snapshotNamed(each.dataset, tag))) {
    const why = options.has('r')
      ? 'a child dataset already has a snapshot with the new name'
      : 'dataset already exists'
    return refused(`cannot rename '${target.name}': ${why}`)
  }
  const old = snapshot.tag
  for (const each of concerned) each.snapshot.tag = tag
  world.commit()
  const pool = poolOf(world, full)
  for (const each of concerned) {
    const { name, objsetId } = each.dataset
    if (pool) world.history(pool, 'rename', { dsname: `${name}@${old}`, dsid: objsetId, text: `-> @${tag}` })
  }
  return ok()
}

function renameDataset(world: World, dataset: DatasetState, to: string, options: Options): ProgramResult {
  const from = dataset.name
  const fault = nameFault(to, 'dataset')
  if (fault !== null) return refused(`cannot rename to '${to}': ${fault}`)
  const [pool = ''] = to.split('/', 1)
  if (!world.state.pools[pool]) return refused(`cannot create '${to}': no such pool '${pool}'`)
  if (pool !== from.split('/', 1)[0] || !from.includes('/')) {
    return refused(`cannot rename to '${to}': datasets must be within same pool`)
  }
  if (!to.includes('/')) {
    return refused(`cannot rename to '${to}': operation does not apply to pools`)
  }
  if (to.startsWith(`${from}/`)) {
    return refused(
      `cannot rename to '${to}': New dataset name cannot be a descendant of current dataset name`,
    )
  }
  if (options.has('p')) {
    const above = makeAncestors(world, to)
    if (above !== null) return above
  }
  const parent = datasetNamed(world, to.slice(0, to.lastIndexOf('/')))
  if (!parent) return refused(`cannot create '${to}': parent does not exist`)
  if (parent.type === 'volume') return refused(`cannot create '${to}': parent is not a filesystem`)
  if (poolOf(world, from)?.readonly) return refused(`cannot rename '${from}': pool is read-only`)
  if (datasetNamed(world, to)) return refused(`cannot rename '${from}': dataset already exists`)
  const family = familyOf(world, from)
  const tooLong = family.some(each => fitsName(each, to + each.name.slice(from.length)) === false)
  if (tooLong) return refused(`cannot rename '${from}': dataset name is too long`)
  move(world, family, from, to, options.has('u'))
  const owner = poolOf(world, to)
  if (owner) world.history(owner, 'rename', { dsname: from, dsid: dataset.objsetId, text: `-> ${to}` })
  return ok()
}

function fitsName(dataset: DatasetState, name: string): boolean {
  if (nameFault(name, 'dataset') !== null) return false
  return dataset.snapshots.every(each => Buffer.byteLength(`${name}@${each.tag}`) <= 255)
}

function move(world: World, family: DatasetState[], from: string, to: string, leaveMounts: boolean): void {
  const mounted = leaveMounts ? [] : unmountFamily(world, family)
  for (const each of family) {
    delete world.state.datasets[each.name]
    each.name = to + each.name.slice(from.length)
    world.state.datasets[each.name] = each
  }
  world.commit()
  for (const each of family) {
    const again = mounted.includes(each) && world.mountpoint(each.name) !== null
    if (again || (!leaveMounts && mountsItself(world, each))) mountFiles(world, each)
  }
}
