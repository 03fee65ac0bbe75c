import { AppError } from '../errors.ts'
import type { ByteReader } from './bytes.ts'
import { type PixelFormat, parsePixelFormat } from './pixels.ts'
import { MESSAGE, MOST_CUT_TEXT, type Rect } from './rfb.ts'

/** What a browser's messages are about. */
export type BrowserSide = {
  pixelFormat(format: PixelFormat): void
  encodings(encodings: number[]): void
  /** Wants a picture of this part of the screen: what is new to it, or all of it. */
  wants(incremental: boolean, rect: Rect): void
  /** A whole message of keys or pointer, unchanged. Whether it reaches the guest is decided there. */
  types(message: Buffer): void
}

/**
 * Reads a browser's RFB messages (RFC 6143 7.5) until it leaves, one whole message at a time. AppError for a message
 * that no RFB client of ours sends.
 */
export async function pumpBrowser(reader: ByteReader, side: BrowserSide): Promise<never> {
  for (;;) {
    const type = (await reader.read(1)).readUInt8()
    const message = async (length: number) =>
      Buffer.concat([Buffer.from([type]), await reader.read(length - 1)])
    switch (type) {
      case MESSAGE.setPixelFormat: {
        const format = parsePixelFormat((await message(20)).subarray(4))
        if (!format)
          throw new AppError('unsupported', 'The browser asks for pixels in a form that Skep does not know.')
        side.pixelFormat(format)
        break
      }
      case MESSAGE.setEncodings: {
        const head = await message(4)
        const list = await reader.read(4 * head.readUInt16BE(2))
        side.encodings(Array.from({ length: list.length / 4 }, (_, index) => list.readInt32BE(4 * index)))
        break
      }
      case MESSAGE.updateRequest: {
        const request = await message(10)
        const [x, y] = [request.readUInt16BE(2), request.readUInt16BE(4)]
        const [width, height] = [request.readUInt16BE(6), request.readUInt16BE(8)]
        side.wants(request.readUInt8(1) !== 0, { x, y, width, height })
        break
      }
      case MESSAGE.key:
        side.types(await message(8))
        break
      case MESSAGE.pointer:
        side.types(await message(6))
        break
      case MESSAGE.cutText: {
        // bhyve reads and drops it; nobody else's clipboard should end in a guest either.
        const length = (await message(8)).readUInt32BE(4)
        if (length > MOST_CUT_TEXT)
          throw new AppError('invalid', 'The browser sent more text than a clipboard holds.')
        await reader.read(length)
        break
      }
      case MESSAGE.qemu: {
        const key = await message(12)
        if (key.readUInt8(1) !== 0) throw new AppError('invalid', 'The browser sent an unknown QEMU message.')
        side.types(key)
        break
      }
      default:
        throw new AppError('invalid', `The browser sent a message of the unknown type ${type}.`)
    }
  }
}
