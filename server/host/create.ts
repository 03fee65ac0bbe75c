/** The host behind an address. */
import { existsSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { AppError } from '../errors.ts'
import { type Address, parseAddress } from './address.ts'
import type { Host } from './host.ts'

/** The host `id` at an address; this machine itself is always called `local`. AppError `invalid` for what is none. */
export async function createHost({ id, address }: { id: string; address: string }): Promise<Host> {
  const { kind, dir } = parseAddress(address)
  if (kind === 'local') return (await import('./local.ts')).localHost()
  return (await import('./sandbox/adapter.ts')).sandboxHost(dir, undefined, id)
}

/**
 * A practice machine is made where there is nothing, or is there already. AppError `refused` for a directory of other
 * things, which it would fill with its own.
 */
export function checkPlace({ kind, dir }: Address) {
  if (kind !== 'sandbox' || existsSync(path.join(dir, 'state.json'))) return
  try {
    if (readdirSync(dir).length === 0) return
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return
    throw new AppError(
      'refused',
      `${dir} cannot be used: ${error instanceof Error ? error.message : error}.`,
      {
        field: 'address',
      },
    )
  }
  throw new AppError('refused', `${dir} holds other things than a practice machine.`, {
    field: 'address',
    next: 'Name a directory that is empty or not there yet.',
  })
}
