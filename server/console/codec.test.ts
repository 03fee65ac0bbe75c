import { createDeflate, deflateSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BHYVE_FORMAT, pack } from './bhyve.testing.ts'
import { createByteReader, StreamEnded } from './bytes.ts'
import { createCanvas } from './canvas.testing.ts'
import { createEncoder, updateParts } from './encoder.ts'
import { pumpGuest } from './fromGuest.ts'
import { Picture } from './picture.ts'
import { type PixelFormat, parsePixelFormat, RGBA, toRgba, wordsOf } from './pixels.ts'
import { ENCODING, type Rect, rectHead, updateHead } from './rfb.ts'
import { createUnpacker } from './unpack.ts'

const bhyve = parsePixelFormat(BHYVE_FORMAT) ?? RGBA
const formats = fc
  .shuffledSubarray([0, 1, 2, 3], { minLength: 3, maxLength: 3 })
  .map(([red = 0, green = 0, blue = 0]) => ({ red, green, blue }))

/** A step of a guest: pixels in a rectangle that may stick out, or another mode. */
type Step =
  | { kind: 'paint'; rect: Rect; colours: number[]; packed: boolean; looked: boolean }
  | { kind: 'resize'; width: number; height: number }

const side = fc.integer({ min: 1, max: 150 })
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    { weight: 5, arbitrary: paintStep() },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('resize' as const), width: side, height: side }) },
  ),
  { minLength: 1, maxLength: 12 },
)

function paintStep(): fc.Arbitrary<Step> {
  return fc.record({
    kind: fc.constant('paint' as const),
    rect: fc.record({
      x: fc.integer({ min: 0, max: 120 }),
      y: fc.integer({ min: 0, max: 120 }),
      width: side,
      height: side,
    }),
    colours: fc.array(fc.integer({ min: 0, max: 0xffffff }), { minLength: 1, maxLength: 7 }),
    packed: fc.boolean(),
    looked: fc.boolean(),
  })
}

/** Colours laid out over a rectangle's pixels, in the bytes of a format. */
function bytesOf({ width, height }: Rect, colours: number[], format: PixelFormat): Buffer {
  const bytes = Buffer.alloc(4 * width * height)
  for (let at = 0; at < width * height; at++) {
    const colour = colours[at % colours.length] ?? 0
    bytes[4 * at + format.red] = colour >> 16
    bytes[4 * at + format.green] = colour >> 8
    bytes[4 * at + format.blue] = colour
  }
  return bytes
}

/** Bytes as a network may deliver them. */
async function* chopped(bytes: Buffer, cuts: number[]): AsyncIterable<Buffer> {
  let at = 0
  for (let turn = 0; at < bytes.length; turn++) {
    const next = at + (cuts[turn % cuts.length] ?? 1)
    yield Buffer.from(bytes.subarray(at, next))
    at = next
  }
}

async function wireOf(step: Step, format: PixelFormat, deflate: ReturnType<typeof createDeflate>) {
  if (step.kind === 'resize') {
    const { width, height } = step
    return Buffer.concat([updateHead(1), rectHead({ x: 0, y: 0, width, height }, ENCODING.desktopSize)])
  }
  const bytes = bytesOf(step.rect, step.colours, format)
  if (!step.packed) return Buffer.concat([updateHead(1), rectHead(step.rect, ENCODING.raw), bytes])
  const packed = await pack(deflate, bytes)
  const length = Buffer.alloc(4)
  length.writeUInt32BE(packed.length)
  return Buffer.concat([updateHead(1), rectHead(step.rect, ENCODING.zlib), length, packed])
}

/** The picture by the plainest of means. */
function model(width: number, height: number) {
  let screen = { width, height, pixels: new Array<number>(width * height).fill(0) }
  return {
    now: () => screen,
    apply(step: Step) {
      if (step.kind === 'resize') {
        const { width: w, height: h } = step
        if (w !== screen.width || h !== screen.height)
          screen = { width: w, height: h, pixels: new Array<number>(w * h).fill(0) }
        return
      }
      const { rect, colours } = step
      for (let row = 0; row < rect.height; row++)
        for (let column = 0; column < rect.width; column++) {
          const [x, y] = [rect.x + column, rect.y + row]
          if (x < screen.width && y < screen.height)
            screen.pixels[y * screen.width + x] = colours[(row * rect.width + column) % colours.length] ?? 0
        }
    },
  }
}

const colourOf = (rgba: number) => ((rgba & 255) << 16) | (rgba & 0xff00) | ((rgba >>> 16) & 255)

