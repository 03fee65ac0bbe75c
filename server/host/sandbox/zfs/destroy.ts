/** `zfs destroy` (zfs-destroy(8)). */
import { getopt, type Options } from '../getopt.ts'
import { ok, type ProgramResult } from '../programs.ts'
import { clonesOf, originTxg, reclaimOf, snapshotByGuid } from '../space.ts'
import type { DatasetState, SnapshotState } from '../state.ts'
import { destroyDataset, destroySnapshot } from '../store-lines.ts'
import { measureFiles } from '../store-trees.ts'
import type { World } from '../world.ts'
import { dependentsOf, isBelow } from './dependents.ts'
import { unmountFamily } from './mounts.ts'
import { nameFault } from './names.ts'
import { niceBytes } from './numbers.ts'
import { cannotOpen, misuse, refused } from './output.ts'
import {
  asDataset,
  bookmarksOf,
  datasetNamed,
  familyOf,
  kindWord,
  openTarget,
  poolOf,
  type SnapshotTarget,
  snapshotsOf,
  type Target,
} from './targets.ts'

export function destroy(world: World, words: readonly string[]): ProgramResult {
  const options = getopt(words, 'vpndfrR')
  if ('bad' in options) return misuse('destroy', `invalid option '${options.bad}'`)
  const [name, extra] = options.operands
  if (name === undefined) return misuse('destroy', 'missing dataset argument')
  if (extra !== undefined) return misuse('destroy', 'too many arguments')
  if (name.includes('@')) return destroySnapshots(world, name, options)
  if (name.includes('#')) return destroyBookmark(world, name, options)
  return destroyFamily(world, name, options)
}

function destroyBookmark(world: World, name: string, options: Options): ProgramResult {
  if (options.has('n')) return refused('dryrun is not supported with bookmark', 255)
  if (options.has('d')) return refused('defer destroy is not supported with bookmark', 255)
  if (options.has('r') || options.has('R')) return refused('recursive is not supported with bookmark', 255)
  const owner = datasetNamed(world, name.slice(0, name.indexOf('#')))
  const target = owner && bookmarksOf(owner).find(each => each.name === name)
  if (target?.kind !== 'bookmark') return refused(`bookmark '${name}' does not exist.`)
  target.dataset.bookmarks.splice(target.dataset.bookmarks.indexOf(target.bookmark), 1)
  world.commit()
  tell(world, 'destroy', name, target.dataset)
  return ok()
}

