'use client'
import { cloneElement, type ReactElement, useEffect, useId, useRef, useState } from 'react'
import { createPortal } from 'react-dom'

type Anchor = { 'aria-describedby'?: string }
type Place = { x: number; y: number; below: boolean }

const EDGE = 8

/**
 * Words that appear beside a control on hover and on keyboard focus, and go on Escape.
 * `describes`: the text is also the control's description (default); false where it only repeats its name.
 */
export function Tooltip({
  text,
  describes = true,
  children,
}: {
  text: string
  describes?: boolean
  children: ReactElement<Anchor>
}) {
  const id = useId()
  const wrap = useRef<HTMLSpanElement>(null)
  const [place, setPlace] = useState<Place | null>(null)
  const wait = useRef<ReturnType<typeof setTimeout>>(undefined)

  function show(delay: number) {
    clearTimeout(wait.current)
    wait.current = setTimeout(() => {
      const box = wrap.current?.firstElementChild?.getBoundingClientRect()
      if (!box) return
      const below = box.bottom + 64 < window.innerHeight
      setPlace({ x: box.left + box.width / 2, y: below ? box.bottom + 6 : box.top - 6, below })
    }, delay)
  }
  function hide() {
    clearTimeout(wait.current)
    setPlace(null)
  }
  useEffect(() => () => clearTimeout(wait.current), [])
  useEffect(() => {
    if (!place) return
    const close = (event: Event) => {
      if (!(event instanceof KeyboardEvent) || event.key === 'Escape') setPlace(null)
    }
    document.addEventListener('keydown', close)
    document.addEventListener('scroll', close, true)
    return () => {
      document.removeEventListener('keydown', close)
      document.removeEventListener('scroll', close, true)
    }
  }, [place])

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: it only listens to what happens to the control inside
    <span
      ref={wrap}
      className="contents"
      onPointerEnter={event => event.pointerType === 'mouse' && show(400)}
      onPointerLeave={hide}
      onPointerDown={hide}
      onFocus={event => event.target.matches(':focus-visible') && show(100)}
      onBlur={hide}
    >
      {cloneElement(children, describes ? { 'aria-describedby': id } : {})}
      {describes && (
        <span id={id} hidden>
          {text}
        </span>
      )}
      {place &&
        createPortal(
          <span
            aria-hidden
            className="pointer-events-none fixed z-60 max-w-72 rounded-md bg-text px-2 py-1 text-bg text-xs shadow-float"
            ref={node => {
              if (!node) return
              const half = node.offsetWidth / 2
              const x = Math.min(Math.max(place.x, half + EDGE), window.innerWidth - half - EDGE)
              node.style.left = `${x - half}px`
              node.style.top = `${place.below ? place.y : place.y - node.offsetHeight}px`
            }}
          >
            {text}
          </span>,
          document.body,
        )}
    </span>
  )
}
