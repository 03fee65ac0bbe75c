// biome-ignore-all lint/a11y/useSemanticElements: a windowed grid cannot be a table element; it has the roles of one.
// biome-ignore-all lint/a11y/useFocusableInteractive: rows and the controls in cells have the focus, not the cells.
// biome-ignore-all lint/a11y/useKeyWithClickEvents: the grid handles the keys for all rows.
'use client'
import { Columns3 } from 'lucide-react'
import {
  type KeyboardEvent,
  type MouseEvent,
  type ReactNode,
  useCallback,
  useEffect,
  useMemo,
  useRef,
  useState,
} from 'react'
import { flushSync } from 'react-dom'
import type { Explained } from '../errors.ts'
import { Banner } from './Banner.tsx'
import { EmptyState } from './EmptyState.tsx'
import { ErrorNotice } from './ErrorNotice.tsx'
import { FilterInput } from './Field.tsx'
import { count } from './format.ts'
import { MenuButton, type MenuItem, useMenu } from './Menu.tsx'
import { HeaderRow, TableRow } from './TableRow.tsx'
import { Time } from './Time.tsx'
import {
  type Column,
  filterRows,
  nextRow,
  nextSort,
  type RemoteRows,
  rangeOf,
  type Sort,
  sortRows,
  withRange,
  withToggled,
} from './table.ts'
import { useColumns } from './useColumns.ts'
import { useSteady } from './useSteady.ts'
import { useWindow } from './useWindow.ts'
import { Waiting } from './Waiting.tsx'

const ROW_HEIGHT = 32
const TICK_WIDTH = 36
const MENU_WIDTH = 40
const PLACEHOLDERS = 6
/** Rows drawn above and below the window. */
const AROUND = 8
const rowHeight = () => ROW_HEIGHT

export type DataTableProps<Row> = {
  /** Name of this table: key of the kept columns. */
  name: string
  /** What the list is, for screen readers: "Snapshots of tank/vms/debian". */
  label: string
  columns: readonly Column<Row>[]
  rowId: (row: Row) => string
  /** All rows; undefined while they are loading. Or `remote`. */
  rows?: readonly Row[]
  remote?: RemoteRows<Row>
  /** The list could not be read (again). Rows that are there stay. */
  error?: Explained | null
  /** When the host said this (Unix ms); shown with an error. */
  heardAt?: number | null
  /** Filter and sort live outside for remote rows; otherwise the table keeps them itself. */
  filter?: { value: string; onValue: (value: string) => void }
  /** The rows that are given are what the filter found already. */
  filteredOutside?: boolean
  sort?: { value: Sort | null; onValue: (sort: Sort) => void }
  initialSort?: Sort
  /** Placeholder of the filter; null leaves the filter out. */
  filterLabel?: string | null
  selection?: { value: ReadonlySet<string>; onValue: (ids: ReadonlySet<string>) => void }
  /** Enter or double click. The name column should be a `RowLink` to the same place. */
  onOpen?: (row: Row) => void
  /** Actions of a row; `label` names the row. */
  menu?: (row: Row) => MenuItem[]
  rowLabel?: (row: Row) => string
  /** What is said when there is nothing, and when the filter leaves nothing. */
  empty: ReactNode
  /** Left of the columns button. */
  tools?: ReactNode
  /** CSS height limit; default: what the window leaves. */
  maxHeight?: string
}

