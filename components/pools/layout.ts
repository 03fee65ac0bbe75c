/** A pool to come, as it is put together in the browser. */
import {
  aboutLayout,
  type Disk,
  EXTRA_ROLES,
  type ExtraRole,
  type Layout,
  usableBytes,
} from '../../server/pools/model.ts'
import { bytes, plural } from '../ui/format.ts'

export type DiskUse = 'none' | 'data' | ExtraRole

export const USES: readonly { value: DiskUse; label: string }[] = [
  { value: 'none', label: 'Not used' },
  { value: 'data', label: 'Data' },
  { value: 'log', label: 'Log (sync writes)' },
  { value: 'cache', label: 'Cache (reads)' },
  { value: 'spare', label: 'Spare' },
  { value: 'special', label: 'Special (metadata)' },
  { value: 'dedup', label: 'Dedup tables' },
]

export const LAYOUT_CHOICES: readonly { value: Layout; label: string }[] = [
  { value: 'mirror', label: 'Mirror' },
  { value: 'raidz1', label: 'RAID-Z1' },
  { value: 'raidz2', label: 'RAID-Z2' },
  { value: 'raidz3', label: 'RAID-Z3' },
  { value: 'stripe', label: 'Stripe (no redundancy)' },
]

/** Into how many equal groups so many disks may be put. */
export function groupCounts(layout: Layout, disks: number): number[] {
  if (layout === 'stripe') return [1]
  const counts = Array.from({ length: disks }, (_, index) => index + 1)
  return counts.filter(
    count => disks % count === 0 && disks / count >= aboutLayout(layout, disks / count).fewest,
  )
}

/** The disks in so many groups, each of neighbours. */
function inGroups(disks: readonly string[], count: number): string[][] {
  const size = Math.ceil(disks.length / count)
  return Array.from({ length: count }, (_, index) => disks.slice(index * size, (index + 1) * size))
}

/** Losing one of these loses the pool, or what was just written: two or more disks for it are a mirror. */
const MIRRORED: readonly ExtraRole[] = ['log', 'special', 'dedup']

/** `groups` and `extras` of the input. */
export function partsOf(
  disks: readonly Disk[],
  uses: Readonly<Record<string, DiskUse>>,
  layout: Layout,
  count: number,
) {
  const used = (use: DiskUse) => disks.filter(each => uses[each.name] === use).map(each => each.name)
  const data = used('data')
  return {
    groups: data.length === 0 ? [] : inGroups(data, count).map(each => ({ layout, disks: each })),
    extras: EXTRA_ROLES.flatMap(role => {
      const own = used(role)
      return own.length === 0
        ? []
        : [{ role, isMirror: MIRRORED.includes(role) && own.length > 1, disks: own }]
    }),
  }
}

/** "About 7.2 TiB. Any 1 disk of each of the 2 groups may fail." */
export function inSentences(
  disks: readonly Disk[],
  groups: readonly { layout: Layout; disks: readonly string[] }[],
): string {
  const sizeOf = (name: string) => disks.find(each => each.name === name)?.sizeBytes ?? null
  const room = groups.map(each => usableBytes(each.layout, each.disks.map(sizeOf)))
  const known = room.filter(each => each !== null)
  const sum = known.reduce((total, each) => total + each, 0)
  const size = known.length === room.length && sum > 0 ? `About ${bytes(sum)}. ` : ''
  const [first] = groups
  if (!first) return ''
  const { mayFail } = aboutLayout(first.layout, first.disks.length)
  if (mayFail === 0) return `${size}No disk may fail.`
  const which = groups.length === 1 ? '' : ` of each of the ${groups.length} groups`
  return `${size}Any ${plural(mayFail, 'disk')}${which} may fail.`
}
