import { expect, it } from 'vitest'
import { timelineOf } from './timeline.ts'

const now = new Date(2026, 10, 22, 17, 30).getTime()
const day = (year: number, month: number, date: number, count = 1) => ({
  at: new Date(year, month - 1, date).getTime(),
  count,
})
const words = (days: { at: number; count: number }[]) =>
  timelineOf(days, now).map(period => `${period.label} ${period.count}`)

it('has nothing to show where nothing was taken', () => {
  expect(timelineOf([], now)).toEqual([])
})

it('shows the last days one by one, empty ones too, but none before the first snapshot', () => {
  expect(words([day(2026, 11, 20, 3), day(2026, 11, 22, 2)])).toEqual([
    'Today 2',
    'Yesterday 0',
    'Fri 20 Nov 3',
  ])
})

it('goes on with months and then with years', () => {
  expect(
    words([
      day(2023, 5, 1),
      day(2024, 7, 1),
      day(2024, 8, 1),
      day(2025, 12, 31),
      day(2026, 11, 3, 4),
      day(2026, 11, 22),
    ]),
  ).toEqual([
    'Today 1',
    'Yesterday 0',
    'Fri 20 Nov 0',
    'Thu 19 Nov 0',
    'Wed 18 Nov 0',
    'Tue 17 Nov 0',
    'Mon 16 Nov 0',
    'November, before 4',
    'December 2025 1',
    '2024 2',
    '2023 1',
  ])
})

it('covers time without gap or overlap, newest first', () => {
  const periods = timelineOf([day(2022, 1, 1), day(2026, 10, 30), day(2026, 11, 22)], now)
  for (const [index, period] of periods.entries()) {
    expect(period.from).toBeLessThan(period.to)
    const newer = periods[index - 1]
    if (newer) expect(period.to).toBeLessThanOrEqual(newer.from)
  }
})

it('compares days with days and months with months', () => {
  const periods = timelineOf([day(2026, 9, 1, 300), day(2026, 11, 21, 5), day(2026, 11, 22, 10)], now)
  expect(periods.map(period => [period.label, period.share])).toEqual(
    expect.arrayContaining([
      ['Today', 1],
      ['Yesterday', 0.5],
      ['September', 1],
    ]),
  )
})
