import type { Choice } from '../ui/Field.tsx'

/** Leave the property alone: it comes from the parent. */
export const INHERIT = ''

const inherit: Choice = { value: INHERIT, label: 'As the parent' }
const plain = (value: string): Choice => ({ value, label: value })

/** zfsprops(7), those worth choosing; any other can be set on the page of the dataset. */
export const COMPRESSIONS: readonly Choice[] = [
  inherit,
  ...['lz4', 'zstd', 'zstd-fast', 'gzip', 'zle', 'off'].map(plain),
]
export const CHECKSUMS: readonly Choice[] = [
  inherit,
  ...['on', 'fletcher4', 'sha256', 'sha512', 'skein', 'blake3'].map(plain),
]
export const RECORD_SIZES: readonly Choice[] = [
  inherit,
  ...['16K', '32K', '64K', '128K', '256K', '512K', '1M'].map(plain),
]

/** Sizes of a zvol's blocks, bytes. */
export const VOLUME_BLOCK_SIZES = [4096, 8192, 16384, 32768, 65536, 131072] as const

const ON_OFF = ['on', 'off']
const words = (choices: readonly Choice[]) => choices.map(choice => choice.value).filter(Boolean)

/** Values of a property that are worth offering (zfsprops(7)); any other may be typed. */
export function usualValues(property: string): readonly string[] {
  return USUAL[property] ?? []
}

const USUAL: Readonly<Record<string, readonly string[]>> = {
  aclmode: ['discard', 'groupmask', 'passthrough', 'restricted'],
  acltype: ['off', 'nfsv4', 'posix'],
  atime: ON_OFF,
  canmount: ['on', 'off', 'noauto'],
  checksum: words(CHECKSUMS),
  compression: words(COMPRESSIONS),
  copies: ['1', '2', '3'],
  dedup: ['off', 'on', 'verify'],
  devices: ON_OFF,
  exec: ON_OFF,
  logbias: ['latency', 'throughput'],
  mountpoint: ['none', 'legacy'],
  primarycache: ['all', 'metadata', 'none'],
  quota: ['none'],
  readonly: ON_OFF,
  recordsize: words(RECORD_SIZES),
  redundant_metadata: ['all', 'most', 'some', 'none'],
  refquota: ['none'],
  refreservation: ['none', 'auto'],
  relatime: ON_OFF,
  reservation: ['none'],
  secondarycache: ['all', 'metadata', 'none'],
  setuid: ON_OFF,
  snapdev: ['hidden', 'visible'],
  snapdir: ['hidden', 'visible', 'disabled'],
  sync: ['standard', 'always', 'disabled'],
  volmode: ['default', 'full', 'geom', 'dev', 'none'],
  xattr: ['on', 'off', 'sa', 'dir'],
}
