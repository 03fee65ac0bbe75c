import type { ReactNode } from 'react'
import { cx } from './cx.ts'

/** What a state means to a person, whatever the thing: shape, word and colour follow from it. */
export type Tone = 'ok' | 'idle' | 'busy' | 'warning' | 'bad'

const SHAPES: Record<Tone, ReactNode> = {
  ok: <circle cx="6" cy="6" r="4.5" fill="currentColor" />,
  idle: <circle cx="6" cy="6" r="4" fill="none" stroke="currentColor" strokeWidth="1.5" />,
  busy: (
    <>
      <circle cx="6" cy="6" r="4" fill="none" stroke="currentColor" strokeWidth="1.5" />
      <path d="M6 2a4 4 0 0 1 0 8z" fill="currentColor" transform="rotate(180 6 6)" />
    </>
  ),
  warning: <path d="M6 1.2 11.4 10.8H.6z" fill="currentColor" />,
  bad: <path d="m2 2 8 8M10 2l-8 8" stroke="currentColor" strokeWidth="2" strokeLinecap="round" />,
}
const COLOURS: Record<Tone, string> = {
  ok: 'text-ok',
  idle: 'text-faint',
  busy: 'text-busy',
  warning: 'text-warn',
  bad: 'text-bad',
}

/** ● ○ ◐ ▲ ✕ and the word. With `quiet` the word is for screen readers only (trees, narrow cells). */
export function StateMark({
  tone,
  word,
  quiet,
  className,
}: {
  tone: Tone
  word: string
  quiet?: boolean
  className?: string
}) {
  return (
    <span className={cx('inline-flex items-center gap-1.5', className)} title={quiet ? word : undefined}>
      <svg aria-hidden viewBox="0 0 12 12" className={cx('size-3 shrink-0', COLOURS[tone])}>
        {SHAPES[tone]}
      </svg>
      <span className={quiet ? 'sr-only' : undefined}>{word}</span>
    </span>
  )
}

/** A small fact beside a title: "zvol · 40 GiB". */
export function Badge({
  tone,
  children,
  className,
}: {
  tone?: Tone
  children: ReactNode
  className?: string
}) {
  return (
    <span
      className={cx(
        'inline-flex h-5 items-center gap-1.5 rounded bg-sunken px-1.5 font-medium text-xs whitespace-nowrap',
        tone ? COLOURS[tone] : 'text-muted',
        className,
      )}
    >
      {children}
    </span>
  )
}
