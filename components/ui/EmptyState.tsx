import type { ReactNode } from 'react'

/** Nothing here, why, and what to do next. */
export function EmptyState({
  title,
  children,
  action,
}: {
  title: string
  children?: ReactNode
  action?: ReactNode
}) {
  return (
    <div className="flex flex-col items-center gap-2 px-4 py-10 text-center">
      <p className="font-medium">{title}</p>
      {children && <p className="max-w-md text-balance text-muted">{children}</p>}
      {action && <div className="mt-2">{action}</div>}
    </div>
  )
}
