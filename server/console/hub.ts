import { randomBytes } from 'node:crypto'
import { AppError } from '../errors.ts'
import type { Logger } from '../log.ts'
import { createEncoder } from './encoder.ts'
import type { Thumbnail, VncAsk, VncControl, VncScreen } from './model.ts'
import { Picture } from './picture.ts'
import { createPreRoll, type LastPictures } from './preRoll.ts'
import { createThumbnail } from './thumbnail.ts'
import { NoPicture, type Upstream } from './upstream.ts'
import { createViewer, sendAway, type Viewer, type Visitor } from './viewer.ts'

/** How long a screen is kept when nobody looks any more: whoever goes from page to page finds it as it was. */
const LINGER_MS = 5000
/** Each may have a whole picture under way that it does not read. */
const MOST_OF_SESSION = 8
const TOO_MANY: VncControl = {
  type: 'reason',
  code: 'refused',
  message: `You look at this screen in ${MOST_OF_SESSION} windows already: close one of them.`,
  retry: false,
}
const BACK_OFF_MS = [250, 500, 1000, 2000, 4000]

export type Hub = ReturnType<typeof createHub>

/**
 * The screen of one guest: the one connection to it, its picture, and everybody who looks. It connects again by itself
 * for as long as somebody looks, and keeps the last picture while there is none.
 */
