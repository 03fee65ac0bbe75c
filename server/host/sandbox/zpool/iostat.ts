import { fail, type Output, type ProgramIo, type ProgramResult } from '../programs.ts'
import type { PoolState, Vdev } from '../state.ts'
import type { World } from '../world.ts'
import { dateLine, niceBytes, niceNumber } from './figures.ts'
import { poolFigures, vdevSpace } from './space.ts'
import { nameWidth } from './status.ts'
import { CLASSES, type NameOptions, shownName, vdevsOf } from './vdevs.ts'

export type IostatOptions = NameOptions & {
  scripted: boolean
  exact: boolean
  verbose: boolean
  /** `-y`: leave out the figures since boot. */
  skipFirst: boolean
  timestamp: 'd' | 'u' | null
}

type Load = { reads: number; writes: number; readBytes: number; writeBytes: number }

/** A pool's load: a quiet machine's, the same for the same pool and second. */
function loadOf(pool: PoolState, second: number): Load {
  const seed = Number(BigInt(pool.guid) % 9973n) + second * 7919
  const wave = (step: number, size: number) => (((seed * step) % 101) / 101) * size
  const reads = Math.floor(wave(31, 24))
  const writes = Math.floor(12 + wave(47, 60))
  return { reads, writes, readBytes: reads * 41_472, writeBytes: writes * 22_528 }
}

function share(load: Load, parts: number): Load {
  return {
    reads: Math.floor(load.reads / parts),
    writes: Math.floor(load.writes / parts),
    readBytes: Math.floor(load.readBytes / parts),
    writeBytes: Math.floor(load.writeBytes / parts),
  }
}

/** `zpool iostat`: since boot first, then one report an interval. */
export async function* iostat(
  world: World,
  pools: PoolState[],
  options: IostatOptions,
  interval: number | null,
  count: number | null,
  io: Pick<ProgramIo, 'signal'>,
): AsyncGenerator<Output, number> {
  if (interval === null) {
    yield { stdout: report(world, pools, options) }
    return 0
  }
  const times = count ?? Number.POSITIVE_INFINITY
  for (let round = options.skipFirst ? 0 : 1; round <= times && !io.signal.aborted; round++) {
    if (round > 0) yield { stdout: report(world, pools, options) }
    if (round < times) await pause(interval * 1000, io.signal)
  }
  return 0
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    const timer = setTimeout(resolve, milliseconds)
    signal.addEventListener(
      'abort',
      () => {
        clearTimeout(timer)
        resolve()
      },
      { once: true },
    )
  })
}

function report(world: World, pools: PoolState[], options: IostatOptions): string {
  const width = Math.max(
    10,
    ...pools.map(pool => (options.verbose ? nameWidth(pool, options) : pool.name.length)),
  )
  const rule = `${'-'.repeat(width)}${'  -----'.repeat(6)}`
  const lines: string[] = []
  if (options.timestamp === 'u') lines.push(String(world.nowSeconds()))
  if (options.timestamp === 'd') lines.push(dateLine(world.now()))
  if (!options.scripted)
    lines.push(
      `${' '.repeat(width)}    capacity     operations     bandwidth `,
      `${'pool'.padEnd(width)}  alloc   free   read  write   read  write`,
      rule,
    )
  pools.forEach((pool, index) => {
    lines.push(...poolLines(world, pool, width, options))
    const last = index === pools.length - 1
    if (!options.scripted && (options.verbose || !last || pools.length > 1)) lines.push(rule)
  })
  return lines.map(line => `${line}\n`).join('')
}

function poolLines(world: World, pool: PoolState, width: number, options: IostatOptions): string[] {
  const figures = poolFigures(world, pool)
  const load = loadOf(pool, world.nowSeconds())
  const bytes = (value: number) => (options.exact ? String(value) : niceBytes(value))
  const number = (value: number) => (options.exact ? String(value) : niceNumber(value))
  const row = (name: string, depth: number, space: [string, string], has: Load): string => {
    const cells = [
      ...space,
      number(has.reads),
      number(has.writes),
      options.exact ? String(has.readBytes) : niceNumber(has.readBytes),
      options.exact ? String(has.writeBytes) : niceNumber(has.writeBytes),
    ]
    if (options.scripted) return [name, ...cells].join('\t')
    return [`${' '.repeat(depth)}${name}`.padEnd(width), ...cells.map(cell => cell.padStart(5))].join('  ')
  }
  const lines = [row(pool.name, 0, [bytes(figures.allocatedBytes), bytes(figures.freeBytes)], load)]
  if (!options.verbose) return lines
  const none: [string, string] = options.scripted ? ['0', '0'] : ['-', '-']
  const tree = (vdev: Vdev, depth: number, top: boolean, has: Load): void => {
    const space = vdevSpace(pool, figures, vdev)
    const shown: [string, string] = top ? [bytes(space.allocatedBytes), bytes(space.freeBytes)] : none
    lines.push(row(shownName(vdev, options), depth, shown, has))
    for (const child of vdev.children) tree(child, depth + 2, false, share(has, vdev.children.length))
  }
  const data = vdevsOf(pool, 'data')
  for (const vdev of data) tree(vdev, 2, true, share(load, data.length))
  for (const { role, heading } of [...CLASSES, { role: 'cache', heading: 'cache' } as const]) {
    const members = vdevsOf(pool, role)
    if (members.length === 0) continue
    lines.push(options.scripted ? '' : `${heading.padEnd(width)}      -      -      -      -      -      -`)
    for (const vdev of members) tree(vdev, 2, true, { reads: 0, writes: 0, readBytes: 0, writeBytes: 0 })
  }
  return lines
}

/** Splits operands into pools, interval and count; numbers at the end are the latter two. */
export function iostatOperands(
  world: World,
  operands: string[],
): { pools: PoolState[]; interval: number | null; count: number | null } | ProgramResult {
  const words = [...operands]
  const numbers: number[] = []
  for (
    let last = words.at(-1);
    last !== undefined && /^\d+(\.\d+)?$/.test(last) && numbers.length < 2;
    last = words.at(-1)
  ) {
    if (world.state.pools[last]) break
    numbers.unshift(Number(last))
    words.pop()
  }
  const all = Object.values(world.state.pools).sort((a, b) => (a.name < b.name ? -1 : 1))
  if (all.length === 0) return fail(1, 'no pools available\n')
  const pools: PoolState[] = []
  for (const word of words) {
    const pool = world.state.pools[word]
    if (!pool) return fail(1, 'Unable to parse pools/vdevs list.\n\n')
    pools.push(pool)
  }
  return {
    pools: pools.length > 0 ? pools : all,
    interval: numbers[0] ?? null,
    count: numbers[1] ?? null,
  }
}
