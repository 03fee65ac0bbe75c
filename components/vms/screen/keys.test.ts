import { expect, test } from 'vitest'
import { CHORDS, typing, untypable } from './keys.ts'

const spell = (text: string) =>
  typing(text)
    .flat()
    .map(e => `${e.down ? '+' : '-'}${e.key.code}`)
    .join(' ')

test('a capital letter is typed with Shift around it', () => {
  expect(spell('aB')).toBe('+KeyA -KeyA +ShiftLeft +KeyB -KeyB -ShiftLeft')
})

test('line ends of any kind are one Enter', () => {
  expect(spell('a\r\nb\n')).toBe('+KeyA -KeyA +Enter -Enter +KeyB -KeyB +Enter -Enter')
})

test('every printable ASCII character has a key, and nothing else claims to', () => {
  const ascii = Array.from({ length: 95 }, (_, i) => String.fromCharCode(32 + i)).join('')
  expect(untypable(ascii)).toEqual([])
  expect(untypable('grün ß – ü')).toEqual(['ü', 'ß', '–'])
  expect(spell('ü')).toBe('')
})

test('each key that goes down comes up within its character, in every text', () => {
  // Whoever stops between two characters leaves nothing down.
  for (const stroke of typing('Hello, "World"!\n\t~|')) {
    const held = new Set<string>()
    for (const event of stroke) {
      if (event.down) {
        expect(held.has(event.key.code)).toBe(false)
        held.add(event.key.code)
      } else {
        expect(held.delete(event.key.code)).toBe(true)
      }
    }
    expect([...held]).toEqual([])
  }
})

test('function keys have the keysyms of X11 keysymdef.h', () => {
  expect(CHORDS.find(c => c.label === 'F12')?.keys).toEqual([{ keysym: 0xffc9, code: 'F12' }])
})
