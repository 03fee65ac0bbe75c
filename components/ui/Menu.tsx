'use client'
import { type KeyboardEvent, lazy, type MouseEvent, type ReactNode, Suspense, useState } from 'react'
import { loadOnTouch } from './loadOnTouch.ts'

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

export type OpenMenu = {
  /** Asked at every drawing: an open menu shows what is true now. */
  items: () => MenuItem[]
  anchor: MenuAnchor
  label: string
  /** What the menu was opened from. */
  source: Element | null
}

const MenuPopup = lazy(
  loadOnTouch(() => import('./MenuPopup.tsx').then(module => ({ default: module.MenuPopup }))),
)

/**
 * One menu for rows and trees, however many there are. `open(event, items)` from a right click, the menu key or a press;
 * render `menu` once anywhere in the component.
 */
export function useMenu(): {
  open: (from: MouseEvent | KeyboardEvent | MenuAnchor, items: () => MenuItem[], label: string) => void
  isOpen: boolean
  menu: ReactNode
} {
  const [state, setState] = useState<OpenMenu | null>(null)
  return {
    isOpen: state !== null,
    open(from, items, label) {
      if ('preventDefault' in from) from.preventDefault()
      const source = sourceOf(from)
      const again = 'type' in from && from.type === 'click' && state?.source === source
      if (again || items().length === 0) setState(null)
      else setState({ items, anchor: anchorOf(from), label, source })
    },
    menu: state && (
      <Suspense fallback={null}>
        <MenuPopup {...state} onClose={() => setState(null)} />
      </Suspense>
    ),
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

/** A button that opens a menu below it. `label` names the menu, and the button too when it shows a picture only. */
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
  const [source, setSource] = useState<Element | null>(null)
  return (
    <>
      <button
        type="button"
        aria-haspopup="menu"
        aria-expanded={source !== null}
        aria-label={iconOnly ? label : undefined}
        title={iconOnly ? label : undefined}
        onClick={event => setSource(source ? null : event.currentTarget)}
        onKeyDown={event => {
          if (event.key !== 'ArrowDown') return
          event.preventDefault()
          setSource(event.currentTarget)
        }}
        className={
          className ??
          'inline-flex h-8 shrink-0 items-center gap-1.5 rounded-md px-2 text-muted hover:bg-sunken hover:text-text'
        }
      >
        {children}
      </button>
      {source && (
        <Suspense fallback={null}>
          <MenuPopup
            items={items}
            anchor={{ element: source }}
            label={label}
            source={source}
            onClose={() => setSource(null)}
          />
        </Suspense>
      )}
    </>
  )
}
