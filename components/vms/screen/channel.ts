import { parseVncControl, type VncAsk, type VncControl } from '../../../server/console/model.ts'

/**
 * One WebSocket, two audiences: text frames are Skep's control messages, binary frames are RFB. noVNC understands only
 * RFB, so it gets this channel, which passes on binary frames alone and holds those back that come before noVNC listens.
 */
export class ScreenChannel {
  binaryType = 'arraybuffer'
  onopen: (() => void) | null = null
  onerror: ((event: unknown) => void) | null = null
  onclose: ((event: { code: number; reason: string }) => void) | null = null
  readonly #socket: WebSocket
  #onmessage: ((event: { data: ArrayBuffer }) => void) | null = null
  #early: ArrayBuffer[] = []

  constructor(
    socket: WebSocket,
    events: {
      control: (message: VncControl) => void
      /** RFB begins: somebody should listen. */
      begins: () => void
      closed: (code: number) => void
    },
  ) {
    this.#socket = socket
    socket.binaryType = 'arraybuffer'
    socket.onmessage = event => {
      if (typeof event.data === 'string') {
        const message = parseVncControl(event.data)
        if (message) events.control(message)
      } else if (this.#onmessage) {
        this.#onmessage({ data: event.data })
      } else {
        if (this.#early.push(event.data) === 1) events.begins()
      }
    }
    socket.onclose = event => {
      // Skep first: it keeps the last picture before noVNC takes its canvas away.
      events.closed(event.code)
      this.onclose?.({ code: event.code, reason: event.reason })
    }
    socket.onerror = event => this.onerror?.(event)
  }

  // noVNC looks for these as own or prototype properties of the channel.
  get protocol() {
    return this.#socket.protocol
  }
  get readyState() {
    return this.#socket.readyState
  }
  get onmessage() {
    return this.#onmessage
  }
  set onmessage(listener: ((event: { data: ArrayBuffer }) => void) | null) {
    this.#onmessage = listener
    if (!listener || this.#early.length === 0) return
    const early = this.#early
    this.#early = []
    // noVNC sets its listener before it is ready to parse: deliver once it has finished.
    queueMicrotask(() => {
      for (const data of early) this.#onmessage?.({ data })
    })
  }
  send(data: ArrayBufferView<ArrayBuffer>) {
    this.#socket.send(data)
  }
  ask(ask: VncAsk) {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(ask))
  }
  close() {
    this.#socket.close()
  }
}
