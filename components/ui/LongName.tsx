import { cx } from './cx.ts'

/** Of names that are cut, so much of the end stays: what tells one from its neighbours stands there. */
const KEPT = 9

/** A name that loses its middle where there is no room for all of it: `auto-hourly-2026…6_11.00`. */
export function LongName({ text }: { text: string }) {
  const end = text.length > 2 * KEPT ? text.slice(-KEPT) : ''
  return (
    <span className={cx('min-w-0 whitespace-pre font-mono text-sm', end ? 'flex' : 'truncate')} title={text}>
      {end ? (
        <>
          <span className="truncate">{text.slice(0, -KEPT)}</span>
          <span>{end}</span>
        </>
      ) : (
        text
      )}
    </span>
  )
}
