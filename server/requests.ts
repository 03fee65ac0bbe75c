import type { IncomingMessage, ServerResponse } from 'node:http'
import { readCookie } from './accounts/cookie.ts'
import type { Config } from './config.ts'
import type { Caller, Context, Services } from './context.ts'

/** What is told about a request before anything is done with it. */
export type Asked = { address: string; secure: boolean; userAgent: string; caller: Caller | null }

/** Sent by our pages while somebody sits in front of them: the one header that keeps a session from falling asleep. */
const BY_PERSON = 'x-skep-person'

/** A page was opened, or somebody touched one a moment ago. Live updates fetch by themselves and count for nothing. */
function isByPerson(request: IncomingMessage): boolean {
  if (request.headers[BY_PERSON] === '1') return true
  const isPage = !/^\/(api|ws|_next)\//.test(request.url ?? '')
  return isPage && request.headers['next-router-prefetch'] === undefined
}

/** Who asks, from where. Counts as a use of the session when it is a person's act. */
export function readRequest(
  request: IncomingMessage,
  services: Pick<Services, 'accounts'>,
  config: Pick<Config, 'trustProxy'>,
  cookieName: string,
): Asked {
  const cookie = readCookie(request.headers.cookie, cookieName)
  const forwarded = config.trustProxy ? lastOf(request.headers['x-forwarded-for']) : null
  const protocol = config.trustProxy ? lastOf(request.headers['x-forwarded-proto']) : null
  return {
    address: forwarded ?? request.socket.remoteAddress ?? 'unknown',
    secure: protocol === 'https',
    userAgent: request.headers['user-agent'] ?? '',
    caller: cookie === null ? null : services.accounts.caller(cookie, isByPerson(request)),
  }
}

/** The proxy next to us appends to the list: what stands before was written by anybody. */
function lastOf(header: string | string[] | undefined): string | null {
  const text = Array.isArray(header) ? header.join(',') : header
  return text?.split(',').at(-1)?.trim() || null
}

export function contextOf(
  services: Services,
  asked: Asked,
  cookieName: string,
  response: ServerResponse | null,
  hostId: string | null = null,
): Context {
  return {
    ...services,
    ...asked,
    hostId,
    cookieName,
    setCookie: cookie => response?.appendHeader('Set-Cookie', cookie),
  }
}
