/** A key as RFB and its QEMU extension name it: X keysym and KeyboardEvent.code. */
export type Key = { keysym: number; code: string }

const named = {
  Enter: { keysym: 0xff0d, code: 'Enter' },
  Tab: { keysym: 0xff09, code: 'Tab' },
  Escape: { keysym: 0xff1b, code: 'Escape' },
  Shift: { keysym: 0xffe1, code: 'ShiftLeft' },
  Control: { keysym: 0xffe3, code: 'ControlLeft' },
  Alt: { keysym: 0xffe9, code: 'AltLeft' },
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

/** Rows of a US keyboard from left to right: code, plain character, shifted character. */
const US: readonly (readonly [code: string, plain: string, shifted: string])[] = [
  ['Backquote', '`', '~'],
  ...[...'1234567890'].map((digit, i) => [`Digit${digit}`, digit, '!@#$%^&*()'.charAt(i)] as const),
  ['Minus', '-', '_'],
  ['Equal', '=', '+'],
  ['BracketLeft', '[', '{'],
  ['BracketRight', ']', '}'],
  ['Backslash', '\\', '|'],
  ['Semicolon', ';', ':'],
  ['Quote', "'", '"'],
  ['Comma', ',', '<'],
  ['Period', '.', '>'],
  ['Slash', '/', '?'],
  ['Space', ' ', ' '],
  ...[...'abcdefghijklmnopqrstuvwxyz'].map(c => [`Key${c.toUpperCase()}`, c, c.toUpperCase()] as const),
]

type Stroke = { key: Key; shift: boolean }
const STROKES = new Map<string, Stroke>()
for (const [code, plain, shifted] of US) {
  STROKES.set(shifted, { key: { keysym: shifted.charCodeAt(0), code }, shift: true })
  STROKES.set(plain, { key: { keysym: plain.charCodeAt(0), code }, shift: false })
}
STROKES.set('\n', { key: named.Enter, shift: false })
STROKES.set('\t', { key: named.Tab, shift: false })

/** The characters of a text that no key of a US keyboard makes, each once. */
export function untypable(text: string): string[] {
  return [...new Set([...text.replaceAll('\r', '')].filter(character => !STROKES.has(character)))]
}

/**
 * For each character of a text, the key events that type it on a US keyboard; whoever stops between characters leaves no
 * key down. Characters that have no key are left out: see `untypable`.
 */
export function typing(text: string): { key: Key; down: boolean }[][] {
  return [...text.replaceAll('\r', '')].flatMap(character => {
    const stroke = STROKES.get(character)
    if (!stroke) return []
    const press = [
      { key: stroke.key, down: true },
      { key: stroke.key, down: false },
    ]
    if (!stroke.shift) return [press]
    return [[{ key: named.Shift, down: true }, ...press, { key: named.Shift, down: false }]]
  })
}
