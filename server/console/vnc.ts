import type { WebSocket } from 'ws'
import { AppError } from '../errors.ts'
import type { Host } from '../host/host.ts'
import type { Inventory } from '../inventory/inventory.ts'
import type { Logger } from '../log.ts'
import type { Vm } from '../vms/model.ts'
import { createHub, type Hub } from './hub.ts'
import type { Thumbnail, VncControl } from './model.ts'
import type { Picture } from './picture.ts'
import type { LastPictures } from './preRoll.ts'
import { NoPicture, openUpstream, screenOf } from './upstream.ts'
import { sendAway, type Visitor } from './viewer.ts'

/** Guests whose last pictures are kept; each takes some megabytes at most. */
const MOST_REMEMBERED = 16

/** The screens of all guests of a host: for each that somebody looks at, one hub with one connection. */
export function createVncHubs(options: {
  host: Host
  inventory: Pick<Inventory, 'vms' | 'watch'>
  log: Logger
  now: () => number
  /** The VNC password of the guest's conf, null where it has none. It never goes to a browser. */
  passwordOf: (vm: Vm) => Promise<string | null>
  bannerMs?: number
  lingerMs?: number
}) {
  const { host, inventory, log, now, passwordOf, bannerMs, lingerMs } = options
  const hubs = new Map<string, Hub>()
  const last = new Map<string, LastPictures>()
  /** Hubs whose connection is being closed: the guest would give the next one no banner. */
  const leaving = new Map<string, Promise<void>>()

  async function connect(
    guest: string,
    before: Promise<void> | undefined,
    picture: Picture,
    onUpdate: () => void,
  ) {
    const { value: vms } = await inventory.vms().catch((error: unknown) => {
      throw new NoPicture(
        'unreachable',
        error instanceof AppError ? error.message : 'The machine does not answer.',
        true,
      )
    })
    const vm = vms.find(one => one.name === guest)
    // Another guest of that name would be shown with the pictures of this one.
    if (!vm) last.delete(guest)
    const { port, waits } = screenOf(vm, guest)
    const password = vm ? await passwordOf(vm) : null
    await before
    const upstream = await openUpstream({
      host,
      name: guest,
      port,
      password,
      picture,
      onUpdate,
      ...(bannerMs === undefined ? {} : { bannerMs }),
    })
    return { upstream, notice: waits ? `${guest} waited for its first viewer and starts now.` : null }
  }

  function open(guest: string): Hub {
    // Of the hub before this one. Asked later, it could be this one's own end, which would then wait for itself.
    const before = leaving.get(guest)
    const hub = createHub({
      guest,
      log,
      now,
      connect: (picture, onUpdate) => connect(guest, before, picture, onUpdate),
      watch: changed =>
        inventory.watch(changes => {
          const concerns = changes.some(
            change =>
              change.topic === 'vms' ||
              change.topic === 'everything' ||
              (change.topic === 'vm' && change.key === guest),
          )
          if (concerns) changed()
        }),
      onOver() {
        hubs.delete(guest)
        const gone = hub.done.finally(() => {
          if (leaving.get(guest) === gone) leaving.delete(guest)
        })
        leaving.set(guest, gone)
      },
      onLast(pictures) {
        last.delete(guest)
        last.set(guest, pictures)
        const [oldest = ''] = last.keys()
        if (last.size > MOST_REMEMBERED) last.delete(oldest)
      },
      ...(lingerMs === undefined ? {} : { lingerMs }),
    })
    hubs.set(guest, hub)
    return hub
  }

  return {
    /** Serves one browser until it leaves. Never rejects. */
    async open(visitor: Visitor): Promise<void> {
      // It left while the host was being connected: its 'close' has been, and nobody would ever take it off the list.
      if (visitor.socket.readyState !== visitor.socket.OPEN) return
      await (hubs.get(visitor.guest) ?? open(visitor.guest)).join(visitor)
    },
    /**
     * A guest's screen in small; null when it has none now. Looks for some seconds as a browser does, but never at a
     * guest that waits for its first viewer: that would start it.
     */
    async thumbnail(guest: string, known: string | null): Promise<Thumbnail | null> {
      const hub = hubs.get(guest)
      if (hub) return hub.glance(known)
      const { value: vms } = await inventory.vms()
      const vm = vms.find(each => each.name === guest)
      if (vm?.state !== 'running' || vm.vnc === null) return null
      return (hubs.get(guest) ?? open(guest)).glance(known)
    },
    /** What a screen showed before it ended last; null when Skep was not looking, or has been started again since. */
    lastPictures(guest: string): LastPictures | null {
      return last.get(guest) ?? null
    },
    /** Number of guests whose screens are kept. */
    get size() {
      return hubs.size
    },
    /** Sends everybody away. Resolves when all connections are gone. */
    async close(): Promise<void> {
      await Promise.all([...hubs.values()].map(hub => hub.close()))
      await Promise.all(leaving.values())
    },
  }
}

/** The host itself cannot be opened. */
export function turnAway(socket: WebSocket, error: unknown) {
  const message = error instanceof AppError ? error.message : 'The machine does not answer.'
  const reason: VncControl = { type: 'reason', code: 'unreachable', message, retry: true }
  if (socket.readyState === socket.OPEN) socket.send(JSON.stringify(reason))
  sendAway(socket)
}
