/** What a browser shows: RFB's updates read as noVNC reads them, with noVNC's own end of the zlib stream. */
import Inflate from '../../node_modules/@novnc/novnc/core/inflator.js'
import type { ByteReader } from './bytes.ts'
import { ENCODING, type Rect } from './rfb.ts'

/** What came in one FramebufferUpdate. */
export type Update = { rects: (Rect & { encoding: number })[]; bytes: number }

export function createCanvas(reader: ByteReader) {
  const inflate = new Inflate()
  /** RGBA. */
  let canvas = { width: 0, height: 0, pixels: new Uint32Array(0) }

  function resize(width: number, height: number) {
    canvas = { width, height, pixels: new Uint32Array(width * height) }
  }

  function blit(rect: Rect, bytes: Uint8Array) {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    for (let at = 0; at < rect.width * rect.height; at++) {
      const x = rect.x + (at % rect.width)
      const y = rect.y + Math.floor(at / rect.width)
      if (x >= canvas.width || y >= canvas.height) throw new Error('a rectangle beyond the picture')
      canvas.pixels[y * canvas.width + x] = (view.getUint32(4 * at, true) | 0xff000000) >>> 0
    }
  }

  async function rectangle(): Promise<Update['rects'][number] & { bytes: number }> {
    const head = await reader.read(12)
    const [x, y] = [head.readUInt16BE(0), head.readUInt16BE(2)]
    const [width, height, encoding] = [head.readUInt16BE(4), head.readUInt16BE(6), head.readInt32BE(8)]
    const rect = { x, y, width, height }
    const length = 4 * width * height
    let bytes = 12
    if (encoding === ENCODING.desktopSize) {
      resize(width, height)
    } else if (encoding === ENCODING.raw) {
      blit(rect, await reader.read(length))
      bytes += length
    } else if (encoding === ENCODING.zlib) {
      const packed = await reader.read((await reader.read(4)).readUInt32BE())
      inflate.setInput(packed)
      blit(rect, inflate.inflate(length))
      inflate.setInput(null)
      bytes += 4 + packed.length
    }
    return { ...rect, encoding, bytes }
  }

  return {
    now: () => canvas,
    resize,
    /** Reads one whole update. */
    async update(): Promise<Update> {
      const rects: Update['rects'] = []
      let total = 4
      for (let left = (await reader.read(4)).readUInt16BE(2); left > 0; left--) {
        const { bytes, ...rect } = await rectangle()
        rects.push(rect)
        total += bytes
      }
      return { rects, bytes: total }
    },
  }
}
