import { CircleAlert, Info, TriangleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import { cx } from './cx.ts'

export type BannerTone = 'info' | 'warning' | 'bad'

const TONES: Record<BannerTone, { box: string; icon: ReactNode }> = {
  info: { box: 'border-line bg-busy-soft', icon: <Info size={16} className="text-busy" /> },
  warning: {
    box: 'border-accent-line bg-warn-soft',
    icon: <TriangleAlert size={16} className="text-warn" />,
  },
  bad: { box: 'border-bad bg-bad-soft', icon: <CircleAlert size={16} className="text-bad" /> },
}

/** One quiet, unmistakable line about what surrounds it. `live` reads it out when it appears. */
export function Banner({
  tone = 'info',
  title,
  children,
  action,
  live,
  className,
}: {
  tone?: BannerTone
  title?: ReactNode
  children?: ReactNode
  action?: ReactNode
  live?: boolean
  className?: string
}) {
  return (
    <div
      role={live ? (tone === 'bad' ? 'alert' : 'status') : undefined}
      className={cx('flex items-start gap-2 rounded-md border px-3 py-2', TONES[tone].box, className)}
    >
      <span aria-hidden className="mt-0.5 shrink-0">
        {TONES[tone].icon}
      </span>
      <div className="min-w-0 flex-1 break-words">
        {title && <p className="font-medium">{title}</p>}
        {children && <div className={title ? 'text-muted' : undefined}>{children}</div>}
      </div>
      {action && <div className="shrink-0">{action}</div>}
    </div>
  )
}
