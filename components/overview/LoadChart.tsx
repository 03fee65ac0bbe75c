'use client'
import type { HostLoad } from '../../server/system/model.ts'
import { Bytes } from '../ui/Bytes.tsx'
import { percent, timeOfDay } from '../ui/format.ts'
import { areaPath, linePath, loadLines } from './chart.ts'

const HOUR = 3_600_000
const LEAST = 300_000
const WIDTH = 600
const HEIGHT = 96
const GAP_MS = 60_000

/** CPU and memory of the last hour. Without samples it says why. */
export function LoadChart({ load, now }: { load: readonly HostLoad[]; now: number }) {
  const last = load.at(-1)
  if (!last) {
    return (
      <p className="text-muted">Measured while somebody looks. The first figures come in a few seconds.</p>
    )
  }
  const to = Math.max(now, last.at)
  // Few samples fill the width too: the clock below says what it spans.
  const first = load.find(sample => sample.at >= to - HOUR) ?? last
  const from = Math.min(first.at, to - LEAST)
  const { cpu, used, withArc } = loadLines(load.filter(sample => sample.at >= from))
  const zero = used.map(point => ({ at: point.at, share: 0 }))
  return (
    <div className="grid grid-cols-1 gap-4 sm:grid-cols-2">
      <Figure
        title="CPU"
        figures={<b className="font-medium">{percent(last.cpu)}</b>}
        label={`CPU of the last hour, now ${percent(last.cpu)}`}
        from={from}
        to={to}
      >
        <path
          d={areaPath(
            cpu.map(point => ({ ...point, share: 0 })),
            cpu,
            from,
            to,
            WIDTH,
            HEIGHT,
            GAP_MS,
          )}
          className="fill-s3/25"
        />
        <path
          d={linePath(cpu, from, to, WIDTH, HEIGHT, GAP_MS)}
          className="fill-none stroke-s3"
          strokeWidth="1.5"
          strokeLinecap="round"
          vectorEffect="non-scaling-stroke"
        />
      </Figure>
      <Figure
        title="Memory"
        figures={
          <>
            <Key className="bg-s1">
              used <Bytes value={last.memoryUsedBytes} className="font-medium text-text" />
            </Key>
            <Key className="bg-s2">
              <abbr
                title="ZFS's read cache. It gives memory back when guests need it."
                className="no-underline"
              >
                ARC
              </abbr>{' '}
              <Bytes value={last.arcBytes} className="font-medium text-text" />
            </Key>
            <Key className="bg-free">
              free <Bytes value={last.memoryFreeBytes} className="font-medium text-text" />
            </Key>
          </>
        }
        label="Memory of the last hour: used, ARC and free"
        from={from}
        to={to}
      >
        <path d={areaPath(used, withArc, from, to, WIDTH, HEIGHT, GAP_MS)} className="fill-s2/50" />
        <path d={areaPath(zero, used, from, to, WIDTH, HEIGHT, GAP_MS)} className="fill-s1/70" />
      </Figure>
    </div>
  )
}

function Key({ className, children }: { className: string; children: React.ReactNode }) {
  return (
    <span className="inline-flex items-center gap-1.5">
      <span aria-hidden className={`size-2 rounded-xs ${className}`} />
      <span>{children}</span>
    </span>
  )
}

function Figure(props: {
  title: string
  figures: React.ReactNode
  label: string
  from: number
  to: number
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
      <div aria-hidden className="flex justify-between text-faint text-xs">
        <span>{timeOfDay(props.from)}</span>
        <span>{timeOfDay(props.to)}</span>
      </div>
    </figure>
  )
}
