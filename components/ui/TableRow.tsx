// biome-ignore-all lint/a11y/useSemanticElements: a windowed grid cannot be a table element; it has the roles of one.
// biome-ignore-all lint/a11y/useFocusableInteractive: rows and the controls in cells have the focus, not the cells.
// biome-ignore-all lint/a11y/useKeyWithClickEvents: the grid handles the keys for all rows.
'use client'
import { ArrowDown, ArrowUp, Ellipsis } from 'lucide-react'
import Link from 'next/link'
import { type ComponentProps, createContext, type MouseEvent, memo, type ReactNode, use } from 'react'
import { cx } from './cx.ts'
import { Skeleton } from './Spinner.tsx'
import type { Column, Sort } from './table.ts'

/** Only controls of the active row are tab stops: Tab leaves a list of ten thousand rows in two steps. */
const ActiveRow = createContext(true)

/** The name of a row as a link to its page. */
export function RowLink({ className, ...rest }: ComponentProps<typeof Link>) {
  const active = use(ActiveRow)
  return (
    <Link
      prefetch={false}
      {...rest}
      tabIndex={active ? 0 : -1}
      className={cx(
        'inline-block max-w-full align-top leading-6 hover:underline hover:decoration-edge hover:underline-offset-2',
        className,
      )}
    />
  )
}

/** `tabIndex` for other controls in cells. */
export function useRowTab(): 0 | -1 {
  return use(ActiveRow) ? 0 : -1
}

const CELL = 'flex min-w-0 items-center px-2.5'

type HeaderRowProps<Row> = {
  columns: Column<Row>[]
  tracks: string
  sort: Sort | null
  onSort: (column: string) => void
  tick?: { on: boolean; some: boolean; onTick: () => void }
  menu: boolean
}

export function HeaderRow<Row>({ columns, tracks, sort, onSort, tick, menu }: HeaderRowProps<Row>) {
  return (
    <div role="rowgroup" className="sticky top-0 z-10 bg-sunken">
      <div
        role="row"
        aria-rowindex={1}
        className="grid h-8 border-line border-b text-muted text-sm"
        style={{ gridTemplateColumns: tracks }}
      >
        {tick && (
          <div role="columnheader" className="grid place-items-center">
            <input
              type="checkbox"
              aria-label="Select all"
              checked={tick.on}
              ref={element => {
                if (element) element.indeterminate = tick.some
              }}
              onChange={tick.onTick}
              className="size-4"
            />
          </div>
        )}
        {columns.map(column => {
          const direction =
            sort?.column === column.id ? (sort.descending ? 'descending' : 'ascending') : undefined
          return (
            <div
              key={column.id}
              role="columnheader"
              aria-sort={column.sort ? (direction ?? 'none') : undefined}
              className={cx(CELL, column.align === 'right' && 'justify-end')}
            >
              {column.sort ? (
                <button
                  type="button"
                  onClick={() => onSort(column.id)}
                  className={cx(
                    'inline-flex h-6 min-w-0 items-center gap-1 rounded hover:text-text',
                    direction && 'font-medium text-text',
                  )}
                >
                  <span className="truncate">{column.header}</span>
                  {direction === 'ascending' && <ArrowUp aria-hidden size={12} />}
                  {direction === 'descending' && <ArrowDown aria-hidden size={12} />}
                </button>
              ) : (
                <span className="truncate">{column.header}</span>
              )}
            </div>
          )
        })}
        {menu && (
          <div role="columnheader">
            <span className="sr-only">Actions</span>
          </div>
        )}
      </div>
    </div>
  )
}

type DrawnColumn<Row> = Pick<Column<Row>, 'id' | 'align'> & { cell(row: Row): ReactNode }

type TableRowProps<Row> = {
  /** Undefined while it is on its way. */
  row: Row | undefined
  index: number
  start: number
  tracks: string
  columns: readonly DrawnColumn<Row>[]
  active: boolean
  label: string
  /** Null in a table without selection. */
  ticked: boolean | null
  onTick: (index: number, range: boolean) => void
  onActive: (index: number) => void
  onOpen?: ((index: number) => void) | undefined
  onMenu?: ((event: MouseEvent, index: number) => void) | undefined
}

/** A scroll brings a few rows and takes a few: the others are not drawn anew, as long as nothing about them changes. */
export const TableRow: <Row>(props: TableRowProps<Row>) => ReactNode = memo(PlainRow)

function PlainRow<Row>(props: TableRowProps<Row>) {
  const { row, index, columns, active, ticked } = props
  function onClick(event: MouseEvent) {
    if (event.target instanceof Element && event.target.closest('a, button, input')) return
    props.onActive(index)
    if (ticked !== null && (event.shiftKey || event.ctrlKey || event.metaKey))
      props.onTick(index, event.shiftKey)
  }
  return (
    <ActiveRow value={active}>
      <div
        role="row"
        aria-rowindex={index + 2}
        aria-selected={ticked ?? undefined}
        data-row={index}
        tabIndex={active ? 0 : -1}
        onClick={onClick}
        onFocus={event => event.target === event.currentTarget && !active && props.onActive(index)}
        onMouseDown={event => event.shiftKey && event.preventDefault()}
        onDoubleClick={event => {
          if (!(event.target instanceof Element && event.target.closest('a, button, input')))
            props.onOpen?.(index)
        }}
        onContextMenu={event => {
          if (props.onMenu && row) {
            event.preventDefault()
            props.onMenu(event, index)
          }
        }}
        className={cx(
          'absolute inset-x-0 top-0 grid h-8 border-line border-b -outline-offset-2',
          ticked ? 'bg-accent-soft' : 'hover:bg-sunken',
        )}
        style={{ gridTemplateColumns: props.tracks, transform: `translateY(${props.start}px)` }}
      >
        {ticked !== null && (
          <div role="gridcell" className="grid place-items-center">
            <input
              type="checkbox"
              aria-label={`Select ${props.label}`}
              checked={ticked}
              disabled={!row}
              tabIndex={-1}
              onChange={() => undefined}
              onClick={event => props.onTick(index, event.shiftKey)}
              className="size-4"
            />
          </div>
        )}
        {columns.map(column => (
          <div
            key={column.id}
            role="gridcell"
            className={cx(CELL, column.align === 'right' && 'justify-end text-right')}
          >
            <span className="min-w-0 truncate">{row ? column.cell(row) : <Skeleton className="w-16" />}</span>
          </div>
        ))}
        {props.onMenu && (
          <div role="gridcell" className="grid place-items-center">
            {row && (
              <button
                type="button"
                aria-label={`Actions of ${props.label}`}
                aria-haspopup="menu"
                tabIndex={active ? 0 : -1}
                onClick={event => props.onMenu?.(event, index)}
                className="grid size-6 place-items-center rounded text-muted hover:bg-line hover:text-text"
              >
                <Ellipsis aria-hidden size={16} />
              </button>
            )}
          </div>
        )}
      </div>
    </ActiveRow>
  )
}
