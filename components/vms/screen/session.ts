import type RFB from '@novnc/novnc'
import {
  VNC_CLOSE,
  type VncControl,
  type VncReason,
  type VncScreen,
  vncPath,
} from '../../../server/console/model.ts'
import { ScreenChannel } from './channel.ts'
import { type Keyboard, keyboardOf } from './keyboard.ts'
import { newTab } from './tab.ts'

/** What stands on the console page instead of, or above, the picture. */
export type ScreenStatus =
  | { kind: 'connecting' }
  | { kind: 'live'; notice: string | null }
  /** There is no picture and this is why; `retrying` tells whether it is tried again by itself. */
  | { kind: 'gone'; code: VncReason; message: string; retrying: boolean }
  /** The connection to Skep broke; it is tried again by itself. */
  | { kind: 'lost' }
  | { kind: 'signed-out' }

/** What a page shows about a screen: replaced as a whole whenever something changes. */
export type ScreenView = {
  status: ScreenStatus
  /** Null before Skep has told who is there. */
  keyboard: Keyboard | null
}

const BACK_OFF_MS = [250, 500, 1000, 2000, 4000]

/**
 * A browser's view of one guest's screen. Stays through reboots of the guest, comes back by itself after restarts of the
 * console, and never takes the keyboard from somebody unless asked to.
 */
export class ScreenSession {
  readonly #host: string
  readonly #guest: string
  readonly #target: HTMLElement
  readonly #lastPicture: HTMLCanvasElement
  readonly #tab = newTab()
  #view: ScreenView = { status: { kind: 'connecting' }, keyboard: null }
  #listeners = new Set<() => void>()
  #channel: ScreenChannel | null = null
  #rfb: RFB | null = null
  #me = 0
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
  readonly view = (): ScreenView => this.#view

  #tell(change: Partial<ScreenView>) {
    this.#view = { ...this.#view, ...change }
    for (const listener of this.#listeners) listener()
  }

  connect() {
    if (this.#ended) return
    clearTimeout(this.#timer)
    this.#drop()
    const scheme = location.protocol === 'https:' ? 'wss:' : 'ws:'
    const path = vncPath(this.#host, this.#guest, this.#tab)
    const socket = new WebSocket(`${scheme}//${location.host}${path}`, 'binary')
    const isNew = () => channel === this.#channel
    const channel = new ScreenChannel(socket, {
      control: message => {
        if (isNew()) this.#control(message)
      },
      begins: () => {
        if (isNew()) void this.#begin(channel)
      },
      closed: code => {
        if (isNew()) this.#closed(code)
      },
    })
    this.#channel = channel
  }

  /** Tries at once what would be tried later, or not at all. */
  retry() {
    if (this.#channel) this.#channel.ask({ type: 'retry' })
    else this.connect()
  }

  takeKeyboard() {
    this.#channel?.ask({ type: 'take' })
  }

  #control(message: VncControl) {
    switch (message.type) {
      case 'hello':
        this.#attempt = 0
        this.#me = message.me
        return
      case 'people': {
        const before = this.#view.keyboard
        const keyboard = keyboardOf(message, this.#me, before)
        this.#tell({ keyboard })
        this.#allowTyping()
        if (keyboard.mine && !before?.mine) this.focus()
        return
      }
      case 'screen':
        this.#tell({ status: statusOf(message) })
        if (message.state === 'live' && this.#rfb) this.#lastPicture.hidden = true
        return
      case 'reason':
        this.#tell({
          status: { kind: 'gone', code: message.code, message: message.message, retrying: message.retry },
        })
    }
  }

  async #begin(channel: ScreenChannel) {
    const { default: RFB } = await import('@novnc/novnc')
    if (this.#ended || channel !== this.#channel || channel.readyState !== WebSocket.OPEN) return
    const rfb = new RFB(this.#target, channel, { shared: true })
    rfb.scaleViewport = this.#fit
    rfb.background = 'transparent'
    rfb.showDotCursor = true
    this.#rfb = rfb
    this.#allowTyping()
    rfb.addEventListener('connect', () => {
      if (this.#rfb !== rfb) return
      this.#lastPicture.hidden = true
      if (this.#view.keyboard?.mine) this.focus()
    })
  }

  /** Skep drops what somebody types who has not the keyboard; noVNC need not even send it. */
  #allowTyping() {
    if (this.#rfb) this.#rfb.viewOnly = !this.#view.keyboard?.mine
  }

  #closed(code: number) {
    this.#keepPicture()
    this.#rfb = null
    this.#channel = null
    if (this.#ended) return
    if (code === VNC_CLOSE.signedOut) return this.#tell({ status: { kind: 'signed-out' } })
    const { status } = this.#view
    if (code !== VNC_CLOSE.reason) this.#tell({ status: { kind: 'lost' } })
    else if (status.kind === 'gone' && !status.retrying) return
    this.#timer = setTimeout(
      () => this.connect(),
      BACK_OFF_MS[Math.min(this.#attempt, BACK_OFF_MS.length - 1)],
    )
    this.#attempt += 1
  }

  /** Copies what is on the screen, so that it stays (greyed) while there is no connection to Skep. */
  #keepPicture() {
    const canvas = this.#target.querySelector('canvas')
    if (!canvas || canvas.width === 0 || canvas.height === 0) return
    this.#lastPicture.width = canvas.width
    this.#lastPicture.height = canvas.height
    this.#lastPicture.getContext('2d')?.drawImage(canvas, 0, 0)
    this.#lastPicture.hidden = false
  }

  #drop() {
    const channel = this.#channel
    this.#channel = null
    this.#rfb?.disconnect()
    this.#rfb = null
    channel?.close()
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

  /** False when the keyboard is not here, or there is no picture: the key would go nowhere. */
  press(key: { keysym: number; code: string }, down: boolean): boolean {
    if (!this.#rfb || !this.#view.keyboard?.mine || this.#view.status.kind !== 'live') return false
    this.#rfb.sendKey(key.keysym, key.code, down)
    return true
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

function statusOf(screen: VncScreen): ScreenStatus {
  switch (screen.state) {
    case 'connecting':
      return { kind: 'connecting' }
    case 'live':
      return { kind: 'live', notice: screen.notice }
    case 'gone':
      return { kind: 'gone', code: screen.code, message: screen.message, retrying: screen.retry }
  }
}
