import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  bytes,
  clock,
  duration,
  exactBytes,
  listing,
  parseBytes,
  percent,
  plural,
  relative,
} from './format.ts'

describe('bytes', () => {
  test.each([
    [0, '0 B'],
    [1, '1 B'],
    [1023, '1023 B'],
    [1024, '1.00 KiB'],
    [1024 * 1023.7, '1.00 MiB'],
    [41_016_098_816, '38.2 GiB'],
    [412 * 2 ** 30, '412 GiB'],
    [1.25 * 2 ** 40, '1.25 TiB'],
    [9.996 * 2 ** 40, '10.0 TiB'],
    [99.96 * 2 ** 30, '100 GiB'],
    [-2048, '−2.00 KiB'],
    [2 ** 63, '8.00 EiB'],
  ])('%d is %s', (value, text) => expect(bytes(value)).toBe(text))

  test('three figures, whatever the size; four between 1000 and 1023 of a unit', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1024, max: Number.MAX_SAFE_INTEGER }), value => {
        const [number, unit] = bytes(value).split(' ')
        expect(number).toMatch(/^(\d\.\d\d|\d\d\.\d|\d\d\d|10[012]\d)$/)
        expect(['KiB', 'MiB', 'GiB', 'TiB', 'PiB']).toContain(unit)
      }),
      { examples: [[1_048_575], [1_073_741_823], [1_098_961_871_962_112]] },
    )
  })
  test('exact on demand', () => {
    expect(exactBytes(1)).toBe('1 byte')
    expect(exactBytes(41_016_098_816)).toBe('41,016,098,816 bytes')
  })
})

describe('parseBytes', () => {
  test.each([
    ['512', 512],
    ['40G', 40 * 2 ** 30],
    ['40 GiB', 40 * 2 ** 30],
    ['40gb', 40 * 2 ** 30],
    ['1.5t', 1.5 * 2 ** 40],
    [' 8 K ', 8192],
    ['10b', 10],
  ])('%s', (text, value) => expect(parseBytes(text)).toBe(value))
  test.each(['', 'G', '-1G', '1e3', '10 apples', '1..5G', '99999E', '0x10', '1,5G', 'NaN'])(
    '%s is no size',
    text => expect(parseBytes(text)).toBeNull(),
  )
})

test('percent never calls nearly full full, nor little nothing', () => {
  expect(percent(0)).toBe('0 %')
  expect(percent(0.004)).toBe('< 1 %')
  expect(percent(0.62)).toBe('62 %')
  expect(percent(0.997)).toBe('99 %')
  expect(percent(1)).toBe('100 %')
})

test('durations in at most two units', () => {
  expect(duration(110)).toBe('0.11 s')
  expect(duration(2500)).toBe('2.5 s')
  expect(duration(12_900)).toBe('12 s')
  expect(duration(63_000)).toBe('1 min 3 s')
  expect(duration(3_600_000)).toBe('1 h')
  expect(duration(6.2 * 86_400_000)).toBe('6 d 4 h')
  expect(duration(-5)).toBe('0.00 s')
})

test('clocks count whole seconds', () => {
  expect(clock(47_200)).toBe('0:48')
  expect(clock(0)).toBe('0:00')
  expect(clock(3_849_000)).toBe('1:04:09')
})

describe('relative', () => {
  const now = Date.UTC(2026, 10, 22, 12)
  const minute = 60_000
  test.each([
    [0, 'just now'],
    [20_000, 'less than a minute ago'],
    [minute, '1 minute ago'],
    [59.6 * minute, '1 hour ago'],
    [150 * minute, '3 hours ago'],
    [24 * 60 * minute, '1 day ago'],
    [34 * 24 * 60 * minute, '34 days ago'],
    [90 * 24 * 60 * minute, '3 months ago'],
    [800 * 24 * 60 * minute, '2 years ago'],
    [-3 * 24 * 60 * minute, 'in 3 days'],
  ])('%d ms', (ago, text) => expect(relative(now - ago, now)).toBe(text))
})

test('names in a sentence', () => {
  expect(listing([])).toBe('')
  expect(listing(['a'])).toBe('a')
  expect(listing(['a', 'b'])).toBe('a and b')
  expect(listing(['a', 'b', 'c'])).toBe('a, b and c')
  expect(listing(['a', 'b', 'c', 'd', 'e', 'f'])).toBe('a, b, c and 3 more')
  expect(plural(1204, 'snapshot')).toBe('1,204 snapshots')
})
