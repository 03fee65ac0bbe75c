import { expect, test } from 'vitest'
import { CHORDS, typing, untypable } from './keys.ts'
import { isLayout, LAYOUTS, type LayoutId } from './layouts.ts'

const spell = (text: string, layout: LayoutId = 'us') =>
  typing(text, layout)
    .flat()
    .map(e => `${e.down ? '+' : '-'}${e.key.code}`)
    .join(' ')

test('a capital letter is typed with Shift around it', () => {
  expect(spell('aB')).toBe('+KeyA -KeyA +ShiftLeft +KeyB -KeyB -ShiftLeft')
})

test('line ends of any kind are one Enter', () => {
  expect(spell('a\r\nb\n')).toBe('+KeyA -KeyA +Enter -Enter +KeyB -KeyB +Enter -Enter')
})

const layouts = Object.keys(LAYOUTS).filter(isLayout)

test.each(layouts)('every printable ASCII character has a key on the keyboard %s', layout => {
  const ascii = Array.from({ length: 95 }, (_, i) => String.fromCharCode(32 + i)).join('')
  expect(untypable(ascii, layout)).toEqual([])
  const spelled = [...ascii].map(character => spell(character, layout))
  expect(new Set(spelled).size).toBe(95)
})

test('what has no key is named', () => {
  expect(untypable('grün ß – ü', 'us')).toEqual(['ü', 'ß', '–'])
  expect(untypable('grün ß – ü', 'de')).toEqual(['–'])
  expect(spell('ü')).toBe('')
})

// As the layouts are engraved: the places, not the characters, are what a guest gets.
test.each<[LayoutId, string, string]>([
  ['de', 'z', '+KeyY -KeyY'],
  ['de', '/', '+ShiftLeft +Digit7 -Digit7 -ShiftLeft'],
  ['de', '-', '+Slash -Slash'],
  ['de', '@', '+AltRight +KeyQ -KeyQ -AltRight'],
  ['de', '|', '+AltRight +IntlBackslash -IntlBackslash -AltRight'],
  ['de', '^', '+Backquote -Backquote +Space -Space'],
  ['de', 'Ä', '+ShiftLeft +Quote -Quote -ShiftLeft'],
  ['gb', '"', '+ShiftLeft +Digit2 -Digit2 -ShiftLeft'],
  ['gb', '#', '+Backslash -Backslash'],
  ['gb', '\\', '+IntlBackslash -IntlBackslash'],
  ['fr', 'a', '+KeyQ -KeyQ'],
  ['fr', 'm', '+Semicolon -Semicolon'],
  ['fr', '1', '+ShiftLeft +Digit1 -Digit1 -ShiftLeft'],
  ['fr', '.', '+ShiftLeft +Comma -Comma -ShiftLeft'],
  ['fr', '{', '+AltRight +Digit4 -Digit4 -AltRight'],
])('on the keyboard %s, %s is %s', (layout, character, keys) => {
  expect(spell(character, layout)).toBe(keys)
})

test('a guest that knows no scan codes is told what a US keyboard makes at that place', () => {
  expect(typing('z', 'de')[0]?.[0]?.key).toEqual({ keysym: 'y'.charCodeAt(0), code: 'KeyY' })
})

test('each key that goes down comes up within its character, in every text', () => {
  // Whoever stops between two characters leaves nothing down.
  for (const stroke of layouts.flatMap(layout => typing('Hello, "World"!\n\t~|^', layout))) {
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
