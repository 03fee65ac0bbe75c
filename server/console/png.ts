import { promisify } from 'node:util'
import { constants, deflate, type ZlibOptions } from 'node:zlib'

const pack = promisify<Buffer, ZlibOptions, Buffer>(deflate)
const OPTIONS = { level: constants.Z_BEST_SPEED }
const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
/** Eight bits a colour, RGB, deflate, no interlacing (PNG, 11.2.1). */
const KIND = [8, 2, 0, 0, 0]
/** Each byte is told as what it adds to the one above it (PNG, 9.2): screens repeat themselves downwards. */
const FILTER_UP = 2

export type Pixels = { width: number; height: number /** Row by row, RGBA. */; pixels: Uint32Array }

/** A PNG of a picture. */
export async function pngOf({ width, height, pixels }: Pixels): Promise<Buffer> {
  const stride = 1 + 3 * width
  const rows = Buffer.alloc(stride * height)
  for (let y = 0; y < height; y++) {
    rows[y * stride] = FILTER_UP
    for (let x = 0; x < width; x++) {
      const pixel = pixels[y * width + x] ?? 0
      const above = y === 0 ? 0 : (pixels[(y - 1) * width + x] ?? 0)
      const at = y * stride + 1 + 3 * x
      rows[at] = (pixel & 255) - (above & 255)
      rows[at + 1] = ((pixel >>> 8) & 255) - ((above >>> 8) & 255)
      rows[at + 2] = ((pixel >>> 16) & 255) - ((above >>> 16) & 255)
    }
  }
  const head = Buffer.alloc(13)
  head.writeUInt32BE(width, 0)
  head.writeUInt32BE(height, 4)
  head.set(KIND, 8)
  const parts = [
    chunk('IHDR', head),
    chunk('IDAT', await pack(rows, OPTIONS)),
    chunk('IEND', Buffer.alloc(0)),
  ]
  return Buffer.concat([SIGNATURE, ...parts])
}

/** CRC-32 of every byte (PNG, annex D); Node has one of its own only since 20.15. */
const CRC = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? 0xedb88320 ^ (crc >>> 1) : crc >>> 1
  return crc
})

function crc32(bytes: Buffer): number {
  let crc = 0xffffffff
  for (const byte of bytes) crc = (CRC[(crc ^ byte) & 255] ?? 0) ^ (crc >>> 8)
  return ~crc >>> 0
}

function chunk(type: string, data: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)]
  length.writeUInt32BE(data.length)
  check.writeUInt32BE(crc32(named))
  return Buffer.concat([length, named, check])
}

/** The same picture no wider than `most`: each pixel is the mean of those that it stands for. */
export function shrink(from: Pixels, most: number): Pixels {
  if (from.width <= most) return from
  const width = most
  const height = Math.max(1, Math.round((from.height * most) / from.width))
  const pixels = new Uint32Array(width * height)
  for (let y = 0; y < height; y++) {
    const [top, bottom] = span(y, height, from.height)
    for (let x = 0; x < width; x++) {
      const [left, right] = span(x, width, from.width)
      let [red, green, blue] = [0, 0, 0]
      for (let row = top; row < bottom; row++)
        for (let at = row * from.width + left; at < row * from.width + right; at++) {
          const pixel = from.pixels[at] ?? 0
          red += pixel & 255
          green += (pixel >>> 8) & 255
          blue += (pixel >>> 16) & 255
        }
      const count = (bottom - top) * (right - left)
      const mean = [red, green, blue].map(sum => Math.round(sum / count))
      pixels[y * width + x] =
        (0xff000000 | ((mean[2] ?? 0) << 16) | ((mean[1] ?? 0) << 8) | (mean[0] ?? 0)) >>> 0
    }
  }
  return { width, height, pixels }
}

/** Which of `many` pixels the one at `at` of `few` stands for: at least one. */
function span(at: number, few: number, many: number): [number, number] {
  const begin = Math.floor((at * many) / few)
  return [begin, Math.max(begin + 1, Math.floor(((at + 1) * many) / few))]
}
