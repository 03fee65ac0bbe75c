import type { ReactNode } from 'react'

/** One column: how it looks, sorts and is searched. Widths are px; what does not fit is left out, last columns first. */
export type Column<Row> = {
  id: string
  header: string
  cell: (row: Row) => ReactNode
  /** Least width in px. */
  min: number
  /** Share of the room that is left over; 0 keeps it at `min`. */
  grow?: number
  align?: 'right'
  /** What it sorts by; also makes the header a button. For remote rows only its presence counts. */
  sort?: (row: Row) => string | number | null
  /** What the filter looks in. */
  text?: (row: Row) => string
  /** Stays whatever the width is, and cannot be switched off. */
  always?: boolean
  /** Not shown unless a person asks for it. */
  hidden?: boolean
}

export type Sort = { column: string; descending: boolean }

/** Rows that stay on the server: the table asks for the window it shows. `useRemoteRows` makes one. */
export type RemoteRows<Row> = {
  /** Undefined until the first answer. */
  total: number | undefined
  at: (index: number) => Row | undefined
  /** Called with the window on the screen, last not included. */
  onWindow: (first: number, last: number) => void
  /** Rows of a range, for selecting what was never on the screen. */
  between: (first: number, last: number) => Promise<Row[]>
}

const collator = new Intl.Collator('en', { numeric: true, sensitivity: 'base' })

/** Sorted copy; text by its numbers (disk2 before disk10), nulls last in both directions, ties in their old order. */
export function sortRows<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  sort: Sort | null,
): readonly Row[] {
  const value = sort && columns.find(column => column.id === sort.column)?.sort
  if (!sort || !value) return rows
  const sign = sort.descending ? -1 : 1
  return rows
    .map((row, index) => ({ row, index, key: value(row) }))
    .sort((a, b) => {
      if (a.key === null || b.key === null)
        return (a.key === null ? 1 : 0) - (b.key === null ? 1 : 0) || a.index - b.index
      const order =
        typeof a.key === 'number' && typeof b.key === 'number'
          ? a.key - b.key
          : collator.compare(String(a.key), String(b.key))
      return sign * order || a.index - b.index
    })
    .map(({ row }) => row)
}

/** Rows that hold every word of the filter, in any of their columns. */
export function filterRows<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  filter: string,
): readonly Row[] {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean)
  if (words.length === 0) return rows
  return rows.filter(row => {
    const text = columns
      .map(column => column.text?.(row) ?? '')
      .join('\n')
      .toLowerCase()
    return words.every(word => text.includes(word))
  })
}

/** A header was pressed: ascending, descending, ascending... */
export function nextSort(sort: Sort | null, column: string): Sort {
  return { column, descending: sort?.column === column ? !sort.descending : false }
}

/** Indexes from anchor to index, whichever is first; last not included. */
export function rangeOf(anchor: number, index: number): { first: number; last: number } {
  return { first: Math.min(anchor, index), last: Math.max(anchor, index) + 1 }
}

export function withToggled(selection: ReadonlySet<string>, id: string): Set<string> {
  const next = new Set(selection)
  if (!next.delete(id)) next.add(id)
  return next
}

/** A range takes the state that its end had not: shift-click on a ticked row unticks the range. */
export function withRange(selection: ReadonlySet<string>, ids: readonly string[], on: boolean): Set<string> {
  const next = new Set(selection)
  for (const id of ids) {
    if (on) next.add(id)
    else next.delete(id)
  }
  return next
}

/** What a person chose for a column; columns without a choice follow the width. */
export type ColumnChoice = Record<string, boolean>

/** Columns to show in `width` px: chosen ones always, the others as long as they fit, last ones go first. */
export function fittingColumns<Row>(
  columns: readonly Column<Row>[],
  choice: ColumnChoice,
  width: number,
): Column<Row>[] {
  const wanted = columns.filter(column => column.always || (choice[column.id] ?? !column.hidden))
  const sum = () => wanted.reduce((total, column) => total + column.min, 0)
  for (let at = wanted.length - 1; at >= 0 && width > 0 && sum() > width; at--) {
    const column = wanted[at]
    if (column && !column.always && choice[column.id] === undefined) wanted.splice(at, 1)
  }
  return wanted
}

/** Where the keyboard goes from row `here` of `total`; null where the key means nothing to a table. */
export function nextRow(key: string, here: number, total: number, page: number): number | null {
  if (total === 0) return null
  const to = (index: number) => Math.max(0, Math.min(total - 1, index))
  if (key === 'ArrowDown') return to(here + 1)
  if (key === 'ArrowUp') return to(here - 1)
  if (key === 'PageDown') return to(here + page)
  if (key === 'PageUp') return to(here - page)
  if (key === 'Home') return 0
  if (key === 'End') return total - 1
  return null
}
