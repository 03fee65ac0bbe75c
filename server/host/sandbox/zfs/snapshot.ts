/** `zfs snapshot`, `zfs bookmark` (zfs-snapshot(8), zfs-bookmark(8)). */
import { getopt } from '../getopt.ts'
import { ok, type ProgramResult } from '../programs.ts'
import { spaceOf } from '../space.ts'
import type { DatasetState } from '../state.ts'
import { type NewSnapshot, takeSnapshots } from '../store-lines.ts'
import { measureFiles } from '../store-trees.ts'
import type { World } from '../world.ts'
import { givenProperties } from './create.ts'
import { nameFault } from './names.ts'
import { cannotOpen, misuse, refused } from './output.ts'
import { checkSetting } from './settings.ts'
import { datasetNamed, familyOf, openTarget, poolOf, snapshotNamed } from './targets.ts'

export function snapshot(world: World, words: readonly string[]): ProgramResult {
  const options = getopt(words, 'ro:')
  if ('bad' in options) return misuse('snapshot', `invalid option '${options.bad}'`)
  const given = givenProperties('snapshot', options.values('o'))
  if (!(given instanceof Map)) return given
  if (options.operands.length === 0) return misuse('snapshot', 'missing snapshot argument')
  const props: Record<string, string> = {}
  for (const [name, value] of given) {
    const checked = checkSetting(name, value, { type: 'snapshot', creating: true })
    if ('fault' in checked) return refused(`cannot create snapshots : ${checked.fault}`)
    props[checked.name] = checked.value
  }
  const wanted: NewSnapshot[] = []
  for (const name of options.operands) {
    const at = name.indexOf('@')
    if (at < 0) return misuse('snapshot')
    const owner = name.slice(0, at)
    const target = openTarget(world, owner)
    if (typeof target === 'string') return misuse('snapshot', `cannot open '${owner}': ${target}`)
    const family = options.has('r') ? familyOf(world, owner) : [target.dataset]
    for (const dataset of family) wanted.push({ dataset, tag: name.slice(at + 1), props })
  }
  const fault = snapshotFault(world, wanted)
  if (fault !== null) {
    return {
      exit: 1,
      stdout: '',
      stderr: `${fault}\n${wanted.length > 1 || options.has('r') ? 'no snapshots were created\n' : ''}`,
    }
  }
  takeSnapshots(world, wanted)
  for (const { dataset, tag } of wanted) {
    const pool = poolOf(world, dataset.name)
    if (pool)
      world.history(pool, 'snapshot', { dsname: `${dataset.name}@${tag}`, dsid: dataset.objsetId, text: ' ' })
  }
  return ok()
}

function snapshotFault(world: World, wanted: readonly NewSnapshot[]): string | null {
  for (const { dataset, tag } of wanted) {
    const name = `${dataset.name}@${tag}`
    const fault = nameFault(name, 'snapshot')
    if (fault !== null) return `cannot create snapshot '${name}': ${fault}`
  }
  const owners = new Set(wanted.map(each => each.dataset))
  const pools = new Set(wanted.map(each => each.dataset.name.split('/', 1)[0]))
  if (owners.size < wanted.length || pools.size > 1) {
    return 'cannot create snapshots : multiple snapshots of same fs not allowed'
  }
  if (wanted.some(each => poolOf(world, each.dataset.name)?.readonly))
    return 'cannot create snapshots : pool is read-only'
  for (const { dataset, tag } of wanted) {
    const name = `${dataset.name}@${tag}`
    if (snapshotNamed(dataset, tag)) return `cannot create snapshot '${name}': dataset already exists`
    if (!hasRoom(world, dataset)) return `cannot create snapshot '${name}': out of space`
  }
  return null
}

/** A reservation stands for the live data anew once a snapshot holds on to what is there. */
function hasRoom(world: World, dataset: DatasetState): boolean {
  const reserved = Number(dataset.props.refreservation ?? 0)
  if (reserved === 0) return true
  if (dataset.type === 'filesystem') measureFiles(world, dataset)
  const space = spaceOf(world, dataset.name)
  return Math.min(reserved, space.written) <= space.available - space.usedByRefreservation
}

export function bookmark(world: World, words: readonly string[]): ProgramResult {
  const options = getopt(words, '')
  if ('bad' in options) return misuse('bookmark', `invalid option '${options.bad}'`)
  const [from, to, extra] = options.operands
  if (from === undefined) return misuse('bookmark', 'missing source argument')
  if (to === undefined) return misuse('bookmark', 'missing bookmark argument')
  if (extra !== undefined) return misuse('bookmark', 'too many arguments')
  const source = openTarget(world, from)
  if (typeof source === 'string') return misuse('bookmark', `cannot open '${from}': ${source}`)
  if (source.kind === 'dataset')
    return misuse('bookmark', `invalid source name '${from}': must contain a '@' or '#'`)
  const name = to.startsWith('#') ? `${source.dataset.name}${to}` : to
  const fault = nameFault(name, 'bookmark')
  if (fault !== null) return refused(`cannot create bookmark '${name}': ${fault}`)
  const at = name.indexOf('#')
  const owner = datasetNamed(world, name.slice(0, at))
  if (!owner) return cannotOpen(name.slice(0, at), 'dataset does not exist')
  if (owner !== source.dataset) {
    return refused(
      `cannot create bookmark '${name}': source is not an ancestor of the new bookmark's dataset`,
    )
  }
  if (owner.bookmarks.some(each => each.name === name.slice(at + 1))) {
    return refused(`cannot create bookmark '${name}': bookmark exists`)
  }
  const facts = source.kind === 'snapshot' ? source.snapshot : source.bookmark
  owner.bookmarks.push({
    name: name.slice(at + 1),
    guid: facts.guid,
    createtxg: facts.createtxg,
    creation: facts.creation,
    referenced: facts.referenced,
    logicalReferenced: facts.logicalReferenced,
  })
  world.commit()
  const pool = poolOf(world, name)
  if (pool)
    world.history(pool, 'bookmark', {
      dsname: owner.name,
      dsid: owner.objsetId,
      text: `name=${name} creation_txg=${facts.createtxg} target_txg=${world.state.txg}`,
    })
  return ok()
}
