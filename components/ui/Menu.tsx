'use client'
import {
  type KeyboardEvent,
  type MouseEvent,
  type ReactNode,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
} from 'react'
import { createPortal } from 'react-dom'
import { cx } from './cx.ts'

export type MenuItem =
  | {
      label: string
      icon?: ReactNode
      /** Right of the label: a shortcut or a figure. */
      hint?: string
      /** Why it cannot be done now: shown under the label. The item stays, and stays reachable. */
      disabled?: string | false | null
      danger?: boolean
      /** For choices: drawn with a check mark when true. */
      checked?: boolean
      /** Keeps the menu open after a choice (column chooser). */
      stays?: boolean
      onSelect: () => void
    }
  | 'separator'

/** Where a menu opens: below an element, or at a point of the window. */
export type MenuAnchor = { element: Element } | { x: number; y: number }

type OpenMenu = { items: MenuItem[]; anchor: MenuAnchor; label: string; source: Element | null }

/**
 * One menu for buttons, rows and trees. `open(event, items)` from a right click, the menu key or a press;
 * render `menu` once anywhere in the component.
 */
export function useMenu(): {
  open: (from: MouseEvent | KeyboardEvent | MenuAnchor, items: MenuItem[], label: string) => void
  isOpen: boolean
  menu: ReactNode
} {
  const [state, setState] = useState<OpenMenu | null>(null)
  return {
    isOpen: state !== null,
    open(from, items, label) {
      if ('preventDefault' in from) from.preventDefault()
      if (items.length > 0) setState({ items, anchor: anchorOf(from), label, source: sourceOf(from) })
    },
    menu: state && <MenuPopup {...state} onClose={() => setState(null)} />,
  }
}

function anchorOf(from: MouseEvent | KeyboardEvent | MenuAnchor): MenuAnchor {
  if (!('currentTarget' in from)) return from
  // The menu key arrives as a contextmenu event without a place.
  if (from.type === 'contextmenu' && 'clientX' in from && (from.clientX !== 0 || from.clientY !== 0)) {
    return { x: from.clientX, y: from.clientY }
  }
  return { element: from.currentTarget }
}

function sourceOf(from: MouseEvent | KeyboardEvent | MenuAnchor): Element | null {
  if ('currentTarget' in from) return from.currentTarget
  return 'element' in from ? from.element : null
}

/** Inside a dialog everything outside of it is inert, and a landmark keeps its menus: so a menu lives where it was opened. */
const HOLDERS = '[role=dialog], dialog, main, nav, header'

/**
 * A button that opens a menu below it; items are made when it opens. `label` names the menu, and the button too when it
 * shows a picture only.
 */
export function MenuButton({
  items,
  label,
  iconOnly,
  children,
  className,
}: {
  items: () => MenuItem[]
  label: string
  iconOnly?: boolean
  children: ReactNode
  className?: string
}) {
  const { open, menu, isOpen } = useMenu()
  return (
    <>
      <button
        type="button"
        aria-haspopup="menu"
        aria-expanded={isOpen}
        aria-label={iconOnly ? label : undefined}
        title={iconOnly ? label : undefined}
        onClick={event => open(event, items(), label)}
        onKeyDown={event => event.key === 'ArrowDown' && open(event, items(), label)}
        className={
          className ??
          'inline-flex h-8 shrink-0 items-center gap-1.5 rounded-md px-2 text-muted hover:bg-sunken hover:text-text'
        }
      >
        {children}
      </button>
      {menu}
    </>
  )
}

