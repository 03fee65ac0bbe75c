import type { ReactNode } from 'react'
import { cx } from './cx.ts'

/** The head of a page: title, state and facts on the left, primary actions on the right. */
export function PageHeader({
  title,
  mono,
  badges,
  actions,
  children,
}: {
  title: ReactNode
  mono?: boolean
  badges?: ReactNode
  actions?: ReactNode
  children?: ReactNode
}) {
  return (
    <header className="mb-3">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
        <h1
          className={cx(
            'min-w-0 font-semibold text-xl tracking-tight break-words',
            mono && 'font-mono text-lg',
          )}
        >
          {title}
        </h1>
        {badges && <div className="flex flex-wrap items-center gap-1.5">{badges}</div>}
        {actions && <div className="ml-auto flex flex-wrap items-center gap-2">{actions}</div>}
      </div>
      {children}
    </header>
  )
}

/** A part of a page with its own heading. */
export function Section({
  title,
  actions,
  children,
  className,
}: {
  title: string
  actions?: ReactNode
  children: ReactNode
  className?: string
}) {
  return (
    <section className={cx('mb-6', className)}>
      <div className="mb-2 flex min-h-6 flex-wrap items-center gap-2">
        <h2 className="min-w-0 font-semibold text-base break-words">{title}</h2>
        {actions && <div className="ml-auto flex flex-wrap items-center gap-2">{actions}</div>}
      </div>
      {children}
    </section>
  )
}

/** A quiet surface. Never one inside another. */
export function Panel({
  title,
  actions,
  children,
  className,
}: {
  title?: string
  actions?: ReactNode
  children: ReactNode
  className?: string
}) {
  return (
    <section className={cx('rounded-lg border border-line bg-panel px-4 py-3', className)}>
      {title && (
        <div className="mb-2 flex min-h-6 items-center gap-2">
          <h2 className="font-semibold text-sm">{title}</h2>
          {actions && <div className="ml-auto flex items-center gap-2">{actions}</div>}
        </div>
      )}
      {children}
    </section>
  )
}

/** Facts as label and value, one a line. A value that is null is left out. */
export function KeyValues({
  items,
  className,
}: {
  items: (readonly [string, ReactNode] | null)[]
  className?: string
}) {
  return (
    <dl className={cx('grid grid-cols-[minmax(88px,max-content)_1fr] gap-x-4 gap-y-1', className)}>
      {items.map(
        item =>
          item &&
          item[1] != null && (
            <div key={item[0]} className="contents">
              <dt className="text-muted">{item[0]}</dt>
              <dd className="min-w-0 break-words">{item[1]}</dd>
            </div>
          ),
      )}
    </dl>
  )
}

/** Facts in a row below a title: "compression lz4". */
export function Facts({ items }: { items: (readonly [string, ReactNode] | null)[] }) {
  return (
    <dl className="mt-2 flex flex-wrap gap-x-6 gap-y-1">
      {items.map(
        item =>
          item &&
          item[1] != null && (
            <div key={item[0]} className="flex gap-1.5">
              <dt className="text-muted">{item[0]}</dt>
              <dd className="font-medium">{item[1]}</dd>
            </div>
          ),
      )}
    </dl>
  )
}
