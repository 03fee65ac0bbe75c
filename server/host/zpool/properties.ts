/** zpool-set(8), zpool-upgrade(8): what a pool is told to do, and what it is able to do. */

/** One command a property: 2.1 takes no more. */
export function setPoolPropertyArgv(pool: string, name: string, value: string): string[] {
  return ['zpool', 'set', `${name}=${value}`, pool]
}

/** Enables every feature this ZFS knows, as far as the pool's `compatibility` lets it. There is no way back. */
export function upgradePoolArgv(pool: string): string[] {
  return ['zpool', 'upgrade', pool]
}
