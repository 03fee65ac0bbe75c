import { AppError } from '../errors.ts'
import type { ByteReader } from './bytes.ts'
import { type PixelFormat, parsePixelFormat } from './pixels.ts'

export const ENCODING_RAW = 0
export const ENCODING_ZLIB = 6
export const ENCODING_DESKTOP_SIZE = -223
export const ENCODING_QEMU_KEY = -258

/** What the browser may be told in; all else the hub answers for the guest. */
const PASSED_ON = [ENCODING_DESKTOP_SIZE, ENCODING_QEMU_KEY]
const MOST_CUT_TEXT = 1024 * 1024

/** Where the messages of a browser go. `send` reaches the guest. */
export type BrowserSide = {
  viewOnly: boolean
  send(bytes: Buffer): void
  pixelFormat(format: PixelFormat): void
  encodings(encodings: number[]): void
}

/** Keys and buttons that are down now, so that they can be let go when their browser leaves. */
export type Pressed = { keys: Map<string, Buffer>; pointer: Buffer | null }

/**
 * Reads a browser's RFB messages (RFC 6143 7.5) until it leaves, one whole message at a time. The guest gets only those
 * it knows, and of a viewer none that would change anything. AppError for a message that no RFB client of ours sends.
 */
export async function pumpBrowser(reader: ByteReader, side: BrowserSide, pressed: Pressed): Promise<void> {
  for (;;) {
    const type = (await reader.read(1)).readUInt8()
    const message = async (length: number) =>
      Buffer.concat([Buffer.from([type]), await reader.read(length - 1)])
    switch (type) {
      case 0: {
        // SetPixelFormat never reaches the guest: some obey it, some do not. See model.ts.
        const format = parsePixelFormat((await message(20)).subarray(4))
        if (!format)
          throw new AppError('unsupported', 'The browser asks for pixels in a form that Skep does not know.')
        side.pixelFormat(format)
        break
      }
      case 2: {
        const head = await message(4)
        const list = await reader.read(4 * head.readUInt16BE(2))
        const encodings = Array.from({ length: list.length / 4 }, (_, index) => list.readInt32BE(4 * index))
        side.encodings(encodings)
        side.send(setEncodings([ENCODING_RAW, ...PASSED_ON.filter(one => encodings.includes(one))]))
        break
      }
      case 3:
        side.send(await message(10))
        break
      case 4: {
        const key = await message(8)
        if (side.viewOnly) break
        note(pressed, `k${key.readUInt32BE(4)}`, key.readUInt8(1) !== 0, release(key, 1))
        side.send(key)
        break
      }
      case 5: {
        const pointer = await message(6)
        if (side.viewOnly) break
        pressed.pointer = pointer.readUInt8(1) === 0 ? null : release(pointer, 1)
        side.send(pointer)
        break
      }
      case 6: {
        // bhyve reads and drops it; nobody else's clipboard should end in a guest either.
        const length = (await message(8)).readUInt32BE(4)
        if (length > MOST_CUT_TEXT)
          throw new AppError('invalid', 'The browser sent more text than a clipboard holds.')
        await reader.read(length)
        break
      }
      case 255: {
        const key = await message(12)
        if (key.readUInt8(1) !== 0) throw new AppError('invalid', 'The browser sent an unknown QEMU message.')
        if (side.viewOnly) break
        note(pressed, `q${key.readUInt32BE(8)}`, key.readUInt16BE(2) !== 0, release(key, 3))
        side.send(key)
        break
      }
      default:
        throw new AppError('invalid', `The browser sent a message of the unknown type ${type}.`)
    }
  }
}

/** What lets go of everything that is still down. */
export function releaseAll(pressed: Pressed): Buffer {
  const bytes = Buffer.concat([...pressed.keys.values(), pressed.pointer ?? Buffer.alloc(0)])
  pressed.keys.clear()
  pressed.pointer = null
  return bytes
}

function note(pressed: Pressed, key: string, down: boolean, up: Buffer) {
  if (down) pressed.keys.set(key, up)
  else pressed.keys.delete(key)
}

function release(message: Buffer, downAt: number): Buffer {
  const up = Buffer.from(message)
  up.writeUInt8(0, downAt)
  return up
}

/** RFC 6143 7.5.2. */
function setEncodings(encodings: number[]): Buffer {
  const bytes = Buffer.alloc(4 + 4 * encodings.length)
  bytes.writeUInt8(2, 0)
  bytes.writeUInt16BE(encodings.length, 2)
  for (const [index, encoding] of encodings.entries()) bytes.writeInt32BE(encoding, 4 + 4 * index)
  return bytes
}
