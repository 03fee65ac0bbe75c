/** A screen as bhyve's rfb.c serves it, without a guest: tests paint on it. */
import { once } from 'node:events'
import { createConnection, createServer, type Socket } from 'node:net'
import { constants, createDeflate, type Deflate } from 'node:zlib'
import type { Host } from '../host/host.ts'
import { createByteReader, StreamEnded } from './bytes.ts'
import { vncResponse } from './handshake.ts'
import { type PixelFormat, parsePixelFormat } from './pixels.ts'
import { ENCODING, type Rect, rectHead, updateHead } from './rfb.ts'

/** bhyve's own format: 32 bits, little-endian, red at 16, green at 8, blue at 0. */
export const BHYVE_FORMAT = Buffer.from([32, 32, 0, 1, 0, 255, 0, 255, 0, 255, 16, 8, 0, 0, 0, 0])
const CHALLENGE = Buffer.from('0123456789abcdef')
const CELL = 32
/** From this share of changed cells on bhyve sends all of them. */
const WHOLE = 0.25
/** Sizes of the messages that bhyve knows, but for those that carry a list or a text. */
const SIZES = new Map([
  [0, 20],
  [3, 10],
  [4, 8],
  [5, 6],
  [255, 12],
])

type Client = {
  socket: Socket
  format: PixelFormat
  encodings: number[]
  /** What it has been sent; null when it lacks everything. */
  shadow: Uint32Array | null
  size: { width: number; height: number }
  wants: boolean
  toldKeys: boolean
  deflate: Deflate
  sending: Promise<void>
}

export type BhyveScreen = Awaited<ReturnType<typeof bhyveScreen>>

/**
 * One client at a time; the next one gets no byte before that one has gone. SetPixelFormat is ignored as before FreeBSD
 * 15, unless it `obeysSetPixelFormat`. A message of an unknown type ends the connection.
 */
