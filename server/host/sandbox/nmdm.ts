/**
 * nmdm(4), the null modem between a guest's serial port (A) and whoever watches it (B). Either end may be opened first:
 * bhyve listens on the socket of B, and a B end that is opened before the guest is there waits on the socket of A,
 * which bhyve looks for when it starts. As on FreeBSD, what is said into an end that nobody has open is lost.
 */
import { rmSync } from 'node:fs'
import { createConnection, createServer, type Server, type Socket } from 'node:net'
import { Duplex } from 'node:stream'

/** An end of a pair: bhyve holds the A end, whoever watches has the B end. */
export const NMDM = /^\/dev\/nmdm.+[AB]$/

/** The socket's other side, null where nobody listens. */
export function reach(socket: string): Promise<Socket | null> {
  return new Promise(resolve => {
    const connection = createConnection(socket)
    connection.once('error', () => resolve(null))
    connection.once('connect', () => {
      connection.removeAllListeners('error')
      resolve(connection)
    })
  })
}

/** The B end, open before the guest is there: it stays through the guest's starts and ends, as the device does. */
export class WaitingEnd extends Duplex {
  readonly #socket: string
  readonly #server: Server
  #guest: Socket | null = null

  private constructor(socket: string, server: Server) {
    super()
    this.#socket = socket
    this.#server = server
    server.on('connection', guest => this.#plug(guest))
  }

  /** Rejects when the end is open already, or the socket cannot be made. */
  static async open(socket: string): Promise<WaitingEnd> {
    const holder = await reach(socket)
    if (holder) {
      holder.destroy()
      throw new Error('Device busy')
    }
    rmSync(socket, { force: true })
    const server = createServer()
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(socket, resolve)
    })
    return new WaitingEnd(socket, server)
  }

  #plug(guest: Socket): void {
    this.#guest = guest
    guest.on('data', bytes => {
      if (!this.push(bytes)) guest.pause()
    })
    guest.on('error', () => guest.destroy())
    guest.once('close', () => {
      if (this.#guest === guest) this.#guest = null
    })
  }

  override _read(): void {
    this.#guest?.resume()
  }

  override _write(bytes: Buffer, _encoding: BufferEncoding, done: () => void): void {
    if (this.#guest?.writable) this.#guest.write(bytes)
    done()
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#guest?.destroy()
    this.#server.close()
    rmSync(this.#socket, { force: true })
    done(error)
  }
}
