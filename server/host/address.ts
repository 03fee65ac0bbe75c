/** Addresses of hosts, as SKEP_HOST and people write them. */
import path from 'node:path'
import { AppError } from '../errors.ts'
import type { Host } from './host.ts'

export type Address = { kind: Host['kind'] /** As it is kept and compared. */; text: string; dir: string }

/** `local:` (this machine) or `sandbox:<directory>`. AppError `invalid` for anything else. */
export function parseAddress(text: string): Address {
  if (text === 'local:') return { kind: 'local', text, dir: '' }
  if (text.startsWith('sandbox:') && text.length > 'sandbox:'.length) {
    const dir = path.resolve(text.slice('sandbox:'.length))
    return { kind: 'sandbox', text: `sandbox:${dir}`, dir }
  }
  throw new AppError('invalid', `“${text}” names no host: say local: or sandbox:<directory>.`, {
    field: 'address',
  })
}
