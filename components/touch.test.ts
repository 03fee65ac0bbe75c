import { expect, it } from 'vitest'
import { touchedLately, watchTouches } from './touch.ts'

it('a person is there until nothing was touched for two minutes', () => {
  let now = Date.now()
  const page = new EventTarget()
  const stop = watchTouches(page, () => now)
  expect(touchedLately(now)).toBe(true)
  now += 119_000
  expect(touchedLately(now)).toBe(true)
  now += 1000
  expect(touchedLately(now)).toBe(false)
  page.dispatchEvent(new Event('keydown'))
  expect(touchedLately(now)).toBe(true)
  stop()
  now += 120_000
  page.dispatchEvent(new Event('pointerdown'))
  expect(touchedLately(now)).toBe(false)
})
