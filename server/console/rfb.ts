/** Messages of RFB that both sides of the hub need (RFC 6143 7.5 to 7.7; QEMU's extension has its number there too). */

export const ENCODING = { raw: 0, zlib: 6, desktopSize: -223, extendedKey: -258 } as const

/** Types of a client's messages. */
export const MESSAGE = {
  setPixelFormat: 0,
  setEncodings: 2,
  updateRequest: 3,
  key: 4,
  pointer: 5,
  cutText: 6,
  qemu: 255,
} as const

/** Longer texts are nobody's clipboard. */
export const MOST_CUT_TEXT = 1024 * 1024

/** A screen of 4096 by 4096 is the largest that is kept; bhyve's own end at 3840 by 2160. */
export const MOST_SCREEN_BYTES = 64 * 1024 * 1024

export type Rect = { x: number; y: number; width: number; height: number }

/** RFC 6143 7.5.2. */
export function setEncodings(encodings: readonly number[]): Buffer {
  const bytes = Buffer.alloc(4 + 4 * encodings.length)
  bytes.writeUInt8(MESSAGE.setEncodings, 0)
  bytes.writeUInt16BE(encodings.length, 2)
  for (const [index, encoding] of encodings.entries()) bytes.writeInt32BE(encoding, 4 + 4 * index)
  return bytes
}

/** RFC 6143 7.5.3, for the whole screen. Incremental: only what has changed, as soon as something has. */
export function updateRequest(incremental: boolean, width: number, height: number): Buffer {
  const bytes = Buffer.from([MESSAGE.updateRequest, incremental ? 1 : 0, 0, 0, 0, 0, 0, 0, 0, 0])
  bytes.writeUInt16BE(width, 6)
  bytes.writeUInt16BE(height, 8)
  return bytes
}

/** RFC 6143 7.5.4. */
export function keyEvent(down: boolean, keysym: number): Buffer {
  const bytes = Buffer.from([MESSAGE.key, down ? 1 : 0, 0, 0, 0, 0, 0, 0])
  bytes.writeUInt32BE(keysym, 4)
  return bytes
}

/** The head of a FramebufferUpdate, RFC 6143 7.6.1. */
export function updateHead(rectangles: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt16BE(rectangles, 2)
  return bytes
}

/** The head of a rectangle; those of pseudo encodings consist of nothing else. */
export function rectHead({ x, y, width, height }: Rect, encoding: number): Buffer {
  const bytes = Buffer.alloc(12)
  bytes.writeUInt16BE(x, 0)
  bytes.writeUInt16BE(y, 2)
  bytes.writeUInt16BE(width, 4)
  bytes.writeUInt16BE(height, 6)
  bytes.writeInt32BE(encoding, 8)
  return bytes
}
