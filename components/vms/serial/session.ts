import { VNC_CLOSE, type VncAsk } from '../../../server/console/model.ts'
import {
  BUFFER_BYTES,
  parseSerialControl,
  type SerialHold,
  serialPath,
} from '../../../server/serial/model.ts'
import { type Keyboard, keyboardOf } from '../screen/keyboard.ts'
import { newTab } from '../screen/tab.ts'

/** How this page stands to a guest's serial port. */
export type SerialStatus = {
  connection: 'connecting' | 'live' | 'lost' | 'ended' | 'signed-out'
  /** Why it ended. */
  message: string | null
  /** Null before Skep has told. */
  held: SerialHold | null
  /** Who is there and who types; null before Skep has told. */
  keyboard: Keyboard | null
  /** What was typed last did not reach the guest. */
  dropped: boolean
}

const BACK_OFF_MS = [250, 500, 1000, 2000, 4000]

/** Where output goes: `reset` before a buffer from its beginning. */
type Screen = { reset: () => void; write: (bytes: Uint8Array) => void }

/** A browser's connection to a guest's serial port; it comes back by itself when Skep was away. */
export class SerialSession {
  readonly #path: string
  readonly #screen: Screen
  readonly #onStatus: (status: SerialStatus) => void
  #status: SerialStatus = {
    connection: 'connecting',
    message: null,
    held: null,
    keyboard: null,
    dropped: false,
  }
  #me = 0
  #socket: WebSocket | null = null
  #timer: ReturnType<typeof setTimeout> | undefined
  #attempt = 0
  #heard: Uint8Array<ArrayBuffer>[] = []
  #heardBytes = 0

  constructor(
    place: { host: string; guest: string; port: string },
    screen: Screen,
    onStatus: (status: SerialStatus) => void,
  ) {
    this.#path = serialPath(place.host, place.guest, place.port, newTab())
    this.#screen = screen
    this.#onStatus = onStatus
    this.#connect()
  }

  #tell(change: Partial<SerialStatus>) {
    this.#status = { ...this.#status, ...change }
    this.#onStatus(this.#status)
  }

  #connect() {
    clearTimeout(this.#timer)
    const scheme = location.protocol === 'https:' ? 'wss:' : 'ws:'
    const socket = new WebSocket(`${scheme}//${location.host}${this.#path}`)
    socket.binaryType = 'arraybuffer'
    this.#socket = socket
    socket.onmessage = ({ data }) => {
      if (socket !== this.#socket) return
      if (typeof data === 'string') this.#control(data)
      else this.#output(new Uint8Array(data))
    }
    socket.onclose = ({ code }) => {
      if (socket === this.#socket) this.#closed(code)
    }
  }

  #control(text: string) {
    const message = parseSerialControl(text)
    switch (message?.type) {
      case 'hello':
        this.#attempt = 0
        this.#me = message.me
        this.#heard = []
        this.#heardBytes = 0
        this.#screen.reset()
        this.#tell({ connection: 'live', message: null, dropped: false, held: message.held })
        break
      case 'held':
        this.#tell({ held: message.held })
        break
      case 'people':
        this.#tell({ keyboard: keyboardOf(message, this.#me, this.#status.keyboard), dropped: false })
        break
      case 'dropped':
        this.#tell({ dropped: true })
        break
      case 'reason':
        this.#tell({ connection: message.retry ? 'lost' : 'ended', message: message.message })
        break
    }
  }

  #output(bytes: Uint8Array<ArrayBuffer>) {
    this.#screen.write(bytes)
    this.#heard.push(bytes)
    this.#heardBytes += bytes.length
    if (this.#heardBytes > 2 * BUFFER_BYTES) {
      const all = new Uint8Array(joined(this.#heard, this.#heardBytes).slice(-BUFFER_BYTES))
      this.#heard = [all]
      this.#heardBytes = all.length
    }
  }

  #closed(code: number) {
    this.#socket = null
    if (code === VNC_CLOSE.signedOut) return this.#tell({ connection: 'signed-out' })
    if (this.#status.connection === 'ended') return
    this.#tell({ connection: 'lost' })
    const wait = BACK_OFF_MS[Math.min(this.#attempt, BACK_OFF_MS.length - 1)]
    this.#attempt += 1
    this.#timer = setTimeout(() => this.#connect(), wait)
  }

  type(bytes: Uint8Array<ArrayBuffer>) {
    if (!this.#status.keyboard?.mine || this.#socket?.readyState !== WebSocket.OPEN) return
    if (this.#status.dropped) this.#tell({ dropped: false })
    this.#socket.send(bytes)
  }

  take() {
    const ask: VncAsk = { type: 'take' }
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(ask))
  }

  /** Everything that is known of what the guest said, as it said it. */
  heard(): Blob {
    return new Blob(this.#heard, { type: 'text/plain' })
  }

  end() {
    clearTimeout(this.#timer)
    const socket = this.#socket
    this.#socket = null
    socket?.close()
  }
}

function joined(parts: readonly Uint8Array[], bytes: number): Uint8Array {
  const all = new Uint8Array(bytes)
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}
