/** RFB's PIXEL_FORMAT (RFC 6143 7.4), as far as screens of our day use it: 32 bits, true colour, whole bytes. */
export type PixelFormat = {
  /** Where the bytes of a pixel lie: red, green, blue. */
  red: number
  green: number
  blue: number
}

/** How the hub keeps pixels: red, green, blue and 255, as PNG and a browser's canvas have them and as noVNC asks for. */
export const RGBA: PixelFormat = { red: 0, green: 1, blue: 2 }
/** RGBA as the 16 bytes of a PIXEL_FORMAT. */
export const RGBA_BYTES = Buffer.from([32, 24, 0, 1, 0, 255, 0, 255, 0, 255, 0, 8, 16, 0, 0, 0])
const OPAQUE = 0xff000000

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

/** Bytes of pixels as numbers, a pixel each. Copies only what does not lie on a boundary of four bytes. */
export function wordsOf(bytes: Buffer): Uint32Array {
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : new Uint8Array(bytes)
  return new Uint32Array(aligned.buffer, aligned.byteOffset, bytes.length >> 2)
}

/** A function that turns a pixel of a guest into RGBA. Node runs on little-endian machines only: byte n is bits 8n. */
export function toRgba({ red, green, blue }: PixelFormat): (pixel: number) => number {
  const [r, g, b] = [8 * red, 8 * green, 8 * blue]
  return pixel =>
    (OPAQUE | (((pixel >>> b) & 255) << 16) | (((pixel >>> g) & 255) << 8) | ((pixel >>> r) & 255)) >>> 0
}

/** Rewrites RGBA pixels in place into another format; the fourth byte of each becomes 0. */
export function fromRgba(pixels: Uint32Array, { red, green, blue }: PixelFormat) {
  const [r, g, b] = [8 * red, 8 * green, 8 * blue]
  for (let at = 0; at < pixels.length; at++) {
    const pixel = pixels[at] ?? 0
    pixels[at] = ((pixel & 255) << r) | (((pixel >>> 8) & 255) << g) | (((pixel >>> 16) & 255) << b)
  }
}
