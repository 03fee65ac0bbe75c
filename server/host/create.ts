/** The host behind an address. */
import path from 'node:path'
import { AppError } from '../errors.ts'
import type { Host } from './host.ts'

/** `local:` (this machine) or `sandbox:<directory>`. AppError `invalid` for anything else. */
export async function createHost(address: string): Promise<Host> {
  if (address === 'local:') return (await import('./local.ts')).localHost()
  if (address.startsWith('sandbox:') && address.length > 'sandbox:'.length) {
    return (await import('./sandbox/adapter.ts')).sandboxHost(path.resolve(address.slice('sandbox:'.length)))
  }
  throw new AppError('invalid', `“${address}” names no host: say local: or sandbox:<directory>.`)
}
