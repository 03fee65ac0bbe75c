import type { ReactNode } from 'react'

/** A part of the page that scrolls by itself: named, and reachable by keyboard so that it can be scrolled without a pointer. */
export function ScrollArea({
  label,
  className,
  children,
}: {
  label: string
  className?: string
  children: ReactNode
}) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: without it a keyboard could not scroll here
    <section aria-label={label} tabIndex={0} className={className}>
      {children}
    </section>
  )
}
