/**
 * Keyboard layouts as guests have them: what each key makes plain, with Shift and with AltGr, by its place. A guest gets the
 * key's scan code; its own layout then makes the character.
 */

/** The keys of a keyboard from the left upper to the right lower corner, as KeyboardEvent.code names them. */
const CODES = [
  'Backquote',
  ...[...'1234567890'].map(digit => `Digit${digit}`),
  'Minus',
  'Equal',
  ...[...'QWERTYUIOP'].map(letter => `Key${letter}`),
  'BracketLeft',
  'BracketRight',
  ...[...'ASDFGHJKL'].map(letter => `Key${letter}`),
  'Semicolon',
  'Quote',
  'Backslash',
  'IntlBackslash',
  ...[...'ZXCVBNM'].map(letter => `Key${letter}`),
  'Comma',
  'Period',
  'Slash',
]

/** A character a key, in the order of CODES; a space where there is none that is typed at once. */
type Levels = { plain: string; shift: string; altGr: Readonly<Record<string, string>> }

export type Place = {
  code: string
  shift: boolean
  altGr: boolean /** It waits for the next key: Space makes it itself. */
  dead: boolean
}

const US: Levels = {
  plain: "`1234567890-=qwertyuiop[]asdfghjkl;'\\ zxcvbnm,./",
  shift: '~!@#$%^&*()_+QWERTYUIOP{}ASDFGHJKL:"| ZXCVBNM<>?',
  altGr: {},
}

export const LAYOUTS = {
  us: placesOf(US),
  gb: placesOf({
    plain: "`1234567890-=qwertyuiop[]asdfghjkl;'#\\zxcvbnm,./",
    shift: '¬!"£$%^&*()_+QWERTYUIOP{}ASDFGHJKL:@~|ZXCVBNM<>?',
    altGr: { Digit4: '€' },
  }),
  de: placesOf(
    {
      plain: ' 1234567890ß qwertzuiopü+asdfghjklöä#<yxcvbnm,.-',
      shift: '°!"§$%&/()=? QWERTZUIOPÜ*ASDFGHJKLÖÄ\'>YXCVBNM;:_',
      altGr: {
        Digit2: '²',
        Digit3: '³',
        Digit7: '{',
        Digit8: '[',
        Digit9: ']',
        Digit0: '}',
        Minus: '\\',
        KeyQ: '@',
        KeyE: '€',
        BracketRight: '~',
        IntlBackslash: '|',
        KeyM: 'µ',
      },
    },
    { '^': ['Backquote', false], '´': ['Equal', false], '`': ['Equal', true] },
  ),
  fr: placesOf({
    plain: '²&é"\'(-è_çà)=azertyuiop $qsdfghjklmù*<wxcvbn,;:!',
    shift: ' 1234567890°+AZERTYUIOP £QSDFGHJKLM%µ>WXCVBN?./§',
    altGr: {
      Digit2: '~',
      Digit3: '#',
      Digit4: '{',
      Digit5: '[',
      Digit6: '|',
      Digit7: '`',
      Digit8: '\\',
      Digit9: '^',
      Digit0: '@',
      Minus: ']',
      Equal: '}',
      KeyE: '€',
    },
  }),
} as const

export type LayoutId = keyof typeof LAYOUTS

export const LAYOUT_NAMES: Readonly<Record<LayoutId, string>> = {
  us: 'US',
  gb: 'British',
  de: 'German',
  fr: 'French',
}

export function isLayout(id: string): id is LayoutId {
  return Object.hasOwn(LAYOUTS, id)
}

/** What a US keyboard makes at a place: bhyve takes it where it knows no scan codes. */
export function usCharacter(code: string, shift: boolean): string {
  return (shift ? US.shift : US.plain)[CODES.indexOf(code)]?.trim() ?? ''
}

function placesOf(
  { plain, shift, altGr }: Levels,
  dead: Readonly<Record<string, readonly [code: string, shift: boolean]>> = {},
): ReadonlyMap<string, Place> {
  const places = new Map<string, Place>()
  const add = (character: string, place: Place) => {
    if (character.trim() !== '' && !places.has(character)) places.set(character, place)
  }
  for (const [at, code] of CODES.entries())
    add(plain[at] ?? '', { code, shift: false, altGr: false, dead: false })
  for (const [at, code] of CODES.entries())
    add(shift[at] ?? '', { code, shift: true, altGr: false, dead: false })
  for (const [code, character] of Object.entries(altGr))
    add(character, { code, shift: false, altGr: true, dead: false })
  for (const [character, [code, isShifted]] of Object.entries(dead))
    add(character, { code, shift: isShifted, altGr: false, dead: true })
  return places
}
