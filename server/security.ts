import { randomBytes } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { isIP } from 'node:net'

/**
 * Whether a Host header may be answered: an address, localhost, or a name this Skep was given. Any other name may have
 * been pointed here by a stranger's DNS (rebinding), whose page would then be of our own origin.
 */
export function hostAllowed(header: string | undefined, names: readonly string[]): boolean {
  const name = hostName(header)
  if (name === null) return false
  return name === 'localhost' || isIP(name) !== 0 || names.includes(name)
}

/** The name in a Host header, lower case, without port and brackets; null for one that is malformed. */
function hostName(header: string | undefined): string | null {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([A-Za-z0-9._-]+))(?::\d{1,5})?$/.exec(header ?? '')
  return match ? (match[1] ?? match[2] ?? '').toLowerCase() : null
}

/**
 * Whether a request that changes something, or opens a socket, comes from one of our own pages. Browsers send Origin
 * with both; a request without one is no browser's page and is refused too.
 */
export function sameOrigin(request: IncomingMessage): boolean {
  const { origin, host } = request.headers
  const site = request.headers['sec-fetch-site']
  if (!origin || !host || (site !== undefined && site !== 'same-origin')) return false
  // Behind a proxy that speaks https the scheme differs; host and port do not.
  return URL.canParse(origin) && new URL(origin).host.toLowerCase() === normalHost(host, origin)
}

/** Whether a browser says that another site, or another port of this machine, has caused the request. */
export function isForeign(request: IncomingMessage): boolean {
  const site = request.headers['sec-fetch-site']
  return site !== undefined && site !== 'same-origin' && site !== 'none'
}

/** `Host` may carry the default port, which an Origin never does. */
function normalHost(host: string, origin: string): string {
  const url = `${new URL(origin).protocol}//${host}`
  return URL.canParse(url) ? new URL(url).host.toLowerCase() : ''
}

/** Fresh for every page. */
export function createNonce(): string {
  return randomBytes(16).toString('base64')
}

/** The policy of every page: scripts only with this page's nonce, everything else from here. */
export function contentSecurityPolicy(nonce: string, dev: boolean): string {
  return [
    "default-src 'self'",
    // React's development build rebuilds stack traces with eval.
    `script-src 'nonce-${nonce}' 'strict-dynamic'${dev ? " 'unsafe-eval'" : ''}`,
    // Widgets and the screen place themselves by style attributes.
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    "connect-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ')
}

/** For every answer. */
export function setSecurityHeaders(response: ServerResponse) {
  response.setHeader('X-Content-Type-Options', 'nosniff')
  response.setHeader('X-Frame-Options', 'DENY')
  response.setHeader('Referrer-Policy', 'same-origin')
  response.setHeader('Cross-Origin-Opener-Policy', 'same-origin')
  response.setHeader('Cross-Origin-Resource-Policy', 'same-origin')
  response.setHeader(
    'Permissions-Policy',
    'camera=(), microphone=(), geolocation=(), payment=(), usb=(), display-capture=()',
  )
}
