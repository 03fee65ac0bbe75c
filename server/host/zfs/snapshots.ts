/** zfs-list(8) of snapshots and bookmarks, zfs-holds(8). */

import { commandError } from '../answer.ts'
import type { Host, RunResult } from '../host.ts'
import { parseCtime } from '../zpool/clock.ts'
import { runZfs, zfsRecognisers } from './errors.ts'
import { isBookmarkName, isDatasetName, isSnapshotName, splitSnapshot } from './names.ts'
import { Fields, parseRows } from './rows.ts'

/** What identifies a snapshot, cheap to list. */
export type ZfsSnapshotRow = {
  /** Full name `tank/vms/debian@before`. */
  name: string
  dataset: string
  /** What stands behind the @. */
  tag: string
  guid: string
  createtxg: string
  /** Unix ms, whole seconds. */
  createdAt: number
}

export type ZfsSnapshot = ZfsSnapshotRow & {
  usedBytes: number
  referencedBytes: number
  /** Number of holds (userrefs). */
  holds: number
  /** Full names of the datasets cloned from it. */
  clones: string[]
}

export type ZfsBookmark = { name: string; guid: string; createtxg: string; createdAt: number }

const INDEX_COLUMNS = ['name', 'guid', 'createtxg', 'creation'] as const
const FULL_COLUMNS = [...INDEX_COLUMNS, 'used', 'referenced', 'userrefs', 'clones'] as const

/**
 * Whose snapshots: all of the host, those of these datasets (not of their children), or exactly these snapshots.
 */
export type SnapshotsOf = 'all' | { datasets: readonly string[] } | { snapshots: readonly string[] }

function listArgv(columns: readonly string[], of: SnapshotsOf): string[] {
  // Sorted by name: the one order that costs zfs no extra property of every snapshot.
  const argv = ['zfs', 'list', '-Hp', '-t', 'snapshot', '-s', 'name', '-o', columns.join(',')]
  if (of === 'all') return argv
  return 'datasets' in of ? [...argv, '-d', '1', ...of.datasets] : [...argv, ...of.snapshots]
}

/** The fast index: names, guids and times. */
export function listSnapshotIndexArgv(of: SnapshotsOf = 'all'): string[] {
  return listArgv(INDEX_COLUMNS, of)
}

/** With figures, holds and clones: for what is on the screen. */
export function listSnapshotsArgv(of: SnapshotsOf): string[] {
  return listArgv(FULL_COLUMNS, of)
}

function identity(field: Fields<(typeof INDEX_COLUMNS)[number]>): ZfsSnapshotRow {
  const name = field.check('name', isSnapshotName)
  return {
    name,
    ...splitSnapshot(name),
    guid: field.id('guid'),
    createtxg: field.id('createtxg'),
    createdAt: field.time('creation'),
  }
}

/** `zfs list -Hp -t snapshot -s name -o name,guid,createtxg,creation`. AppError `unreadable`. */
export function parseSnapshotIndex(text: string): ZfsSnapshotRow[] {
  return parseRows('zfs list', INDEX_COLUMNS, text, ['name']).map(row =>
    identity(new Fields('zfs list', row)),
  )
}

/** `zfs list -Hp -t snapshot -s name -o name,guid,createtxg,creation,used,referenced,userrefs,clones`. */
export function parseSnapshots(text: string): ZfsSnapshot[] {
  return parseRows('zfs list', FULL_COLUMNS, text, ['name']).map(row => {
    const field = new Fields<(typeof FULL_COLUMNS)[number]>('zfs list', row)
    const clones = field.text('clones')
    return {
      ...identity(field),
      usedBytes: field.number('used'),
      referencedBytes: field.number('referenced'),
      // Pools older than version 18 have no holds: zfs prints "-".
      holds: field.numberOrNull('userrefs') ?? 0,
      clones:
        clones === '-' || clones === ''
          ? []
          : field.check('clones', list => list.split(',').every(isDatasetName)).split(','),
    }
  })
}

/** A command with all its words may have 512 KiB on FreeBSD (ARG_MAX), with the environment; its names get less. */
const LONGEST_COMMAND = 200_000

/** Names that one command can carry together, in order. */
export function inCommands(names: readonly string[]): string[][] {
  const groups: string[][] = []
  let room = 0
  for (const name of names) {
    room -= name.length + 1
    if (room < 0) {
      groups.push([])
      room = LONGEST_COMMAND - name.length - 1
    }
    groups.at(-1)?.push(name)
  }
  return groups
}

/** Names asked for that are gone are simply missing from the answer. One question after the other where they are many. */
async function listThose(
  host: Host,
  argvOf: (of: SnapshotsOf) => string[],
  of: SnapshotsOf,
): Promise<string> {
  if (of === 'all') return ask(host, argvOf(of), [])
  const isDatasets = 'datasets' in of
  const answers: string[] = []
  for (const names of inCommands((isDatasets ? of.datasets : of.snapshots).toSorted())) {
    answers.push(await ask(host, argvOf(isDatasets ? { datasets: names } : { snapshots: names }), names))
  }
  return answers.join('')
}

