'use client'
import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react'
import { flushSync } from 'react-dom'
import { drawnRows, type Extent, scrollFor, type Visible, visibleRows } from './window.ts'

/** What is drawn before the size of the box is known: a screen's worth. */
const AT_FIRST: Visible = { first: 0, last: 24 }

/**
 * Draws of a long list only the rows near the screen. `extent` must be stable (useMemo). `head`: height of what sticks at
 * the top inside the scroller; `keep`: index that always stays in the page.
 */
export function useWindow(
  scroller: RefObject<HTMLElement | null>,
  extent: Extent,
  { around, head, keep }: { around: number; head: number; keep: number },
): { rows: number[]; visible: Visible; show: (index: number) => void } {
  const [box, setBox] = useState<HTMLElement | null>(null)
  const [visible, setVisible] = useState(AT_FIRST)
  const now = useRef({ extent, visible })
  now.current.extent = extent

  // The scroller may come later than the first drawing: in place of an error, say.
  useLayoutEffect(() => setBox(scroller.current))

  function look(element: HTMLElement): boolean {
    const next = visibleRows(now.current.extent, element.scrollTop, element.clientHeight)
    const before = now.current.visible
    if (next.first === before.first && next.last === before.last) return false
    now.current.visible = next
    setVisible(next)
    return true
  }
  // biome-ignore lint/correctness/useExhaustiveDependencies: other rows at the same place of the scroller
  useLayoutEffect(() => {
    if (box) look(box)
  }, [box, extent])
  // biome-ignore lint/correctness/useExhaustiveDependencies: `look` reads what is true when it is called
  useEffect(() => {
    if (!box) return
    // At once: a frame later the rows that came into view would be seen missing.
    const onScroll = () => flushSync(() => look(box))
    const sizes = new ResizeObserver(() => look(box))
    box.addEventListener('scroll', onScroll, { passive: true })
    sizes.observe(box)
    return () => {
      box.removeEventListener('scroll', onScroll)
      sizes.disconnect()
    }
  }, [box])

  // biome-ignore lint/correctness/useExhaustiveDependencies: `look` reads what is true when it is called
  const show = useCallback(
    (index: number) => {
      const element = scroller.current
      if (!element) return
      const top = scrollFor(extent, index, { top: element.scrollTop, height: element.clientHeight, head })
      if (top === null) return
      element.scrollTop = top
      look(element)
    },
    [scroller, extent, head],
  )
  return { rows: drawnRows(visible, extent.count, around, keep), visible, show }
}
