import { isIPv6 } from 'node:net'
import { hostname } from 'node:os'
import type { Config } from './config.ts'
import type { Services } from './context.ts'

/** Where a browser on this machine finds Skep. */
export function addressOf(config: Pick<Config, 'listen'>, port: number): string {
  const wildcard = config.listen === '0.0.0.0' || config.listen === '::'
  const name = wildcard ? hostname() : isIPv6(config.listen) ? `[${config.listen}]` : config.listen
  return `http://${name}:${port}`
}

/**
 * The one line on standard output: where Skep is, and how to come in. The token is a fragment, which no browser sends; a
 * service writes to a log, where it does not belong.
 */
export function welcome(
  { accounts }: Pick<Services, 'accounts'>,
  config: Pick<Config, 'listen' | 'service'>,
  port: number,
): string {
  const address = addressOf(config, port)
  if (!accounts.setupNeeded()) {
    const administrators = accounts.list().filter(one => one.role === 'administrator' && !one.disabled)
    return `Skep: ${address} (sign in as ${administrators[0]?.name ?? 'an administrator'})`
  }
  if (config.service)
    return `Skep: ${address} (for the link that makes the first administrator: skep setup-link)`
  return `Skep: ${address}/setup#${accounts.issueSetupToken()} (this link works once: it makes the first administrator)`
}
