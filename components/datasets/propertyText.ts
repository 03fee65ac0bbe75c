import { bytes, exactTime } from '../ui/format.ts'

/** Properties of pools and datasets that zfs and zpool print as bytes with -p (zfsprops(7), zpoolprops(7)). */
const SIZES = new Set([
  'allocated',
  'available',
  'bcloneused',
  'bclonesaved',
  'dedup_table_quota',
  'dedup_table_size',
  'dedupcached',
  'expandsize',
  'free',
  'freeing',
  'leaked',
  'logicalreferenced',
  'logicalused',
  'quota',
  'recordsize',
  'referenced',
  'refquota',
  'refreservation',
  'reservation',
  'size',
  'special_small_blocks',
  'used',
  'usedbychildren',
  'usedbydataset',
  'usedbyrefreservation',
  'usedbysnapshots',
  'volblocksize',
  'volsize',
  'written',
])
const SHARES = new Set(['capacity', 'fragmentation'])
const RATIOS = new Set(['bcloneratio', 'compressratio', 'dedupratio', 'refcompressratio'])

/** A value for reading: sizes in binary units, times as such. Everything else as the host says it. */
export function propertyText(name: string, value: string): string {
  if (RATIOS.has(name) && /^\d+(\.\d+)?$/.test(value)) return `${value}×`
  if (!/^\d+$/.test(value)) return value
  const number = Number(value)
  if (SIZES.has(name)) return number === 0 && /quota|reservation/.test(name) ? 'none' : bytes(number)
  if (SHARES.has(name)) return `${value} %`
  if (name === 'creation' || name === 'snapshots_changed') return exactTime(number * 1000)
  return value
}
