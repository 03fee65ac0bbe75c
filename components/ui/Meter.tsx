import { cx } from './cx.ts'
import { bytes, percent } from './format.ts'

/** A share of 1 as a thin bar with its figure. Beyond `warnAt` it changes colour and says so. */
export function Meter({
  share,
  label,
  warnAt = 0.8,
  width = 'w-11',
  bare,
}: {
  share: number
  label: string
  warnAt?: number
  width?: string
  bare?: boolean
}) {
  const full = share >= warnAt
  const shown = Math.min(1, Math.max(0, share))
  return (
    <span className="inline-flex items-center gap-1.5 whitespace-nowrap">
      {/* biome-ignore lint/a11y/useSemanticElements: browsers do not let a meter element be drawn this thin */}
      <span
        role="meter"
        aria-label={label}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.round(shown * 100)}
        aria-valuetext={`${percent(share)}${full ? ', nearly full' : ''}`}
        className={cx('inline-block h-1 overflow-hidden rounded-full bg-free', width)}
      >
        <span
          className={cx('block h-full', full ? 'bg-warn' : 'bg-s1')}
          style={{ width: `${shown * 100}%` }}
        />
      </span>
      {!bare && <span className={full ? 'text-warn' : undefined}>{percent(share)}</span>}
    </span>
  )
}

export type SpacePart = { label: string; bytes: number; colour: 's1' | 's2' | 's3' | 's4' }

const FILLS: Record<SpacePart['colour'], string> = { s1: 'bg-s1', s2: 'bg-s2', s3: 'bg-s3', s4: 'bg-s4' }

/** Where the space went: parts of a whole in one bar, each with its word and size below. */
export function SpaceBar({
  parts,
  freeBytes,
  freeLabel = 'available',
  label = 'Space',
}: {
  parts: SpacePart[]
  freeBytes: number
  freeLabel?: string
  label?: string
}) {
  const total = parts.reduce((sum, part) => sum + part.bytes, 0) + freeBytes
  const shown = parts.filter(part => part.bytes > 0)
  return (
    <figure aria-label={label} className="max-w-3xl">
      <div aria-hidden className="flex h-2.5 overflow-hidden rounded-full bg-free">
        {shown.map(part => (
          <span
            key={part.label}
            className={cx('min-w-px border-panel border-r last:border-r-0', FILLS[part.colour])}
            style={{ width: `${total > 0 ? (part.bytes / total) * 100 : 0}%` }}
          />
        ))}
      </div>
      <figcaption className="mt-1.5 flex flex-wrap gap-x-4 gap-y-1 text-muted text-sm">
        {shown.map(part => (
          <span key={part.label} className="inline-flex items-center gap-1.5" title={`${part.bytes} bytes`}>
            <span aria-hidden className={cx('size-2 rounded-xs', FILLS[part.colour])} />
            {part.label} {bytes(part.bytes)}
          </span>
        ))}
        <span className="text-faint" title={`${freeBytes} bytes`}>
          {bytes(freeBytes)} {freeLabel}
        </span>
      </figcaption>
    </figure>
  )
}

/** How far a long work is. Without a share it says only that it runs. */
export function Progress({
  share,
  label,
  className,
}: {
  share: number | null
  label: string
  className?: string
}) {
  const known = share !== null
  return (
    <span
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={known ? Math.round(share * 100) : undefined}
      className={cx('block h-1 overflow-hidden rounded-full bg-free', className)}
    >
      <span
        className={cx(
          'block h-full bg-busy',
          known ? 'transition-[width] duration-150' : 'w-1/3 animate-pulse',
        )}
        style={known ? { width: `${share * 100}%` } : undefined}
      />
    </span>
  )
}
