import { cx } from './cx.ts'
import { Waiting } from './Waiting.tsx'

/** Something is under way. Decoration: the words beside it say what. */
export function Spinner({ className }: { className?: string }) {
  return (
    <span
      aria-hidden
      className={cx(
        'inline-block size-3 animate-spin rounded-full border-2 border-current/30 border-t-current motion-reduce:animate-none',
        className,
      )}
    />
  )
}

/** Keeps the place of text that is not there yet. Give it the width of what will come. */
export function Skeleton({ className }: { className?: string }) {
  return (
    <span
      aria-hidden
      className={cx('inline-block h-3 rounded-sm bg-line align-middle', className ?? 'w-24')}
    />
  )
}

/** A block that is loading: keeps the height of `lines` lines and says so to screen readers. */
export function Loading({ what, lines = 3 }: { what: string; lines?: number }) {
  return (
    <div role="status" className="flex flex-col gap-3 py-2">
      <span className="sr-only">Loading {what}</span>
      {Array.from({ length: lines }, (_, line) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: placeholders are all alike
        <Skeleton key={line} className={line % 3 === 2 ? 'w-2/5' : 'w-4/5'} />
      ))}
      <Waiting />
    </div>
  )
}
