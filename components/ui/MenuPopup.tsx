'use client'
import { DropdownMenu as Radix } from 'radix-ui'
import {
  type CSSProperties,
  Fragment,
  type PointerEvent,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
} from 'react'
import { cx } from './cx.ts'
import type { MenuAnchor, MenuItem, OpenMenu } from './Menu.tsx'

/** A landmark keeps its menus, and in a dialog everything outside of it is inert: a menu lives where it was opened. */
const HOLDERS = '[role=dialog], dialog, main, nav, header'

/**
 * An open menu. Its trigger is a box without a picture where the menu belongs: so rows and nodes by the thousand need
 * none of their own.
 */
export function MenuPopup({ items, anchor, label, source, onClose }: OpenMenu & { onClose: () => void }) {
  const [before] = useState(() =>
    document.activeElement instanceof HTMLElement ? document.activeElement : null,
  )
  const [holder] = useState(() => (source ?? before)?.closest<HTMLElement>(HOLDERS) ?? document.body)
  const [place] = useState(() => placeOf(anchor))
  const chosen = useRef<(() => void) | null>(null)
  const left = useRef(false)
  const content = useRef<HTMLDivElement>(null)
  const shown = items()

  // The keyboard starts at the first item however the menu was opened; Radix waits for a key.
  useLayoutEffect(() => {
    content.current?.querySelector<HTMLElement>('[role^=menuitem]')?.focus({ preventScroll: true })
  }, [])
  // It stands where its row stood.
  useEffect(() => {
    const scrolled = (event: Event) => {
      if (!(event.target instanceof Node && content.current?.contains(event.target))) onClose()
    }
    window.addEventListener('resize', onClose)
    window.addEventListener('blur', onClose)
    document.addEventListener('scroll', scrolled, true)
    return () => {
      window.removeEventListener('resize', onClose)
      window.removeEventListener('blur', onClose)
      document.removeEventListener('scroll', scrolled, true)
    }
  }, [onClose])

  return (
    // Not modal: the page stays alive below it, and a right click on another row opens that row's menu at once.
    <Radix.Root open modal={false} onOpenChange={open => !open && onClose()}>
      <Radix.Trigger asChild>
        <span aria-hidden tabIndex={-1} className="pointer-events-none fixed" style={place} />
      </Radix.Trigger>
      <Radix.Portal container={holder}>
        <Radix.Content
          ref={content}
          aria-label={label}
          aria-labelledby={undefined}
          align="start"
          sideOffset={'element' in anchor ? 4 : 1}
          collisionPadding={8}
          loop
          onContextMenu={event => event.preventDefault()}
          onInteractOutside={event => {
            // A menu's button closes it itself; to close it here as well would open it again.
            const onButton = event.target instanceof Element && event.target.closest('[aria-haspopup=menu]')
            if (onButton && onButton === source) event.preventDefault()
            else left.current = true
          }}
          onKeyDown={event => {
            // Radix keeps Tab from leaving; the menu pattern of the ARIA practices closes at it.
            if (event.key === 'Tab') onClose()
            event.stopPropagation()
          }}
          // What was chosen begins when the menu is gone and the focus is back: a dialog gives it back to the right place.
          onCloseAutoFocus={event => {
            event.preventDefault()
            // Whoever went on elsewhere has the focus there.
            if (!left.current) before?.focus({ preventScroll: true })
            chosen.current?.()
          }}
          className="z-50 max-h-(--radix-dropdown-menu-content-available-height) max-w-[min(320px,calc(100vw-16px))] min-w-44 overflow-y-auto rounded-lg border border-line bg-panel p-1 text-base shadow-float outline-none"
        >
          {shown.map((item, index) =>
            item === 'separator' ? (
              // biome-ignore lint/suspicious/noArrayIndexKey: separators have no other name
              <Radix.Separator key={`separator-${index}`} className="my-1 h-px bg-line" />
            ) : (
              <Item
                key={item.label}
                item={item}
                // Said once for all that have it in common; every item keeps it for those who hear the menu.
                reasonShown={firstWith(shown, item.disabled) === index}
                onChoose={() => {
                  if (item.stays) item.onSelect()
                  else chosen.current = item.onSelect
                }}
              />
            ),
          )}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )
}

type ItemProps = { item: Exclude<MenuItem, 'separator'>; reasonShown: boolean; onChoose: () => void }

function Item({ item, reasonShown, onChoose }: ItemProps) {
  const props = {
    // Letters find an item by its words: a state's word may stand in the picture before them.
    textValue: item.label,
    // A menu under a right click is there before that button is up again: that chooses nothing.
    onPointerUp: (event: PointerEvent) => event.button !== 0 && event.preventDefault(),
    // Not Radix's own `disabled`, which the keyboard would skip: whoever asks why must get there.
    'aria-disabled': item.disabled ? true : undefined,
    onSelect: (event: Event) => {
      if (item.disabled || item.stays) event.preventDefault()
      if (!item.disabled) onChoose()
    },
    className: cx(
      'flex min-h-8 w-full cursor-pointer items-center gap-2 rounded px-2 py-1 text-left outline-none select-none focus:bg-sunken aria-disabled:cursor-not-allowed',
      item.disabled ? 'text-faint' : item.danger && 'text-bad',
    ),
  }
  const content = (
    <Fragment>
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
          <span className={reasonShown ? 'block text-faint text-xs' : 'sr-only'}>{item.disabled}</span>
        )}
      </span>
      {item.hint && <span className="text-faint text-xs">{item.hint}</span>}
    </Fragment>
  )
  return item.checked === undefined ? (
    <Radix.Item {...props}>{content}</Radix.Item>
  ) : (
    <Radix.CheckboxItem {...props} checked={item.checked}>
      {content}
    </Radix.CheckboxItem>
  )
}

function firstWith(items: readonly MenuItem[], reason: string | false | null | undefined): number {
  return items.findIndex(item => item !== 'separator' && item.disabled === reason)
}

/** The trigger's box: the element's, or a point. */
function placeOf(anchor: MenuAnchor): CSSProperties {
  if (!('element' in anchor)) return { left: anchor.x, top: anchor.y, width: 0, height: 0 }
  const { left, top, width, height } = anchor.element.getBoundingClientRect()
  return { left, top, width, height }
}
