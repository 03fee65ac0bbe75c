/**
 * One viewer's RFB connection, with the manners of bhyve's rfb.c: banner 3.8 (3.3 and 3.7 are understood), exactly
 * one security type, name "bhyve", Raw and ZLIB, the pseudo encodings DesktopSize and QEMU extended key event.
 * An unknown message drops the connection. Cut text is read and dropped: bhyve has no clipboard.
 */
import { randomBytes, timingSafeEqual } from 'node:crypto'
import type { Socket } from 'node:net'
import { constants, createDeflate, type Deflate } from 'node:zlib'
import { ENCODING, pseudoUpdate, type Rect, rectHeader, updateHeader, vncResponse } from './rfb-messages.ts'

export const TILE = 32
const SECURITY = { none: 1, vnc: 2 } as const
/** Frames are skipped while this much still waits for a slow viewer. */
const BACKLOG_BYTES = 4 << 20
/** Node's zlib would otherwise take one turn of the event loop for each 16 KiB, against the emulator. */
const ZLIB_CHUNK = 1 << 20
/** Above this share of changed tiles one whole frame is sent, as bhyve does. */
const WHOLE_FRAME = 0.25

export type Picture = { width: number; height: number; pixels: Uint32Array }
export type RfbInput = {
  /** `scancode` is 0 unless the viewer sent a QEMU extended key event. */
  key(down: boolean, keysym: number, scancode: number): void
  pointer(x: number, y: number, buttons: number): void
}
export type SessionOptions = {
  /** VNC authentication with the first 8 bytes; no password offers security type None. */
  password?: string
  /** bhyve of FreeBSD 15 honours the colour shifts of SetPixelFormat, 14.x ignores the message. */
  honourPixelFormat: boolean
}

type State = 'version' | 'security' | 'challenge' | 'init' | 'run' | 'closed'

export class RfbSession {
  readonly #socket: Socket
  readonly #picture: () => Picture
  readonly #input: RfbInput
  readonly #options: SessionOptions

  #state: State = 'version'
  #received: Buffer = Buffer.alloc(0)
  #minor = 8
  #challenge = randomBytes(16)
  #encodings = new Set<number>([ENCODING.raw])
  #ackExtendedKeys = false
  #ackedExtendedKeys = false
  #shifts = { red: 16, green: 8, blue: 0, bigEndian: false }
  #wanted = false
  #busy = false
  #sizeChanged = false
  #tiles = new Uint8Array(0)
  #deflate: Deflate | null = null

  constructor(socket: Socket, picture: () => Picture, input: RfbInput, options: SessionOptions) {
    this.#socket = socket
    this.#picture = picture
    this.#input = input
    this.#options = options
    socket.on('data', data => this.#receive(data))
    socket.on('close', () => {
      this.#state = 'closed'
      this.#deflate?.close()
    })
    socket.write('RFB 003.008\n')
  }

  /** True from the end of the handshake: the viewer may want pictures. */
  get running(): boolean {
    return this.#state === 'run'
  }

  /** The next answer carries the whole picture. */
  markAll(): void {
    const { width, height } = this.#picture()
    this.#tiles = new Uint8Array(Math.ceil(width / TILE) * Math.ceil(height / TILE)).fill(1)
  }

  markTile(index: number): void {
    this.#tiles[index] = 1
  }

  /** The picture has another size now. */
  resized(): void {
    this.#sizeChanged = true
    this.markAll()
  }

  /** Sends what changed, if the viewer asked and has room. `picture` must not change until it returns. */
  flush(): void {
    if (this.#state !== 'run' || this.#busy || this.#socket.writableLength > BACKLOG_BYTES) return
    if (this.#ackExtendedKeys && !this.#ackedExtendedKeys) {
      this.#ackedExtendedKeys = true
      this.#socket.write(pseudoUpdate(0, 0, ENCODING.extendedKey))
    }
    if (!this.#wanted) return
    const picture = this.#picture()
    if (this.#sizeChanged) {
      this.#sizeChanged = false
      if (this.#encodings.has(ENCODING.desktopSize)) {
        this.#wanted = false
        this.#socket.write(pseudoUpdate(picture.width, picture.height, ENCODING.desktopSize))
        return
      }
    }
    const rects = this.#takeRects(picture)
    if (rects.length === 0) return
    this.#wanted = false
    this.#busy = true
    this.#sendUpdate(picture, rects).then(
      () => {
        this.#busy = false
      },
      () => this.#socket.destroy(),
    )
  }

  // ---- from the viewer ----

  #receive(data: Buffer): void {
    this.#received = this.#received.length ? Buffer.concat([this.#received, data]) : data
    while (this.#state !== 'closed') {
      const used = this.#state === 'run' ? this.#message(this.#received) : this.#handshake(this.#received)
      if (used === 0) return
      this.#received = this.#received.subarray(used)
    }
  }

  /** Each step returns the bytes it used; 0 when more must come first. */
  #handshake(data: Buffer): number {
    if (this.#state === 'version') return this.#version(data)
    if (this.#state === 'security') {
      if (data.length < 1) return 0
      if (data[0] !== this.#securityType) {
        this.#drop()
        return 0
      }
      this.#beginAuthentication()
      return 1
    }
    if (this.#state === 'challenge') {
      if (data.length < 16) return 0
      const expected = vncResponse(this.#challenge, this.#options.password ?? '')
      this.#authenticated(timingSafeEqual(expected, data.subarray(0, 16)))
      return 16
    }
    if (data.length < 1) return 0
    this.#sendInit()
    return 1
  }

  get #securityType(): number {
    return this.#options.password === undefined ? SECURITY.none : SECURITY.vnc
  }

  #version(data: Buffer): number {
    if (data.length < 12) return 0
    const match = /^RFB 003\.(\d{3})\n$/.exec(data.toString('latin1', 0, 12))
    if (!match) {
      this.#drop()
      return 0
    }
    this.#minor = Number(match[1]) >= 8 ? 8 : Number(match[1]) === 7 ? 7 : 3
    if (this.#minor === 3) {
      this.#socket.write(Buffer.from([0, 0, 0, this.#securityType]))
      this.#beginAuthentication()
    } else {
      this.#socket.write(Buffer.from([1, this.#securityType]))
      this.#state = 'security'
    }
    return 12
  }

