'use client'
import { defaultRangeExtractor, useVirtualizer, type VirtualItem } from '@tanstack/react-virtual'
import { type RefObject, useCallback } from 'react'

/** Until the size of the box is known, and in what the server sends: a screen's worth. */
const AT_FIRST = { width: 0, height: 768 }

type Options = {
  count: number
  /** Must be stable as long as the rows are the same ones: a new function measures all of them anew. */
  sizeOf: (index: number) => number
  /** The same; needed where sizes differ, else the sizes of the old rows stay at their places. */
  keyOf?: (index: number) => string
  /** Rows drawn above and below the screen, so that a flick finds some. */
  around: number
  /** Height of what stands above the first row inside the scroller. */
  head: number
  /** It sticks there while the rows scroll below it. */
  sticky: boolean
  /** Height of what stands below the last row. */
  foot?: number
  /** The row that always stays in the page: the one with the focus, however far a person scrolls away from it. */
  keep: number
}

/**
 * Draws of a long list only the rows near the screen. `first` to before `last` are those around the screen, without the
 * kept row: from there to here may be a hundred thousand.
 */
export function useWindow(
  scroller: RefObject<HTMLElement | null>,
  { count, sizeOf, keyOf, around, head, sticky, foot = 0, keep }: Options,
): {
  rows: readonly VirtualItem[]
  height: number
  first: number
  last: number
  show: (index: number) => void
} {
  const virtualizer = useVirtualizer({
    count,
    getScrollElement: () => scroller.current,
    estimateSize: sizeOf,
    ...(keyOf && { getItemKey: keyOf }),
    overscan: around,
    initialRect: AT_FIRST,
    // Both: the rows begin below the head, and one that is scrolled to must not end up under it.
    scrollMargin: head,
    scrollPaddingStart: sticky ? head : foot,
    scrollPaddingEnd: foot,
    rangeExtractor: useCallback(
      range => {
        const indexes = defaultRangeExtractor(range)
        const [first = 0] = indexes
        if (keep < 0 || keep >= range.count) return indexes
        if (keep < first) return [keep, ...indexes]
        return keep > (indexes.at(-1) ?? -1) ? [...indexes, keep] : indexes
      },
      [keep],
    ),
  })
  const show = useCallback((index: number) => virtualizer.scrollToIndex(index), [virtualizer])
  const { startIndex, endIndex } = virtualizer.range ?? { startIndex: 0, endIndex: -1 }
  return {
    rows: virtualizer.getVirtualItems(),
    height: virtualizer.getTotalSize(),
    first: Math.max(0, startIndex - around),
    last: Math.min(count, endIndex + 1 + around),
    show,
  }
}
