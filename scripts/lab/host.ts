/** A door of our own to a machine on which things may be broken, past every console. */
import type { Host } from '../../server/host/host.ts'
import { readHostKey, sshHost } from '../../server/host/ssh.ts'
import { parseSshAddress } from '../../server/host/ssh-address.ts'

/** Whatever key the machine shows is taken: a laboratory's is made anew with its cache, and there is nobody to ask. */
export async function openHost(address: string, identity: string): Promise<Host> {
  const place = parseSshAddress(address)
  const { fingerprint } = await readHostKey(place)
  return sshHost({
    id: 'host',
    address: place,
    hostKey: fingerprint,
    identity: { kind: 'file', path: identity },
    privilege: place.user === 'root' ? 'none' : 'sudo',
  })
}