  #beginAuthentication(): void {
    if (this.#options.password === undefined) {
      if (this.#minor === 8) this.#socket.write(Buffer.alloc(4))
      this.#state = 'init'
    } else {
      this.#socket.write(this.#challenge)
      this.#state = 'challenge'
    }
  }

  #authenticated(ok: boolean): void {
    const result = Buffer.from([0, 0, 0, ok ? 0 : 1])
    if (ok) {
      this.#socket.write(result)
      this.#state = 'init'
      return
    }
    const reason = Buffer.from('Auth Failed: Invalid Password.')
    const length = Buffer.alloc(4)
    length.writeUInt32BE(reason.length)
    this.#state = 'closed'
    this.#socket.end(this.#minor === 8 ? Buffer.concat([result, length, reason]) : result)
  }

  #sendInit(): void {
    const { width, height } = this.#picture()
    const name = Buffer.from('bhyve')
    const init = Buffer.alloc(24)
    init.writeUInt16BE(width, 0)
    init.writeUInt16BE(height, 2)
    // 32 bits a pixel, depth 32, little-endian, true colour, maxima 255, shifts 16 8 0.
    init.set([32, 32, 0, 1, 0, 255, 0, 255, 0, 255, 16, 8, 0], 4)
    init.writeUInt32BE(name.length, 20)
    this.#socket.write(Buffer.concat([init, name]))
    this.#state = 'run'
    this.markAll()
  }

  #message(data: Buffer): number {
    if (data.length < 1) return 0
    if (this.#skipping > 0) return this.#skipCutText(data)
    switch (data[0]) {
      case 0:
        return data.length < 20 ? 0 : this.#setPixelFormat(data)
      case 2:
        return this.#setEncodings(data)
      case 3:
        if (data.length < 10) return 0
        if (data[1] === 0) this.markAll()
        this.#wanted = true
        return 10
      case 4:
        if (data.length < 8) return 0
        this.#input.key(data[1] !== 0, data.readUInt32BE(4), 0)
        return 8
      case 5:
        if (data.length < 6) return 0
        this.#input.pointer(data.readUInt16BE(2), data.readUInt16BE(4), data[1] ?? 0)
        return 6
      case 6:
        return this.#skipCutText(data)
      case 255:
        if (data.length < 12) return 0
        if (data[1] === 0)
          this.#input.key(data.readUInt16BE(2) !== 0, data.readUInt32BE(4), data.readUInt32BE(8))
        return 12
      default:
        process.stderr.write(`rfb unknown cli-code ${data[0]}!\n`)
        this.#drop()
        return 0
    }
  }

  #setPixelFormat(data: Buffer): number {
    // Bytes 4..: bits a pixel, depth, big-endian, true colour, maxima (3 × 2), shifts red, green, blue.
    if (this.#options.honourPixelFormat && data[4] === 32 && data[7] !== 0)
      this.#shifts = {
        red: data[14] ?? 16,
        green: data[15] ?? 8,
        blue: data[16] ?? 0,
        bigEndian: data[6] !== 0,
      }
    return 20
  }

  #setEncodings(data: Buffer): number {
    if (data.length < 4) return 0
    const count = data.readUInt16BE(2)
    if (data.length < 4 + 4 * count) return 0
    this.#encodings = new Set([ENCODING.raw])
    for (let i = 0; i < count; i++) this.#encodings.add(data.readInt32BE(4 + 4 * i))
    this.#ackExtendedKeys = this.#encodings.has(ENCODING.extendedKey)
    return 4 + 4 * count
  }

  #skipping = 0
  #skipCutText(data: Buffer): number {
    if (this.#skipping === 0) {
      if (data.length < 8) return 0
      this.#skipping = 8 + data.readUInt32BE(4)
    }
    // Thrown away as it comes, so that a viewer cannot make the guest's process hold it.
    const used = Math.min(this.#skipping, data.length)
    this.#skipping -= used
    return used
  }

  #drop(): void {
    this.#state = 'closed'
    this.#socket.destroy()
  }

  // ---- to the viewer ----

  /** The changed tiles as rectangles: runs within a row of tiles, equal runs below each other joined. */
  #takeRects({ width, height }: Picture): Rect[] {
    const across = Math.ceil(width / TILE)
    const changed = this.#tiles.reduce((sum, tile) => sum + tile, 0)
    if (changed > this.#tiles.length * WHOLE_FRAME) {
      this.#tiles.fill(0)
      return [{ x: 0, y: 0, width, height }]
    }
    const rects: Rect[] = []
    if (changed === 0) return rects
    for (let y = 0; y * TILE < height; y++) {
      for (let x = 0; x < across; x++) {
        if (!this.#tiles[y * across + x]) continue
        const from = x
        while (x < across && this.#tiles[y * across + x]) this.#tiles[y * across + x++] = 0
        const left = from * TILE
        const run = { x: left, y: y * TILE, width: Math.min(x * TILE, width) - left, height: 0 }
        run.height = Math.min(TILE, height - run.y)
        const above = rects.find(r => r.x === run.x && r.width === run.width && r.y + r.height === run.y)
        if (above) above.height += run.height
        else rects.push(run)
      }
    }
    return rects
  }

  async #sendUpdate(picture: Picture, rects: Rect[]): Promise<void> {
    const zlib = this.#encodings.has(ENCODING.zlib)
    // All pixels are copied before the first await: the guest paints on while they are compressed.
    const bodies = rects.map(rect => this.#cut(picture, rect))
    const parts: Buffer[] = [updateHeader(rects.length)]
    for (const [i, rect] of rects.entries()) {
      const body = bodies[i]
      if (!body) continue
      parts.push(rectHeader(rect, zlib ? ENCODING.zlib : ENCODING.raw))
      if (zlib) {
        const packed = await this.#compress(body)
        const length = Buffer.alloc(4)
        length.writeUInt32BE(packed.length)
        parts.push(length, packed)
      } else parts.push(body)
    }
    if (this.#state === 'run') this.#socket.write(Buffer.concat(parts))
  }

  #cut({ width, pixels }: Picture, rect: Rect): Buffer {
    const cut = new Uint32Array(rect.width * rect.height)
    for (let y = 0; y < rect.height; y++) {
      const from = (rect.y + y) * width + rect.x
      cut.set(pixels.subarray(from, from + rect.width), y * rect.width)
    }
    const { red, green, blue, bigEndian } = this.#shifts
    if (red !== 16 || green !== 8 || blue !== 0)
      for (const [i, c] of cut.entries())
        cut[i] = (((c >> 16) & 0xff) << red) | (((c >> 8) & 0xff) << green) | ((c & 0xff) << blue)
    const bytes = Buffer.from(cut.buffer)
    return bigEndian ? bytes.swap32() : bytes
  }

  #compress(data: Buffer): Promise<Buffer> {
    const deflate = this.#deflate ?? createDeflate({ level: constants.Z_BEST_SPEED, chunkSize: ZLIB_CHUNK })
    this.#deflate = deflate
    return new Promise(resolve => {
      const parts: Buffer[] = []
      const collect = (part: Buffer) => parts.push(part)
      deflate.on('data', collect)
      deflate.write(data)
      deflate.flush(constants.Z_SYNC_FLUSH, () => {
        deflate.off('data', collect)
        resolve(Buffer.concat(parts))
      })
    })
  }
}
