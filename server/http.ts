import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { nodeHTTPRequestHandler } from '@trpc/server/adapters/node-http'
import * as z from 'zod/mini'
import { sessionCookieName } from './accounts/cookie.ts'
import { roleOn } from './accounts/model.ts'
import type { Config } from './config.ts'
import type { Caller, Services } from './context.ts'
import { serveUpload } from './images/uploads.ts'
import type { Pages } from './pages.ts'
import { type Asked, contextOf, readRequest } from './requests.ts'
import { consoleRouter, hostRouter } from './router.ts'
import {
  contentSecurityPolicy,
  createNonce,
  hostAllowed,
  isForeign,
  sameOrigin,
  setSecurityHeaders,
} from './security.ts'
import type { createStaticFiles } from './static.ts'
import { exportTasks } from './tasks/history.ts'
import { taskFilter } from './tasks/input.ts'
import { taskScope } from './tasks/scope.ts'

/** `/api/trpc/<procedures>` of Skep itself, `/api/trpc/<host>/<procedures>` of a host. */
const TRPC = /^\/api\/trpc\/(?:([^/]+)\/)?([^/]+)$/
/** Far above any form to sign in with. */
const MOST_BODY_BYTES = 64 * 1024
/** Of somebody signed in: 100,000 names of snapshots. */
const MOST_BODY_BYTES_OF_CALLER = 16 * 1024 * 1024
const MOST_BATCHED = 32

type Doors = {
  services: Services
  config: Pick<Config, 'dev' | 'names' | 'trustProxy'>
  pages: Pages
  files: ReturnType<typeof createStaticFiles>
  /** The port this server listens on; known once it listens. */
  port: () => number
}

/** The one server: its own API first, files of the build, then pages behind the session gate. */
export function createHttpServer(doors: Doors): Server {
  const { log } = doors.services
  return createServer((request, response) => {
    answer(doors, request, response).catch((error: unknown) => {
      log.error({ err: error }, 'a request failed unexpectedly')
      if (response.headersSent) response.destroy()
      else refuse(response, 500, 'Skep made a mistake here. The log of the console says where.')
    })
  })
}

/** Whether what is escaped in an address is text: `%ff` is none. */
function isText(pathname: string): boolean {
  try {
    decodeURIComponent(pathname)
    return true
  } catch {
    return false
  }
}

async function answer(doors: Doors, request: IncomingMessage, response: ServerResponse) {
  const { services, config, files } = doors
  setSecurityHeaders(response)
  if (!hostAllowed(request.headers.host, config.names)) {
    refuse(response, 421, 'Skep does not answer to this host name. Add it to SKEP_NAMES to allow it.')
    return
  }
  const url = URL.parse(request.url ?? '/', 'http://skep')
  if (!url || !isText(url.pathname)) {
    refuse(response, 400, 'This address cannot be read.')
    return
  }
  const { pathname } = url
  if (pathname === '/api/health') {
    response.setHeader('Cache-Control', 'no-store')
    json(response, 200, { status: 'ok' })
    return
  }
  if (files.serve(request, response, pathname)) return
  if (request.method !== 'GET' && request.method !== 'HEAD' && !sameOrigin(request)) {
    refuse(response, 403, 'Only pages of this Skep may change anything here.')
    return
  }
  // A page of another port of this machine is the same site to a browser: its requests bring the cookie along.
  if (pathname.startsWith('/api/') && isForeign(request)) {
    refuse(response, 403, 'Only pages of this Skep may ask here.')
    return
  }
  response.setHeader('Cache-Control', 'no-store')
  const cookieName = sessionCookieName(doors.port())
  const asked = readRequest(request, services, config, cookieName)
  const [, hostId = null, path] = TRPC.exec(pathname) ?? []
  if (path !== undefined) {
    const call = {
      req: request,
      res: response,
      path,
      createContext: () => contextOf(services, asked, cookieName, response, hostId),
      // Long lists of names do not fit in an address: our own pages read by POST too, past the same check of Origin.
      allowMethodOverride: true,
      maxBodySize: asked.caller ? MOST_BODY_BYTES_OF_CALLER : MOST_BODY_BYTES,
      maxBatchSize: MOST_BATCHED,
    }
    await (hostId === null
      ? nodeHTTPRequestHandler({ ...call, router: consoleRouter })
      : nodeHTTPRequestHandler({ ...call, router: hostRouter }))
  } else if (pathname === '/api/tasks.jsonl') {
    await sendTasks(services, asked, url, response)
  } else if (await serveUpload(request, response, pathname, asked.caller)) {
    return
  } else if (pathname.startsWith('/api/')) {
    refuse(response, 404, 'There is nothing at this address.')
  } else {
    await page(doors, asked, url, request, response)
  }
}

