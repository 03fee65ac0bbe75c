import type { ImageRow, LibraryKind } from '../../server/images/model.ts'
import { bytes } from '../ui/format.ts'

export const KINDS: Record<LibraryKind, string> = { iso: 'Install media', img: 'Disk images' }

type Format = NonNullable<ImageRow['format']>

const FORMATS: Record<Format, string> = {
  iso: 'ISO 9660',
  raw: 'Raw disk',
  qcow2: 'qcow2',
  vmdk: 'VMDK',
  vhdx: 'VHDX',
  vdi: 'VDI',
  xz: 'xz, packed',
  gzip: 'gzip, packed',
  zstd: 'zstd, packed',
  bzip2: 'bzip2, packed',
}

/** What is in the file, as its first bytes say. */
export function formatWord({ isPart, format, virtualBytes }: ImageRow): string {
  if (isPart) return 'Incomplete'
  if (format === null) return 'Not known'
  return virtualBytes === null ? FORMATS[format] : `${FORMATS[format]} of ${bytes(virtualBytes)}`
}

/** The guests that have it. */
export function usersWord({ users }: ImageRow): string {
  return users.map(({ vm, how }) => (how === 'running' ? `${vm} (running)` : vm)).join(', ')
}
