/** A viewer for tests: a small RFB client that keeps the picture, types, and waits for what it shows. */
import { createHash } from 'node:crypto'
import { createConnection, type Socket } from 'node:net'
import { createInflate, type Inflate } from 'node:zlib'
import { ENCODING, vncResponse } from './rfb-messages.ts'

const SHIFTED = /[A-Z~!@#$%^&*()_+{}|:"<>?]/
export const KEY = { shift: 0xffe1, enter: 0xff0d, backspace: 0xff08, f: (n: number) => 0xffbd + n } as const

export type ViewerOptions = {
  zlib?: boolean
  password?: string
  /** Colour shifts to ask for with SetPixelFormat: red, green, blue. */
  shifts?: [number, number, number]
  /** What it says it is; default 3.8. */
  version?: '003.003' | '003.007' | '003.008'
}

export class Viewer {
  width = 0
  height = 0
  /** The words as they came: 0x00RRGGBB unless SetPixelFormat was honoured. */
  pixels = new Uint32Array(0)
  /** What the server said: banner, name, security types offered. */
  banner = ''
  name = ''
  security: number[] = []
  /** Why it ended, once it did. */
  ended: string | null = null
  updates = 0

  readonly #socket: Socket
  readonly #inflate: Inflate = createInflate()
  #inflated: Buffer = Buffer.alloc(0)
  #received: Buffer = Buffer.alloc(0)
  #wakeReader: () => void = () => {}
  #wakeInflater: () => void = () => {}
  #watchers = new Set<() => void>()

  private constructor(socket: Socket) {
    this.#socket = socket
    socket.on('data', data => {
      this.#received = Buffer.concat([this.#received, data])
      this.#wakeReader()
    })
    socket.on('error', () => {})
    socket.on('close', () => {
      this.ended ??= 'closed'
      this.#wakeReader()
      this.#changed()
    })
    this.#inflate.on('data', (data: Buffer) => {
      this.#inflated = Buffer.concat([this.#inflated, data])
      this.#wakeInflater()
    })
  }

  /** Connects and shakes hands; resolves when pictures may come. Rejects when the server ends it. */
  static async connect(path: string, options: ViewerOptions = {}): Promise<Viewer> {
    const viewer = new Viewer(createConnection(path))
    await viewer.#handshake(options)
    void viewer.#read().catch((error: Error) => {
      viewer.ended ??= error.message
      viewer.#changed()
    })
    return viewer
  }

  /** The colour of one pixel, 0xRRGGBB. */
  at(x: number, y: number): number {
    return this.pixels[y * this.width + x] ?? -1
  }

  /** A short name for what an area looks like: equal pictures have equal names. */
  look({ x, y, width, height }: { x: number; y: number; width: number; height: number }): string {
    const hash = createHash('sha256')
    for (let row = y; row < y + height; row++) {
      const from = row * this.width + x
      hash.update(this.pixels.slice(from, from + width))
    }
    return hash.digest('hex').slice(0, 16)
  }

  /** Resolves when `seen` holds; looked at after each picture. Rejects after the deadline. */
  until(seen: () => boolean, what: string, timeoutMs = 15_000): Promise<void> {
    return new Promise((resolve, reject) => {
      const end = (error?: Error) => {
        this.#watchers.delete(look)
        clearTimeout(timer)
        if (error) reject(error)
        else resolve()
      }
      const look = () => {
        if (seen()) end()
        else if (this.ended) end(new Error(`The viewer ended (${this.ended}) before ${what}.`))
      }
      const timer = setTimeout(() => end(new Error(`Not seen within ${timeoutMs} ms: ${what}.`)), timeoutMs)
      this.#watchers.add(look)
      look()
    })
  }

  press(keysym: number, extendedScancode?: number): void {
    for (const down of [1, 0]) {
      if (extendedScancode === undefined) {
        const message = Buffer.alloc(8)
        message[0] = 4
        message[1] = down
        message.writeUInt32BE(keysym, 4)
        this.#socket.write(message)
      } else {
        const message = Buffer.alloc(12)
        message[0] = 255
        message.writeUInt16BE(down, 2)
        message.writeUInt32BE(keysym, 4)
        message.writeUInt32BE(extendedScancode, 8)
        this.#socket.write(message)
      }
    }
  }

  /** Types ASCII text; Shift is held for the symbols that want it. */
  type(text: string): void {
    for (const char of text) {
      const shifted = SHIFTED.test(char)
      if (shifted) this.#key(1, KEY.shift)
      this.press(char === '\n' ? KEY.enter : char.charCodeAt(0))
      if (shifted) this.#key(0, KEY.shift)
    }
  }

  send(bytes: number[]): void {
    this.#socket.write(Buffer.from(bytes))
  }

  close(): void {
    this.ended ??= 'closed by the test'
    this.#socket.destroy()
    this.#inflate.close()
  }

  #key(down: number, keysym: number): void {
    const message = Buffer.alloc(8)
    message[0] = 4
    message[1] = down
    message.writeUInt32BE(keysym, 4)
    this.#socket.write(message)
  }

  #changed(): void {
    for (const look of [...this.#watchers]) look()
  }

  async #take(bytes: number): Promise<Buffer> {
    while (this.#received.length < bytes) {
      if (this.ended) throw new Error(this.ended)
      await new Promise<void>(resolve => {
        this.#wakeReader = resolve
      })
    }
    const taken = this.#received.subarray(0, bytes)
    this.#received = this.#received.subarray(bytes)
    return taken
  }

  async #handshake(options: ViewerOptions): Promise<void> {
    this.banner = (await this.#take(12)).toString('latin1')
    const version = options.version ?? '003.008'
    this.#socket.write(`RFB ${version}\n`)
    if (version === '003.003') this.security = [(await this.#take(4)).readUInt32BE(0)]
    else {
      const [count = 0] = await this.#take(1)
      this.security = [...(await this.#take(count))]
      this.#socket.write(Buffer.from(this.security.slice(0, 1)))
    }
    const authenticates = this.security[0] === 2
    if (authenticates) this.#socket.write(vncResponse(await this.#take(16), options.password ?? ''))
    if (authenticates || version === '003.008') {
      const result = (await this.#take(4)).readUInt32BE(0)
      if (result !== 0) {
        const reason = await this.#take((await this.#take(4)).readUInt32BE(0))
        throw new Error(reason.toString())
      }
    }
    this.#socket.write(Buffer.from([1]))
    const init = await this.#take(24)
    this.#resize(init.readUInt16BE(0), init.readUInt16BE(2))
    this.name = (await this.#take(init.readUInt32BE(20))).toString()
    if (options.shifts)
      this.send([0, 0, 0, 0, 32, 24, 0, 1, 0, 255, 0, 255, 0, 255, ...options.shifts, 0, 0, 0])
    const zlib = options.zlib ? [ENCODING.zlib] : []
    const encodings = [...zlib, ENCODING.raw, ENCODING.desktopSize, ENCODING.extendedKey]
    const message = Buffer.alloc(4 + 4 * encodings.length)
    message[0] = 2
    message.writeUInt16BE(encodings.length, 2)
    for (const [i, encoding] of encodings.entries()) message.writeInt32BE(encoding, 4 + 4 * i)
    this.#socket.write(message)
    this.#request(false)
  }

  #resize(width: number, height: number): void {
    this.width = width
    this.height = height
    this.pixels = new Uint32Array(width * height)
  }

  #request(incremental: boolean): void {
    const message = Buffer.alloc(10)
    message[0] = 3
    message[1] = incremental ? 1 : 0
    message.writeUInt16BE(this.width, 6)
    message.writeUInt16BE(this.height, 8)
    this.#socket.write(message)
  }

  async #read(): Promise<void> {
    for (;;) {
      const head = await this.#take(4)
      if (head[0] !== 0) throw new Error(`unexpected message ${head[0]}`)
      const rects = head.readUInt16BE(2)
      let acknowledgement = false
      for (let i = 0; i < rects; i++) acknowledgement = (await this.#rect()) === ENCODING.extendedKey
      if (acknowledgement) continue
      this.updates++
      this.#changed()
      this.#request(true)
    }
  }

  async #rect(): Promise<number> {
    const head = await this.#take(12)
    const [x, y, width, height] = [0, 2, 4, 6].map(at => head.readUInt16BE(at)) as [
      number,
      number,
      number,
      number,
    ]
    const encoding = head.readInt32BE(8)
    if (encoding === ENCODING.desktopSize) this.#resize(width, height)
    else if (encoding === ENCODING.raw) this.#paint(x, y, width, height, await this.#take(width * height * 4))
    else if (encoding === ENCODING.zlib) {
      const packed = await this.#take((await this.#take(4)).readUInt32BE(0))
      this.#paint(x, y, width, height, await this.#unpack(packed, width * height * 4))
    } else if (encoding !== ENCODING.extendedKey) throw new Error(`unexpected encoding ${encoding}`)
    return encoding
  }

  async #unpack(packed: Buffer, bytes: number): Promise<Buffer> {
    this.#inflate.write(packed)
    while (this.#inflated.length < bytes)
      await new Promise<void>(resolve => {
        this.#wakeInflater = resolve
      })
    const unpacked = this.#inflated.subarray(0, bytes)
    this.#inflated = this.#inflated.subarray(bytes)
    return unpacked
  }

  #paint(x: number, y: number, width: number, height: number, bytes: Buffer): void {
    for (let row = 0; row < height; row++)
      for (let col = 0; col < width; col++)
        this.pixels[(y + row) * this.width + x + col] = bytes.readUInt32LE(4 * (row * width + col))
  }
}
