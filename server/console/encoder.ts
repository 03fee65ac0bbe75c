import { constants, deflateRaw, deflateRawSync } from 'node:zlib'
import type { Picture } from './picture.ts'
import { fromRgba, type PixelFormat, RGBA, sameFormat } from './pixels.ts'
import { ENCODING, type Rect, rectHead } from './rfb.ts'

/** Larger rectangles are packed in pieces, side by side and off the main thread. */
const MOST_PIXELS = 64 * 1024
/** What is packed sooner than a thread could be asked to. */
const AT_ONCE_PIXELS = 4 * 1024
const OPTIONS = { level: constants.Z_BEST_SPEED, finishFlush: constants.Z_SYNC_FLUSH }

/** What keeping costs at least: a name, a promise, a buffer. */
const SMALLEST_KEPT = 256
/** Rectangles are kept for others up to so many pictures' worth: who asks for ever new parts of one fills no memory. */
const MOST_KEPT_PICTURES = 4

/** The head of a zlib stream (RFC 1950 2.2): deflate, window of 32 KiB, fastest level. */
const ZLIB_HEAD = Buffer.from([0x78, 0x01])

/** A rectangle on the wire. Packed ones are to be preceded by ZLIB_HEAD in the first one of a connection. */
export type Encoded = { rect: Rect; encoding: number; body: Buffer }

export type Encoder = ReturnType<typeof createEncoder>

/**
 * Rectangles of a picture, encoded once for all who need the same.
 *
 * The encoding Zlib has one stream a connection. A piece that is deflated by itself and ends with a sync flush lies on
 * a byte's boundary and refers to nothing before it (RFC 1951), so it continues any stream: viewers can share it.
 */
export function createEncoder(picture: Picture) {
  let known = new Map<string, Promise<Buffer>>()
  let generation = -1
  let keptPixels = 0

  function encode(rect: Rect, format: PixelFormat, packed: boolean): Promise<Encoded> {
    const mostPixels = MOST_KEPT_PICTURES * picture.width * picture.height
    if (picture.generation !== generation || keptPixels > mostPixels) {
      known = new Map()
      keptPixels = 0
      generation = picture.generation
    }
    const { x, y, width, height } = rect
    const key = [x, y, width, height, format.red, format.green, format.blue, packed].join()
    const kept = known.get(key)
    const body = kept ?? bodyOf(rect, format, packed)
    if (!kept) {
      known.set(key, body)
      keptPixels += Math.max(width * height, SMALLEST_KEPT)
    }
    return body.then(bytes => ({ rect, encoding: packed ? ENCODING.zlib : ENCODING.raw, body: bytes }))
  }

  async function bodyOf(rect: Rect, format: PixelFormat, packed: boolean): Promise<Buffer> {
    // The copy is made before anything is waited for: the guest paints on.
    const pixels = picture.cut(rect)
    if (!sameFormat(format, RGBA)) fromRgba(pixels, format)
    const bytes = Buffer.from(pixels.buffer)
    if (!packed) return bytes
    if (pixels.length <= AT_ONCE_PIXELS) return deflateRawSync(bytes, OPTIONS)
    return new Promise((resolve, reject) =>
      deflateRaw(bytes, OPTIONS, (error, result) => (error ? reject(error) : resolve(result))),
    )
  }

  return {
    /** The rectangles as they are now, whatever is painted until they are ready. */
    encode(rects: readonly Rect[], format: PixelFormat, packed: boolean): Promise<Encoded[]> {
      return Promise.all(rects.flatMap(pieces).map(rect => encode(rect, format, packed)))
    },
  }
}

/** RFB's messages of an update. `fresh`: the connection has had no packed rectangle yet. */
export function updateParts(encoded: readonly Encoded[], fresh: boolean): Buffer[] {
  let first = fresh
  return encoded.flatMap(({ rect, encoding, body }) => {
    if (encoding !== ENCODING.zlib) return [rectHead(rect, encoding), body]
    const head = first ? ZLIB_HEAD : Buffer.alloc(0)
    first = false
    const length = Buffer.alloc(4)
    length.writeUInt32BE(head.length + body.length)
    return [rectHead(rect, encoding), length, head, body]
  })
}

function pieces(rect: Rect): Rect[] {
  const rows = Math.max(1, Math.floor(MOST_PIXELS / rect.width))
  const parts: Rect[] = []
  for (let top = 0; top < rect.height; top += rows)
    parts.push({ ...rect, y: rect.y + top, height: Math.min(rows, rect.height - top) })
  return parts
}
