/**
 * What an encrypted dataset shows (zfs-load-key(8)). The sandbox encrypts nothing and makes no such dataset; the seed
 * marks one, whose key counts as loaded. A dataset below an encrypted one belongs to the same encryption root.
 */
import type { World } from '../world.ts'

/** The value of an encryption property, all of them figures there (source `-`); undefined where nothing is encrypted. */
export function encryptionFigure(world: World, dataset: string, name: string): string | undefined {
  const root = encryptionRoot(world, dataset)
  if (root === null) return undefined
  const props: Record<string, string> = world.state.datasets[root]?.props ?? {}
  switch (name) {
    case 'encryption':
      return props.encryption
    case 'keystatus':
      return 'available'
    case 'keyformat':
      return props.keyformat
    case 'pbkdf2iters':
      return props.pbkdf2iters
    case 'encryptionroot':
      return root
    default:
      return undefined
  }
}

function encryptionRoot(world: World, dataset: string): string | null {
  for (let at = dataset; at !== ''; at = at.slice(0, Math.max(0, at.lastIndexOf('/')))) {
    const { encryption, keyformat } = world.state.datasets[at]?.props ?? {}
    if (encryption !== undefined && encryption !== 'off' && keyformat !== undefined) return at
  }
  return null
}
