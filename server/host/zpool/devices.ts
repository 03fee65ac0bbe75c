/** Commands about single devices of a pool: zpool-offline(8), zpool-online(8), zpool-clear(8), zpool-replace(8). */

export function offlineArgv(pool: string, device: string): string[] {
  return ['zpool', 'offline', pool, device]
}

export function onlineArgv(pool: string, device: string): string[] {
  return ['zpool', 'online', pool, device]
}

/** Resets the error counters of a device or of all; on a suspended pool it also lets what waits try again. */
export function clearArgv(pool: string, device: string | null): string[] {
  return ['zpool', 'clear', pool, ...(device === null ? [] : [device])]
}

/** Never with -f: what is in use stays in use. */
export function replaceArgv(pool: string, device: string, by: string): string[] {
  return ['zpool', 'replace', pool, device, by]
}

/** A copy of a device beside it: a disk that stands alone becomes a mirror, a mirror gets one more. zpool-attach(8); never with -f. */
export function attachArgv(pool: string, device: string, by: string): string[] {
  return ['zpool', 'attach', pool, device, by]
}

/** A device of a mirror leaves it. zpool-detach(8). */
export function detachArgv(pool: string, device: string): string[] {
  return ['zpool', 'detach', pool, device]
}
