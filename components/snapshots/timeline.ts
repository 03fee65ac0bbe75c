import type { SnapshotDay } from '../../server/snapshots/model.ts'

/** A stretch of the timeline: a day of the last week, a month of the last year, a year before that. */
export type Period = {
  label: string
  /** Unix ms; `to` is not in it. */
  from: number
  to: number
  count: number
  /** 0 to 1 among its like: days are compared with days, months with months. */
  share: number
}

const RECENT_DAYS = 7
const weekday = new Intl.DateTimeFormat('en-GB', { weekday: 'short', day: 'numeric', month: 'short' })
const month = new Intl.DateTimeFormat('en-GB', { month: 'long' })
const monthOfYear = new Intl.DateTimeFormat('en-GB', { month: 'long', year: 'numeric' })

/**
 * Days with their counts as a timeline, newest first: the last seven days one by one, also those on which nothing was
 * taken, then months, then years. Calendar of the browser.
 */
export function timelineOf(days: readonly SnapshotDay[], now: number): Period[] {
  const first = days[0]
  if (!first) return []
  const today = new Date(now)
  const dayBegin = (back: number) =>
    new Date(today.getFullYear(), today.getMonth(), today.getDate() - back).getTime()
  // A day is where its noon is: the changes of the clock in between do not matter then.
  const countIn = (from: number, to: number) =>
    days.reduce((sum, day) => sum + (noon(day) >= from && noon(day) < to ? day.count : 0), 0)

  const recent = Array.from({ length: RECENT_DAYS }, (_, back) => {
    const from = dayBegin(back)
    const label = back === 0 ? 'Today' : back === 1 ? 'Yesterday' : weekday.format(from)
    return { label, from, to: dayBegin(back - 1) }
  }).filter(({ to }) => to > first.at)

  const earlier: { label: string; from: number; to: number }[] = []
  let to = dayBegin(RECENT_DAYS - 1)
  while (to > noon(first)) {
    const last = new Date(to - 1)
    const monthsBack = (today.getFullYear() - last.getFullYear()) * 12 + today.getMonth() - last.getMonth()
    if (monthsBack < 12) {
      const from = new Date(last.getFullYear(), last.getMonth(), 1).getTime()
      const words = last.getFullYear() === today.getFullYear() ? month.format(from) : monthOfYear.format(from)
      earlier.push({ label: to === dayBegin(RECENT_DAYS - 1) ? `${words}, before` : words, from, to })
      to = from
    } else {
      const from = new Date(last.getFullYear(), 0, 1).getTime()
      earlier.push({ label: String(last.getFullYear()), from, to })
      to = from
    }
  }
  return [...withShares(recent), ...withShares(earlier).filter(period => period.count > 0)]

  function withShares(periods: readonly { label: string; from: number; to: number }[]): Period[] {
    const counts = periods.map(period => countIn(period.from, period.to))
    const most = Math.max(1, ...counts)
    return periods.map((period, index) => ({
      ...period,
      count: counts[index] ?? 0,
      share: (counts[index] ?? 0) / most,
    }))
  }
}

function noon(day: SnapshotDay): number {
  return day.at + 12 * 3_600_000
}
