/**
 * What a VNC viewer types, as the bytes a PS/2 keyboard (scan code set 1) sends. US layout; a shifted symbol maps to
 * the key that makes it, the viewer sends Shift by itself.
 */

/** X11 keysym → set-1 make code; codes of the extended (E0) keys are written as 0xe0NN. */
const CODES = new Map<number, number>()

function row(symbols: string, first: number): void {
  for (const [i, char] of [...symbols].entries()) CODES.set(char.charCodeAt(0), first + i)
}
row('1234567890-=', 0x02)
row('!@#$%^&*()_+', 0x02)
row('qwertyuiop[]', 0x10)
row('QWERTYUIOP{}', 0x10)
row("asdfghjkl;'`", 0x1e)
row('ASDFGHJKL:"~', 0x1e)
row('\\zxcvbnm,./', 0x2b)
row('|ZXCVBNM<>?', 0x2b)

const NAMED: [keysym: number, code: number][] = [
  [0x20, 0x39], // space
  [0xff1b, 0x01], // Escape
  [0xff08, 0x0e], // BackSpace
  [0xff09, 0x0f], // Tab
  [0xfe20, 0x0f], // ISO_Left_Tab
  [0xff0d, 0x1c], // Return
  [0xffe3, 0x1d], // Control_L
  [0xffe4, 0xe01d], // Control_R
  [0xffe1, 0x2a], // Shift_L
  [0xffe2, 0x36], // Shift_R
  [0xffe9, 0x38], // Alt_L
  [0xffea, 0xe038], // Alt_R
  [0xfe03, 0xe038], // ISO_Level3_Shift
  [0xffe5, 0x3a], // Caps_Lock
  [0xff7f, 0x45], // Num_Lock
  [0xff14, 0x46], // Scroll_Lock
  [0xff50, 0xe047], // Home
  [0xff51, 0xe04b], // Left
  [0xff52, 0xe048], // Up
  [0xff53, 0xe04d], // Right
  [0xff54, 0xe050], // Down
  [0xff55, 0xe049], // Page_Up
  [0xff56, 0xe051], // Page_Down
  [0xff57, 0xe04f], // End
  [0xff63, 0xe052], // Insert
  [0xffff, 0xe053], // Delete
  [0xffeb, 0xe05b], // Super_L
  [0xffec, 0xe05c], // Super_R
  [0xff67, 0xe05d], // Menu
  [0xff8d, 0xe01c], // KP_Enter
  [0xffaa, 0x37], // KP_Multiply
  [0xffab, 0x4e], // KP_Add
  [0xffad, 0x4a], // KP_Subtract
  [0xffae, 0x53], // KP_Decimal
  [0xffaf, 0xe035], // KP_Divide
  [0xffc8, 0x57], // F11
  [0xffc9, 0x58], // F12
]
for (const [keysym, code] of NAMED) CODES.set(keysym, code)
for (let i = 0; i < 10; i++) CODES.set(0xffbe + i, 0x3b + i) // F1 to F10
for (const [i, code] of [0x52, 0x4f, 0x50, 0x51, 0x4b, 0x4c, 0x4d, 0x47, 0x48, 0x49].entries())
  CODES.set(0xffb0 + i, code) // KP_0 to KP_9

/**
 * Bytes for the keyboard; none for a key it does not have. `scancode` is the one of a QEMU extended key event
 * (extended keys have bit 7 set there), 0 where the viewer sent only a keysym.
 */
export function scancodes(down: boolean, keysym: number, scancode: number): number[] {
  const code = scancode ? (scancode & 0x80 ? 0xe000 | (scancode & 0x7f) : scancode) : CODES.get(keysym)
  if (!code) return []
  const low = code & 0x7f
  return [...(code > 0xff ? [0xe0] : []), down ? low : low | 0x80]
}
