import { constants, createDeflate } from 'node:zlib'
import { AppError } from '../errors.ts'
import type { ByteReader } from './bytes.ts'
import { ENCODING_DESKTOP_SIZE, ENCODING_QEMU_KEY, ENCODING_RAW, ENCODING_ZLIB } from './fromBrowser.ts'
import { type PixelFormat, sameFormat, translatePixels } from './pixels.ts'

/** A screen of 8192 by 8192 is the largest that one rectangle may bring. */
const MOST_RECT_BYTES = 256 * 1024 * 1024
const MOST_CUT_TEXT = 1024 * 1024
/** Smaller rectangles are not worth a deflate. */
const SMALLEST_ZLIB = 256

/** The browser that gets the picture. */
export type Sink = {
  format: PixelFormat
  /** The zlib stream of this browser (encoding 6), null where it takes none. */
  deflate: Deflate | null
  /** Resolves when there is room for more. */
  send(bytes: Buffer): Promise<void>
}

/**
 * Reads the guest's RFB messages (RFC 6143 7.6) until it ends. Each message goes whole to the sink that was there when
 * it began: a browser that takes over never gets half a message. Pixels arrive in the guest's own format and raw.
 */
export async function pumpGuest(
  reader: ByteReader,
  guest: { format: PixelFormat; resized: (width: number, height: number) => void; sink: () => Sink | null },
): Promise<never> {
  for (;;) {
    const head = await reader.read(1)
    const sink = guest.sink()
    const send = async (bytes: Buffer) => sink?.send(bytes)
    switch (head.readUInt8()) {
      case 0: {
        const rest = await reader.read(3)
        await send(Buffer.concat([head, rest]))
        for (let left = rest.readUInt16BE(1); left > 0; left--) await rectangle(sink)
        break
      }
      case 1: {
        const rest = await reader.read(5)
        await send(Buffer.concat([head, rest, await reader.read(6 * rest.readUInt16BE(3))]))
        break
      }
      case 2:
        await send(Buffer.from(head))
        break
      case 3: {
        const rest = await reader.read(7)
        const length = rest.readUInt32BE(3)
        if (length > MOST_CUT_TEXT) throw unreadable(`a clipboard of ${length} bytes`)
        await send(Buffer.concat([head, rest, await reader.read(length)]))
        break
      }
      default:
        throw unreadable(`a message of type ${head.readUInt8()}`)
    }
  }

  async function rectangle(sink: Sink | null) {
    const head = Buffer.from(await reader.read(12))
    const [width, height, encoding] = [head.readUInt16BE(4), head.readUInt16BE(6), head.readInt32BE(8)]
    if (encoding === ENCODING_DESKTOP_SIZE) guest.resized(width, height)
    if (encoding === ENCODING_DESKTOP_SIZE || encoding === ENCODING_QEMU_KEY) return sink?.send(head)
    if (encoding !== ENCODING_RAW) throw unreadable(`the encoding ${encoding}`)
    const length = 4 * width * height
    if (length > MOST_RECT_BYTES) throw unreadable(`a rectangle of ${width} by ${height}`)
    const pixels = await reader.read(length)
    if (!sink) return
    if (!sameFormat(guest.format, sink.format)) translatePixels(pixels, guest.format, sink.format)
    if (!sink.deflate || length < SMALLEST_ZLIB) return sink.send(Buffer.concat([head, pixels]))
    const packed = await sink.deflate.pack(pixels)
    const zlibHead = Buffer.alloc(16)
    head.copy(zlibHead)
    zlibHead.writeInt32BE(ENCODING_ZLIB, 8)
    zlibHead.writeUInt32BE(packed.length, 12)
    await sink.send(Buffer.concat([zlibHead, packed]))
  }
}

export type Deflate = ReturnType<typeof createZlibStream>

/** One zlib stream for the life of a connection, cut after each rectangle (RFC 6143 7.7.6 describes the same for ZRLE). */
export function createZlibStream() {
  const deflate = createDeflate({ level: constants.Z_BEST_SPEED })
  let parts: Buffer[] = []
  deflate.on('data', (part: Buffer) => parts.push(part))

  return {
    pack(bytes: Buffer): Promise<Buffer> {
      return new Promise((resolve, reject) => {
        deflate.once('error', reject)
        deflate.write(bytes)
        deflate.flush(constants.Z_SYNC_FLUSH, () => {
          deflate.removeListener('error', reject)
          const packed = Buffer.concat(parts)
          parts = []
          resolve(packed)
        })
      })
    },
    close: () => deflate.close(),
  }
}

function unreadable(what: string): AppError {
  return new AppError('unreadable', `The screen sent ${what}, which Skep did not ask for and cannot read.`)
}
