/** zfs-version(8). */
import { commandError, unreadable } from '../answer.ts'
import type { Host } from '../host.ts'
import { zfsRecognisers } from './errors.ts'

/** `2.2.4-FreeBSD_g256659204` and the kernel's, which may differ after an upgrade without a reboot. */
export type ZfsVersion = { userland: string; kernel: string | null }

function zfsVersionArgv(): string[] {
  return ['zfs', 'version']
}

/** `zfs version`: "zfs-2.4.4-1" and "zfs-kmod-2.4.4-1"; the second line is missing where the module is not loaded. */
export function parseZfsVersion(text: string): ZfsVersion {
  const match = /^zfs-(\d+\.\d+\S*)\n(?:zfs-kmod-(\d+\.\d+\S*)\n)?$/.exec(text)
  if (!match) throw unreadable('zfs version', text, 'it names no version')
  return { userland: match[1] ?? '', kernel: match[2] ?? null }
}

/** AppError `unsupported` where there is no zfs. */
export async function zfsVersion(host: Host): Promise<ZfsVersion> {
  const argv = zfsVersionArgv()
  const result = await host.run(argv)
  // Without the module zfs prints its own version and fails.
  if (result.exit !== 0 && !/^zfs-\d/.test(result.stdout))
    throw commandError(argv, result, zfsRecognisers({ names: [] }))
  return parseZfsVersion(result.stdout)
}

/** Major and minor of an OpenZFS version: `2.2.4-FreeBSD_g25…` → [2, 2]. Null where it is none. */
export function majorMinor(version: string): [number, number] | null {
  const match = /^(\d+)\.(\d+)/.exec(version)
  return match ? [Number(match[1]), Number(match[2])] : null
}
