import { createWebSocketStream, type WebSocket } from 'ws'
import { AppError } from '../errors.ts'
import type { Host } from '../host/host.ts'
import type { Inventory } from '../inventory/inventory.ts'
import type { Logger } from '../log.ts'
import type { Vm } from '../vms/model.ts'
import { createByteReader, StreamEnded } from './bytes.ts'
import { ENCODING_ZLIB, type Pressed, pumpBrowser, releaseAll } from './fromBrowser.ts'
import { createZlibStream, type Deflate, type Sink } from './fromGuest.ts'
import { greetBrowser } from './handshake.ts'
import { VNC_CLOSE, type VncControl } from './model.ts'
import { NoPicture, openUpstream, screenOf, type Upstream } from './upstream.ts'

/** A browser that falls further behind than this gets the next picture when it has caught up. */
const MOST_UNSENT_BYTES = 4 * 1024 * 1024

const PART_MS = 2000

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
  take: boolean
}

type Viewer = Visitor & { since: number; pressed: Pressed }

/** One guest: who looks at it, and the one connection to it. */
type Hub = { viewer: Viewer; upstream: Promise<Upstream> }

/** The hubs of all guests: for each at most one connection to its screen and one browser that holds it. */
export function createVncHubs(options: {
  host: Host
  inventory: Pick<Inventory, 'vms'>
  log: Logger
  now: () => number
  /** The VNC password of the guest's conf, null where it has none. It never goes to a browser. */
  passwordOf: (vm: Vm) => Promise<string | null>
  bannerMs?: number
}) {
  const { host, inventory, log, now, passwordOf, bannerMs } = options
  const hubs = new Map<string, Hub>()
  /** Connections that are being closed: the guest would give the next one no banner. */
  const closing = new Map<string, Promise<void>>()

  async function connect(guest: string): Promise<Upstream & { notice: string | null }> {
    const { value: vms } = await inventory.vms().catch((error: unknown) => {
      throw new NoPicture(
        'unreachable',
        error instanceof AppError ? error.message : 'The machine does not answer.',
        true,
      )
    })
    const vm = vms.find(one => one.name === guest)
    const { port, waits } = screenOf(vm, guest)
    const password = vm ? await passwordOf(vm) : null
    await closing.get(guest)
    const upstream = await openUpstream({
      host,
      name: guest,
      port,
      password,
      ...(bannerMs === undefined ? {} : { bannerMs }),
    })
    return { ...upstream, notice: waits ? `${guest} waited for its first viewer and starts now.` : null }
  }

  function takeOver(hub: Hub, viewer: Viewer) {
    const before = hub.viewer
    hub.viewer = viewer
    hub.upstream
      .then(upstream => {
        upstream.setSink(null)
        upstream.send(releaseAll(before.pressed))
      })
      .catch(() => undefined)
    tell(before.socket, { type: 'taken', by: viewer.user })
    part(before.socket, VNC_CLOSE.taken)
  }

  /** The holder has just gone, the visitor's own tab comes back, or it may have what it asks for. */
  function mayHave(viewer: Viewer, holder: Viewer): boolean {
    const sameTab = viewer.tab === holder.tab && viewer.sessionId === holder.sessionId
    const gone = holder.socket.readyState !== holder.socket.OPEN
    return gone || sameTab || (viewer.take && mayTake(viewer, holder))
  }

  /** Someone who only looks does not push away someone who works. */
  function mayTake(viewer: Viewer, holder: Viewer): boolean {
    return !viewer.viewOnly || holder.viewOnly
  }

  async function serve(viewer: Viewer) {
    const { guest, socket } = viewer
    const present = hubs.get(guest)
    let takenFrom: string | null = null
    if (present && !mayHave(viewer, present.viewer)) {
      const { user, since, address, viewOnly } = present.viewer
      tell(socket, {
        type: 'busy',
        holder: { user, since, address, viewOnly },
        mayTake: mayTake(viewer, present.viewer),
      })
      part(socket, VNC_CLOSE.busy)
      return
    }
    if (present) {
      takenFrom = present.viewer.tab === viewer.tab ? null : present.viewer.user
      takeOver(present, viewer)
    }
    const connection = present ? null : connect(guest)
    const hub: Hub = present ?? { viewer, upstream: connection ?? Promise.reject(new Error('unreachable')) }
    hubs.set(guest, hub)
    const holds = () => hub.viewer === viewer && socket.readyState === socket.OPEN
    try {
      const upstream = await hub.upstream
      if (!holds()) return
      const notice = connection ? (await connection).notice : null
      tell(socket, { type: 'hello', guest, viewOnly: viewer.viewOnly, takenFrom, notice })
      await Promise.race([
        look(viewer, upstream, holds),
        upstream.ended.then(reason => Promise.reject(reason)),
      ])
    } catch (error) {
      if (holds()) sayWhy(socket, error)
    } finally {
      if (hub.viewer === viewer) leave(guest, hub)
    }
  }

  /** RFB between this browser and the guest, until the browser leaves. */
  async function look(viewer: Viewer, upstream: Upstream, holds: () => boolean) {
    const { socket } = viewer
    const stream = createWebSocketStream(socket)
    stream.on('error', () => undefined)
    const reader = createByteReader(stream)
    let deflate: Deflate | null = null
    const sink: Sink = {
      format: upstream.init().format,
      deflate: null,
      send: bytes => sendBytes(socket, bytes),
    }
    try {
      await greetBrowser(reader, bytes => socket.send(bytes), upstream.init)
      if (!holds()) return
      upstream.setSink(sink)
      await pumpBrowser(
        reader,
        {
          viewOnly: viewer.viewOnly,
          send: bytes => {
            if (holds()) upstream.send(bytes)
          },
          pixelFormat(format) {
            sink.format = format
          },
          encodings(encodings) {
            if (!encodings.includes(ENCODING_ZLIB)) sink.deflate = null
            else {
              deflate ??= createZlibStream()
              sink.deflate = deflate
            }
          },
        },
        viewer.pressed,
      )
    } finally {
      sink.deflate = null
    }
  }

  function leave(guest: string, hub: Hub) {
    hubs.delete(guest)
    const gone = hub.upstream
      .then(upstream => {
        upstream.send(releaseAll(hub.viewer.pressed))
        return upstream.close()
      })
      .catch(() => undefined)
      .finally(() => {
        if (closing.get(guest) === gone) closing.delete(guest)
      })
    closing.set(guest, gone)
  }

  function sayWhy(socket: WebSocket, error: unknown) {
    if (error instanceof StreamEnded) return
    if (error instanceof NoPicture) {
      tell(socket, { type: 'reason', code: error.reason, message: error.message, retry: error.retry })
      part(socket, VNC_CLOSE.reason)
      return
    }
    if (!(error instanceof AppError)) log.error({ err: error }, 'a screen failed unexpectedly')
    const message = error instanceof AppError ? error.message : 'Skep made a mistake with this screen.'
    tell(socket, { type: 'reason', code: 'refused', message, retry: false })
    part(socket, VNC_CLOSE.reason)
  }

  return {
    /** Serves one browser until it leaves, is pushed away or the picture ends. Never rejects. */
    open(visitor: Visitor): Promise<void> {
      return serve({ ...visitor, since: now(), pressed: { keys: new Map(), pointer: null } })
    },
    /** Number of guests somebody looks at. */
    get size() {
      return hubs.size
    },
  }
}

/** The host itself cannot be opened. */
export function turnAway(socket: WebSocket, error: unknown) {
  const message = error instanceof AppError ? error.message : 'The machine does not answer.'
  tell(socket, { type: 'reason', code: 'unreachable', message, retry: true })
  part(socket, VNC_CLOSE.reason)
}

function tell(socket: WebSocket, message: VncControl) {
  if (socket.readyState === socket.OPEN) socket.send(JSON.stringify(message))
}

/** Closes in words; a browser that does not answer to that within a moment is cut off, so that nobody waits for it. */
function part(socket: WebSocket, code: number) {
  socket.close(code)
  const timer = setTimeout(() => socket.terminate(), PART_MS)
  socket.once('close', () => clearTimeout(timer))
}

/** Sends, and waits while the browser is far behind: then the guest is not read either. A browser that left takes all. */
function sendBytes(socket: WebSocket, bytes: Buffer): Promise<void> {
  if (socket.readyState !== socket.OPEN) return Promise.resolve()
  return new Promise(resolve => {
    const behind = socket.bufferedAmount > MOST_UNSENT_BYTES
    socket.send(bytes, () => {
      if (behind) resolve()
    })
    if (!behind) resolve()
  })
}