async function ask(host: Host, argv: string[], asked: readonly string[]): Promise<string> {
  const result = await host.run(argv, { timeoutMs: 120_000 })
  if (result.exit === 0 || onlyMissing(result, asked)) return result.stdout
  throw commandError(argv, result, zfsRecognisers({ names: asked }))
}

/** True when all that went wrong is that some of `asked` do not exist. */
function onlyMissing(result: RunResult, asked: readonly string[]): boolean {
  const missing = new Set(asked.map(name => `cannot open '${name}': dataset does not exist`))
  const lines = result.stderr.split('\n').filter(line => line !== '')
  const said = lines.filter(line => line !== 'no datasets available')
  return result.exit === 1 && said.length > 0 && said.every(line => missing.has(line))
}

/** Every snapshot of the host (or of these datasets, or these): sorted by name. Names that are gone are left out. */
export async function listSnapshotIndex(host: Host, of: SnapshotsOf = 'all'): Promise<ZfsSnapshotRow[]> {
  return parseSnapshotIndex(await listThose(host, listSnapshotIndexArgv, of))
}

/** Snapshots with figures, sorted by name. Names that are gone are left out. */
export async function listSnapshots(host: Host, of: SnapshotsOf): Promise<ZfsSnapshot[]> {
  return parseSnapshots(await listThose(host, listSnapshotsArgv, of))
}

/** Bookmarks of one dataset. */
function listBookmarksArgv(dataset: string): string[] {
  return ['zfs', 'list', '-Hp', '-t', 'bookmark', '-o', INDEX_COLUMNS.join(','), '-d', '1', dataset]
}

/** `zfs list -Hp -t bookmark -o name,guid,createtxg,creation -d 1 DATASET`. AppError `unreadable`. */
export function parseBookmarks(text: string): ZfsBookmark[] {
  return parseRows('zfs list', INDEX_COLUMNS, text, ['name']).map(row => {
    const field = new Fields('zfs list', row)
    return {
      name: field.check('name', isBookmarkName),
      guid: field.id('guid'),
      createtxg: field.id('createtxg'),
      createdAt: field.time('creation'),
    }
  })
}

/** Bookmarks of one dataset, not of its children. AppError `not_found`. */
export async function listBookmarks(host: Host, dataset: string): Promise<ZfsBookmark[]> {
  return parseBookmarks(await runZfs(host, listBookmarksArgv(dataset), [dataset]))
}

export type ZfsHold = { snapshot: string; tag: string; createdAt: number }

/** `-p` (times as seconds) is known from OpenZFS 2.3; before it the time is text of the host's clock. */
function listHoldsArgv(snapshots: readonly string[], form: 'seconds' | 'text' = 'seconds'): string[] {
  return ['zfs', 'holds', form === 'seconds' ? '-Hp' : '-H', ...snapshots]
}

const HOLD_COLUMNS = ['snapshot', 'tag', 'time'] as const

/**
 * `zfs holds -Hp SNAPSHOT…` (seconds), or `zfs holds -H SNAPSHOT…` of OpenZFS 2.1 and 2.2 ("Sun Nov 22 10:21 2026", in the
 * host's time zone, taken as the console's own: it runs on the host). AppError `unreadable`.
 */
export function parseHolds(text: string): ZfsHold[] {
  return parseRows('zfs holds', HOLD_COLUMNS, text, ['snapshot', 'tag']).map(row => {
    const field = new Fields('zfs holds', row)
    const { time } = row
    return {
      snapshot: field.check('snapshot', isSnapshotName),
      tag: field.check('tag', tag => tag !== ''),
      createdAt: /^\d+$/.test(time)
        ? field.time('time')
        : (hostTime(field.check('time', text => hostTime(text) !== null)) ?? 0),
    }
  })
}

/** strftime("%a %b %e %H:%M %Y") in the C locale, as Unix ms; null where it is no time. */
function hostTime(text: string): number | null {
  const match = /^([A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d) (\d{4})$/.exec(text)
  return match && parseCtime(`${match[1]}:00 ${match[2]}`)
}

/** All holds on these snapshots, one command after the other where they are many. AppError `not_found`. */
export async function listHolds(host: Pick<Host, 'run'>, snapshots: readonly string[]): Promise<ZfsHold[]> {
  const holds: ZfsHold[][] = []
  for (const names of inCommands(snapshots)) holds.push(await holdsOf(host, names))
  return holds.flat()
}

async function holdsOf(host: Pick<Host, 'run'>, snapshots: readonly string[]): Promise<ZfsHold[]> {
  const argv = listHoldsArgv(snapshots)
  const patience = { timeoutMs: 120_000 }
  const result = await host.run(argv, patience)
  if (result.exit === 2 && /^invalid option 'p'\n/.test(result.stderr)) {
    return parseHolds(await runZfs(host, listHoldsArgv(snapshots, 'text'), snapshots, patience))
  }
  if (result.exit !== 0) throw commandError(argv, result, zfsRecognisers({ names: snapshots }))
  return parseHolds(result.stdout)
}
