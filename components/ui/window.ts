/** Places of rows in a long list of which only a window is drawn. Pixels from the top of the first row. */
export type Extent = {
  count: number
  total: number
  startOf: (index: number) => number
  /** The row that covers this place; the nearest one where none does. */
  at: (y: number) => number
}

/** Rows of one height. */
export function equalRows(count: number, size: number): Extent {
  return {
    count,
    total: count * size,
    startOf: index => index * size,
    at: y => clamp(Math.floor(y / size), count),
  }
}

/** Rows of known heights. */
export function unequalRows(sizes: readonly number[]): Extent {
  const starts = [0]
  let total = 0
  for (const size of sizes) {
    total += size
    starts.push(total)
  }
  const count = sizes.length
  return {
    count,
    total,
    startOf: index => starts[index] ?? total,
    at(y) {
      let low = 0
      let high = count
      while (low < high) {
        const middle = (low + high) >>> 1
        if ((starts[middle + 1] ?? total) <= y) low = middle + 1
        else high = middle
      }
      return clamp(low, count)
    },
  }
}

function clamp(index: number, count: number): number {
  return Math.max(0, Math.min(index, count - 1))
}

/** Rows that are on the screen: `first` to before `last`. */
export type Visible = { first: number; last: number }

export function visibleRows(extent: Extent, top: number, height: number): Visible {
  if (extent.count === 0) return { first: 0, last: 0 }
  return { first: extent.at(top), last: extent.at(top + Math.max(0, height - 1)) + 1 }
}

/**
 * Indexes to draw: what is visible and some around it, so that a flick finds rows, and `keep`: the row with the focus
 * stays in the page, however far a person scrolls away from it.
 */
export function drawnRows(visible: Visible, count: number, around: number, keep: number): number[] {
  const first = Math.max(0, Math.min(visible.first, count) - around)
  const last = Math.min(count, visible.last + around)
  const indexes = Array.from({ length: Math.max(0, last - first) }, (_, step) => first + step)
  if (keep >= 0 && keep < first) indexes.unshift(keep)
  else if (keep >= last && keep < count) indexes.push(keep)
  return indexes
}

/** Where to scroll so that a row is whole on the screen, `head` pixels of which are covered; null when it is already. */
export function scrollFor(
  extent: Extent,
  index: number,
  view: { top: number; height: number; head: number },
): number | null {
  const start = extent.startOf(index)
  const end = extent.startOf(index + 1)
  if (start < view.top) return start
  return end > view.top + view.height - view.head ? end - view.height + view.head : null
}
