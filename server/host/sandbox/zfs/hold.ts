/** `zfs hold`, `zfs release`, `zfs holds` (zfs-hold(8)). */
import { getopt } from '../getopt.ts'
import { ok, type ProgramResult } from '../programs.ts'
import type { World } from '../world.ts'
import { destroyDeferred } from './destroy.ts'
import { longDate } from './numbers.ts'
import { cannotOpen, misuse, plain, table } from './output.ts'
import { familyOf, openTarget, poolOf, type SnapshotTarget, snapshotNamed } from './targets.ts'

const LONGEST_TAG = 255

export function hold(world: World, words: readonly string[]): ProgramResult {
  return holdOrRelease(world, words, 'hold')
}

export function release(world: World, words: readonly string[]): ProgramResult {
  return holdOrRelease(world, words, 'release')
}

function holdOrRelease(world: World, words: readonly string[], verb: 'hold' | 'release'): ProgramResult {
  const options = getopt(words, 'r')
  if ('bad' in options) return misuse(verb, `invalid option '${options.bad}'`)
  const [tag, ...names] = options.operands
  if (tag === undefined || names.length === 0) return misuse(verb)
  if (verb === 'hold' && tag.startsWith('.')) return misuse(verb, `tag may not start with '.'`)
  let stderr = ''
  for (const name of names) {
    const at = name.indexOf('@')
    if (at < 0) {
      stderr += `'${name}' is not a snapshot\n`
      continue
    }
    const owner = openTarget(world, name.slice(0, at))
    if (typeof owner === 'string') {
      stderr += `cannot open '${name.slice(0, at)}': ${owner}\n`
      continue
    }
    const family = options.has('r') ? familyOf(world, owner.name) : [owner.dataset]
    const concerned = family.flatMap(each => snapshotNamed(each, name.slice(at + 1)) ?? [])
    stderr += verb === 'hold' ? holdAll(world, name, tag, concerned) : releaseAll(world, name, tag, concerned)
  }
  return stderr === '' ? ok() : { exit: 1, stdout: '', stderr }
}

function holdAll(world: World, name: string, tag: string, snapshots: readonly SnapshotTarget[]): string {
  if (snapshots.length === 0) return `cannot hold snapshot '${name}': dataset does not exist\n`
  if (poolOf(world, name)?.readonly) return 'cannot hold: pool is read-only\n'
  for (const each of snapshots) {
    if (Buffer.byteLength(tag) > LONGEST_TAG) return `cannot hold snapshot '${each.name}': tag too long\n`
    if (Object.hasOwn(each.snapshot.holds, tag)) {
      return `cannot hold snapshot '${each.name}': tag already exists on this dataset\n`
    }
  }
  for (const each of snapshots) {
    each.snapshot.holds[tag] = world.nowSeconds()
    world.commit()
    tell(world, 'hold', each, `tag=${tag} temp=0 refs=${Object.keys(each.snapshot.holds).length}`)
  }
  return ''
}

function releaseAll(world: World, name: string, tag: string, snapshots: readonly SnapshotTarget[]): string {
  if (snapshots.length === 0) return `cannot release hold from snapshot '${name}': dataset does not exist\n`
  const held = snapshots.filter(each => Object.hasOwn(each.snapshot.holds, tag))
  if (held.length === 0) return `cannot release hold from snapshot '${name}': no such tag on this dataset\n`
  for (const each of held) {
    delete each.snapshot.holds[tag]
    world.commit()
    tell(world, 'release', each, `tag=${tag} refs=${Object.keys(each.snapshot.holds).length}`)
    destroyDeferred(world, each.snapshot.guid)
  }
  return ''
}

function tell(world: World, act: string, target: SnapshotTarget, text: string): void {
  const pool = poolOf(world, target.name)
  if (pool) world.history(pool, act, { dsname: target.name, dsid: target.snapshot.objsetId, text })
}

export function holds(world: World, words: readonly string[]): ProgramResult {
  const options = getopt(words, 'rH')
  if ('bad' in options) return misuse('holds', `invalid option '${options.bad}'`)
  if (options.operands.length === 0) return misuse('holds')
  const rows: string[][] = []
  let stderr = ''
  let opened = 0
  for (const name of options.operands) {
    const at = name.indexOf('@')
    if (at < 0) {
      stderr += `'${name}' is not a snapshot\n`
      continue
    }
    const target = openTarget(world, name)
    if (typeof target === 'string') {
      stderr += cannotOpen(name, target).stderr
      continue
    }
    opened++
    const family = options.has('r') ? familyOf(world, target.dataset.name) : [target.dataset]
    for (const dataset of family) {
      const found = snapshotNamed(dataset, name.slice(at + 1))
      for (const [tag, when] of Object.entries(found?.snapshot.holds ?? {})) {
        rows.push([found?.name ?? '', tag, longDate(when, '0')])
      }
    }
  }
  if (opened === 0) stderr += 'no datasets available\n'
  const headings = ['NAME', 'TAG', 'TIMESTAMP'].map(title => ({ title, right: false }))
  const stdout = options.has('H') ? plain(rows) : rows.length > 0 ? table(headings, rows) : ''
  return { exit: stderr === '' ? 0 : 1, stdout, stderr }
}
