import type { PoolState, Vdev } from '../state.ts'
import { adviceFor } from './advice.ts'
import { niceNumber } from './figures.ts'
import { issuedBytes, scanText } from './scan.ts'
import { CLASSES, type NameOptions, rootHealth, shownName, vdevsOf } from './vdevs.ts'

export type StatusOptions = NameOptions & {
  /** `-p`: exact counters. */
  exact: boolean
  /** `-v`: the list of damaged files. */
  verbose: boolean
  /** `-x`: never lists files. */
  unhealthyOnly: boolean
  /** `-s`, `-i`, `-t`, `-D`. */
  slow: boolean
  initialize: boolean
  trim: boolean
  dedup: boolean
}

const MESSAGES = 'https://openzfs.github.io/openzfs-docs/msg/'
const NARROWEST = 10

/** Width of the name column: the longest name with its indentation, at least ten. */
export function nameWidth(pool: PoolState, options: NameOptions): number {
  const widest = (vdev: Vdev, depth: number): number =>
    Math.max(depth + shownName(vdev, options).length, ...vdev.children.map(child => widest(child, depth + 2)))
  return Math.max(NARROWEST, pool.name.length, ...pool.vdevs.map(vdev => widest(vdev, 2)))
}

/** One pool's page of `zpool status`, ending in a newline. */
export function statusText(pool: PoolState, now: number, options: StatusOptions): string {
  const out = [`  pool: ${pool.name}`, ` state: ${pool.health}`]
  const advice = adviceFor(pool)
  if (advice) {
    out.push(`status: ${advice.status}`, `action: ${advice.action}`)
    if (advice.message) out.push(`   see: ${MESSAGES}${advice.message}`)
  }
  const scan = scanText(pool.scan, now)
  if (scan !== null) out.push(`  scan: ${scan}`)
  out.push('config:', '', ...configLines(pool, now, options), '', ...errorLines(pool, options))
  if (options.dedup) out.push('', ' dedup: no DDT entries')
  return `${out.join('\n')}\n`
}

function configLines(pool: PoolState, now: number, options: StatusOptions): string[] {
  const width = nameWidth(pool, options)
  const slow = options.slow ? '  SLOW' : ''
  const root = {
    name: pool.name,
    health: rootHealth(pool),
    readErrors: 0,
    writeErrors: 0,
    checksumErrors: 0,
  }
  const lines = [
    `\t${'NAME'.padEnd(width)}  STATE     READ WRITE CKSUM${slow}`,
    `\t${root.name.padEnd(width)}  ${root.health.padEnd(8)}${counters(root, options, false)}${root.health === 'UNAVAIL' ? LOST : ''}`,
  ]
  // Told of a device once something was read for it.
  const isReading = pool.scan !== null && issuedBytes(pool.scan, now) > 0
  const tree = (vdev: Vdev, depth: number): void => {
    lines.push(vdevLine(vdev, depth, width, options, isReading))
    for (const child of vdev.children) tree(child, depth + 2)
  }
  for (const vdev of vdevsOf(pool, 'data')) tree(vdev, 2)
  for (const { role, heading } of CLASSES) {
    const members = vdevsOf(pool, role)
    if (members.length > 0) lines.push(`\t${heading}\t`)
    for (const vdev of members) tree(vdev, 2)
  }
  const cache = vdevsOf(pool, 'cache')
  if (cache.length > 0) lines.push('\tcache')
  for (const vdev of cache) tree(vdev, 2)
  const spares = vdevsOf(pool, 'spare')
  if (spares.length > 0) lines.push('\tspares')
  for (const vdev of spares) tree(vdev, 2)
  return lines
}

/** Behind a group, or the pool, that has lost more than it can spare. */
const LOST = '  insufficient replicas'

type Counted = { readErrors: number; writeErrors: number; checksumErrors: number; slowIos?: number }

function counters(vdev: Counted, options: StatusOptions, leaf: boolean): string {
  const shown = (value: number) => (options.exact ? String(value) : niceNumber(value)).padStart(5)
  const figures = ` ${shown(vdev.readErrors)} ${shown(vdev.writeErrors)} ${shown(vdev.checksumErrors)}`
  if (!options.slow) return figures
  return leaf ? `${figures} ${shown(vdev.slowIos ?? 0)}` : `${figures}     -`
}

function vdevLine(
  vdev: Vdev,
  depth: number,
  width: number,
  options: StatusOptions,
  isReading: boolean,
): string {
  const name = `${' '.repeat(depth)}${shownName(vdev, options)}`.padEnd(width)
  const leaf = vdev.children.length === 0
  let line = `\t${name}  ${vdev.health.padEnd(8)}`
  if (vdev.role !== 'spare') line += counters(vdev, options, leaf)
  if (vdev.note !== null) line += `  ${vdev.note}`
  else if (!leaf && vdev.health === 'UNAVAIL') line += LOST
  else if (vdev.role === 'spare' && vdev.health === 'INUSE') line += '  currently in use'
  if (vdev.resilvering && isReading) line += '  (resilvering)'
  if (leaf && options.initialize) line += '  (uninitialized)'
  if (leaf && options.trim) line += '  (untrimmed)'
  return line
}

/** With `-v` a suspended pool cannot say: that goes to standard error, see `unlistable`. */
function errorLines(pool: PoolState, options: StatusOptions): string[] {
  const count = pool.errors.length
  if (unlistable(pool, options)) return []
  if (count === 0) return ['errors: No known data errors']
  if (!options.verbose || options.unhealthyOnly) return [`errors: ${count} data errors, use '-v' for a list`]
  return [
    'errors: Permanent errors have been detected in the following files:',
    '',
    ...pool.errors.map(name => `        ${name}`),
  ]
}

/** Whether the list of damaged files was asked of a pool that does no I/O. */
export function unlistable(pool: PoolState, options: { verbose: boolean; unhealthyOnly: boolean }): boolean {
  return pool.health === 'SUSPENDED' && options.verbose && !options.unhealthyOnly
}

export const UNLISTABLE = 'errors: List of errors unavailable: pool I/O is currently suspended\n'