export async function bhyveScreen(
  options: {
    obeysSetPixelFormat?: boolean
    extendedKeys?: boolean
    password?: string
    width?: number
    height?: number
    /** The PIXEL_FORMAT that it names and sends; bhyve's own when not given. */
    format?: Buffer
  } = {},
) {
  const { obeysSetPixelFormat = false, extendedKeys = true, password, format = BHYVE_FORMAT } = options
  let { width = 64, height = 48 } = options
  let pixels = new Uint32Array(width * height)
  const received: Buffer[] = []
  const waiting: Socket[] = []
  const sockets = new Set<Socket>()
  let connections = 0
  let updates = 0
  let client: Client | null = null

  async function serve(socket: Socket) {
    const reader = createByteReader(socket)
    const own = parsePixelFormat(format)
    if (!own) throw new Error('no such format')
    client = {
      socket,
      format: own,
      encodings: [],
      shadow: null,
      size: { width, height },
      wants: false,
      toldKeys: false,
      deflate: createDeflate(),
      sending: Promise.resolve(),
    }
    const mine = client
    try {
      if (!(await greet(socket, reader))) return
      for (;;) await message(mine, reader)
    } catch (error) {
      if (!(error instanceof StreamEnded)) socket.destroy()
    }
  }

  async function greet(socket: Socket, reader: ReturnType<typeof createByteReader>): Promise<boolean> {
    socket.write('RFB 003.008\n')
    await reader.read(12)
    socket.write(Buffer.from([1, password === undefined ? 1 : 2]))
    await reader.read(1)
    if (password !== undefined) {
      socket.write(CHALLENGE)
      if (!(await reader.read(16)).equals(vncResponse(CHALLENGE, password))) {
        const words = Buffer.from('Auth Failed: Invalid Password.')
        socket.end(Buffer.concat([Buffer.from([0, 0, 0, 1, 0, 0, 0, words.length]), words]))
        return false
      }
    }
    socket.write(Buffer.alloc(4))
    await reader.read(1)
    const init = Buffer.alloc(24)
    init.writeUInt16BE(width, 0)
    init.writeUInt16BE(height, 2)
    format.copy(init, 4)
    init.writeUInt32BE(5, 20)
    socket.write(Buffer.concat([init, Buffer.from('bhyve')]))
    return true
  }

  async function message(mine: Client, reader: ReturnType<typeof createByteReader>) {
    const type = (await reader.read(1)).readUInt8()
    const size = SIZES.get(type)
    if (size !== undefined) {
      const body = await reader.read(size - 1)
      received.push(Buffer.concat([Buffer.from([type]), body]))
      if (type === 0 && obeysSetPixelFormat) mine.format = parsePixelFormat(body.subarray(3)) ?? mine.format
      if (type !== 3) return
      if (body.readUInt8() === 0) mine.shadow = null
      mine.wants = true
      return answer()
    }
    if (type === 2) {
      const head = await reader.read(3)
      const list = await reader.read(4 * head.readUInt16BE(1))
      mine.encodings = Array.from({ length: list.length / 4 }, (_, at) => list.readInt32BE(4 * at))
      received.push(Buffer.concat([Buffer.from([type]), head, list]))
    } else if (type === 6) {
      await reader.read((await reader.read(7)).readUInt32BE(3))
    } else {
      received.push(Buffer.from([type]))
      mine.socket.destroy()
    }
  }

  /** Sends what the client lacks, if it asked. */
  function answer() {
    const mine = client
    if (!mine) return
    if (!mine.toldKeys && extendedKeys && mine.encodings.includes(ENCODING.extendedKey)) {
      mine.toldKeys = true
      const none = { x: 0, y: 0, width: 0, height: 0 }
      mine.socket.write(Buffer.concat([updateHead(1), rectHead(none, ENCODING.extendedKey)]))
    }
    if (!mine.wants) return
    if (mine.size.width !== width || mine.size.height !== height) {
      mine.size = { width, height }
      mine.shadow = null
      mine.wants = false
      const bytes = [updateHead(1), rectHead({ x: 0, y: 0, width, height }, ENCODING.desktopSize)]
      mine.socket.write(Buffer.concat(bytes))
      return
    }
    const rects = changed(mine.shadow)
    if (rects.length === 0) return
    mine.wants = false
    mine.shadow = pixels.slice()
    updates += 1
    const cuts = rects.map(rect => ({ rect, bytes: cut(rect, mine.format) }))
    mine.sending = mine.sending.then(() => send(mine, cuts))
  }

  async function send(mine: Client, cuts: { rect: Rect; bytes: Buffer }[]) {
    const parts = [updateHead(cuts.length)]
    for (const { rect, bytes } of cuts) {
      if (!mine.encodings.includes(ENCODING.zlib)) parts.push(rectHead(rect, ENCODING.raw), bytes)
      else {
        const packed = await pack(mine.deflate, bytes)
        const length = Buffer.alloc(4)
        length.writeUInt32BE(packed.length)
        parts.push(rectHead(rect, ENCODING.zlib), length, packed)
      }
    }
    if (!mine.socket.destroyed) mine.socket.write(Buffer.concat(parts))
  }

  function changed(shadow: Uint32Array | null): Rect[] {
    const whole = { x: 0, y: 0, width, height }
    if (!shadow) return [whole]
    const cells: Rect[] = []
    for (let y = 0; y < height; y += CELL)
      for (let x = 0; x < width; x += CELL) {
        const rect = { x, y, width: Math.min(CELL, width - x), height: Math.min(CELL, height - y) }
        if (differs(shadow, rect)) cells.push(rect)
      }
    const all = Math.ceil(width / CELL) * Math.ceil(height / CELL)
    return cells.length > 0 && cells.length >= WHOLE * all ? [whole] : cells
  }

  function differs(shadow: Uint32Array, rect: Rect): boolean {
    for (let y = rect.y; y < rect.y + rect.height; y++)
      for (let x = rect.x; x < rect.x + rect.width; x++)
        if (shadow[y * width + x] !== pixels[y * width + x]) return true
    return false
  }

  function cut(rect: Rect, { red, green, blue }: PixelFormat): Buffer {
    const bytes = Buffer.alloc(4 * rect.width * rect.height)
    let at = 0
    for (let y = rect.y; y < rect.y + rect.height; y++)
      for (let x = rect.x; x < rect.x + rect.width; x++, at += 4) {
        const pixel = pixels[y * width + x] ?? 0
        bytes[at + red] = pixel >> 16
        bytes[at + green] = pixel >> 8
        bytes[at + blue] = pixel
      }
    return bytes
  }

  const server = createServer(socket => {
    connections++
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.on('close', () => {
      sockets.delete(socket)
      if (waiting.includes(socket)) waiting.splice(waiting.indexOf(socket), 1)
      if (client?.socket !== socket) return
      client = null
      const next = waiting.shift()
      if (next) void serve(next)
    })
    if (client) waiting.push(socket)
    else void serve(socket)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0

  const connect: Host['connect'] = async target => {
    if (!('port' in target)) throw new Error('a screen is on a port')
    const socket = createConnection(target.port, '127.0.0.1')
    await once(socket, 'connect')
    return socket
  }
  return {
    port,
    connect,
    /** What clients sent since their handshake, one message each, without texts of clipboards. */
    received,
    open: () => sockets.size,
    connections: () => connections,
    /** Answers with pixels. */
    updates: () => updates,
    /** The guest paints a rectangle in one colour, 0xRRGGBB. */
    fill(colour: number, rect: Rect = { x: 0, y: 0, width, height }) {
      for (let y = rect.y; y < rect.y + rect.height; y++)
        pixels.fill(colour, y * width + rect.x, y * width + rect.x + rect.width)
      answer()
    },
    /** The guest's picture, 0x00RRGGBB. */
    pixels: () => pixels,
    /** The guest has changed `pixels()`. */
    painted: answer,
    /** The guest changes its mode; its new picture is black. */
    resize(newWidth: number, newHeight: number) {
      width = newWidth
      height = newHeight
      pixels = new Uint32Array(width * height)
      answer()
    },
    /** bhyve has ended: its connection breaks, and nothing listens on its port. */
    async stop() {
      const closed = once(server, 'close')
      server.close()
      for (const socket of sockets) socket.destroy()
      await closed
    },
    /** bhyve is there again, on the same port. */
    async start() {
      server.listen(port, '127.0.0.1')
      await once(server, 'listening')
    },
    close() {
      for (const socket of sockets) socket.destroy()
      server.close()
    },
  }
}

/** One zlib stream, cut after each piece. */
export function pack(deflate: Deflate, bytes: Buffer): Promise<Buffer> {
  return new Promise(resolve => {
    const parts: Buffer[] = []
    const collect = (part: Buffer) => parts.push(part)
    deflate.on('data', collect)
    deflate.write(bytes)
    deflate.flush(constants.Z_SYNC_FLUSH, () => {
      deflate.off('data', collect)
      resolve(Buffer.concat(parts))
    })
  })
}
