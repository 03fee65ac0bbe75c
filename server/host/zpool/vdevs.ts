/** The config paragraph of zpool-status(8). */
import { unreadable } from '../answer.ts'
import { POOL_STATES, type PoolState } from './list.ts'
import { parseShortSize, SIZE } from './scan.ts'

type VdevGroup = 'data' | 'logs' | 'cache' | 'spares' | 'special' | 'dedup'

export type ZpoolVdev = {
  name: string
  /** `mirror`, `raidz1`, `draid1`, `spare`, `replacing`, `indirect`, `disk`, `file`, … */
  kind: string
  group: VdevGroup
  state: PoolState
  readErrors: number
  writeErrors: number
  checksumErrors: number
  /** What stands behind the counters: "was /dev/da2", "(resilvering)", "too many errors". */
  note: string | null
  children: ZpoolVdev[]
}

/** The line of the pool itself, with its own counters. */
export type ZpoolRoot = Omit<ZpoolVdev, 'name' | 'kind' | 'group' | 'children'>

export type ZpoolTree = {
  root: ZpoolRoot | null
  vdevs: ZpoolVdev[]
}

const GROUPS: readonly VdevGroup[] = ['logs', 'cache', 'spares', 'special', 'dedup']
/** Words of zpool_state_to_name() that are no state of their own here: the disk cannot be used, the note says why. */
const OTHER_STATES = ['SPLIT', 'UNKNOWN', 'CLOSED'] as const
const STATE_WORDS = [...POOL_STATES, ...OTHER_STATES]

/** Kinds of vdev that have nothing below them. */
const LEAVES: readonly string[] = ['disk', 'file', 'draid-spare', 'indirect', 'missing', 'hole']

type Row = {
  depth: number
  name: string
  state: PoolState
  counters: number[]
  note: string | null
}

/** Lines behind `config:`. AppError `unreadable` where a line is no vdev; `text` is the whole answer, for the error. */
export function parseConfig(pool: string, lines: readonly string[], text: string): ZpoolTree {
  const rows = lines.filter(line => line.trim() !== '')
  const header = rows.findIndex(line => /^\tNAME +STATE\b/.test(line))
  // "The configuration cannot be determined." of a pool that could not be opened at all.
  if (header < 0) {
    if (rows.every(line => line.startsWith('\t') && !STATE_WORDS.some(word => line.includes(word)))) {
      return { root: null, vdevs: [] }
    }
    throw unreadable('zpool status', text, 'its config has no heading')
  }
  const columns = countColumns(rows[header] ?? '')
  const stateAt = (rows[header] ?? '').indexOf('STATE')
  const tree: ZpoolTree = { root: null, vdevs: [] }
  let group: VdevGroup = 'data'
  const above: ZpoolVdev[] = []
  for (const line of rows.slice(header + 1)) {
    const heading = GROUPS.find(known => line.trim() === known && /^\t\S/.test(line))
    if (heading) {
      group = heading
      continue
    }
    // A spare has no counters of its own.
    const row = parseRow(line, stateAt, group === 'spares' ? null : columns)
    if (!row) throw unreadable('zpool status', text, `“${line.trim().slice(0, 80)}” is no vdev`)
    const { state, note } = row
    const [readErrors = 0, writeErrors = 0, checksumErrors = 0] = row.counters
    if (row.depth === 0) {
      if (row.name !== pool || tree.root)
        throw unreadable('zpool status', text, `“${row.name}” is not the pool`)
      tree.root = { state, readErrors, writeErrors, checksumErrors, note }
      continue
    }
    const vdev: ZpoolVdev = {
      name: row.name,
      kind: kindOf(row.name, group),
      group,
      state,
      readErrors,
      writeErrors,
      checksumErrors,
      note,
      children: [],
    }
    above.length = row.depth - 1
    const parent = above.at(-1)
    // With -g every vdev has a number for its name.
    if (parent && LEAVES.includes(parent.kind) && !/^\d+$/.test(parent.name))
      throw unreadable('zpool status', text, `“${row.name}” hangs on a disk`)
    const beside = (parent?.children ?? tree.vdevs).some(one => one.name === row.name && one.group === group)
    if (beside) throw unreadable('zpool status', text, `“${row.name}” comes twice`)
    if (row.depth > 1 && !parent) throw unreadable('zpool status', text, `“${row.name}” hangs in the air`)
    if (parent) parent.children.push(vdev)
    else tree.vdevs.push(vdev)
    above.push(vdev)
  }
  if (!tree.root) throw unreadable('zpool status', text, 'its config does not show the pool itself')
  return tree
}

/** READ, WRITE, CKSUM (always in this order), and with -s SLOW. */
function countColumns(header: string): number {
  return header
    .trim()
    .split(/ +/)
    .filter(word => ['READ', 'WRITE', 'CKSUM', 'SLOW'].includes(word)).length
}

function parseRow(line: string, stateAt: number, columns: number | null): Row | null {
  const indent = /^\t((?: {2})*)(?=\S)/.exec(line)
  if (!indent) return null
  const atColumn = splitAtState(line.slice(0, stateAt), line.slice(stateAt))
  // A name with characters of several bytes shifts the column: then the first state word behind two spaces counts.
  const split = atColumn ?? splitAtFirstState(line, indent[0].length)
  if (!split) return null
  const depth = (indent[1] ?? '').length / 2
  const tail = split.rest.trimEnd()
  // SLOW is "-" where it does not apply. A note may begin with a number.
  const fields = new RegExp(`^((?: +(?:${SIZE}|-)(?= |$)){${columns ?? 0}})(.*)$`).exec(tail)
  if (!fields) return null
  const counters = (fields?.[1] ?? '')
    .trim()
    .split(/ +/)
    .slice(0, 3)
    .filter(word => word !== '')
  const note = (fields?.[2] ?? '').trim()
  const state = POOL_STATES.find(known => known === split.state)
  return {
    depth,
    name: split.name,
    state: state ?? 'UNAVAIL',
    counters: counters.map(word => parseShortSize(word) ?? 0),
    note: [state ? '' : split.state, note].filter(word => word !== '').join(' ') || null,
  }
}

function splitAtFirstState(line: string, from: number): ReturnType<typeof splitAtState> {
  for (const { 0: word, index } of line.slice(from).matchAll(/(?<= {2})[A-Z]+(?= |$)/g)) {
    if (STATE_WORDS.some(known => known === word))
      return splitAtState(line.slice(0, from + index), line.slice(from + index))
  }
  return null
}

function splitAtState(before: string, behind: string): { name: string; state: string; rest: string } | null {
  const match = /^([A-Z]+)(?= |$)(.*)$/.exec(behind)
  const [, state = '', rest = ''] = match ?? []
  if (!match || !before.endsWith(' ') || !STATE_WORDS.some(word => word === state)) return null
  return { name: before.trim(), state, rest }
}

/** vdev_name(): "mirror-0", "raidz2-1", "draid1:2d:5c:1s-0", "spare-0"; leaves are disks, or files with their path. */
function kindOf(name: string, group: VdevGroup): string {
  const match =
    /^(mirror|raidz[123]?|draid\d?|spare|replacing|indirect|missing|hole)(?::\S+)?-\d+(-\d+)?$/.exec(name)
  if (match) return match[2] !== undefined && group === 'spares' ? 'draid-spare' : (match[1] ?? 'disk')
  return name.startsWith('/') && !name.startsWith('/dev/') ? 'file' : 'disk'
}
