import { on } from 'node:events'
import type { WebSocket } from 'ws'
import { AppError } from '../errors.ts'
import type { Logger } from '../log.ts'
import { createByteReader, StreamEnded } from './bytes.ts'
import { type Encoder, updateParts } from './encoder.ts'
import { pumpBrowser } from './fromBrowser.ts'
import { greetBrowser } from './handshake.ts'
import { parseVncAsk } from './input.ts'
import { VNC_CLOSE, type VncAsk, type VncControl, type VncPerson } from './model.ts'
import type { Picture } from './picture.ts'
import { type PixelFormat, RGBA } from './pixels.ts'
import { createPressed, type Pressed } from './pressed.ts'
import { ENCODING, type Rect, rectHead, updateHead } from './rfb.ts'

const CLOSING_MS = 2000
/** Messages of a browser that wait to be read; beyond that its socket is not read either. */
const MOST_WAITING = 64
/** A generation that no picture has: all of it is missing. */
const NOTHING_SEEN = -1

/** A browser that asks for a screen; session, role and Origin have been checked. */
export type Visitor = {
  socket: WebSocket
  guest: string
  user: string
  /** Its keys and pointer go nowhere. */
  viewOnly: boolean
  sessionId: string
  address: string
  tab: string
}

/** Of the hub, what a browser's side needs. */
type ViewerHub = {
  picture: Picture
  encoder: Encoder
  /** Resolves when there is a picture for the first time. */
  ready: Promise<void>
  takesExtendedKeys(): boolean
  /** The viewer has taken what is new: it may want more. */
  taken(): void
  asked(ask: VncAsk): void
  types(message: Buffer): void
}

export type Viewer = {
  person: VncPerson
  visitor: Visitor
  pressed: Pressed
  /** The generation of the picture that it has been sent. */
  seen(): number
  /** Sends what it lacks, if it asked and has taken what was sent before. */
  serve(): void
  tell(message: VncControl): void
  /** RFB with this browser until it leaves or says something that it should not. Never rejects. */
  run(hub: ViewerHub): Promise<void>
}

