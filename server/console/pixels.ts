/** RFB's PIXEL_FORMAT (RFC 6143 7.4), as far as screens of our day use it: 32 bits, true colour, whole bytes. */
export type PixelFormat = {
  /** Where the bytes of a pixel lie: red, green, blue. */
  red: number
  green: number
  blue: number
}

/** Reads the 16 bytes of a PIXEL_FORMAT; null for one whose pixels are not 32 bits with a byte for each colour. */
export function parsePixelFormat(bytes: Buffer): PixelFormat | null {
  const bitsPerPixel = bytes.readUInt8(0)
  const bigEndian = bytes.readUInt8(2) !== 0
  const trueColour = bytes.readUInt8(3) !== 0
  const maxima = [bytes.readUInt16BE(4), bytes.readUInt16BE(6), bytes.readUInt16BE(8)]
  const shifts = [bytes.readUInt8(10), bytes.readUInt8(11), bytes.readUInt8(12)]
  if (bitsPerPixel !== 32 || !trueColour || maxima.some(max => max !== 255)) return null
  if (shifts.some(shift => shift % 8 !== 0 || shift > 24) || new Set(shifts).size !== 3) return null
  const [red = 0, green = 0, blue = 0] = shifts.map(shift => (bigEndian ? 3 - shift / 8 : shift / 8))
  return { red, green, blue }
}

export function sameFormat(a: PixelFormat, b: PixelFormat): boolean {
  return a.red === b.red && a.green === b.green && a.blue === b.blue
}

/** Rewrites pixels in place from one format into another; the fourth byte of each becomes 0. */
export function translatePixels(pixels: Buffer, from: PixelFormat, to: PixelFormat) {
  const { red, green, blue } = from
  const unused = 6 - to.red - to.green - to.blue
  for (let at = 0; at + 3 < pixels.length; at += 4) {
    const r = pixels[at + red] ?? 0
    const g = pixels[at + green] ?? 0
    const b = pixels[at + blue] ?? 0
    pixels[at + to.red] = r
    pixels[at + to.green] = g
    pixels[at + to.blue] = b
    pixels[at + unused] = 0
  }
}