function MenuPopup({ items, anchor, label, source, onClose }: OpenMenu & { onClose: () => void }) {
  const box = useRef<HTMLDivElement>(null)
  const [before] = useState(() =>
    document.activeElement instanceof HTMLElement ? document.activeElement : null,
  )
  const [shown, setShown] = useState(items)
  const [holder] = useState<Element>(() => (source ?? before)?.closest(HOLDERS) ?? document.body)

  useLayoutEffect(() => {
    const menu = box.current
    if (!menu) return
    const { x, y } = placeOf(anchor, menu.offsetWidth, menu.offsetHeight)
    menu.style.left = `${x}px`
    menu.style.top = `${y}px`
    menu.querySelector<HTMLElement>('[role^=menuitem]')?.focus({ preventScroll: true })
  }, [anchor])

  useEffect(() => {
    const outside = (event: Event) => {
      if (event.target instanceof Node && box.current?.contains(event.target)) return
      onClose()
    }
    document.addEventListener('pointerdown', outside, true)
    window.addEventListener('blur', onClose)
    window.addEventListener('resize', onClose)
    document.addEventListener('scroll', outside, true)
    return () => {
      document.removeEventListener('pointerdown', outside, true)
      window.removeEventListener('blur', onClose)
      window.removeEventListener('resize', onClose)
      document.removeEventListener('scroll', outside, true)
    }
  }, [onClose])

  function close() {
    before?.focus({ preventScroll: true })
    onClose()
  }
  function choose(item: Exclude<MenuItem, 'separator'>) {
    if (item.disabled) return
    if (item.stays) {
      setShown(list =>
        list.map(each =>
          each !== 'separator' && each.label === item.label ? { ...each, checked: !each.checked } : each,
        ),
      )
      item.onSelect()
      return
    }
    close()
    item.onSelect()
  }
  function onKeyDown(event: KeyboardEvent) {
    const elements = [...(box.current?.querySelectorAll<HTMLElement>('[role^=menuitem]') ?? [])]
    const here = document.activeElement instanceof HTMLElement ? elements.indexOf(document.activeElement) : -1
    const to = nextItem(
      event.key,
      here,
      // Not what is drawn: a state's word may stand in the picture before it.
      shown.flatMap(item => (item === 'separator' ? [] : [item.label])),
    )
    if (to !== null) {
      event.preventDefault()
      elements[to]?.focus()
    } else if (event.key === 'Escape' || event.key === 'Tab') {
      event.preventDefault()
      close()
    }
    event.stopPropagation()
  }

  return createPortal(
    <div
      ref={box}
      role="menu"
      tabIndex={-1}
      aria-label={label}
      onKeyDown={onKeyDown}
      onContextMenu={event => event.preventDefault()}
      className="pointer-events-auto fixed top-0 left-0 z-50 max-h-[calc(100dvh-16px)] max-w-[min(320px,calc(100vw-16px))] min-w-44 overflow-y-auto rounded-lg border border-line bg-panel p-1 text-base shadow-float outline-none"
    >
      {shown.map((item, index) =>
        item === 'separator' ? (
          // biome-ignore lint/suspicious/noArrayIndexKey: separators have no other name
          <hr key={`separator-${index}`} className="my-1 border-line" />
        ) : (
          <button
            key={item.label}
            type="button"
            {...(item.checked === undefined
              ? { role: 'menuitem' }
              : { role: 'menuitemcheckbox', 'aria-checked': item.checked })}
            aria-disabled={item.disabled ? true : undefined}
            tabIndex={-1}
            onClick={() => choose(item)}
            onPointerMove={event =>
              event.pointerType === 'mouse' && event.currentTarget.focus({ preventScroll: true })
            }
            className={cx(
              'flex min-h-8 w-full items-center gap-2 rounded px-2 py-1 text-left outline-none focus:bg-sunken',
              item.disabled ? 'text-faint' : item.danger && 'text-bad',
            )}
          >
            {item.checked !== undefined && (
              <span aria-hidden className="w-3">
                {item.checked ? '✓' : ''}
              </span>
            )}
            {item.icon && (
              <span aria-hidden className={cx('mt-0.5 shrink-0 self-start', !item.danger && 'text-muted')}>
                {item.icon}
              </span>
            )}
            <span className="min-w-0 flex-1">
              {item.label}
              {item.disabled && (
                // Said once for all that have it in common; every item keeps it for those who hear the menu.
                <span
                  className={
                    firstWith(shown, item.disabled) === index ? 'block text-faint text-xs' : 'sr-only'
                  }
                >
                  {item.disabled}
                </span>
              )}
            </span>
            {item.hint && <span className="text-faint text-xs">{item.hint}</span>}
          </button>
        ),
      )}
    </div>,
    holder,
  )
}

function firstWith(items: readonly MenuItem[], reason: string): number {
  return items.findIndex(item => item !== 'separator' && item.disabled === reason)
}

const EDGE = 8

function placeOf(anchor: MenuAnchor, width: number, height: number): { x: number; y: number } {
  if ('element' in anchor) {
    const box = anchor.element.getBoundingClientRect()
    const below = box.bottom + 4
    const y = below + height + EDGE > window.innerHeight ? Math.max(EDGE, box.top - height - 4) : below
    const x = box.left + width + EDGE > window.innerWidth ? box.right - width : box.left
    return { x: Math.max(EDGE, x), y }
  }
  return {
    x: Math.max(EDGE, Math.min(anchor.x, window.innerWidth - width - EDGE)),
    y: Math.max(EDGE, Math.min(anchor.y, window.innerHeight - height - EDGE)),
  }
}

/** Which item a key goes to, by the menu pattern of the ARIA practices; null where the key means nothing here. */
export function nextItem(key: string, here: number, labels: string[]): number | null {
  const size = labels.length
  if (size === 0) return null
  if (key === 'ArrowDown') return (here + 1) % size
  if (key === 'ArrowUp') return (here - 1 + size) % size
  if (key === 'Home') return 0
  if (key === 'End') return size - 1
  if (key.length === 1 && key !== ' ') {
    for (let step = 1; step <= size; step++) {
      const index = (here + step + size) % size
      if (labels[index]?.trim().toLowerCase().startsWith(key.toLowerCase())) return index
    }
  }
  return null
}
