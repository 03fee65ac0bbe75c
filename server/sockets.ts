import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { applyWSSHandler } from '@trpc/server/adapters/ws'
import { type WebSocket, WebSocketServer } from 'ws'
import { sessionCookieName } from './accounts/cookie.ts'
import { mayAct, roleOn } from './accounts/model.ts'
import type { Config } from './config.ts'
import { VNC_CLOSE } from './console/model.ts'
import { turnAway } from './console/vnc.ts'
import type { Caller, Services } from './context.ts'
import type { Pages } from './pages.ts'
import { contextOf, readRequest } from './requests.ts'
import { consoleRouter } from './router.ts'
import { hostAllowed, sameOrigin } from './security.ts'
import { turnAwaySerial } from './serial/hubs.ts'
import { COM_PORT } from './serial/model.ts'

const MOST_MESSAGE_BYTES = 1024 * 1024
/** Keys and pointer are a few bytes each; some dozen messages of a browser may wait to be read. */
const MOST_SCREEN_MESSAGE_BYTES = 64 * 1024
/** Far more than any person has tabs; a loop in a page should not take every file descriptor. */
const MOST_SOCKETS_OF_SESSION = 100
const PING_MS = 20_000
const CONSOLE = /^\/ws\/(vnc|serial)\/([^/]+)\/([^/]+)$/
const TAB = /^[A-Za-z0-9_-]{1,64}$/

const REFUSALS = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  421: 'Misdirected Request',
  429: 'Too Many Requests',
}

/** Answers upgrades: the live socket of tRPC, the screens and the serial consoles. Session and Origin are checked before anything is opened. */
export function attachSockets(
  server: Server,
  doors: {
    services: Services
    config: Pick<Config, 'dev' | 'names' | 'trustProxy'>
    pages: Pages
    port: () => number
  },
): { close(): void } {
  const { services, config, pages } = doors
  const options = { noServer: true, perMessageDeflate: false, maxPayload: MOST_MESSAGE_BYTES }
  const liveSockets = new WebSocketServer(options)
  const screenSockets = new WebSocketServer({
    ...options,
    maxPayload: MOST_SCREEN_MESSAGE_BYTES,
    handleProtocols: offered => (offered.has('binary') ? 'binary' : false),
  })
  const serialSockets = new WebSocketServer(options)
  const ofSession = new Map<string, Set<WebSocket>>()

  const unsubscribe = services.accounts.onSessionsEnded(sessionIds => {
    for (const id of sessionIds) {
      for (const socket of ofSession.get(id) ?? []) {
        socket.close(VNC_CLOSE.signedOut)
        // Whoever was signed out is out now, also when the browser does not answer the closing.
        setTimeout(() => socket.terminate(), 1000).unref()
      }
    }
  })

  applyWSSHandler({
    wss: liveSockets,
    router: consoleRouter,
    keepAlive: { enabled: true, pingMs: PING_MS, pongWaitMs: 10_000 },
    createContext: ({ req }) => {
      const cookieName = sessionCookieName(doors.port())
      return contextOf(services, readRequest(req, services, config, cookieName), cookieName, null)
    },
  })

  function keep(socket: WebSocket, caller: Caller) {
    const kept = ofSession.get(caller.sessionId) ?? new Set()
    ofSession.set(caller.sessionId, kept.add(socket))
    socket.on('error', () => socket.terminate())
    socket.once('close', () => {
      kept.delete(socket)
      if (kept.size === 0) ofSession.delete(caller.sessionId)
    })
  }

  function upgrade(request: IncomingMessage, socket: Duplex, head: Buffer) {
    socket.on('error', () => socket.destroy())
    const url = URL.parse(request.url ?? '/', 'http://skep')
    if (!url) return refuse(socket, 400)
    if (!hostAllowed(request.headers.host, config.names)) return refuse(socket, 421)
    if (!sameOrigin(request)) return refuse(socket, 403)
    if (config.dev && url.pathname.startsWith('/_next/')) {
      pages.upgrade(request, socket, head).catch(() => socket.destroy())
      return
    }
    const who = readRequest(request, services, config, sessionCookieName(doors.port()))
    const { caller } = who
    if (!caller) return refuse(socket, 401)
    if ((ofSession.get(caller.sessionId)?.size ?? 0) >= MOST_SOCKETS_OF_SESSION) return refuse(socket, 429)

    if (url.pathname === '/ws/trpc') {
      liveSockets.handleUpgrade(request, socket, head, client => {
        keep(client, caller)
        liveSockets.emit('connection', client, request)
      })
      return
    }
    const screen = consoleOf(url.pathname)
    const tab = url.searchParams.get('tab') ?? ''
    // A host that is hidden is not there.
    const role = screen && services.fleet.has(screen.host) ? roleOn(caller.account, screen.host) : null
    if (!screen || role === null) return refuse(socket, 404)
    if (!TAB.test(tab)) return refuse(socket, 400)
    const visit = {
      user: caller.account.name,
      viewOnly: !mayAct(role, 'operator'),
      sessionId: caller.sessionId,
      address: who.address,
      tab,
    }
    if (screen.kind === 'serial') {
      const port = url.searchParams.get('port') ?? ''
      if (!COM_PORT.test(port)) return refuse(socket, 400)
      serialSockets.handleUpgrade(request, socket, head, client => {
        keep(client, caller)
        keepAlive(client)
        services.fleet.machine(screen.host).then(
          ({ serials }) => serials.open({ guest: screen.guest, port }, { ...visit, socket: client }),
          (error: unknown) => turnAwaySerial(client, error),
        )
      })
      return
    }
    screenSockets.handleUpgrade(request, socket, head, client => {
      keep(client, caller)
      keepAlive(client)
      services.fleet.machine(screen.host).then(
        ({ screens }) => screens.open({ ...visit, socket: client, guest: screen.guest }),
        (error: unknown) => turnAway(client, error),
      )
    })
  }

  server.on('upgrade', upgrade)
  return {
    close() {
      unsubscribe()
      server.off('upgrade', upgrade)
      for (const kept of ofSession.values()) for (const socket of kept) socket.close(1001)
      setTimeout(() => {
        for (const kept of ofSession.values()) for (const socket of kept) socket.terminate()
      }, 1000).unref()
    },
  }
}

function consoleOf(pathname: string): { kind: string; host: string; guest: string } | null {
  const [, kind = '', host = '', guest = ''] = CONSOLE.exec(pathname) ?? []
  try {
    return kind === '' ? null : { kind, host: decodeURIComponent(host), guest: decodeURIComponent(guest) }
  } catch {
    return null
  }
}

/** A browser whose machine went to sleep keeps its screen no longer than two pings. */
function keepAlive(socket: WebSocket) {
  let heard = true
  socket.on('pong', () => {
    heard = true
  })
  const timer = setInterval(() => {
    if (!heard) return socket.terminate()
    heard = false
    socket.ping()
  }, PING_MS)
  socket.once('close', () => clearInterval(timer))
}

function refuse(socket: Duplex, status: keyof typeof REFUSALS) {
  socket.end(`HTTP/1.1 ${status} ${REFUSALS[status]}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
}
