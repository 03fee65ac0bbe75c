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
