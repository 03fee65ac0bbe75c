/** The host that Skep is started with: SKEP_HOST, and for one over SSH how to sign in there. */
import { appendFileSync, mkdirSync, readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import path from 'node:path'
import type { Config } from '../config.ts'
import { AppError } from '../errors.ts'
import { parseAddress } from '../host/address.ts'
import { ownKey, readHostKey } from '../host/ssh.ts'
import { checkIdentity } from './entry.ts'
import type { FleetHost } from './fleet.ts'
import { hostIdOf, type SignIn } from './model.ts'

export type FirstHost = Pick<FleetHost, 'id' | 'name' | 'address' | 'signIn'>

/** One line an address: `ssh://root@nas SHA256:…`. */
function pinsFile(stateDir: string): string {
  return path.join(stateDir, 'ssh', 'host-keys')
}

/** The host key pinned for an address; null where there was no contact yet. */
function pinnedKey(stateDir: string, address: string): string | null {
  let text: string
  try {
    text = readFileSync(pinsFile(stateDir), 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw error
  }
  const line = text.split('\n').find(each => each.startsWith(`${address} `))
  return line?.slice(address.length + 1).trim() ?? null
}

/**
 * The host of SKEP_HOST. The host key of one over SSH is pinned at its first contact, which `tell` says in one line; it is
 * then refused when it changes. AppError `invalid` for an address that is none, `unreachable` where the first contact fails.
 */
export async function firstHost(
  config: Pick<Config, 'host' | 'sshIdentity' | 'sshPrivilege' | 'stateDir'>,
  tell: (line: string) => void,
): Promise<FirstHost> {
  const address = parseAddress(config.host)
  const { kind, text } = address
  if (address.kind !== 'ssh') {
    return { id: kind, name: kind === 'local' ? hostname() : kind, address: text, signIn: null }
  }
  const { stateDir } = config
  const identity = identityOf(config.sshIdentity)
  if (identity === 'own')
    tell(`Skep’s own key, for authorized_keys at ${text}: ${ownKey(stateDir).publicKeyLine}`)
  let hostKey = pinnedKey(stateDir, text)
  if (hostKey === null) {
    const seen = await readHostKey(address.ssh)
    hostKey = seen.fingerprint
    mkdirSync(path.dirname(pinsFile(stateDir)), { recursive: true, mode: 0o700 })
    appendFileSync(pinsFile(stateDir), `${text} ${hostKey}\n`, { mode: 0o600 })
    tell(
      `first contact with ${text}: its host key (${seen.type}) is ${hostKey}, and is pinned from now on in ${pinsFile(stateDir)}`,
    )
  }
  const signIn = { hostKey, identity, privilege: config.sshPrivilege }
  return { id: hostIdOf(address.ssh.host, []), name: address.ssh.host, address: text, signIn }
}

/** SKEP_SSH_IDENTITY: a file, `agent` or `own`; without it the agent where there is one. */
function identityOf(given: string): SignIn['identity'] {
  if (given === '') return process.env.SSH_AUTH_SOCK ? 'agent' : 'own'
  if (given === 'agent' || given === 'own') return given
  if (!given.startsWith('/')) {
    throw new AppError(
      'invalid',
      `SKEP_SSH_IDENTITY is ${given}: give the absolute path of a key file, agent or own.`,
    )
  }
  return checkIdentity(`file:${given}`)
}