describe('a picture on its way from a guest to a browser', () => {
  it('is the same pixel for pixel, in any format, packed or not, in any pieces, also for whoever skips', async () => {
    await fc.assert(
      fc.asyncProperty(
        steps,
        formats,
        fc.array(fc.integer({ min: 1, max: 5000 }), { minLength: 1, maxLength: 8 }),
        fc.boolean(),
        async (story, format, cuts, packedToBrowser) => {
          const picture = new Picture()
          picture.resize(64, 48)
          const truth = model(64, 48)
          const deflate = createDeflate()
          const messages: Buffer[] = []
          for (const each of story) messages.push(await wireOf(each, format, deflate))
          const wire = Buffer.concat(messages)
          const encoder = createEncoder(picture)
          const sent: Buffer[] = []
          let sending = Promise.resolve()
          let [seen, size, fresh, step] = [-1, [0, 0], true, 0]
          const look = () => {
            const parts: Buffer[] = []
            if (size[0] !== picture.width || size[1] !== picture.height) {
              size = [picture.width, picture.height]
              seen = -1
              const whole = { x: 0, y: 0, width: picture.width, height: picture.height }
              parts.push(updateHead(1), rectHead(whole, ENCODING.desktopSize))
            }
            const rects = picture.changedSince(seen)
            seen = picture.generation
            const coming = encoder.encode(rects, RGBA, packedToBrowser)
            // One zlib stream: what is packed side by side leaves in the order of the looks.
            sending = sending.then(async () => {
              const encoded = await coming
              sent.push(...parts, updateHead(encoded.length), ...updateParts(encoded, fresh))
              fresh &&= encoded.length === 0
            })
          }
          const pumping = pumpGuest(createByteReader(chopped(wire, cuts)), {
            resized: (width, height) => picture.resize(width, height),
            painted: (rect, bytes) => picture.paint(rect, wordsOf(bytes), format),
            takesExtendedKeys: () => undefined,
            updated() {
              picture.commit()
              const now = story[step++]
              if (now) truth.apply(now)
              if (now?.kind === 'resize' || now?.looked) look()
            },
          })
          await expect(pumping).rejects.toBeInstanceOf(StreamEnded)
          look()
          await sending
          const canvas = createCanvas(createByteReader(chopped(Buffer.concat(sent), cuts)))
          for (let more = true; more; )
            more = await canvas.update().then(
              () => true,
              error => {
                if (error instanceof StreamEnded) return false
                throw error
              },
            )
          const { width, height, pixels } = truth.now()
          expect([canvas.now().width, canvas.now().height]).toEqual([width, height])
          expect(Array.from(canvas.now().pixels, colourOf)).toEqual(pixels)
        },
      ),
      { numRuns: 150 },
    )
  })

  it('is packed once for all who lack the same', async () => {
    const picture = new Picture()
    picture.resize(300, 300)
    picture.commit()
    const encoder = createEncoder(picture)
    const rects = picture.changedSince(-1)
    const [one, other] = await Promise.all([
      encoder.encode(rects, RGBA, true),
      encoder.encode(rects, RGBA, true),
    ])
    expect(one.length).toBeGreaterThan(1)
    for (const [index, { body }] of one.entries()) expect(body).toBe(other[index]?.body)
    picture.paint({ x: 0, y: 0, width: 1, height: 1 }, new Uint32Array([0xffffff]), bhyve)
    picture.commit()
    const [later] = await encoder.encode(rects, RGBA, true)
    expect(later?.body).not.toBe(one[0]?.body)
  })
})

describe('pixels', () => {
  it('of every format become red, green, blue, opaque', () => {
    fc.assert(
      fc.property(formats, fc.integer({ min: 0, max: 0xffffff }), (format, colour) => {
        const pixels = wordsOf(bytesOf({ x: 0, y: 0, width: 1, height: 1 }, [colour], format))
        const rgba = toRgba(format)(pixels[0] ?? 0)
        expect([colourOf(rgba), rgba >>> 24]).toEqual([colour, 255])
      }),
    )
  })
})

describe('packed pixels of a guest', () => {
  it.each([
    ['less than the rectangle', deflateSync(Buffer.alloc(10)), 400],
    ['more than the rectangle', deflateSync(Buffer.alloc(10_000_000)), 400],
    ['nothing that was packed', Buffer.from('RFB 003.008\n'), 400],
    ['nothing at all', Buffer.alloc(0), 400],
  ])('that are %s are refused, and so is what follows', async (_, packed, length) => {
    const unpacker = createUnpacker()
    await expect(unpacker.unpack(packed, length)).rejects.toMatchObject({ code: 'unreadable' })
    const right = deflateSync(Buffer.alloc(400))
    await expect(unpacker.unpack(right, 400)).rejects.toMatchObject({ code: 'unreadable' })
    unpacker.close()
  })
})
