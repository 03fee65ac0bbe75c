import { expect, test } from 'vitest'
import { nextItem } from './Menu.tsx'

test('keys of a menu go round; letters find', () => {
  const labels = ['Start', 'Shut down', 'Reset']
  expect(nextItem('ArrowDown', 2, labels)).toBe(0)
  expect(nextItem('ArrowUp', 0, labels)).toBe(2)
  expect(nextItem('Home', 2, labels)).toBe(0)
  expect(nextItem('End', 0, labels)).toBe(2)
  expect(nextItem('s', 0, labels)).toBe(1)
  expect(nextItem('s', 1, labels)).toBe(0)
  expect(nextItem('x', 0, labels)).toBeNull()
  expect(nextItem('ArrowDown', 0, [])).toBeNull()
})
