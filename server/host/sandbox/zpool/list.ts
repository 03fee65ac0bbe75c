import type { PoolState, Vdev } from '../state.ts'
import { niceBytes } from './figures.ts'
import { fixedWidth, headingOf, isRight, type PoolFigures, propertyValue } from './properties.ts'
import { vdevSpace } from './space.ts'
import { nameWidth } from './status.ts'
import { CLASSES, type NameOptions, shownName, vdevsOf } from './vdevs.ts'

export type ListOptions = NameOptions & {
  scripted: boolean
  exact: boolean
  verbose: boolean
  columns: string[]
}

export const DEFAULT_COLUMNS = [
  'name',
  'size',
  'allocated',
  'free',
  'checkpoint',
  'expandsize',
  'fragmentation',
  'capacity',
  'dedupratio',
  'health',
  'altroot',
]

type Row = { pool: PoolState; figures: PoolFigures }

/** `zpool list`: a table, or rows of tab-separated values with `-H`. */
export function listText(rows: Row[], options: ListOptions): string {
  const { columns, scripted, exact } = options
  const cells = rows.map(row => columns.map(column => propertyValue(row.pool, row.figures, column, exact)))
  const names = options.verbose ? Math.max(0, ...rows.map(row => nameWidth(row.pool, options))) : 0
  const widths = columns.map((column, index) => {
    const fixed = fixedWidth(column)
    const widest = Math.max(headingOf(column).length, ...cells.map(row => row[index]?.length ?? 0))
    const width = fixed === null || exact ? Math.max(fixed ?? 0, widest) : fixed
    return index === 0 && options.verbose ? Math.max(width, names) : width
  })
  const line = (texts: string[]): string =>
    texts
      .map((text, index) => {
        const last = index === texts.length - 1
        const width = widths[index] ?? 0
        if (isRight(columns[index] ?? '')) return text.padStart(width)
        return last ? text : text.padEnd(width)
      })
      .join('  ')
  const out: string[] = []
  if (!scripted) out.push(line(columns.map(headingOf)))
  rows.forEach((row, index) => {
    const texts = cells[index] ?? []
    out.push(scripted ? texts.join('\t') : line(texts))
    if (options.verbose) out.push(...vdevRows(row, widths[0] ?? 0, options))
  })
  return out.map(text => `${text}\n`).join('')
}

/** The row of dashes behind a class name; `-H` does not change it (zpool_main.c, print_list_stats). */
function classRow(heading: string, width: number): string {
  return `${heading.padEnd(width)}      -      -      -        -         -      -      -      -         -`
}

function vdevRows(row: Row, width: number, options: ListOptions): string[] {
  const out: string[] = []
  const tree = (vdev: Vdev, depth: number, top: boolean): void => {
    out.push(vdevRow(row, vdev, depth, top, width, options))
    for (const child of vdev.children) tree(child, depth + 2, false)
  }
  for (const vdev of vdevsOf(row.pool, 'data')) tree(vdev, 2, true)
  for (const { role, heading } of [...CLASSES, { role: 'cache', heading: 'cache' } as const]) {
    const members = vdevsOf(row.pool, role)
    if (members.length > 0)
      out.push(classRow(heading, options.scripted ? nameWidth(row.pool, options) : width))
    for (const vdev of members) tree(vdev, 2, true)
  }
  const spares = vdevsOf(row.pool, 'spare')
  if (spares.length > 0) out.push(classRow('spare', options.scripted ? nameWidth(row.pool, options) : width))
  for (const vdev of spares) tree(vdev, 2, false)
  return out
}

/** size, allocated, free, checkpoint, expandsize, fragmentation, capacity, dedupratio, health */
function vdevRow(
  { pool, figures }: Row,
  vdev: Vdev,
  depth: number,
  top: boolean,
  width: number,
  options: ListOptions,
): string {
  const bytes = (value: number) => (options.exact ? String(value) : niceBytes(value))
  const size = vdev.sizeBytes > 0 ? bytes(vdev.sizeBytes) : '-'
  let values = [size, '-', '-', '-', '-', '-', '-', '-', vdev.health]
  if (top) {
    const space = vdevSpace(pool, figures, vdev)
    const full = space.sizeBytes === 0 ? 0 : (space.allocatedBytes * 100) / space.sizeBytes
    values = [
      vdev.children.length === 0 && vdev.sizeBytes > 0 ? size : bytes(space.sizeBytes),
      bytes(space.allocatedBytes),
      bytes(space.freeBytes),
      '-',
      '-',
      options.exact ? String(space.fragmentation) : `${space.fragmentation}%`,
      options.exact ? String(Math.floor(full)) : fullness(full),
      '-',
      vdev.health,
    ]
  }
  const name = shownName(vdev, options)
  if (options.scripted) return ['', name, ...values].join('\t')
  const widths = [5, 5, 5, 7, 8, 5, 5, 5, 8]
  const cells = values.map((value, index) => value.padStart(widths[index] ?? 5))
  return [`${' '.repeat(depth)}${name}`.padEnd(width), ...cells].join('  ')
}

/** Capacity of a vdev has three figures: `4.31%`, `19.0%`, ` 100%`. */
function fullness(percent: number): string {
  if (percent < 10) return `${percent.toFixed(2)}%`
  return percent < 100 ? `${percent.toFixed(1)}%` : `${percent.toFixed(0)}%`
}

export type GetOptions = { scripted: boolean; exact: boolean; fields: string[] }

export const GET_FIELDS = ['name', 'property', 'value', 'source']

/** `zpool get`: rows of name, property, value, source as `-o` asks. */
export function getText(
  rows: { name: string; property: string; value: string; source: string }[],
  options: GetOptions,
): string {
  const cell = (row: (typeof rows)[number], field: string): string =>
    field === 'name'
      ? row.name
      : field === 'property'
        ? row.property
        : field === 'value'
          ? row.value
          : row.source
  if (options.scripted)
    return rows.map(row => `${options.fields.map(field => cell(row, field)).join('\t')}\n`).join('')
  if (rows.length === 0) return ''
  const table = [
    options.fields.map(field => field.toUpperCase()),
    ...rows.map(row => options.fields.map(field => cell(row, field))),
  ]
  const widths = options.fields.map((_, index) => Math.max(...table.map(row => row[index]?.length ?? 0)))
  return table
    .map(
      row =>
        `${row.map((text, index) => (index === row.length - 1 ? text : text.padEnd(widths[index] ?? 0))).join('  ')}\n`,
    )
    .join('')
}
