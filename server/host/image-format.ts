/** What a disk image or medium is, told by its first bytes, as file(1) tells it. Pure. */

export type ImageFormat = 'iso' | 'raw' | 'qcow2' | 'vmdk' | 'vhdx' | 'vdi' | 'xz' | 'gzip' | 'zstd' | 'bzip2'

/** Something in them has to be unpacked first. */
export const PACKED: readonly ImageFormat[] = ['xz', 'gzip', 'zstd', 'bzip2']

export type ImageFacts = {
  /** Null for what is none of these: a raw image of a disk that begins with something else, or no image at all. */
  format: ImageFormat | null
  /** Size of the disk that a guest would see; null where the format does not say it here. */
  virtualBytes: number | null
}

/** As much of a file as is looked at: an ISO 9660 names itself in its 17th sector (ECMA-119, 8.1.2). */
export const HEAD_BYTES = 36 * 1024

const VOLUME_DESCRIPTOR_AT = 16 * 2048
const SECTOR = 512

/** `head`: the first HEAD_BYTES of the file, fewer where it is shorter. */
export function imageFacts(head: Uint8Array): ImageFacts {
  const bytes = Buffer.from(head.buffer, head.byteOffset, head.byteLength)
  const has = (at: number, ...magic: number[]) =>
    bytes.length >= at + magic.length && magic.every((byte, index) => bytes[at + index] === byte)
  const says = (at: number, text: string) => has(at, ...Buffer.from(text, 'latin1'))
  const known = (format: ImageFormat, virtualBytes: bigint | null = null): ImageFacts => ({
    format,
    virtualBytes:
      virtualBytes !== null && virtualBytes <= Number.MAX_SAFE_INTEGER ? Number(virtualBytes) : null,
  })
  if (has(0, 0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00)) return known('xz')
  if (has(0, 0x1f, 0x8b, 0x08)) return known('gzip')
  if (has(0, 0x28, 0xb5, 0x2f, 0xfd)) return known('zstd')
  if (says(0, 'BZh')) return known('bzip2')
  // QEMU, docs/interop/qcow2.rst: size in bytes at 24, big endian.
  if (says(0, 'QFI\xfb') && bytes.length >= 32) return known('qcow2', bytes.readBigUInt64BE(24))
  // Virtual Disk Format 5.0: capacity in sectors at 12, little endian.
  if (says(0, 'KDMV') && bytes.length >= 20) return known('vmdk', bytes.readBigUInt64LE(12) * BigInt(SECTOR))
  if (says(0, '# Disk DescriptorFile')) return known('vmdk')
  // MS-VHDX 2.2.1; its size stands in a region further behind.
  if (says(0, 'vhdxfile')) return known('vhdx')
  // VirtualBox: signature 0xbeda107f at 64, size in bytes at 368.
  if (has(64, 0x7f, 0x10, 0xda, 0xbe) && bytes.length >= 376) return known('vdi', bytes.readBigUInt64LE(368))
  if (says(VOLUME_DESCRIPTOR_AT + 1, 'CD001')) return known('iso')
  // A boot sector, or a GUID partition table behind one.
  if (has(510, 0x55, 0xaa) || says(SECTOR, 'EFI PART')) return known('raw')
  return { format: null, virtualBytes: null }
}
