import { LAYOUTS, type LayoutId, usCharacter } from './layouts.ts'

/** A key as RFB and its QEMU extension name it: X keysym and KeyboardEvent.code. */
export type Key = { keysym: number; code: string }

const named = {
  Enter: { keysym: 0xff0d, code: 'Enter' },
  Tab: { keysym: 0xff09, code: 'Tab' },
  Escape: { keysym: 0xff1b, code: 'Escape' },
  Shift: { keysym: 0xffe1, code: 'ShiftLeft' },
  Control: { keysym: 0xffe3, code: 'ControlLeft' },
  Alt: { keysym: 0xffe9, code: 'AltLeft' },
  AltGr: { keysym: 0xffea, code: 'AltRight' },
  Space: { keysym: 0x20, code: 'Space' },
  Meta: { keysym: 0xffeb, code: 'MetaLeft' },
  PrintScreen: { keysym: 0xff61, code: 'PrintScreen' },
} as const

/** Chords that browsers or desktops keep for themselves, with the names people know them by. */
export const CHORDS: readonly { label: string; keys: readonly Key[] }[] = [
  { label: 'Alt-Tab', keys: [named.Alt, named.Tab] },
  { label: 'Alt-F4', keys: [named.Alt, functionKey(4)] },
  { label: 'Escape', keys: [named.Escape] },
  { label: 'Windows key', keys: [named.Meta] },
  { label: 'Print screen', keys: [named.PrintScreen] },
  ...[1, 2, 3, 4, 5, 6, 7].map(n => ({
    label: `Ctrl-Alt-F${n}`,
    keys: [named.Control, named.Alt, functionKey(n)],
  })),
  ...[1, 2, 8, 10, 11, 12].map(n => ({ label: `F${n}`, keys: [functionKey(n)] })),
]

function functionKey(n: number): Key {
  return { keysym: 0xffbd + n, code: `F${n}` }
}

/** The characters of a text that no key of a guest's keyboard makes, each once. */
export function untypable(text: string, layout: LayoutId): string[] {
  return [...new Set([...text.replaceAll('\r', '')].filter(character => !strokeOf(character, layout)))]
}

type KeyPress = { key: Key; down: boolean }

/**
 * For each character of a text, the key events that type it on a guest's keyboard; whoever stops between characters leaves
 * no key down. Characters that have no key are left out: see `untypable`.
 */
export function typing(text: string, layout: LayoutId): KeyPress[][] {
  return [...text.replaceAll('\r', '')].flatMap(character => {
    const stroke = strokeOf(character, layout)
    return stroke ? [stroke] : []
  })
}

const press = (key: Key): KeyPress[] => [
  { key, down: true },
  { key, down: false },
]

function strokeOf(character: string, layout: LayoutId): KeyPress[] | null {
  if (character === '\n') return press(named.Enter)
  if (character === '\t') return press(named.Tab)
  if (character === ' ') return press(named.Space)
  const place = LAYOUTS[layout].get(character)
  if (!place) return null
  const { code, shift, altGr, dead } = place
  // A guest that takes scan codes asks for nothing else; the keysym is for one that takes those of a US keyboard only.
  const keysym = (usCharacter(code, shift) || character).charCodeAt(0)
  const modifiers = [...(shift ? [named.Shift] : []), ...(altGr ? [named.AltGr] : [])]
  return [
    ...modifiers.map(key => ({ key, down: true })),
    ...press({ keysym, code }),
    ...modifiers.map(key => ({ key, down: false })),
    ...(dead ? press(named.Space) : []),
  ]
}