/** The session gate: without a session there is only the page to sign in, without any account only the set-up. */
async function page(
  doors: Doors,
  asked: Asked,
  url: URL,
  request: IncomingMessage,
  response: ServerResponse,
) {
  const { config, pages, services } = doors
  const nextInternal = config.dev && url.pathname.startsWith('/_next/')
  const target = nextInternal
    ? null
    : (gate(url, asked, services.accounts.setupNeeded()) ?? hostless(url, services, asked))
  if (target !== null) {
    response.writeHead(303, { Location: target }).end()
    return
  }
  if (asked.caller && !nextInternal && isNobodys(url.pathname, services, asked.caller))
    response.statusCode = 404
  const policy = contentSecurityPolicy(createNonce(), config.dev)
  // Next takes the nonce for its own scripts from the request, and pages stay dynamic because of it.
  request.headers['content-security-policy'] = policy
  response.setHeader('Content-Security-Policy', policy)
  await pages.handle(request, response)
}

/** Where this browser has to go first; null when it may see the page. */
export function gate(url: URL, asked: Pick<Asked, 'caller'>, setupNeeded: boolean): string | null {
  const { pathname, search } = url
  if (setupNeeded) return pathname === '/setup' ? null : '/setup'
  if (asked.caller) return pathname === '/login' || pathname === '/setup' ? '/' : null
  if (pathname === '/login') return null
  const from = pathname === '/' || pathname === '/setup' ? '' : `?to=${encodeURIComponent(pathname + search)}`
  return `/login${from}`
}

/** What was shown without a host's name while there was one host only; bookmarks of those days still lead there. */
const OF_A_HOST = /^\/(pools|datasets|snapshots|vms)(\/|$)/

/** Where an address of a host's page leads that names no host: the first one that may be seen. */
function hostless({ pathname, search }: URL, { fleet }: Services, { caller }: Asked): string | null {
  if (!caller || !OF_A_HOST.test(pathname)) return null
  const first = fleet.hosts().find(({ id }) => roleOn(caller.account, id) !== null)
  return first ? `/${first.id}${pathname}${search}` : '/'
}

/** First segments of addresses that are not of a host: pages and files of Skep itself. */
const OF_SKEP = /^\/(?:(?:_next|accounts|icon\.svg|login|setup|system|tasks)(?:\/.*)?)?$/

/** An address below a host that is not there, or not for this caller: its page says so, and so does its status. */
function isNobodys(pathname: string, { fleet }: Services, { account }: Caller): boolean {
  if (OF_SKEP.test(pathname)) return false
  const [, id = ''] = pathname.split('/', 2)
  return !fleet.has(id) || roleOn(account, id) === null
}

/** The history as JSON lines, with the filters of `tasks.list` as query parameters. */
async function sendTasks(services: Services, asked: Asked, url: URL, response: ServerResponse) {
  if (!asked.caller) {
    refuse(response, 401, 'You are not signed in.')
    return
  }
  const filter = z.safeParse(taskFilter, Object.fromEntries(url.searchParams))
  if (!filter.success) {
    refuse(response, 400, 'One of the filters cannot be used.')
    return
  }
  response.setHeader('Content-Type', 'application/jsonl; charset=utf-8')
  response.setHeader('Content-Disposition', 'attachment; filename="skep-tasks.jsonl"')
  await pipeline(
    Readable.from(exportTasks(services.db, taskScope(services.fleet, asked.caller.account), filter.data)),
    response,
  )
}

function refuse(response: ServerResponse, status: number, message: string) {
  response.setHeader('Cache-Control', 'no-store')
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8' }).end(`${message}\n`)
}

function json(response: ServerResponse, status: number, value: unknown) {
  response.writeHead(status, { 'Content-Type': 'application/json; charset=utf-8' }).end(JSON.stringify(value))
}
