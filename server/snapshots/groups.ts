/** Snapshots of all zvols of a guest as one thing: those that bear the same name. Pure. */
import type { Snapshot, SnapshotGroup } from './model.ts'

const poolOf = (name: string): string => name.split(/[/@]/)[0] ?? name

/** Commands for two pools follow each other within a moment; what lies further apart was not taken together. */
const TOGETHER_MS = 10_000

/**
 * The groups of a guest with these zvols, newest first. One command gives all its snapshots of a pool one txg
 * (zfs-snapshot(8)), so equal txgs are one moment; those of two pools never are. `off`: full names of those that were
 * taken while the guest was off.
 */
export function groupSnapshots(
  volumes: readonly string[],
  snapshots: readonly Snapshot[],
  off: ReadonlySet<string> = new Set(),
): SnapshotGroup[] {
  const own = snapshots.filter(each => volumes.includes(each.dataset))
  return [...Map.groupBy(own, each => each.tag)]
    .map(([tag, unordered]) => {
      const members = volumes.flatMap(volume => unordered.filter(each => each.dataset === volume))
      return {
        tag,
        createdAt: Math.max(...members.map(each => each.createdAt)),
        members,
        missing: volumes.filter(volume => !members.some(each => each.dataset === volume)),
        moment: momentOf(members),
        isOff: members.every(each => off.has(each.name)),
      }
    })
    .sort((a, b) => b.createdAt - a.createdAt || (a.tag < b.tag ? -1 : 1))
}

function momentOf(members: readonly Snapshot[]): SnapshotGroup['moment'] {
  const pools = [...Map.groupBy(members, each => poolOf(each.dataset)).values()]
  if (pools.some(group => new Set(group.map(each => each.createtxg)).size > 1)) return 'apart'
  if (pools.length === 1) return 'one'
  const times = members.map(each => each.createdAt)
  return Math.max(...times) - Math.min(...times) <= TOGETHER_MS ? 'pools' : 'apart'
}
