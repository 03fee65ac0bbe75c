import { inflateSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { pngOf, shrink } from './png.ts'

const rgba = (red: number, green: number, blue: number) =>
  (0xff000000 | (blue << 16) | (green << 8) | red) >>> 0

/** Reads what `pngOf` writes, as a browser would: chunks, inflate, the filter Up undone. */
function read(png: Buffer) {
  let at = 8
  const chunks = new Map<string, Buffer>()
  while (at < png.length) {
    const length = png.readUInt32BE(at)
    chunks.set(png.toString('latin1', at + 4, at + 8), png.subarray(at + 8, at + 8 + length))
    at += 12 + length
  }
  const head = chunks.get('IHDR') ?? Buffer.alloc(13)
  const [width, height] = [head.readUInt32BE(0), head.readUInt32BE(4)]
  const rows = inflateSync(chunks.get('IDAT') ?? Buffer.alloc(0))
  const pixels: number[] = []
  const byte = (x: number, y: number, colour: number): number =>
    y < 0 ? 0 : ((rows[y * (1 + 3 * width) + 1 + 3 * x + colour] ?? 0) + byte(x, y - 1, colour)) & 255
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) pixels.push(rgba(byte(x, y, 0), byte(x, y, 1), byte(x, y, 2)))
  return { width, height, pixels }
}

const pictures = fc.integer({ min: 1, max: 12 }).chain(width =>
  fc
    .array(
      fc.tuple(fc.nat(255), fc.nat(255), fc.nat(255)).map(([r, g, b]) => rgba(r, g, b)),
      { minLength: width, maxLength: 12 * width },
    )
    .map(pixels => {
      const height = Math.floor(pixels.length / width)
      return { width, height, pixels: new Uint32Array(pixels.slice(0, width * height)) }
    }),
)

describe('a PNG', () => {
  it('holds the picture pixel for pixel', async () => {
    await fc.assert(
      fc.asyncProperty(pictures, async picture => {
        const { width, height, pixels } = picture
        expect(read(await pngOf(picture))).toEqual({ width, height, pixels: [...pixels] })
      }),
    )
  })

  it('begins as PNG says, with the checksums that others check', async () => {
    const png = await pngOf({ width: 1, height: 1, pixels: new Uint32Array([rgba(255, 0, 0)]) })
    expect(png.subarray(0, 8).toString('hex')).toBe('89504e470d0a1a0a')
    // The end of every PNG: no data, and its well-known checksum.
    expect(png.subarray(-12).toString('hex')).toBe('0000000049454e44ae426082')
  })
})

describe('a small picture', () => {
  it('has the mean of the pixels that each stands for', () => {
    const [black, white] = [rgba(0, 0, 0), rgba(255, 255, 255)]
    const chequered = Uint32Array.from({ length: 16 }, (_, at) => ((at + (at >> 2)) % 2 ? white : black))
    const { width, height, pixels } = shrink({ width: 4, height: 4, pixels: chequered }, 2)
    expect([width, height, ...pixels]).toEqual([2, 2, ...Array<number>(4).fill(rgba(128, 128, 128))])
  })

  it('stays as it is when it is small already, and is never empty', () => {
    fc.assert(
      fc.property(pictures, fc.integer({ min: 1, max: 20 }), (picture, most) => {
        const small = shrink(picture, most)
        expect(small.width).toBe(Math.min(picture.width, most))
        expect(small.height).toBeGreaterThan(0)
        expect(small.pixels).toHaveLength(small.width * small.height)
        if (picture.width <= most) expect(small).toBe(picture)
      }),
    )
  })
})
