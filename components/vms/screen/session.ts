import type RFB from '@novnc/novnc'
import {
  VNC_CLOSE,
  type VncControl,
  type VncHolder,
  type VncReason,
  vncPath,
} from '../../../server/console/model.ts'
import { ScreenChannel } from './channel.ts'

/** What stands on the console page instead of, or above, the picture. */
export type ScreenStatus =
  | { kind: 'connecting' }
  | { kind: 'live'; viewOnly: boolean; takenFrom: string | null; notice: string | null }
  /** Somebody else holds the screen. */
  | { kind: 'busy'; holder: VncHolder; mayTake: boolean }
  /** Somebody took it from this browser. */
  | { kind: 'taken'; by: string }
  /** There is no picture and this is why; `retrying` tells whether it is tried again by itself. */
  | { kind: 'none'; code: VncReason; message: string; retrying: boolean }
  /** The connection to Skep broke; it is tried again by itself. */
  | { kind: 'lost' }
  | { kind: 'signed-out' }

const BACK_OFF_MS = [250, 500, 1000, 2000, 4000]

/**
 * A browser's hold on one guest's screen. Connects, reconnects by itself after reboots of the guest and restarts of the
 * console, and never takes the screen from somebody unless asked to.
 */
export class ScreenSession {
  readonly #host: string
  readonly #guest: string
  readonly #target: HTMLElement
  readonly #lastPicture: HTMLCanvasElement
  readonly #tab = newTab()
  #status: ScreenStatus = { kind: 'connecting' }
  #listeners = new Set<() => void>()
  #socket: WebSocket | null = null
  #rfb: RFB | null = null
  #timer: ReturnType<typeof setTimeout> | undefined
  #attempt = 0
  #ended = false
  #fit = true

  /** `target` receives noVNC's canvas; `lastPicture` keeps what was seen last while there is no connection. */
  constructor(host: string, guest: string, target: HTMLElement, lastPicture: HTMLCanvasElement) {
    this.#host = host
    this.#guest = guest
    this.#target = target
    this.#lastPicture = lastPicture
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }
  readonly status = (): ScreenStatus => this.#status

  #tell(status: ScreenStatus) {
    this.#status = status
    for (const listener of this.#listeners) listener()
  }

  /** Connects now. With `take` the screen is taken from whoever holds it. */
  connect(options: { take?: boolean } = {}) {
    if (this.#ended) return
    clearTimeout(this.#timer)
    this.#drop()
    if (this.#status.kind !== 'none' && this.#status.kind !== 'lost') this.#tell({ kind: 'connecting' })
    const scheme = location.protocol === 'https:' ? 'wss:' : 'ws:'
    const path = vncPath(this.#host, this.#guest, { tab: this.#tab, ...(options.take ? { take: true } : {}) })
    const socket = new WebSocket(`${scheme}//${location.host}${path}`, 'binary')
    this.#socket = socket
    const channel = new ScreenChannel(socket, {
      control: message => {
        if (socket === this.#socket) void this.#control(message, channel)
      },
      closed: code => {
        if (socket === this.#socket) this.#closed(code)
      },
    })
  }

  /** The guest's state changed: worth a new attempt at once if there is no picture. */
  guestChanged() {
    if (this.#status.kind === 'none' || this.#status.kind === 'lost') {
      this.#attempt = 0
      this.connect()
    }
  }

  async #control(message: VncControl, channel: ScreenChannel) {
    if (message.type === 'hello') {
      const { default: RFB } = await import('@novnc/novnc')
      if (this.#ended || channel.readyState !== WebSocket.OPEN) return
      const rfb = new RFB(this.#target, channel, { shared: true })
      rfb.viewOnly = message.viewOnly
      rfb.scaleViewport = this.#fit
      rfb.background = 'transparent'
      rfb.showDotCursor = true
      rfb.compressionLevel = 1
      this.#rfb = rfb
      rfb.addEventListener('connect', () => {
        if (this.#rfb !== rfb) return
        this.#attempt = 0
        this.#lastPicture.hidden = true
        this.#tell({
          kind: 'live',
          viewOnly: message.viewOnly,
          takenFrom: message.takenFrom,
          notice: message.notice,
        })
        if (!message.viewOnly) rfb.focus({ preventScroll: true })
      })
    } else if (message.type === 'busy') {
      this.#tell({ kind: 'busy', holder: message.holder, mayTake: message.mayTake })
    } else if (message.type === 'taken') {
      this.#keepPicture()
      this.#tell({ kind: 'taken', by: message.by })
    } else {
      this.#keepPicture()
      this.#tell({ kind: 'none', code: message.code, message: message.message, retrying: message.retry })
    }
  }

  #closed(code: number) {
    this.#keepPicture()
    this.#rfb = null
    this.#socket = null
    if (this.#ended || code === VNC_CLOSE.busy || code === VNC_CLOSE.taken) return
    if (code === VNC_CLOSE.signedOut) return this.#tell({ kind: 'signed-out' })
    if (code === VNC_CLOSE.reason) {
      if (this.#status.kind === 'none' && !this.#status.retrying) return
    } else {
      this.#tell({ kind: 'lost' })
    }
    this.#timer = setTimeout(
      () => this.connect(),
      BACK_OFF_MS[Math.min(this.#attempt, BACK_OFF_MS.length - 1)],
    )
    this.#attempt += 1
  }

  /** Copies what is on the screen, so that it stays (greyed) while the guest reboots. */
  #keepPicture() {
    const canvas = this.#target.querySelector('canvas')
    if (!canvas || canvas.width === 0 || canvas.height === 0) return
    this.#lastPicture.width = canvas.width
    this.#lastPicture.height = canvas.height
    this.#lastPicture.getContext('2d')?.drawImage(canvas, 0, 0)
    this.#lastPicture.hidden = false
  }

  #drop() {
    const socket = this.#socket
    this.#socket = null
    this.#rfb?.disconnect()
    this.#rfb = null
    socket?.close()
  }

  setFit(fit: boolean) {
    this.#fit = fit
    if (this.#rfb) this.#rfb.scaleViewport = fit
  }

  focus() {
    this.#rfb?.focus({ preventScroll: true })
  }

  ctrlAltDel() {
    this.#rfb?.sendCtrlAltDel()
    this.focus()
  }

  /** Presses keys in order and releases them in reverse: Alt-Tab, Ctrl-Alt-F2. */
  chord(keys: readonly { keysym: number; code: string }[]) {
    for (const key of keys) this.#rfb?.sendKey(key.keysym, key.code, true)
    for (const key of [...keys].reverse()) this.#rfb?.sendKey(key.keysym, key.code, false)
    this.focus()
  }

  press(key: { keysym: number; code: string }, down: boolean) {
    this.#rfb?.sendKey(key.keysym, key.code, down)
  }

  /** The picture as PNG, null when there is none. */
  screenshot(): Promise<Blob | null> {
    const canvas = this.#target.querySelector('canvas') ?? this.#lastPicture
    if (canvas.width === 0) return Promise.resolve(null)
    return new Promise(resolve => canvas.toBlob(resolve, 'image/png'))
  }

  end() {
    this.#ended = true
    clearTimeout(this.#timer)
    this.#drop()
  }
}

/** A name for this page's connection; randomUUID would need a secure context, plain http to another machine is none. */
function newTab(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), byte =>
    byte.toString(16).padStart(2, '0'),
  ).join('')
}
