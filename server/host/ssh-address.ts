/** Addresses of machines reached over SSH, as people write them. Runs in a browser too. */
import { AppError } from '../errors.ts'

export type SshAddress = { user: string; host: string; port: number }

const DEFAULT_PORT = 22
/** passwd(5) names, and what directories such as LDAP add; never an option: no leading dash. */
const USER = /^[A-Za-z0-9_.][A-Za-z0-9_.@$-]*$/
/** A DNS name or an IPv4 address. */
const NAME = /^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?\.?$/
const IPV6 = /^[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*(%[A-Za-z0-9._-]+)?$/
const FORM = /^ssh:\/\/([^/@]+(?:@[^/@]+)?)@(\[[^\]]+\]|[^/:[\]]+)(?::(\d+))?\/?$/

/** `ssh://user@host[:port]`, never with a password; an IPv6 address in brackets. AppError `invalid` for anything else. */
export function parseSshAddress(text: string): SshAddress {
  const [, user = '', place = '', digits] = FORM.exec(text.trim()) ?? []
  const host = place.replace(/^\[(.*)\]$/, '$1')
  const port = digits === undefined ? DEFAULT_PORT : Number(digits)
  const isHost = place.startsWith('[') ? IPV6.test(host) : NAME.test(host)
  if (!USER.test(user) || !isHost || port < 1 || port > 65_535) {
    throw new AppError(
      'invalid',
      // Not repeated: somebody may have written a password into it.
      'This is no address of a machine: write ssh://user@host or ssh://user@host:port.',
      {
        field: 'address',
      },
    )
  }
  return { user, host, port }
}

/** The address as it is kept and compared; `parseSshAddress` reads it back. */
export function formatSshAddress({ user, host, port }: SshAddress): string {
  const place = host.includes(':') ? `[${host}]` : host
  return `ssh://${user}@${place}${port === DEFAULT_PORT ? '' : `:${port}`}`
}