/** The kernel has a blank to say of a snapshot; a dataset's blocks are freed in the background, by their tree. */
function tell(world: World, act: string, name: string, dataset: DatasetState): void {
  const text = /[@#]/.test(name) ? ' ' : `(bptree, mintxg=${originTxg(world, dataset)})`
  const pool = poolOf(world, name)
  if (pool) world.history(pool, act, { dsname: name, dsid: dataset.objsetId, text })
}

/** `DATASET@a,b%c,…`: the snapshots meant, in the order given; those that are not there are passed over. */
function snapshotsMeant(
  world: World,
  dataset: DatasetState,
  spec: string,
  recursive: boolean,
): SnapshotTarget[] {
  const meant: SnapshotTarget[] = []
  for (const owner of recursive ? familyOf(world, dataset.name) : [dataset]) {
    const all = snapshotsOf(owner)
    for (const part of spec.split(',')) {
      const percent = part.indexOf('%')
      if (percent < 0) {
        const found = all.find(each => each.snapshot.tag === part)
        if (found && !meant.includes(found)) meant.push(found)
        continue
      }
      const [from, to] = [part.slice(0, percent), part.slice(percent + 1)]
      const first = from === '' ? 0 : all.findIndex(each => each.snapshot.tag === from)
      const last = to === '' ? all.length - 1 : all.findIndex(each => each.snapshot.tag === to)
      if (first >= 0 && last >= 0) meant.push(...all.slice(first, last + 1))
    }
  }
  const seen = new Set<string>()
  return meant.filter(each => !seen.has(each.name) && seen.add(each.name))
}

function destroySnapshots(world: World, name: string, options: Options): ProgramResult {
  const at = name.indexOf('@')
  const owner = name.slice(0, at)
  const target = openTarget(world, owner)
  if (typeof target === 'string') return cannotOpen(owner, target)
  for (const dataset of familyOf(world, owner)) if (dataset.mounted) measureFiles(world, dataset)
  const meant = snapshotsMeant(world, target.dataset, name.slice(at + 1), options.has('r'))
  if (meant.length === 0) return refused('could not find any snapshots to destroy; check snapshot names.')
  const withClones = options.has('R')
  let stderr = ''
  const clones = new Map<string, Target>()
  for (const snapshot of meant) {
    const dependents = dependentsOf(world, snapshot)
    for (const each of dependents) clones.set(each.name, each)
    if (dependents.length > 0 && !withClones && !options.has('d')) stderr += cloneWords(snapshot, dependents)
  }
  let stdout = ''
  if (options.has('v') || options.has('n')) {
    const doomed = withClones ? [...clones.values(), ...meant] : meant
    if (options.has('v')) for (const each of doomed) stdout += announcement(each.name, options)
  }
  if (stderr !== '') return { exit: 1, stdout, stderr }
  if (options.has('v')) stdout += reclaimLine(world, meant, options)
  if (options.has('n')) return ok(stdout)
  if (poolOf(world, owner)?.readonly) return refused('cannot destroy snapshots: pool is read-only')
  const stuck = options.has('d') ? '' : heldWords(meant)
  if (stuck !== '') return { exit: 1, stdout, stderr: stuck }
  if (withClones) {
    const busy = removeAll(
      world,
      [...clones.values()].filter(each => !meant.some(own => own.name === each.name)),
    )
    if (busy !== '') return { exit: 1, stdout, stderr: busy }
  }
  for (const { dataset, snapshot } of meant) {
    const kept = Object.keys(snapshot.holds).length > 0 || clonesOf(world, snapshot).length > 0
    if (kept) snapshot.deferDestroy = true
    else destroySnapshot(world, dataset, snapshot)
    world.commit()
    tell(world, kept ? 'defer_destroy' : 'destroy', `${dataset.name}@${snapshot.tag}`, dataset)
  }
  return ok(stdout)
}

function cloneWords(snapshot: SnapshotTarget, dependents: readonly Target[]): string {
  const names = dependents.map(each => `${each.name}\n`).join('')
  return `cannot destroy '${snapshot.name}': snapshot has dependent clones\nuse '-R' to destroy the following datasets:\n${names}`
}

function announcement(name: string, options: Options): string {
  if (options.has('p')) return `destroy\t${name}\n`
  return `${options.has('n') ? 'would' : 'will'} destroy ${name}\n`
}

function reclaimLine(world: World, meant: readonly SnapshotTarget[], options: Options): string {
  const byDataset = new Map<DatasetState, Set<string>>()
  for (const { dataset, snapshot } of meant) {
    byDataset.set(dataset, (byDataset.get(dataset) ?? new Set()).add(snapshot.guid))
  }
  let bytes = 0
  for (const [dataset, guids] of byDataset) bytes += reclaimOf(world, dataset, guids)
  if (options.has('p')) return `reclaim\t${bytes}\n`
  return `${options.has('n') ? 'would' : 'will'} reclaim ${niceBytes(bytes)}\n`
}

/** What zfs says of held snapshots; '' when there is none. 2.1 said "dataset is busy". */
function heldWords(targets: readonly Target[]): string {
  return targets
    .filter(each => each.kind === 'snapshot' && Object.keys(each.snapshot.holds).length > 0)
    .map(
      each =>
        `cannot destroy snapshot ${each.name}: it's being held. Run 'zfs holds -r ${each.name}' to see holders.\n`,
    )
    .join('')
}

function destroyFamily(world: World, name: string, options: Options): ProgramResult {
  const target = openTarget(world, name)
  if (typeof target === 'string') {
    const fault = nameFault(name, 'dataset')
    return cannotOpen(name, fault ?? target)
  }
  const withClones = options.has('R')
  const recursive = options.has('r') || withClones
  if (!name.includes('/') && !recursive) {
    return refused(
      `cannot destroy '${name}': operation does not apply to pools\nuse 'zfs destroy -r ${name}' to destroy all datasets in the pool\nuse 'zpool destroy ${name}' to destroy the pool itself`,
    )
  }
  const dependents = dependentsOf(world, target)
  const complaint = withClones ? '' : dependentsComplaint(target, dependents, recursive)
  const doomed = name.includes('/') ? [...dependents, target] : dependents
  let stdout = ''
  if (options.has('v') && complaint === '')
    for (const each of doomed) stdout += announcement(each.name, options)
  if (complaint !== '') return { exit: 1, stdout, stderr: complaint }
  if (options.has('n')) return ok(stdout)
  if (poolOf(world, name)?.readonly) return refused(`cannot destroy '${name}': pool is read-only`)
  const stuck = heldWords(doomed)
  if (stuck !== '') return { exit: 1, stdout, stderr: stuck }
  const busy = removeAll(world, doomed)
  return busy === '' ? ok(stdout) : { exit: 1, stdout, stderr: busy }
}

/** destroy_check_dependent of zfs_main.c: what forbids it without `-r`, or with it but without `-R`. */
function dependentsComplaint(target: Target, dependents: readonly Target[], recursive: boolean): string {
  const stopping = dependents.filter(each => isBelow(target, each) !== recursive)
  if (stopping.length === 0) return ''
  const what = recursive ? 'dependent clones' : 'children'
  const names = stopping.map(each => `${each.name}\n`).join('')
  return `cannot destroy '${target.name}': ${kindWord(target)} has ${what}\nuse '-${recursive ? 'R' : 'r'}' to destroy the following datasets:\n${names}`
}

/** Destroys them in order; the words of the first refusal, which leaves the rest. */
export function removeAll(world: World, listed: readonly Target[]): string {
  const doomed = [...new Map(listed.map(each => [each.name, each])).values()]
  for (const each of doomed) {
    if (each.kind === 'snapshot') destroySnapshot(world, each.dataset, each.snapshot)
    else if (each.kind === 'dataset') {
      if (world.opened.has(each.dataset.guid)) return `cannot destroy '${each.name}': dataset is busy\n`
      unmountFamily(world, [each.dataset])
      const origin = each.dataset.origin
      destroyDataset(world, each.dataset)
      if (origin !== null) destroyDeferred(world, origin)
    }
    tell(world, 'destroy', each.name, each.dataset)
  }
  return ''
}

/** A snapshot that waited for its last clone or hold goes now. */
export function destroyDeferred(world: World, guid: string): void {
  const place = snapshotByGuid(world, guid)
  if (!place?.snapshot.deferDestroy || Object.keys(place.snapshot.holds).length > 0) return
  if (clonesOf(world, place.snapshot).length > 0) return
  destroySnapshot(world, place.dataset, place.snapshot)
  world.commit()
  tell(world, 'destroy', `${place.dataset.name}@${place.snapshot.tag}`, place.dataset)
}

/** For `rollback -R`: clones of a snapshot and what hangs on them. */
export function cloneFamily(
  world: World,
  dataset: DatasetState,
  snapshots: readonly SnapshotState[],
): Target[] {
  const found = new Map<string, Target>()
  for (const target of snapshotsOf(dataset)) {
    if (!snapshots.includes(target.snapshot)) continue
    for (const each of dependentsOf(world, target)) found.set(each.name, each)
  }
  return [...found.values()].filter(each => each.name !== dataset.name && !isBelow(asDataset(dataset), each))
}
