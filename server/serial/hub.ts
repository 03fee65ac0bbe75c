import type { WebSocket } from 'ws'
import { parseVncAsk } from '../console/input.ts'
import type { VncPerson } from '../console/model.ts'
import { AppError } from '../errors.ts'
import type { HostSocket } from '../host/host.ts'
import { BUFFER_BYTES, gapLine, type SerialControl, type SerialHold } from './model.ts'
import type { SerialRecord } from './record.ts'
import { Ring } from './ring.ts'

/** A browser further behind than this gets nothing until it has caught up, and then the whole buffer. */
const MOST_UNSENT_BYTES = 2 * BUFFER_BYTES
/** What may wait for a guest that does not read: a pasted file, not a film. */
const MOST_UNTYPED_BYTES = 256 * 1024
/** How long until a port that could not be had is tried again, longer each time. */
const RETRY_MS = [2_000, 5_000, 15_000, 60_000]
/** A port that was held this long is tried again at once. */
const LASTED_MS = 1000

/** A browser that looks at a serial port; session, role and Origin have been checked. */
export type SerialVisitor = {
  socket: WebSocket
  user: string
  /** Its keys go nowhere. */
  viewOnly: boolean
  sessionId: string
  address: string
  tab: string
}

type Viewer = { visitor: SerialVisitor; person: VncPerson; behind: boolean }

/**
 * One serial port of a guest: the one owner of its null modem's other end, what came out of it, and who looks. `open`
 * gives that end, whether or not the guest runs; AppError says why it cannot be had.
 */
export class SerialHub {
  readonly #open: () => Promise<HostSocket>
  readonly #record: SerialRecord
  readonly #now: () => number
  readonly #ring = new Ring(BUFFER_BYTES)
  readonly #remembered: Promise<void>
  readonly #viewers = new Set<Viewer>()
  #visits = 0
  #typist: Viewer | null = null
  #port: HostSocket | null = null
  #opening: Promise<void> | null = null
  #hold: SerialHold
  /** Since when nobody has listened, and why. */
  #gap: { from: number; why: string } | null = null
  #retry: NodeJS.Timeout | undefined
  #tries = 0
  #closed = false

