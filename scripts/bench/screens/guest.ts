/**
 * Guests' screens for the bench, one a port, as bhyve serves them: raw pixels, one client. `film` has the next picture of
 * a scrolling console ready for every request; the others change a cell at every key, and only then.
 * Arguments: how many. Prints their ports.
 */
import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { BHYVE_FORMAT } from '../../../server/console/bhyve.testing.ts'
import { createByteReader } from '../../../server/console/bytes.ts'
import { ENCODING, MESSAGE, rectHead, updateHead } from '../../../server/console/rfb.ts'

const [WIDTH, HEIGHT] = [1024, 768]
const GLYPH = { width: 8, height: 16 }
const WHOLE = { x: 0, y: 0, width: WIDTH, height: HEIGHT }
const CELL = { x: 512, y: 384, ...GLYPH }
const SIZES = new Map<number, number>([
  [MESSAGE.setPixelFormat, 20],
  [MESSAGE.updateRequest, 10],
  [MESSAGE.key, 8],
  [MESSAGE.pointer, 6],
  [MESSAGE.qemu, 12],
])

/** Numbers that look random and are the same in every run. */
function* numbers(seed: number): Generator<number> {
  for (let state = seed; ; ) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    yield state >>> 8
  }
}

/** Lines of text of various lengths, grey on black, one line further in each picture. */
function scrolling(pictures: number): Buffer[] {
  const dice = numbers(7)
  const next = (below: number) => (dice.next().value ?? 0) % below
  const glyphs = Array.from({ length: 80 }, () => Array.from({ length: GLYPH.height }, () => next(256)))
  const rows = HEIGHT / GLYPH.height
  const columns = WIDTH / GLYPH.width
  const lines = Array.from({ length: rows + pictures }, () =>
    Array.from({ length: next(columns) }, () => glyphs[next(glyphs.length)] ?? []),
  )
  return Array.from({ length: pictures }, (_, first) => {
    const pixels = new Uint32Array(WIDTH * HEIGHT)
    for (let row = 0; row < rows; row++)
      for (const [column, glyph] of (lines[first + row] ?? []).entries())
        for (let y = 0; y < GLYPH.height; y++)
          for (let x = 0; x < GLYPH.width; x++)
            if ((glyph[y] ?? 0) & (1 << x))
              pixels[(row * GLYPH.height + y) * WIDTH + column * GLYPH.width + x] = 0xaaaaaa
    return Buffer.from(pixels.buffer)
  })
}

async function serve(socket: Socket, film: readonly Buffer[] | null) {
  const reader = createByteReader(socket)
  socket.write('RFB 003.008\n')
  await reader.read(12)
  socket.write(Buffer.from([1, 1]))
  await reader.read(1)
  socket.write(Buffer.alloc(4))
  await reader.read(1)
  const init = Buffer.alloc(24)
  init.writeUInt16BE(WIDTH, 0)
  init.writeUInt16BE(HEIGHT, 2)
  BHYVE_FORMAT.copy(init, 4)
  init.writeUInt32BE(5, 20)
  socket.write(Buffer.concat([init, Buffer.from('bhyve')]))
  const black = Buffer.alloc(4 * WIDTH * HEIGHT)
  let [turn, wants, lit, changed] = [0, false, false, false]
  const send = (rect: typeof WHOLE, pixels: Buffer) => {
    socket.write(Buffer.concat([updateHead(1), rectHead(rect, ENCODING.raw)]))
    socket.write(pixels)
  }
  for (;;) {
    const type = (await reader.read(1)).readUInt8()
    if (type === MESSAGE.setEncodings) await reader.read(4 * (await reader.read(3)).readUInt16BE(1))
    const body = await reader.read((SIZES.get(type) ?? 1) - 1)
    if (type === MESSAGE.updateRequest && film) {
      send(WHOLE, film[turn++ % film.length] ?? black)
    } else if (type === MESSAGE.updateRequest && body.readUInt8() === 0) {
      send(WHOLE, black)
    } else if (type === MESSAGE.updateRequest) {
      wants = true
    } else if (type === MESSAGE.key && body.readUInt8() !== 0) {
      changed = true
      lit = !lit
    }
    if (!film && wants && changed) {
      ;[wants, changed] = [false, false]
      send(CELL, Buffer.alloc(4 * CELL.width * CELL.height, lit ? 255 : 0))
    }
  }
}

async function listen(film: readonly Buffer[] | null): Promise<number> {
  const server = createServer(socket => {
    socket.setNoDelay()
    socket.on('error', () => undefined)
    serve(socket, film).catch(() => socket.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  return typeof address === 'object' && address ? address.port : 0
}

const film = scrolling(8)
const ports: number[] = []
for (let count = Number(process.argv[2]); count > 0; count--) ports.push(await listen(film))
console.log(JSON.stringify({ film: ports, keys: await listen(null) }))