/** One browser at a guest's screen. Nothing is kept for it but what is under way: however slow, it only skips frames. */
export function createViewer(visitor: Visitor, id: number, since: number, log: Logger): Viewer {
  const { socket, guest, user, address } = visitor
  let hub: ViewerHub | null = null
  let format: PixelFormat = RGBA
  let encodings: readonly number[] = []
  let told = { width: 0, height: 0 }
  let toldExtendedKeys = false
  let seen = NOTHING_SEEN
  let wants = false
  /** It asked for all of this part; null for all that is new. */
  let part: Rect | null = null
  let sending = false
  let packedBefore = false
  /** Of each kind of state, the newest that it has not been told. */
  const untold = new Map<VncControl['type'], VncControl>()
  let telling = false

  function serve() {
    if (!hub || !wants || sending) return
    const { width, height } = hub.picture
    if (width !== told.width || height !== told.height) {
      if (!encodings.includes(ENCODING.desktopSize))
        return fail(new AppError('unsupported', 'The browser does not know screens that change their size.'))
      told = { width, height }
      seen = NOTHING_SEEN
      part = null
      return send(Promise.resolve([updateHead(1), rectHead({ x: 0, y: 0, ...told }, ENCODING.desktopSize)]))
    }
    const tellsKeys = !toldExtendedKeys && hub.takesExtendedKeys() && encodings.includes(ENCODING.extendedKey)
    const rects = part ? [part] : hub.picture.changedSince(seen)
    if (rects.length === 0 && !tellsKeys) return
    const packed = encodings.includes(ENCODING.zlib)
    if (!part) seen = hub.picture.generation
    part = null
    toldExtendedKeys ||= tellsKeys
    send(
      hub.encoder.encode(rects, format, packed).then(encoded => {
        const pseudo = tellsKeys ? [rectHead({ x: 0, y: 0, width: 0, height: 0 }, ENCODING.extendedKey)] : []
        const parts = updateParts(encoded, packed && !packedBefore)
        packedBefore ||= packed && encoded.length > 0
        return [updateHead(pseudo.length + encoded.length), ...pseudo, ...parts]
      }),
    )
    hub.taken()
  }

  /** One update is under way at a time; the next one carries whatever has changed until then. */
  function send(coming: Promise<Buffer[]>) {
    wants = false
    sending = true
    coming.then(parts => {
      if (socket.readyState !== socket.OPEN) return
      socket.send(Buffer.concat(parts), () => {
        sending = false
        serve()
      })
    }, fail)
  }

  /** Who reads slowly is told how things are, not all that they have been: nothing piles up for it. */
  function tell(message: VncControl) {
    if (message.type === 'reason') untold.clear()
    untold.set(message.type, message)
    if (message.type === 'reason' || !telling) tellNow()
  }

  function tellNow() {
    telling = false
    if (untold.size === 0 || socket.readyState !== socket.OPEN) return
    telling = true
    const messages = [...untold.values()]
    untold.clear()
    for (const [index, message] of messages.entries())
      socket.send(JSON.stringify(message), index === messages.length - 1 ? tellNow : () => undefined)
  }

  function fail(error: unknown) {
    if (!(error instanceof AppError)) log.error({ err: error }, 'a screen failed unexpectedly')
    const message = error instanceof AppError ? error.message : 'Skep made a mistake with this screen.'
    tell({ type: 'reason', code: 'refused', message, retry: false })
    sendAway(socket)
  }

  async function* received(): AsyncIterable<Buffer> {
    const messages = on(socket, 'message', { close: ['close'], highWaterMark: MOST_WAITING })
    for await (const [data, isBinary] of messages) if (isBinary) yield data
  }

  async function run(ofHub: ViewerHub) {
    socket.on('message', (data: Buffer, isBinary) => {
      const ask = isBinary ? null : parseVncAsk(data.toString())
      if (ask) ofHub.asked(ask)
    })
    const closed = new Promise<void>(resolve => socket.once('close', () => resolve()))
    const reader = createByteReader(received())
    try {
      await Promise.race([ofHub.ready, closed])
      if (socket.readyState !== socket.OPEN) return
      told = await greetBrowser(reader, bytes => socket.send(bytes), {
        name: guest,
        size: () => ofHub.picture,
      })
      hub = ofHub
      await pumpBrowser(reader, {
        pixelFormat(wanted) {
          format = wanted
        },
        encodings(known) {
          encodings = known
        },
        wants(incremental, rect) {
          const within = clip(rect, told)
          const isPart = within.width < told.width || within.height < told.height
          part = !incremental && isPart && within.width > 0 && within.height > 0 ? within : null
          if (!incremental && !isPart) seen = NOTHING_SEEN
          wants = true
          serve()
        },
        types: ofHub.types,
      })
    } catch (error) {
      if (!(error instanceof StreamEnded)) fail(error)
    } finally {
      hub = null
      await closed
    }
  }

  return {
    person: { id, user, address, since, mayType: !visitor.viewOnly },
    visitor,
    pressed: createPressed(),
    seen: () => seen,
    serve,
    tell,
    run,
  }
}

function clip({ x, y, width, height }: Rect, size: { width: number; height: number }): Rect {
  const [right, bottom] = [Math.min(x + width, size.width), Math.min(y + height, size.height)]
  return { x, y, width: Math.max(0, right - x), height: Math.max(0, bottom - y) }
}

/** Closes in words; a browser that does not answer to that within a moment is cut off, so that nobody waits for it. */
export function sendAway(socket: WebSocket) {
  socket.close(VNC_CLOSE.reason)
  const timer = setTimeout(() => socket.terminate(), CLOSING_MS)
  socket.once('close', () => clearTimeout(timer))
}
