import { expect, test } from 'vitest'
import { scancodes } from './keys.ts'

test.each([
  ['a', 0x61, 0, [0x1e], [0x9e]],
  ['A shares the key of a', 0x41, 0, [0x1e], [0x9e]],
  ['Return', 0xff0d, 0, [0x1c], [0x9c]],
  ['Delete is an extended key', 0xffff, 0, [0xe0, 0x53], [0xe0, 0xd3]],
  ['F12', 0xffc9, 0, [0x58], [0xd8]],
  ['the scan code of an extended key event wins', 0x61, 0x10, [0x10], [0x90]],
  ['the right Control as an extended key event', 0xffe4, 0x9d, [0xe0, 0x1d], [0xe0, 0x9d]],
  ['a key this keyboard does not have', 0x1008ff11, 0, [], []],
])('%s', (_what, keysym, scancode, down, up) => {
  expect(scancodes(true, keysym, scancode)).toEqual(down)
  expect(scancodes(false, keysym, scancode)).toEqual(up)
})
