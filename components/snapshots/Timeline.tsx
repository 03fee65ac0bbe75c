'use client'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useTRPC } from '../host.tsx'
import { cx } from '../ui/cx.ts'
import { count } from '../ui/format.ts'
import { useNow } from '../ui/Time.tsx'
import { type Period, timelineOf } from './timeline.ts'

type Props = {
  dataset?: string
  filter: string
  /** The stretch that the list is cut to; null: all of time. */
  value: Period | null
  onValue: (period: Period | null) => void
}

/** When snapshots were taken, newest first; a press cuts the list to that time, another one frees it. */
export function Timeline({ dataset, filter, value, onValue }: Props) {
  const now = useNow()
  const days = useQuery({
    ...useTRPC().snapshots.days.queryOptions({
      ...(dataset ? { dataset } : {}),
      ...(filter ? { filter } : {}),
      utcOffsetMinutes: -new Date().getTimezoneOffset(),
    }),
    placeholderData: keepPreviousData,
  })
  const periods = timelineOf(days.data?.value ?? [], now)
  return (
    <section aria-label="Timeline" className="min-w-0">
      <ul className="max-h-44 overflow-y-auto rounded-lg border border-line bg-panel p-1.5 lg:max-h-[max(280px,calc(100dvh-300px))]">
        {periods.map(period => {
          const on = value?.from === period.from
          return (
            <li key={period.from}>
              <button
                type="button"
                aria-pressed={on}
                onClick={() => onValue(on ? null : period)}
                className={cx(
                  'grid h-7 w-full grid-cols-[1fr_40px_38px] items-center gap-2 rounded px-1.5 text-left text-sm',
                  on ? 'bg-accent-soft font-medium' : 'hover:bg-sunken',
                )}
              >
                <span className={cx('truncate', period.count === 0 && 'text-faint')}>{period.label}</span>
                <span aria-hidden className="h-1.5 overflow-hidden rounded-full bg-free">
                  <span className="block h-full bg-s1" style={{ width: `${period.share * 100}%` }} />
                </span>
                <span className="text-right text-muted tabular-nums">
                  {count(period.count)}
                  <span className="sr-only">{period.count === 1 ? ' snapshot' : ' snapshots'}</span>
                </span>
              </button>
            </li>
          )
        })}
        {periods.length === 0 && (
          <li className="px-1.5 py-1 text-muted text-sm">
            {days.isPending ? 'Reading…' : days.error ? 'It could not be read.' : 'No snapshot.'}
          </li>
        )}
      </ul>
    </section>
  )
}
