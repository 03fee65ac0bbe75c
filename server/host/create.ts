/** The host behind an address. */
import { parseAddress } from './address.ts'
import type { Host } from './host.ts'

/** The host `id` at an address; this machine itself is always called `local`. AppError `invalid` for what is none. */
export async function createHost({ id, address }: { id: string; address: string }): Promise<Host> {
  const { kind, dir } = parseAddress(address)
  if (kind === 'local') return (await import('./local.ts')).localHost()
  return (await import('./sandbox/adapter.ts')).sandboxHost(dir, undefined, id)
}
