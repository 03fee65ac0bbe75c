/** Small charts of the last hour: a title, the newest figures as words, and the lines. They know no noun. */
import { areaPath, linePath, type Point } from './chart.ts'
import { timeOfDay } from './format.ts'

const HOUR = 3_600_000
const LEAST = 300_000
const WIDTH = 600
const HEIGHT = 96
const GAP_MS = 60_000

export type Span = { from: number; to: number }

/** What the charts of these moments span. Few samples fill the width too: the clock below says what it is. */
export function spanOf(moments: readonly number[], now: number): Span {
  const to = Math.max(now, moments.at(-1) ?? now)
  const first = moments.find(at => at >= to - HOUR) ?? to
  return { from: Math.min(first, to - LEAST), to }
}

export function Chart(props: {
  title: string
  /** The newest figures. */
  figures: React.ReactNode
  /** The same for who does not see it. */
  label: string
  /** What the upper edge stands for, where that is not the whole. */
  top?: string
  span: Span
  children: React.ReactNode
}) {
  return (
    <figure className="flex min-w-0 flex-col justify-between">
      <figcaption className="mb-1 flex flex-wrap items-baseline gap-x-3 text-muted text-sm">
        <span className="font-medium text-text">{props.title}</span>
        {props.figures}
      </figcaption>
      <svg
        role="img"
        aria-label={props.label}
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
        className="h-24 w-full rounded-md border border-line bg-sunken"
      >
        <path d={`M0 ${HEIGHT / 2}H${WIDTH}`} className="stroke-line" vectorEffect="non-scaling-stroke" />
        {props.children}
      </svg>
      <div aria-hidden className="flex justify-between gap-3 text-faint text-xs">
        <span>{timeOfDay(props.span.from)}</span>
        {props.top && <span className="truncate">scale to {props.top}</span>}
        <span>{timeOfDay(props.span.to)}</span>
      </div>
    </figure>
  )
}

/** A line over its own area. `fill` and `stroke` are classes. */
export function Curve({
  points,
  span,
  fill,
  stroke,
}: {
  points: readonly Point[]
  span: Span
  fill: string
  stroke: string
}) {
  return (
    <>
      <Area lower={points.map(point => ({ ...point, share: 0 }))} upper={points} span={span} fill={fill} />
      <path
        d={linePath(points, span.from, span.to, WIDTH, HEIGHT, GAP_MS)}
        className={`fill-none ${stroke}`}
        strokeWidth="1.5"
        strokeLinecap="round"
        vectorEffect="non-scaling-stroke"
      />
    </>
  )
}

/** What lies between two lines with the same moments. */
export function Area(props: { lower: readonly Point[]; upper: readonly Point[]; span: Span; fill: string }) {
  const { lower, upper, span, fill } = props
  return <path d={areaPath(lower, upper, span.from, span.to, WIDTH, HEIGHT, GAP_MS)} className={fill} />
}

/** A colour of the chart, and what it stands for. */
export function Key({ className, children }: { className: string; children: React.ReactNode }) {
  return (
    <span className="inline-flex items-center gap-1.5">
      <span aria-hidden className={`size-2 rounded-xs ${className}`} />
      <span>{children}</span>
    </span>
  )
}
