import { AppError } from '../errors.ts'
import type { ByteReader } from './bytes.ts'
import { ENCODING, MOST_CUT_TEXT, MOST_SCREEN_BYTES, type Rect } from './rfb.ts'
import { createUnpacker } from './unpack.ts'

/** What a guest's messages are about. */
export type GuestSide = {
  resized(width: number, height: number): void
  /** Pixels of the guest's own format. */
  painted(rect: Rect, pixels: Buffer): void
  /** The guest understands keys with scan codes. */
  takesExtendedKeys(): void
  /** All that came since the last call belongs together. */
  updated(): void
}

/**
 * Reads the guest's RFB messages (RFC 6143 7.6) until it ends: rectangles raw or packed, whatever it prefers. Bells and
 * clipboards are read and dropped.
 */
export async function pumpGuest(reader: ByteReader, guest: GuestSide): Promise<never> {
  const unpacker = createUnpacker()
  try {
    for (;;) await message()
  } finally {
    unpacker.close()
  }

  async function message() {
    const type = (await reader.read(1)).readUInt8()
    switch (type) {
      case 0: {
        for (let left = (await reader.read(3)).readUInt16BE(1); left > 0; left--) await rectangle()
        guest.updated()
        break
      }
      case 1:
        await reader.read(6 * (await reader.read(5)).readUInt16BE(3))
        break
      case 2:
        break
      case 3: {
        const length = (await reader.read(7)).readUInt32BE(3)
        if (length > MOST_CUT_TEXT) throw unreadable(`a clipboard of ${length} bytes`)
        await reader.read(length)
        break
      }
      default:
        throw unreadable(`a message of type ${type}`)
    }
  }

  async function rectangle() {
    const head = await reader.read(12)
    const [x, y] = [head.readUInt16BE(0), head.readUInt16BE(2)]
    const [width, height, encoding] = [head.readUInt16BE(4), head.readUInt16BE(6), head.readInt32BE(8)]
    const length = 4 * width * height
    if (length > MOST_SCREEN_BYTES) throw unreadable(`a rectangle of ${width} by ${height}`)
    switch (encoding) {
      case ENCODING.desktopSize:
        return guest.resized(width, height)
      case ENCODING.extendedKey:
        return guest.takesExtendedKeys()
      case ENCODING.raw:
        return guest.painted({ x, y, width, height }, await reader.read(length))
      case ENCODING.zlib: {
        const packedLength = (await reader.read(4)).readUInt32BE()
        if (packedLength > MOST_SCREEN_BYTES) throw unreadable(`a packed rectangle of ${packedLength} bytes`)
        const packed = await reader.read(packedLength)
        return guest.painted({ x, y, width, height }, await unpacker.unpack(packed, length))
      }
      default:
        throw unreadable(`the encoding ${encoding}`)
    }
  }
}

function unreadable(what: string): AppError {
  return new AppError('unreadable', `The screen sent ${what}, which Skep did not ask for and cannot read.`)
}
