/**
 * The RFB server of one guest, on a unix socket that stands for the TCP port of bhyve's fbuf. As with bhyve, one
 * viewer is served to its end; a second one connects but gets no bytes until the first has gone.
 */
import { rmSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import { type RfbInput, RfbSession, type SessionOptions, TILE } from './rfb-session.ts'
import type { Screen } from './screen.ts'

/** Connections kept waiting. bhyve's listen backlog is 1; what comes beyond it hangs there, and is closed here. */
const WAITING = 8

export class RfbServer {
  readonly #screen: Screen
  readonly #input: RfbInput
  readonly #options: SessionOptions & { onconnect?: () => void }
  readonly #server: Server
  readonly #waiting: Socket[] = []
  #current: { socket: Socket; session: RfbSession } | null = null
  /** What the viewer's tiles were last compared with; null means: mark everything. */
  #shadow: Uint32Array | null = null
  #path: string | null = null

  /** `onconnect` is called at every accepted connection, before anything is sent: `fbuf,wait` ends there. */
  constructor(screen: Screen, input: RfbInput, options: SessionOptions & { onconnect?: () => void }) {
    this.#screen = screen
    this.#input = input
    this.#options = options
    this.#server = createServer({ pauseOnConnect: true }, socket => this.#accept(socket))
    screen.onresize = () => {
      this.#shadow = null
      this.#current?.session.resized()
    }
  }

  /** True while a viewer is connected. */
  get watched(): boolean {
    return this.#current !== null
  }

  /** Listens on a unix socket. A leftover of a process that is gone must have been removed by the caller. */
  listen(path: string): Promise<void> {
    this.#path = path
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject)
      this.#server.listen(path, () => {
        this.#server.off('error', reject)
        resolve()
      })
    })
  }

  /** Called once a frame, after the screen was rendered: finds the tiles that changed and answers the viewer. */
  frame(): void {
    const dirty = this.#screen.takeDirty()
    const session = this.#current?.session
    if (!session?.running) {
      this.#shadow = null
      return
    }
    if (!this.#shadow) {
      this.#shadow = this.#screen.pixels.slice()
      session.markAll()
    } else if (dirty.top < dirty.bottom) this.#compare(this.#shadow, dirty, session)
    session.flush()
  }

  close(): void {
    this.#server.close()
    this.#current?.socket.destroy()
    for (const socket of this.#waiting) socket.destroy()
    if (this.#path) rmSync(this.#path, { force: true })
  }

  #accept(socket: Socket): void {
    socket.on('error', () => socket.destroy())
    this.#options.onconnect?.()
    if (!this.#current) this.#serve(socket)
    else if (this.#waiting.length < WAITING) this.#waiting.push(socket)
    else socket.destroy()
  }

  #serve(socket: Socket): void {
    const session = new RfbSession(socket, () => this.#screen, this.#input, this.#options)
    this.#current = { socket, session }
    this.#shadow = null
    socket.once('close', () => {
      this.#current = null
      this.#shadow = null
      const next = this.#waiting.shift()
      if (next) this.#serve(next)
    })
    socket.resume()
  }

  #compare(shadow: Uint32Array, dirty: { top: number; bottom: number }, session: RfbSession): void {
    const { width, height, pixels } = this.#screen
    const across = Math.ceil(width / TILE)
    for (let row = Math.floor(dirty.top / TILE); row * TILE < dirty.bottom; row++) {
      const bottom = Math.min((row + 1) * TILE, height)
      for (let col = 0; col < across; col++) {
        const left = col * TILE
        const right = Math.min(left + TILE, width)
        if (!differs(pixels, shadow, width, left, right, row * TILE, bottom)) continue
        for (let y = row * TILE; y < bottom; y++)
          shadow.set(pixels.subarray(y * width + left, y * width + right), y * width + left)
        session.markTile(row * across + col)
      }
    }
  }
}

function differs(
  a: Uint32Array,
  b: Uint32Array,
  stride: number,
  left: number,
  right: number,
  top: number,
  bottom: number,
): boolean {
  for (let y = top; y < bottom; y++)
    for (let i = y * stride + left; i < y * stride + right; i++) if (a[i] !== b[i]) return true
  return false
}
