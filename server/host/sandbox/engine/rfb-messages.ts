/** Bytes of the RFB protocol that need no connection (RFC 6143). */
import { createCipheriv } from 'node:crypto'

export const ENCODING = { raw: 0, zlib: 6, desktopSize: -223, extendedKey: -258 } as const

export type Rect = { x: number; y: number; width: number; height: number }

/** The answer to a VNC authentication challenge: DES with the bits of each key byte mirrored. */
export function vncResponse(challenge: Buffer, password: string): Buffer {
  const key = Buffer.alloc(8)
  Buffer.from(password, 'latin1').copy(key, 0, 0, 8)
  for (const [i, byte] of key.entries()) {
    let mirrored = 0
    for (let bit = 0; bit < 8; bit++) if (byte & (1 << bit)) mirrored |= 0x80 >> bit
    key[i] = mirrored
  }
  // Single DES is gone from OpenSSL's default provider; triple DES with one key thrice is the same cipher.
  const cipher = createCipheriv('des-ede3', Buffer.concat([key, key, key]), null).setAutoPadding(false)
  return Buffer.concat([cipher.update(challenge), cipher.final()])
}

export function updateHeader(rects: number): Buffer {
  const header = Buffer.alloc(4)
  header.writeUInt16BE(rects, 2)
  return header
}

export function rectHeader({ x, y, width, height }: Rect, encoding: number): Buffer {
  const header = Buffer.alloc(12)
  header.writeUInt16BE(x, 0)
  header.writeUInt16BE(y, 2)
  header.writeUInt16BE(width, 4)
  header.writeUInt16BE(height, 6)
  header.writeInt32BE(encoding, 8)
  return header
}

export function pseudoUpdate(width: number, height: number, encoding: number): Buffer {
  return Buffer.concat([updateHeader(1), rectHeader({ x: 0, y: 0, width, height }, encoding)])
}
