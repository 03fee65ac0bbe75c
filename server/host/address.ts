/** Addresses of hosts, as SKEP_HOST and people write them. */
import path from 'node:path'
import { AppError } from '../errors.ts'
import { formatSshAddress, parseSshAddress, type SshAddress } from './ssh-address.ts'

/** `text` is the address as it is kept and compared. */
export type Address =
  | { kind: 'local'; text: string }
  | { kind: 'sandbox'; text: string; dir: string }
  | { kind: 'ssh'; text: string; ssh: SshAddress }

/** `local:` (this machine), `ssh://user@host[:port]` or `sandbox:<directory>`. AppError `invalid` for anything else. */
export function parseAddress(text: string): Address {
  if (text === 'local:') return { kind: 'local', text }
  if (text.startsWith('ssh:')) {
    const ssh = parseSshAddress(text)
    return { kind: 'ssh', text: formatSshAddress(ssh), ssh }
  }
  if (text.startsWith('sandbox:') && text.length > 'sandbox:'.length) {
    const dir = path.resolve(text.slice('sandbox:'.length))
    return { kind: 'sandbox', text: `sandbox:${dir}`, dir }
  }
  throw new AppError(
    'invalid',
    // Not repeated: somebody may have written a password into it.
    'This names no host: say local:, ssh://user@host or sandbox:<directory>.',
    { field: 'address' },
  )
}
