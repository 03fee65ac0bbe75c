/** The host behind an address. */
import { existsSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { AppError } from '../errors.ts'
import { type Address, parseAddress } from './address.ts'
import type { Host } from './host.ts'
import type { Privilege } from './privilege.ts'
import type { SshSettings } from './ssh.ts'

/** How Skep comes in at an address of SSH. */
export type Entry = Pick<SshSettings, 'hostKey' | 'identity' | 'privilege'>

/**
 * The host `id` at an address; this machine itself is always called `local`. AppError `invalid` for what is none, or for
 * an address of SSH without `entry`.
 */
export async function createHost(which: {
  id: string
  address: string
  entry?: Entry | null
  /** How this machine's own programs get rights. */
  privilege?: Privilege
}): Promise<Host> {
  const { id, entry, privilege = 'none' } = which
  const address = parseAddress(which.address)
  if (address.kind === 'local') return (await import('./local.ts')).localHost({ privilege })
  if (address.kind === 'sandbox') {
    return (await import('./sandbox/adapter.ts')).sandboxHost(address.dir, undefined, id)
  }
  if (!entry)
    throw new AppError('invalid', `How to sign in at ${address.text} is not known.`, { field: 'address' })
  return (await import('./ssh.ts')).sshHost({ id, address: address.ssh, ...entry })
}

/**
 * A practice machine is made where there is nothing, or is there already. AppError `refused` for a directory of other
 * things, which it would fill with its own.
 */
export function checkPlace(address: Address) {
  if (address.kind !== 'sandbox' || existsSync(path.join(address.dir, 'state.json'))) return
  const { dir } = address
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
