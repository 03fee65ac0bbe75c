import { expect, test } from 'vitest'
import { areaPath, ceiling, linePath, ratio } from './chart.ts'

test('a line in its box; a gap lifts the pen', () => {
  const points = [
    { at: 0, share: 0 },
    { at: 10, share: 0.5 },
    { at: 60, share: 2 },
  ]
  expect(linePath(points, 0, 100, 100, 10, 20)).toBe('M0.0 10.0h0L10.0 5.0M60.0 0.0h0')
  expect(linePath([], 0, 100, 100, 10, 20)).toBe('')
})

test('an area goes back along its lower line', () => {
  const lower = [
    { at: 0, share: 0 },
    { at: 100, share: 0 },
  ]
  const upper = lower.map(point => ({ ...point, share: 1 }))
  expect(areaPath(lower, upper, 0, 100, 100, 10, 100)).toBe('M0.0 0.0L100.0 0.0L100.0 10.0L0.0 10.0Z')
  expect(areaPath([], [], 0, 100, 100, 10, 100)).toBe('')
})

test('an area has nothing where nothing was measured', () => {
  const upper = [0, 10, 90, 100].map(at => ({ at, share: 1 }))
  const lower = upper.map(point => ({ ...point, share: 0 }))
  expect(areaPath(lower, upper, 0, 100, 100, 10, 20)).toBe(
    'M0.0 0.0L10.0 0.0L10.0 10.0L0.0 10.0ZM90.0 0.0L100.0 0.0L100.0 10.0L90.0 10.0Z',
  )
})

test('the top of a chart is above all its values', () => {
  expect(ceiling([], 1024)).toBe(1024)
  expect(ceiling([5000, 100], 1024)).toBe(8192)
  expect(ceiling([8192], 1024)).toBe(8192)
})

test('nothing of nothing is nothing', () => {
  expect(ratio(0, 0)).toBe(0)
  expect(ratio(1, 4)).toBe(0.25)
})
