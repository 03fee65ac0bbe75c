/** sysrc(8): settings of /etc/rc.conf. */

import { runOrThrow } from './answer.ts'
import type { Host } from './host.ts'

export function setArgv(key: string, value: string): string[] {
  return ['sysrc', `${key}=${value}`]
}

/** The value as a shell would see it, or null where the key is not set (`-i` makes that no error, `-n` prints values only). */
export async function readSetting(host: Pick<Host, 'run'>, key: string): Promise<string | null> {
  const text = await runOrThrow(host, ['sysrc', '-in', key], [])
  return text === '' ? null : text.replace(/\n$/, '')
}
