import { createCipheriv } from 'node:crypto'
import { AppError } from '../errors.ts'
import type { ByteReader } from './bytes.ts'
import { type PixelFormat, parsePixelFormat, RGBA_BYTES } from './pixels.ts'
import { MOST_SCREEN_BYTES } from './rfb.ts'

const BANNER = Buffer.from('RFB 003.008\n')
const SECURITY_NONE = 1
const SECURITY_VNC = 2
const LONGEST_TEXT = 4096

/** What the guest's server said about its screen. */
export type ServerInit = { width: number; height: number; format: PixelFormat }

/** The banner, RFC 6143 7.1.1. bhyve sends none while another client is being served. */
export async function readBanner(reader: ByteReader) {
  const banner = (await reader.read(BANNER.length)).toString('latin1')
  const match = /^RFB (\d{3})\.(\d{3})\n$/.exec(banner)
  if (!match) throw new AppError('unreadable', 'What answers on the port of the screen does not speak RFB.')
  if (Number(match[1]) * 1000 + Number(match[2]) < 3008) {
    throw new AppError('unsupported', `The screen speaks RFB ${banner.slice(4).trim()}; Skep needs 003.008.`)
  }
}

/** Our side of the handshake with the guest, after its banner (RFC 6143 7.1.2 to 7.3). AppError says what it refused. */
export async function greetGuest(
  reader: ByteReader,
  write: (bytes: Buffer) => void,
  password: string | null,
): Promise<ServerInit> {
  write(BANNER)
  const count = (await reader.read(1)).readUInt8()
  if (count === 0) throw refusal(await readText(reader))
  const types = [...(await reader.read(count))]
  if (types.includes(SECURITY_NONE)) {
    write(Buffer.from([SECURITY_NONE]))
  } else if (types.includes(SECURITY_VNC)) {
    if (password === null) {
      throw new AppError('denied', 'The screen wants a password, and the conf of the guest has none.')
    }
    write(Buffer.from([SECURITY_VNC]))
    write(vncResponse(await reader.read(16), password))
  } else {
    throw new AppError(
      'unsupported',
      `The screen offers only security types that Skep does not know: ${types.join(', ')}.`,
    )
  }
  if ((await reader.read(4)).readUInt32BE() !== 0) throw refusal(await readText(reader))
  // 1: other clients may stay. bhyve serves one only, whatever is asked.
  write(Buffer.from([1]))

  const head = await reader.read(24)
  const format = parsePixelFormat(head.subarray(4, 20))
  if (!format)
    throw new AppError('unsupported', 'The screen sends its pixels in a form that Skep does not know.')
  const nameLength = head.readUInt32BE(20)
  if (nameLength > LONGEST_TEXT)
    throw new AppError('unreadable', 'The screen gives itself a name without end.')
  await reader.read(nameLength)
  const [width, height] = [head.readUInt16BE(0), head.readUInt16BE(2)]
  if (4 * width * height > MOST_SCREEN_BYTES)
    throw new AppError(
      'unsupported',
      `The screen has ${width} by ${height} pixels; Skep keeps no such picture.`,
    )
  return { width, height, format }
}

/** The hub's side of the handshake, towards a browser: version 3.8, security None. Returns the size that was told. */
export async function greetBrowser(
  reader: ByteReader,
  write: (bytes: Buffer) => void,
  screen: { name: string; size: () => { width: number; height: number } },
): Promise<{ width: number; height: number }> {
  write(BANNER)
  const version = (await reader.read(BANNER.length)).toString('latin1')
  if (version !== BANNER.toString('latin1'))
    throw new AppError('unsupported', `The browser wants ${version.trim()}.`)
  write(Buffer.from([1, SECURITY_NONE]))
  if ((await reader.read(1)).readUInt8() !== SECURITY_NONE)
    throw new AppError('invalid', 'No such security type.')
  write(Buffer.alloc(4))
  await reader.read(1)
  const { width, height } = screen.size()
  const name = Buffer.from(screen.name)
  const head = Buffer.alloc(24)
  head.writeUInt16BE(width, 0)
  head.writeUInt16BE(height, 2)
  RGBA_BYTES.copy(head, 4)
  head.writeUInt32BE(name.length, 20)
  write(Buffer.concat([head, name]))
  return { width, height }
}

/**
 * VNC authentication, RFC 6143 7.2.2: the challenge under DES, the key being the first 8 bytes of the password with the
 * bits of each byte reversed. OpenSSL 3 has no single DES any more; three times the same key in EDE is single DES.
 */
export function vncResponse(challenge: Buffer, password: string): Buffer {
  const key = Buffer.alloc(8)
  Buffer.from(password, 'latin1').copy(key)
  for (const [index, byte] of key.entries()) {
    let reversed = 0
    for (let bit = 0; bit < 8; bit++) if (byte & (1 << bit)) reversed |= 0x80 >> bit
    key[index] = reversed
  }
  const cipher = createCipheriv('des-ede3-ecb', Buffer.concat([key, key, key]), null).setAutoPadding(false)
  return Buffer.concat([cipher.update(challenge), cipher.final()])
}

async function readText(reader: ByteReader): Promise<string> {
  const length = (await reader.read(4)).readUInt32BE()
  return (await reader.read(Math.min(length, LONGEST_TEXT))).toString('utf8')
}

function refusal(words: string): AppError {
  return new AppError('denied', `The screen refused the connection: ${words || 'it did not say why'}.`)
}
