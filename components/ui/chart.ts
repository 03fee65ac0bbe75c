/** One line of a chart: x is time, y a share of 1. */
export type Point = { at: number; share: number }

/** SVG path of points in a box of `width` × `height`; a gap longer than `gapMs` lifts the pen. Empty for no points. */
export function linePath(
  points: readonly Point[],
  from: number,
  to: number,
  width: number,
  height: number,
  gapMs: number,
): string {
  let path = ''
  let before: number | null = null
  for (const point of points) {
    const x = (((point.at - from) / (to - from)) * width).toFixed(1)
    const y = ((1 - clamp(point.share)) * height).toFixed(1)
    // A moment alone is a dot: a line without length, which round ends make visible.
    path += before === null || point.at - before > gapMs ? `M${x} ${y}h0` : `L${x} ${y}`
    before = point.at
  }
  return path
}

/** The area between two lines that have their points at the same moments, closed at every gap longer than `gapMs`. */
export function areaPath(
  lower: readonly Point[],
  upper: readonly Point[],
  from: number,
  to: number,
  width: number,
  height: number,
  gapMs: number,
): string {
  const place = (point: Point) =>
    `${(((point.at - from) / (to - from)) * width).toFixed(1)} ${((1 - clamp(point.share)) * height).toFixed(1)}`
  let path = ''
  let first = 0
  for (const [index, point] of upper.entries()) {
    const next = upper[index + 1]
    if (next && next.at - point.at <= gapMs) continue
    const there = upper.slice(first, index + 1).map(place)
    const back = lower
      .slice(first, index + 1)
      .reverse()
      .map(place)
    path += `M${there.join('L')}L${back.join('L')}Z`
    first = index + 1
  }
  return path
}

function clamp(share: number): number {
  return Math.min(1, Math.max(0, share))
}

/** A share of 1; nothing of nothing is nothing. */
export function ratio(part: number, whole: number): number {
  return whole > 0 ? part / whole : 0
}

/** What the top of a chart stands for whose values have no end of their own: `least`, doubled until all are below it. */
export function ceiling(values: readonly number[], least: number): number {
  const largest = Math.max(least, ...values)
  let step = least
  while (step < largest) step *= 2
  return step
}
