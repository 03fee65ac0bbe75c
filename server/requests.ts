import type { IncomingMessage, ServerResponse } from 'node:http'
import { readCookie } from './accounts/cookie.ts'
import type { Config } from './config.ts'
import type { Caller, Context, Services } from './context.ts'

/** What is told about a request before anything is done with it. */
export type Asked = { address: string; secure: boolean; userAgent: string; caller: Caller | null }

/** Who asks, from where. Counts as a use of the session. */
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
    caller: cookie === null ? null : services.accounts.caller(cookie),
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
): Context {
  return {
    ...services,
    ...asked,
    cookieName,
    setCookie: cookie => response?.appendHeader('Set-Cookie', cookie),
  }
}
