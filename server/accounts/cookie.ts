import { SESSION_LIFE_MS } from './accounts.ts'

/** Cookies know no ports: two consoles on one machine must not share a name. */
export function sessionCookieName(port: number): string {
  return `skep-${port}`
}

/** Not readable by scripts, never sent with a request that another site caused. */
export function sessionCookie(name: string, value: string, secure: boolean): string {
  return `${name}=${value}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${SESSION_LIFE_MS / 1000}${secure ? '; Secure' : ''}`
}

export function clearedCookie(name: string, secure: boolean): string {
  return `${name}=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0${secure ? '; Secure' : ''}`
}

/** The value of one cookie in a Cookie header; null where it is missing. RFC 6265 4.2. */
export function readCookie(header: string | undefined, name: string): string | null {
  for (const pair of header?.split(';') ?? []) {
    const equals = pair.indexOf('=')
    if (equals > 0 && pair.slice(0, equals).trim() === name) return pair.slice(equals + 1).trim() || null
  }
  return null
}
