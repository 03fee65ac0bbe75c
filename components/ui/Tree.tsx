'use client'
import { ChevronRight } from 'lucide-react'
import Link from 'next/link'
import {
  type KeyboardEvent,
  type MouseEvent,
  memo,
  useCallback,
  useEffect,
  useMemo,
  useRef,
  useState,
} from 'react'
import { flushSync } from 'react-dom'
import { cx } from './cx.ts'
import { type MenuItem, useMenu } from './Menu.tsx'
import { ancestorsOf, type FlatNode, flatten, type TreeNode, treeMove } from './tree.ts'
import { useSteady } from './useSteady.ts'
import { useWindow } from './useWindow.ts'

const ROW_HEIGHT = 28
const HEADING_HEIGHT = 32
/** Above and below the rows, inside the scroller: `py-2`. */
const PADDING = 8

type TreeProps = {
  label: string
  nodes: readonly TreeNode[]
  /** The href that is shown now; its ancestors open by themselves. */
  current: string | null
  open: ReadonlySet<string>
  onOpen: (open: ReadonlySet<string>) => void
  menu?: (node: TreeNode) => MenuItem[]
  className?: string
}

/** A tree of links, windowed: thousands of nodes stay fluid. Arrows, Home, End, letters, Enter, the menu key. */
export function Tree({ label, nodes, current, open, onOpen, menu, className }: TreeProps) {
  const scroller = useRef<HTMLDivElement>(null)
  const rows = useMemo(() => flatten(nodes, open), [nodes, open])
  const [activeId, setActiveId] = useState<string | null>(null)
  const contextMenu = useMenu()

  const currentIndex = rows.findIndex(row => row.node.href !== undefined && row.node.href === current)
  const remembered = rows.findIndex(row => row.node.id === activeId)
  const active = remembered >= 0 ? remembered : Math.max(0, currentIndex)

  const {
    rows: drawn,
    height,
    show,
  } = useWindow(scroller, {
    count: rows.length,
    sizeOf: useCallback(index => (rows[index]?.node.heading ? HEADING_HEIGHT : ROW_HEIGHT), [rows]),
    keyOf: useCallback(index => rows[index]?.node.id ?? '', [rows]),
    around: 12,
    head: PADDING,
    sticky: false,
    foot: PADDING,
    keep: active,
  })

  // A page that was reached by a link shows where it is: what is above it opens, once per page.
  const shownFor = useRef<string | null>(null)
  useEffect(() => {
    if (!current || shownFor.current === current) return
    const above = ancestorsOf(nodes, current)
    if (!above) return
    shownFor.current = current
    if (above.some(id => !open.has(id))) onOpen(new Set([...open, ...above]))
  }, [current, nodes, open, onOpen])
  // It stays in sight while the tree fills up, until somebody moves in the tree.
  const moved = useRef<string | null>(null)
  useEffect(() => {
    if (currentIndex >= 0 && moved.current !== current) show(currentIndex)
  }, [currentIndex, current, show])
  const stay = () => {
    moved.current = current
  }

  function toggle(id: string, on: boolean) {
    const next = new Set(open)
    if (on) next.add(id)
    else next.delete(id)
    onOpen(next)
  }
  const onToggle = useSteady(toggle)
  const onMenu = useSteady((event: MouseEvent, node: TreeNode) => {
    if (menu) contextMenu.open(event, () => menu(node), `Actions of ${node.label}`)
  })
  function focusRow(index: number) {
    const id = rows[index]?.node.id
    if (id === undefined) return
    // The active row is always in the page: after this it is there to have the focus.
    flushSync(() => setActiveId(id))
    show(index)
    scroller.current?.querySelector<HTMLElement>(`[data-index="${index}"]`)?.focus({ preventScroll: true })
  }
  function onKeyDown(event: KeyboardEvent) {
    if (event.altKey || event.ctrlKey || event.metaKey) return
    const row = rows[active]
    if (event.key === 'F10' && event.shiftKey && row && menu) {
      contextMenu.open(
        { element: event.target instanceof Element ? event.target : event.currentTarget },
        () => menu(row.node),
        `Actions of ${row.node.label}`,
      )
      event.preventDefault()
      return
    }
    if (
      (event.key === 'Enter' || event.key === ' ') &&
      row &&
      row.node.href === undefined &&
      row.expandable
    ) {
      event.preventDefault()
      toggle(row.node.id, !row.expanded)
      return
    }
    const move = treeMove(event.key, rows, active)
    if (!move) return
    event.preventDefault()
    if ('focus' in move) focusRow(move.focus)
    else if ('open' in move) toggle(move.open, true)
    else toggle(move.close, false)
  }

  return (
    <div
      ref={scroller}
      role="tree"
      aria-label={label}
      tabIndex={-1}
      onKeyDown={onKeyDown}
      onWheel={stay}
      onPointerDown={stay}
      onFocus={stay}
      className={cx('overflow-auto overscroll-contain', className)}
    >
      <div role="presentation" className="relative" style={{ height }}>
        {drawn.map(({ index, start, size }) => {
          const row = rows[index]
          if (!row) return null
          return (
            <Row
              key={row.node.id}
              row={row}
              index={index}
              start={start - PADDING}
              size={size}
              current={row.node.href !== undefined && row.node.href === current}
              active={index === active}
              onActive={setActiveId}
              onToggle={onToggle}
              onMenu={menu && onMenu}
            />
          )
        })}
      </div>
      {contextMenu.menu}
    </div>
  )
}