/** A list: filter, sort, ranges, columns, a hundred thousand rows, the keyboard, and honest states. */
export function DataTable<Row>(props: DataTableProps<Row>) {
  const { columns, rowId, remote, selection, error } = props
  const scroller = useRef<HTMLDivElement>(null)
  const [ownFilter, setOwnFilter] = useState('')
  const [ownSort, setOwnSort] = useState<Sort | null>(props.initialSort ?? null)
  const filter = props.filter?.value ?? ownFilter
  const sort = props.sort ? props.sort.value : ownSort
  const [active, setActive] = useState(0)
  const anchor = useRef(0)
  const rowMenu = useMenu()

  const taken = (selection ? TICK_WIDTH : 0) + (props.menu ? MENU_WIDTH : 0)
  const { shown, menu: columnMenu, minWidth } = useColumns(props.name, columns, scroller, taken)

  const outside = Boolean(remote) || props.filteredOutside
  const local = useMemo(
    () =>
      props.rows &&
      sortRows(filterRows(props.rows, columns, outside ? '' : filter), columns, remote ? null : sort),
    [props.rows, columns, filter, sort, remote, outside],
  )
  const known = remote ? remote.total : local?.length
  const loading = known === undefined && !error
  const total = known ?? 0
  const at = useCallback((index: number) => (remote ? remote.at(index) : local?.[index]), [remote, local])

  const current = Math.min(active, Math.max(0, total - 1))
  const drawable = loading ? PLACEHOLDERS : total
  const {
    rows: drawn,
    height,
    first,
    last,
    show,
  } = useWindow(scroller, {
    count: drawable,
    sizeOf: rowHeight,
    around: AROUND,
    head: ROW_HEIGHT,
    sticky: true,
    keep: current,
  })
  const onWindow = remote?.onWindow
  useEffect(() => onWindow?.(first, last), [onWindow, first, last])

  function focusRow(index: number) {
    // The active row is always in the page: after this it is there to have the focus.
    flushSync(() => setActive(index))
    show(index)
    scroller.current?.querySelector<HTMLElement>(`[data-row="${index}"]`)?.focus({ preventScroll: true })
  }
  async function idsOf(from: number, to: number): Promise<string[]> {
    const rows = remote ? await remote.between(from, to) : (local ?? []).slice(from, to)
    return rows.map(rowId)
  }
  async function select(index: number, range: boolean) {
    const row = at(index)
    if (!selection || !row) return
    const on = !selection.value.has(rowId(row))
    if (range) {
      const { first: from, last: to } = rangeOf(anchor.current, index)
      selection.onValue(withRange(selection.value, await idsOf(from, to), on))
    } else selection.onValue(withToggled(selection.value, rowId(row)))
    anchor.current = index
    setActive(index)
  }
  async function extend(index: number) {
    if (!selection) return
    const { first: from, last: to } = rangeOf(anchor.current, index)
    selection.onValue(new Set(await idsOf(from, to)))
  }
  async function selectAll(on: boolean) {
    selection?.onValue(on ? new Set(await idsOf(0, total)) : new Set())
  }
  function openMenu(event: MouseEvent | KeyboardEvent, index: number) {
    const row = at(index)
    if (!row || !props.menu) return
    setActive(index)
    const items = props.menu(row)
    rowMenu.open(event, () => items, `Actions of ${props.rowLabel?.(row) ?? rowId(row)}`)
  }
  const onTick = useSteady((index: number, range: boolean) => void select(index, range))
  const onMenu = useSteady(openMenu)
  const onOpen = useSteady((index: number) => {
    const row = at(index)
    if (row) props.onOpen?.(row)
  })
  function onKeyDown(event: KeyboardEvent<HTMLDivElement>) {
    const onRow = event.target instanceof HTMLElement && event.target.dataset.row !== undefined
    if (!onRow) return
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / ROW_HEIGHT) - 2)
    const to = nextRow(event.key, current, total, page)
    if (to !== null) {
      event.preventDefault()
      if (event.shiftKey) void extend(to)
      else anchor.current = to
      focusRow(to)
      return
    }
    const row = at(current)
    if (event.key === ' ' && selection) {
      event.preventDefault()
      void select(current, event.shiftKey)
    } else if (event.key === 'Enter' && row && props.onOpen) {
      event.preventDefault()
      props.onOpen(row)
    } else if (event.key === 'a' && (event.ctrlKey || event.metaKey) && selection) {
      event.preventDefault()
      void selectAll(true)
    } else if (event.key === 'Escape' && selection && selection.value.size > 0) {
      event.stopPropagation()
      void selectAll(false)
    } else if (event.key === 'F10' && event.shiftKey) openMenu(event, current)
  }

  const tracks = [
    selection && `${TICK_WIDTH}px`,
    ...shown.map(column => (column.grow ? `minmax(${column.min}px, ${column.grow}fr)` : `${column.min}px`)),
    props.menu && `${MENU_WIDTH}px`,
  ]
    .filter(Boolean)
    .join(' ')
  const allTicked = Boolean(selection && total > 0 && selection.value.size >= total)

  return (
    <div className="flex min-w-0 flex-col gap-2">
      <div className="flex flex-wrap items-center gap-2">
        {props.filterLabel !== null && (
          <FilterInput
            label={props.filterLabel ?? 'Filter'}
            value={filter}
            onValue={value => (props.filter ? props.filter.onValue(value) : setOwnFilter(value))}
          />
        )}
        <span role="status" className="text-faint text-sm">
          {loading ? <Waiting className="text-muted" /> : filter ? `${count(total)} found` : ''}
        </span>
        <div className="ml-auto flex flex-wrap items-center gap-1">
          {props.tools}
          <MenuButton items={columnMenu} label="Choose columns">
            <Columns3 aria-hidden size={16} />
            <span className="max-sm:sr-only">Columns</span>
          </MenuButton>
        </div>
      </div>
      {error &&
        (known === undefined ? (
          <ErrorNotice error={error} />
        ) : (
          <Banner tone="warning" live title={error.what}>
            {props.heardAt != null && (
              <>
                What you see is what the host said <Time at={props.heardAt} />.
              </>
            )}
          </Banner>
        ))}
      {!(error && known === undefined) && (
        <div
          ref={scroller}
          role="grid"
          aria-label={props.label}
          aria-rowcount={total + 1}
          aria-colcount={shown.length + (selection ? 1 : 0) + (props.menu ? 1 : 0)}
          aria-multiselectable={selection ? true : undefined}
          aria-busy={loading}
          tabIndex={-1}
          onKeyDown={onKeyDown}
          className="overflow-auto rounded-lg border border-line bg-panel"
          style={{ maxHeight: props.maxHeight ?? 'max(280px, calc(100dvh - 300px))' }}
        >
          <div role="presentation" style={{ minWidth }}>
            <HeaderRow
              columns={shown}
              tracks={tracks}
              sort={sort}
              onSort={id =>
                props.sort ? props.sort.onValue(nextSort(sort, id)) : setOwnSort(nextSort(sort, id))
              }
              tick={
                selection && {
                  on: allTicked,
                  some: selection.value.size > 0 && !allTicked,
                  onTick: () => void selectAll(!allTicked),
                }
              }
              menu={Boolean(props.menu)}
            />
            <div role="rowgroup" className="relative" style={{ height }}>
              {drawn.map(({ index, start }) => {
                const row = loading ? undefined : at(index)
                const id = row ? rowId(row) : null
                return (
                  <TableRow
                    // A row that arrives while it has the focus keeps it; rows that are all here keep their own element.
                    key={remote || id === null ? `row-${index}` : id}
                    row={row}
                    index={index}
                    start={start - ROW_HEIGHT}
                    tracks={tracks}
                    columns={shown}
                    active={!loading && index === current}
                    label={row ? (props.rowLabel?.(row) ?? rowId(row)) : ''}
                    ticked={selection ? Boolean(id && selection.value.has(id)) : null}
                    onTick={onTick}
                    onActive={setActive}
                    onOpen={props.onOpen && onOpen}
                    onMenu={props.menu && onMenu}
                  />
                )
              })}
            </div>
          </div>
          {!loading && total === 0 && (
            <div role="presentation">
              {filter ? (
                <EmptyState title={`Nothing matches “${filter}”.`}>Change or clear the filter.</EmptyState>
              ) : (
                props.empty
              )}
            </div>
          )}
        </div>
      )}
      {rowMenu.menu}
    </div>
  )
}
