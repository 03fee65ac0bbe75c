import { once } from 'node:events'
import { createConnection, createServer, type Socket } from 'node:net'
import { constants, createInflate } from 'node:zlib'
import { WebSocket } from 'ws'
import type { Host } from '../host/host.ts'
import { createByteReader, StreamEnded } from './bytes.ts'
import { vncResponse } from './handshake.ts'
import type { VncControl } from './model.ts'
import { type PixelFormat, parsePixelFormat } from './pixels.ts'

/** bhyve's own format: 32 bits, little-endian, red at 16, green at 8, blue at 0. */
const GUEST_FORMAT = Buffer.from([32, 32, 0, 1, 0, 255, 0, 255, 0, 255, 16, 8, 0, 0, 0, 0])
/** What noVNC asks for: red at 0, green at 8, blue at 16. */
const BROWSER_FORMAT = Buffer.from([32, 24, 0, 1, 0, 255, 0, 255, 0, 255, 0, 8, 16, 0, 0, 0])
const CHALLENGE = Buffer.from('0123456789abcdef')
const ORANGE = { red: 255, green: 128, blue: 1 }

/** A screen as bhyve serves it: one client at a time, the next one gets no byte before. All of it is orange. */
export async function guestScreen(
  options: { obeysSetPixelFormat?: boolean; password?: string; width?: number; height?: number } = {},
) {
  const { obeysSetPixelFormat = false, password, width = 20, height = 10 } = options
  const received: Buffer[] = []
  const waiting: Socket[] = []
  const sockets = new Set<Socket>()
  let connections = 0
  let serving: Socket | null = null

  async function serve(socket: Socket) {
    serving = socket
    let format = parsePixelFormat(GUEST_FORMAT)
    const reader = createByteReader(socket)
    try {
      socket.write('RFB 003.008\n')
      await reader.read(12)
      socket.write(Buffer.from([1, password === undefined ? 1 : 2]))
      await reader.read(1)
      if (password !== undefined) {
        socket.write(CHALLENGE)
        const right = (await reader.read(16)).equals(vncResponse(CHALLENGE, password))
        if (!right) {
          const words = Buffer.from('wrong password')
          const head = Buffer.alloc(8)
          head.writeUInt32BE(1, 0)
          head.writeUInt32BE(words.length, 4)
          socket.end(Buffer.concat([head, words]))
          return
        }
      }
      socket.write(Buffer.alloc(4))
      await reader.read(1)
      const init = Buffer.alloc(24)
      init.writeUInt16BE(width, 0)
      init.writeUInt16BE(height, 2)
      GUEST_FORMAT.copy(init, 4)
      init.writeUInt32BE(5, 20)
      socket.write(Buffer.concat([init, Buffer.from('bhyve')]))
      for (;;) {
        const type = (await reader.read(1)).readUInt8()
        const sizes: Record<number, number> = { 0: 20, 3: 10, 4: 8, 5: 6, 255: 12 }
        const fixed = sizes[type]
        const body = fixed === undefined ? await reader.read(3) : await reader.read(fixed - 1)
        const list = type === 2 ? await reader.read(4 * body.readUInt16BE(1)) : Buffer.alloc(0)
        received.push(Buffer.concat([Buffer.from([type]), body, list]))
        if (type === 0 && obeysSetPixelFormat) format = parsePixelFormat(body.subarray(3))
        if (type === 3 && format) socket.write(update(format, width, height))
      }
    } catch (error) {
      if (!(error instanceof StreamEnded)) socket.destroy()
    }
  }

  const server = createServer(socket => {
    connections++
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.on('close', () => {
      sockets.delete(socket)
      if (waiting.includes(socket)) waiting.splice(waiting.indexOf(socket), 1)
      if (serving !== socket) return
      serving = null
      const next = waiting.shift()
      if (next) void serve(next)
    })
    if (serving) waiting.push(socket)
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
    /** What clients sent since their handshake, one message each. */
    received,
    open: () => sockets.size,
    connections: () => connections,
    /** The guest is gone: its connection breaks. */
    drop: () => serving?.destroy(),
    /** The guest changes its mode. */
    resize(newWidth: number, newHeight: number) {
      const bytes = Buffer.from([0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])
      bytes.writeUInt16BE(newWidth, 8)
      bytes.writeUInt16BE(newHeight, 10)
      bytes.writeInt32BE(-223, 12)
      serving?.write(bytes)
    },
    close() {
      for (const socket of sockets) socket.destroy()
      server.close()
    },
  }
}

function update(format: PixelFormat, width: number, height: number): Buffer {
  const head = Buffer.from([0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])
  head.writeUInt16BE(width, 8)
  head.writeUInt16BE(height, 10)
  const pixels = Buffer.alloc(4 * width * height)
  for (let at = 0; at < pixels.length; at += 4) {
    pixels[at + format.red] = ORANGE.red
    pixels[at + format.green] = ORANGE.green
    pixels[at + format.blue] = ORANGE.blue
  }
  return Buffer.concat([head, pixels])
}

/** A browser at a screen's socket: its control messages, and RFB as noVNC speaks it. */
export function browserAt(url: string, headers: Record<string, string> = {}) {
  const socket = new WebSocket(url, { headers })
  const controls: VncControl[] = []
  const inflate = createInflate()
  const binary = new ReadableStream<Buffer>({
    start(controller) {
      socket.on('message', (data: Buffer, isBinary) => {
        if (isBinary) controller.enqueue(data)
        else controls.push(JSON.parse(data.toString()))
      })
      socket.on('close', () => controller.close())
    },
  })
  const reader = createByteReader(binary)
  socket.on('error', () => undefined)
  const closed = once(socket, 'close').then(([code]: number[]) => code)

  async function unzip(bytes: Buffer, length: number): Promise<Buffer> {
    const parts: Buffer[] = []
    let got = 0
    const done = new Promise<void>(resolve => {
      inflate.on('data', (part: Buffer) => {
        parts.push(part)
        got += part.length
        if (got >= length) resolve()
      })
    })
    inflate.write(bytes)
    inflate.flush(constants.Z_SYNC_FLUSH)
    await done
    inflate.removeAllListeners('data')
    return Buffer.concat(parts)
  }

  return {
    socket,
    controls,
    /** The close code. */
    closed,
    send: (...bytes: number[]) => socket.send(Buffer.from(bytes)),
    /** noVNC's greeting: version, None, shared, its pixel format, its encodings. Resolves with the size of the screen. */
    async greet(encodings = [0, 6, -223, -258, -313]): Promise<{ width: number; height: number }> {
      await reader.read(12)
      socket.send('RFB 003.008\n', { binary: true })
      const types = await reader.read(2)
      if (!types.equals(Buffer.from([1, 1]))) throw new Error('a browser must be offered None only')
      socket.send(Buffer.from([1]))
      await reader.read(4)
      socket.send(Buffer.from([1]))
      const init = await reader.read(24)
      await reader.read(init.readUInt32BE(20))
      socket.send(Buffer.concat([Buffer.from([0, 0, 0, 0]), BROWSER_FORMAT]))
      const list = Buffer.alloc(4 + 4 * encodings.length)
      list.writeUInt8(2, 0)
      list.writeUInt16BE(encodings.length, 2)
      for (const [at, encoding] of encodings.entries()) list.writeInt32BE(encoding, 4 + 4 * at)
      socket.send(list)
      return { width: init.readUInt16BE(0), height: init.readUInt16BE(2) }
    },
    /** Asks for the whole picture and reads one update; the colour of its last pixel as the browser understands it. */
    async picture() {
      socket.send(Buffer.from([3, 0, 0, 0, 0, 0, 255, 255, 255, 255]))
      const head = await reader.read(16)
      const [width, height, encoding] = [head.readUInt16BE(8), head.readUInt16BE(10), head.readInt32BE(12)]
      const length = 4 * width * height
      const pixels =
        encoding === 6
          ? await unzip(await reader.read((await reader.read(4)).readUInt32BE()), length)
          : await reader.read(length)
      const last = pixels.subarray(length - 4)
      return { encoding, width, height, red: last[0], green: last[1], blue: last[2] }
    },
    read: (length: number) => reader.read(length),
  }
}
