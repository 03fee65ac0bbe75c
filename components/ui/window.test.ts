import fc from 'fast-check'
import { expect, test } from 'vitest'
import { drawnRows, equalRows, scrollFor, unequalRows, visibleRows } from './window.ts'

test('rows of one height and rows that happen to have one height are in the same places', () => {
  fc.assert(
    fc.property(fc.nat(300), fc.integer({ min: 1, max: 60 }), fc.nat(20_000), (count, size, y) => {
      const equal = equalRows(count, size)
      const unequal = unequalRows(Array.from({ length: count }, () => size))
      expect(unequal.total).toBe(equal.total)
      expect(unequal.startOf(count >> 1)).toBe(equal.startOf(count >> 1))
      expect(unequal.at(y)).toBe(equal.at(y))
    }),
  )
})

test('the row at a place covers it', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1 }), fc.nat(5000), (sizes, y) => {
      const extent = unequalRows(sizes)
      const index = extent.at(y)
      if (y >= extent.total) expect(index).toBe(sizes.length - 1)
      else {
        expect(extent.startOf(index)).toBeLessThanOrEqual(y)
        expect(extent.startOf(index + 1)).toBeGreaterThan(y)
      }
    }),
  )
})

test('a hundred thousand rows draw as many as fit, and the one with the focus', () => {
  const extent = equalRows(100_000, 32)
  const visible = visibleRows(extent, 1_600_000, 640)
  expect(visible).toEqual({ first: 50_000, last: 50_020 })
  const drawn = drawnRows(visible, extent.count, 8, 3)
  expect(drawn[0]).toBe(3)
  expect(drawn).toHaveLength(37)
  expect(drawnRows(visible, extent.count, 8, 50_001)).toHaveLength(36)
  expect(drawnRows(visible, extent.count, 8, 99_999).at(-1)).toBe(99_999)
})

test('a list that became shorter draws what is left, an empty one nothing', () => {
  expect(drawnRows({ first: 90, last: 100 }, 3, 8, 1)).toEqual([0, 1, 2])
  expect(drawnRows(visibleRows(equalRows(0, 32), 500, 600), 0, 8, 0)).toEqual([])
})

test('a row is scrolled to only when it is not whole on the screen, and never below the head', () => {
  const extent = equalRows(100, 32)
  const view = { top: 320, height: 352, head: 32 }
  expect(scrollFor(extent, 12, view)).toBeNull()
  expect(scrollFor(extent, 9, view)).toBe(288)
  expect(scrollFor(extent, 20, view)).toBe(352)
})
