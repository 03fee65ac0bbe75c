import type { DatasetRow } from './model.ts'
import { parseSize, volblocksizeProblem } from './names.ts'

/** Why a value cannot be set, one sentence; null when nothing speaks against it. Source: zfsprops(7). */
export type ValueCheck = (value: string, dataset: DatasetRow) => string | null

const oneOf =
  (...words: string[]): ValueCheck =>
  value =>
    words.includes(value) ? null : `It must be one of ${words.join(', ')}.`

const matching =
  (pattern: RegExp, sentence: string): ValueCheck =>
  value =>
    pattern.test(value) ? null : sentence

const onOff = oneOf('on', 'off')

const COMPRESSION =
  /^(on|off|lzjb|gzip|gzip-[1-9]|zle|lz4|zstd|zstd-([1-9]|1[0-9])|zstd-fast|zstd-fast-([1-9]|10|[2-9]0|100|500|1000))$/
const CHECKSUM = /^(on|off|fletcher2|fletcher4|sha256|noparity|sha512|skein|edonr|blake3)$/

const limit: ValueCheck = value => {
  if (value === 'none') return null
  const bytes = parseSize(value)
  return bytes === null ? 'It must be a size like 10G, or none.' : null
}

const limitAbove =
  (what: 'usedBytes' | 'referencedBytes'): ValueCheck =>
  (value, dataset) => {
    const problem = limit(value, dataset)
    if (problem) return problem
    const bytes = value === 'none' ? 0 : (parseSize(value) ?? 0)
    if (bytes === 0 || bytes >= dataset[what]) return null
    return `${dataset.name} already takes more than ${value}.`
  }

const reservation: ValueCheck = (value, dataset) => {
  const problem = limit(value, dataset)
  if (problem) return problem
  const bytes = value === 'none' ? 0 : (parseSize(value) ?? 0)
  const more = bytes - dataset.usedBytes
  return more > dataset.availableBytes
    ? `There is not that much room: ${dataset.name} could not grow to ${value}.`
    : null
}

const blockSize: ValueCheck = value => volblocksizeProblem(parseSize(value) ?? 0)

const volsize: ValueCheck = (value, dataset) => {
  if (dataset.type !== 'volume') return 'Only a volume has a size.'
  const bytes = parseSize(value)
  if (!bytes) return 'It must be a size like 40G.'
  const block = dataset.volblocksizeBytes ?? 512
  if (bytes % block !== 0) return `It must be a multiple of the volume's block size, ${block} bytes.`
  if (dataset.volsizeBytes !== null && bytes < dataset.volsizeBytes) {
    return 'A volume is never made smaller here: ZFS would cut off what lies behind the new end without a word.'
  }
  const grows = bytes - (dataset.volsizeBytes ?? 0)
  if (dataset.refreservationBytes > 0 && grows > dataset.availableBytes) return 'There is not that much room.'
  return null
}

/** The properties a person may set, with what is known about their values. */
export const SETTABLE: Record<string, ValueCheck> = {
  aclinherit: oneOf('discard', 'noallow', 'restricted', 'passthrough', 'passthrough-x'),
  aclmode: oneOf('discard', 'groupmask', 'passthrough', 'restricted'),
  atime: onOff,
  canmount: oneOf('on', 'off', 'noauto'),
  checksum: matching(CHECKSUM, 'It must be on, off, fletcher4, sha256, sha512, skein, edonr or blake3.'),
  compression: matching(COMPRESSION, 'It must be on, off, lz4, zstd, zstd-1 to zstd-19, gzip, zle or lzjb.'),
  copies: oneOf('1', '2', '3'),
  dedup: matching(
    /^(on|off|verify|(sha256|sha512|skein|blake3)(,verify)?|edonr,verify)$/,
    'It must be on, off or verify.',
  ),
  devices: onOff,
  dnodesize: oneOf('legacy', 'auto', '1k', '2k', '4k', '8k', '16k'),
  exec: onOff,
  logbias: oneOf('latency', 'throughput'),
  mountpoint: matching(/^(\/[^\0\n\t]*|none|legacy)$/, 'It must begin with a slash, or be none or legacy.'),
  primarycache: oneOf('all', 'none', 'metadata'),
  quota: limitAbove('usedBytes'),
  readonly: onOff,
  recordsize: blockSize,
  refquota: limitAbove('referencedBytes'),
  refreservation: (value, dataset) => (value === 'auto' ? null : reservation(value, dataset)),
  relatime: onOff,
  reservation,
  secondarycache: oneOf('all', 'none', 'metadata'),
  setuid: onOff,
  snapdir: oneOf('hidden', 'visible', 'disabled'),
  snapdev: oneOf('hidden', 'visible'),
  special_small_blocks: value => (parseSize(value) === null ? 'It must be a size like 32K, or 0.' : null),
  sync: oneOf('standard', 'always', 'disabled'),
  volmode: oneOf('default', 'full', 'geom', 'dev', 'none'),
  volsize,
  xattr: oneOf('on', 'off', 'sa', 'dir'),
}

const SIZES = new Set([
  'quota',
  'refquota',
  'reservation',
  'refreservation',
  'recordsize',
  'volsize',
  'special_small_blocks',
])

/** The value as zfs is given it: sizes as bytes, so that "1.5 TiB" means what it says; all else as it was entered. */
export function valueForZfs(name: string, value: string): string {
  const bytes = SIZES.has(name) ? parseSize(value) : null
  return bytes === null ? value : String(bytes)
}

/** Fixed when the dataset was made. */
export const FIXED = new Set([
  'casesensitivity',
  'encryption',
  'keyformat',
  'normalization',
  'pbkdf2iters',
  'utf8only',
  'volblocksize',
])

/** Cannot be inherited: they belong to one dataset. The value that clears them. */
export const NOT_INHERITABLE: Record<string, string | null> = {
  canmount: 'on',
  filesystem_limit: 'none',
  quota: 'none',
  refquota: 'none',
  refreservation: 'none',
  reservation: 'none',
  snapshot_limit: 'none',
  volsize: null,
}

export function isUserProperty(name: string): boolean {
  return name.includes(':')
}

/** Which pool feature a value needs, null when every pool has it. zpool-features(7). */
export function featureFor(property: string, value: string): string | null {
  if (property === 'checksum' || property === 'dedup') {
    const word = value.split(',')[0] ?? ''
    return ['sha512', 'skein', 'edonr', 'blake3'].includes(word) ? `feature@${word}` : null
  }
  if (property === 'compression') {
    if (value.startsWith('zstd')) return 'feature@zstd_compress'
    return value === 'lz4' ? 'feature@lz4_compress' : null
  }
  if (property === 'recordsize' || property === 'volblocksize') {
    return (parseSize(value) ?? 0) > 131_072 ? 'feature@large_blocks' : null
  }
  return null
}

/**
 * What a volume that is not sparse takes at once: its size and the blocks that point to its blocks, as libzfs's
 * zvol_volsize_to_reservation works it out for a mirror; raidz takes more.
 */
export function reservationOf(volsizeBytes: number, volblocksizeBytes: number): number {
  let blocks = Math.floor(volsizeBytes / volblocksizeBytes)
  let indirect = 7
  while (blocks > 1) {
    blocks = Math.floor((blocks + 1023) / 1024)
    indirect += blocks
  }
  return volsizeBytes + indirect * 2 * 131_072
}