  constructor(options: { open: () => Promise<HostSocket>; record: SerialRecord; now: () => number }) {
    this.#open = options.open
    this.#record = options.record
    this.#now = options.now
    this.#hold = { open: false, since: this.#now(), message: 'The serial port is being opened.', next: null }
    this.#remembered = options.record.read().then(({ bytes, writtenAt }) => {
      this.#ring.push(bytes)
      if (writtenAt !== null)
        this.#gap = { from: writtenAt, why: 'Skep did not run or did not hold the port.' }
    })
  }

  get isOpen(): boolean {
    return this.#port !== null
  }

  /** Opens the port unless it is open. Never rejects: what is in the way is told to those who look. */
  ensure(): Promise<void> {
    if (this.#port || this.#closed) return Promise.resolve()
    clearTimeout(this.#retry)
    this.#opening ??= this.#begin().finally(() => {
      this.#opening = null
    })
    return this.#opening
  }

  async #begin(): Promise<void> {
    try {
      await this.#remembered
      const port = await this.#open()
      if (this.#closed) return void port.destroy()
      this.#attach(port)
    } catch (error) {
      this.#without(error)
    }
  }

  #attach(port: HostSocket): void {
    const since = this.#now()
    let trouble: unknown = new AppError('unreachable', 'The serial port was closed by the host.')
    this.#port = port
    if (this.#gap) this.#heard(Buffer.from(gapLine(this.#gap.from, since, this.#gap.why)))
    this.#gap = null
    this.#show({ open: true, since })
    port.on('data', (bytes: Buffer) => this.#heard(bytes))
    port.on('error', error => {
      trouble = error
      port.destroy()
    })
    port.on('end', () => port.destroy())
    port.once('close', () => {
      if (this.#port === port) this.#port = null
      const lasted = this.#now() - since >= LASTED_MS
      if (lasted) this.#tries = 0
      this.#without(trouble)
      if (lasted) void this.ensure()
    })
  }

  /** It is not held now, and tried again by itself. */
  #without(error: unknown): void {
    if (this.#closed) return
    const known = error instanceof AppError
    const message = known ? error.message : 'The serial port broke.'
    const next = known ? (error.detail.next ?? null) : null
    this.#gap ??= { from: this.#now(), why: message }
    if (this.#hold.open || this.#hold.message !== message)
      this.#show({ open: false, since: this.#gap.from, message, next })
    const wait = RETRY_MS[Math.min(this.#tries, RETRY_MS.length - 1)]
    this.#retry = setTimeout(() => void this.ensure(), wait).unref()
    this.#tries += 1
  }

  #show(held: SerialHold): void {
    this.#hold = held
    this.#tellAll({ type: 'held', held })
  }

  #heard(bytes: Buffer): void {
    this.#ring.push(bytes)
    this.#record.append(bytes)
    for (const viewer of this.#viewers) this.#send(viewer, bytes)
  }

  #send(viewer: Viewer, bytes: Buffer): void {
    const { socket } = viewer.visitor
    if (socket.readyState !== socket.OPEN || viewer.behind) return
    if (socket.bufferedAmount + bytes.length > MOST_UNSENT_BYTES) {
      viewer.behind = true
      return
    }
    socket.send(bytes, () => {
      if (!viewer.behind || socket.bufferedAmount > 0) return
      viewer.behind = false
      this.#greet(viewer)
    })
  }

  /** Everything from the beginning of the buffer. */
  #greet(viewer: Viewer): void {
    tell(viewer.visitor.socket, { type: 'hello', me: viewer.person.id, held: this.#hold })
    this.#send(viewer, this.#ring.bytes)
  }

  #showPeople(): void {
    const people = [...this.#viewers].map(({ person }) => person)
    this.#tellAll({ type: 'people', people, typist: this.#typist?.person.id ?? null })
  }

  #tellAll(message: SerialControl): void {
    for (const { visitor } of this.#viewers) tell(visitor.socket, message)
  }

  /** Shows it to a browser until that leaves. */
  async show(visitor: SerialVisitor): Promise<void> {
    await this.#remembered
    const { socket, user, address, viewOnly } = visitor
    if (this.#closed || socket.readyState !== socket.OPEN) return
    this.#visits += 1
    const person = { id: this.#visits, user, address, since: this.#now(), mayType: !viewOnly }
    const viewer: Viewer = { visitor, person, behind: false }
    // The same page comes back before its broken connection was noticed: it is the same person still.
    const before = [...this.#viewers].find(
      ({ visitor: { tab, sessionId } }) => tab === visitor.tab && sessionId === visitor.sessionId,
    )
    this.#viewers.add(viewer)
    if (person.mayType && (this.#typist === null || this.#typist === before)) this.#typist = viewer
    before?.visitor.socket.terminate()
    this.#greet(viewer)
    this.#showPeople()
    socket.on('message', (data: Buffer, isBinary: boolean) => {
      if (isBinary) return this.#type(viewer, data)
      if (!person.mayType || this.#typist === viewer || parseVncAsk(data.toString())?.type !== 'take') return
      this.#typist = viewer
      this.#showPeople()
    })
    socket.once('close', () => {
      this.#viewers.delete(viewer)
      if (this.#typist === viewer) this.#typist = null
      this.#showPeople()
    })
    await this.ensure()
  }

  #type(viewer: Viewer, bytes: Buffer): void {
    if (this.#typist !== viewer) return
    const port = this.#port
    if (port?.writable && port.writableLength + bytes.length <= MOST_UNTYPED_BYTES) port.write(bytes)
    else tell(viewer.visitor.socket, { type: 'dropped' })
  }

  /** The guest is gone, or the host is closed: everybody is sent away by `part`. */
  async close(part: (socket: WebSocket) => void): Promise<void> {
    this.#closed = true
    clearTimeout(this.#retry)
    this.#port?.destroy()
    for (const { visitor } of this.#viewers) part(visitor.socket)
    await this.#record.settled()
  }
}

function tell(socket: WebSocket, message: SerialControl): void {
  if (socket.readyState === socket.OPEN) socket.send(JSON.stringify(message))
}