export function createHub(options: {
  guest: string
  log: Logger
  now: () => number
  /** Opens the connection that keeps `picture`; NoPicture where there is none just now. */
  connect: (picture: Picture, onUpdate: () => void) => Promise<{ upstream: Upstream; notice: string | null }>
  /** Calls back when something about the guest has changed. */
  watch: (changed: () => void) => () => void
  /** Nobody has looked for a while: the hub takes no more visitors. */
  onOver: () => void
  /** The guest's side has ended the connection: what was seen of it before that. */
  onLast: (pictures: LastPictures) => void
  lingerMs?: number
}) {
  const { guest, log, now, connect, watch, onOver, onLast, lingerMs = LINGER_MS } = options
  const picture = new Picture()
  const encoder = createEncoder(picture)
  const thumbnail = createThumbnail(picture)
  /** Distinguishes this picture's generations from those of a hub before or after. */
  const mark = randomBytes(6).toString('base64url')
  const viewers = new Set<Viewer>()
  const ready = Promise.withResolvers<void>()
  const over = Promise.withResolvers<null>()
  let isOver = false
  let visits = 0
  let typist: Viewer | null = null
  let upstream: Upstream | null = null
  let notice: string | null = null
  let screen: VncScreen = { type: 'screen', state: 'connecting' }
  let attempt = 0
  let tryNow = () => {}
  let lingering: NodeJS.Timeout | undefined

  function showScreen(next: VncScreen) {
    if (JSON.stringify(next) === JSON.stringify(screen)) return
    screen = next
    for (const viewer of viewers) viewer.tell(screen)
  }

  function showPeople() {
    const people = [...viewers].map(viewer => viewer.person)
    for (const viewer of viewers) viewer.tell({ type: 'people', people, typist: typist?.person.id ?? null })
  }

  function updated() {
    attempt = 0
    ready.resolve()
    showScreen({ type: 'screen', state: 'live', notice })
    for (const viewer of viewers) viewer.serve()
    askForMore()
  }

  /** The guest draws on only when somebody has taken what it drew: slow viewers alone do not keep it busy. */
  function askForMore() {
    if ([...viewers].some(viewer => viewer.seen() === picture.generation)) upstream?.ask()
  }

  function letGo() {
    for (const message of typist?.pressed.release() ?? []) upstream?.send(message)
  }

  /** The keyboard goes to somebody else, or to nobody. What the one before held down is let go. */
  function handOver(next: Viewer | null) {
    if (typist === next) return
    letGo()
    typist = next
  }

  function asked(viewer: Viewer, ask: VncAsk) {
    if (ask.type === 'retry') return tryNow()
    if (!viewer.person.mayType || typist === viewer) return
    handOver(viewer)
    showPeople()
  }

  /** One connection from its opening to its end. */
  async function lookOnce(): Promise<NoPicture | null> {
    const preRoll = createPreRoll(picture, now)
    try {
      const opened = await connect(picture, () => {
        preRoll.note().catch((error: unknown) => log.error({ err: error }, 'a picture could not be packed'))
        updated()
      })
      upstream = opened.upstream
      notice = opened.notice
      const reason = await Promise.race([opened.upstream.ended, over.promise])
      const last = reason === null ? null : await preRoll.end()
      if (last) onLast(last)
      return reason
    } catch (error) {
      if (error instanceof NoPicture) return error
      if (!(error instanceof AppError)) log.error({ err: error }, 'a screen failed unexpectedly')
      const message = error instanceof AppError ? error.message : 'Skep made a mistake with this screen.'
      return new NoPicture('refused', message, false)
    } finally {
      letGo()
      const last = upstream
      upstream = null
      await last?.close()
    }
  }

  async function keepLooking() {
    while (!isOver) {
      const reason = await lookOnce()
      if (isOver || reason === null) break
      const { reason: code, message, retry } = reason
      showScreen({ type: 'screen', state: 'gone', code, message, retry })
      await pause(retry ? BACK_OFF_MS[Math.min(attempt, BACK_OFF_MS.length - 1)] : undefined)
      attempt += 1
    }
  }

  /** Until it is time, the guest has changed, or somebody wants it now. */
  async function pause(ms: number | undefined) {
    const { promise, resolve } = Promise.withResolvers<void>()
    tryNow = resolve
    const timer = ms === undefined ? undefined : setTimeout(resolve, ms)
    const unwatch = watch(resolve)
    await Promise.race([promise, over.promise])
    unwatch()
    clearTimeout(timer)
    tryNow = () => {}
  }

  function linger() {
    clearTimeout(lingering)
    if (viewers.size === 0 && !isOver) lingering = setTimeout(end, lingerMs)
  }

  function end() {
    if (isOver) return
    isOver = true
    clearTimeout(lingering)
    over.resolve(null)
    onOver()
  }

  const done = keepLooking()

  return {
    /** Serves one browser until it leaves. Never rejects. */
    async join(visitor: Visitor): Promise<void> {
      const ofSession = [...viewers].filter(each => each.visitor.sessionId === visitor.sessionId)
      // The same page comes back before its broken connection was noticed: it is the same person still.
      const before = ofSession.find(each => each.visitor.tab === visitor.tab)
      if (!before && ofSession.length >= MOST_OF_SESSION) {
        visitor.socket.send(JSON.stringify(TOO_MANY))
        return sendAway(visitor.socket)
      }
      clearTimeout(lingering)
      visits += 1
      const viewer = createViewer(visitor, visits, now(), log)
      viewers.add(viewer)
      if (viewer.person.mayType && (typist === null || typist === before)) handOver(viewer)
      before?.visitor.socket.terminate()
      viewer.tell({ type: 'hello', guest, me: viewer.person.id })
      viewer.tell(screen)
      showPeople()
      await viewer.run({
        picture,
        encoder,
        ready: ready.promise,
        takesExtendedKeys: () => upstream?.takesExtendedKeys() ?? false,
        taken: askForMore,
        asked: ask => asked(viewer, ask),
        types(message) {
          if (typist !== viewer) return
          viewer.pressed.note(message)
          upstream?.send(message)
        },
      })
      viewers.delete(viewer)
      if (typist === viewer) handOver(null)
      showPeople()
      linger()
    },

    /** The screen in small, for somebody who has `known`; null before there is a picture. Keeps the hub as a visit does. */
    async glance(known: string | null): Promise<Thumbnail | null> {
      linger()
      upstream?.ask()
      if (picture.width === 0) return null
      const version = `${mark}-${picture.generation}`
      const png = version === known ? null : `data:image/png;base64,${(await thumbnail()).toString('base64')}`
      return { version, png, live: screen.state === 'live' }
    },

    /** Sends everybody away and closes the connection. Resolves when it is gone. */
    async close(): Promise<void> {
      end()
      for (const viewer of viewers) {
        viewer.tell({
          type: 'reason',
          code: 'unreachable',
          message: 'Skep has closed this machine.',
          retry: true,
        })
        sendAway(viewer.visitor.socket)
      }
      await done
    },
    /** Resolves when the connection is gone for good. */
    done,
  }
}
