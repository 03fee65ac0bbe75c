import { homedir, hostname } from 'node:os'
import path from 'node:path'
import { AppError } from './errors.ts'
import { privilegeOf } from './hosts/entry.ts'

/** How this process was started. Every value comes from the environment; see docs. */
export type Config = {
  /** SKEP_LISTEN, default 127.0.0.1: other machines see Skep only when told so. */
  listen: string
  /** PORT, default 8420; 0 takes a free one. */
  port: number
  /** SKEP_STATE, default ~/.skep: the database. */
  stateDir: string
  /** SKEP_HOST: `local:` (default), `ssh://user@host[:port]` or `sandbox:<directory>`. */
  host: string
  /** SKEP_PRIVILEGE: how `local:` gets rights where Skep does not run as root. */
  privilege: 'none' | 'doas' | 'sudo'
  /** SKEP_SSH_IDENTITY: how to sign in at a SKEP_HOST of SSH: the path of a key file, `agent` or `own`; empty when unset. */
  sshIdentity: string
  /** SKEP_SSH_PRIVILEGE: how the account there gets rights. */
  sshPrivilege: 'none' | 'doas' | 'sudo'
  /** SKEP_DEV=1: pages are compiled when they are asked for. */
  dev: boolean
  /** Host names under which browsers may ask for Skep, beside localhost and addresses: this machine's, and SKEP_NAMES. */
  names: string[]
  /** SKEP_TRUST_PROXY=1: a reverse proxy in front sets X-Forwarded-For and X-Forwarded-Proto. */
  trustProxy: boolean
  /** SKEP_SERVICE=1: rc(8) started it, and what it prints goes to a log. */
  service: boolean
}

/** AppError `invalid` for a PORT that is none, or a SKEP_PRIVILEGE or SKEP_SSH_PRIVILEGE. */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const port = Number(env.PORT || 8420)
  if (!Number.isInteger(port) || port < 0 || port > 65535) {
    throw new AppError('invalid', `PORT is ${env.PORT}, which is no port: give a number from 0 to 65535.`)
  }
  return {
    listen: env.SKEP_LISTEN || '127.0.0.1',
    port,
    stateDir: path.resolve(env.SKEP_STATE || path.join(homedir(), '.skep')),
    host: env.SKEP_HOST || 'local:',
    privilege: privilegeOf(env.SKEP_PRIVILEGE || 'none'),
    sshIdentity: env.SKEP_SSH_IDENTITY || '',
    sshPrivilege: privilegeOf(env.SKEP_SSH_PRIVILEGE || 'none'),
    dev: env.SKEP_DEV === '1',
    names: [hostname(), ...(env.SKEP_NAMES ?? '').split(',')].flatMap(
      name => name.trim().toLowerCase() || [],
    ),
    trustProxy: env.SKEP_TRUST_PROXY === '1',
    service: env.SKEP_SERVICE === '1',
  }
}