type RowProps = {
  row: FlatNode
  index: number
  start: number
  size: number
  current: boolean
  active: boolean
  onActive: (id: string) => void
  onToggle: (id: string, open: boolean) => void
  onMenu?: ((event: MouseEvent, node: TreeNode) => void) | undefined
}

/** Drawn anew only when something about it changes: not because others come into view. */
const Row = memo(function Row({
  row,
  index,
  start,
  size,
  current,
  active,
  onActive,
  onToggle,
  onMenu,
}: RowProps) {
  const { node, level, expandable, expanded } = row
  const toggle = () => onToggle(node.id, !expanded)
  const props = {
    role: 'treeitem',
    'aria-level': level,
    'aria-posinset': row.position,
    'aria-setsize': row.siblings,
    'aria-expanded': expandable ? expanded : undefined,
    'aria-current': current ? ('page' as const) : undefined,
    'aria-selected': current,
    'data-index': index,
    tabIndex: active ? 0 : -1,
    onFocus: () => onActive(node.id),
    onContextMenu: onMenu && ((event: MouseEvent) => onMenu(event, node)),
    className: cx(
      'absolute inset-x-0 top-0 flex items-center gap-1.5 rounded pr-2 whitespace-nowrap -outline-offset-2',
      node.heading
        ? 'pt-1.5 font-semibold text-faint text-xs'
        : current
          ? 'bg-accent-soft shadow-[inset_2px_0_0_var(--accent)]'
          : 'hover:bg-sunken',
    ),
    style: {
      height: size,
      transform: `translateY(${start}px)`,
      paddingLeft: node.heading ? 2 : (level - 2) * 14 + 2,
    },
  }
  const content = (
    <>
      <button
        type="button"
        tabIndex={-1}
        aria-hidden
        onClick={event => {
          event.preventDefault()
          event.stopPropagation()
          toggle()
        }}
        className={cx(
          'grid size-6 shrink-0 place-items-center rounded text-faint',
          expandable ? 'hover:text-text' : 'invisible',
        )}
      >
        <ChevronRight
          size={14}
          className={cx('transition-transform duration-100', expanded && 'rotate-90')}
        />
      </button>
      {node.icon && <span className="-ml-1 inline-flex shrink-0 text-muted">{node.icon}</span>}
      <span className="min-w-0 truncate" title={node.label}>
        {node.label}
      </span>
      {node.mark}
      {node.end && <span className="ml-auto shrink-0 pl-2 text-faint text-xs">{node.end}</span>}
    </>
  )
  if (node.href === undefined) {
    return (
      // biome-ignore lint/a11y/useKeyWithClickEvents: the tree handles the keys for all rows
      // biome-ignore lint/a11y/noStaticElementInteractions: its role is in the props
      <div {...props} onClick={expandable ? toggle : undefined}>
        {content}
      </div>
    )
  }
  return (
    <Link {...props} href={node.href} prefetch={false}>
      {content}
    </Link>
  )
})
