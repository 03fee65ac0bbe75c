/** diskinfo(8): how large disks are. usr.sbin/diskinfo/diskinfo.c. */
import { AppError } from '../errors.ts'
import { unreadable, wholeLines } from './answer.ts'
import type { Host } from './host.ts'

export type DiskSize = { sectorBytes: number; sizeBytes: number }

function diskinfoArgv(disks: readonly string[]): string[] {
  return ['diskinfo', ...disks]
}

/**
 * `diskinfo DISK…`: a line a disk of name, sector size, size in bytes and in sectors, stripe size and offset, and where the
 * firmware tells them cylinders, heads and sectors. AppError `unreadable`.
 */
export function parseDiskinfo(text: string): Map<string, DiskSize> {
  const found = new Map<string, DiskSize>()
  for (const line of wholeLines('diskinfo', text)) {
    if (line === '') continue
    const [name = '', ...numbers] = line.split('\t')
    const [sectorBytes = 0, sizeBytes = 0, sectors = 0] = numbers.map(Number)
    const isRow =
      /^\S+$/.test(name) &&
      (numbers.length === 5 || numbers.length === 8) &&
      numbers.every(each => /^(0|[1-9]\d{0,15})$/.test(each)) &&
      sectorBytes > 0 &&
      sectors === Math.floor(sizeBytes / sectorBytes)
    if (!isRow || found.has(name)) throw unreadable('diskinfo', text, `“${line.slice(0, 80)}” is no disk`)
    found.set(name, { sectorBytes, sizeBytes })
  }
  return found
}

/** Sizes of these disks; without those that do not tell (a drive without a medium). */
export async function readDiskSizes(
  host: Pick<Host, 'run'>,
  disks: readonly string[],
): Promise<ReadonlyMap<string, DiskSize>> {
  if (disks.length === 0) return new Map()
  try {
    // It goes on after a disk that it cannot open, and ends with 1 then.
    return parseDiskinfo((await host.run(diskinfoArgv(disks))).stdout)
  } catch (error) {
    if (error instanceof AppError && error.code === 'unsupported') return new Map()
    throw error
  }
}
