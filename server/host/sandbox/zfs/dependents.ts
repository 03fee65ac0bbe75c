/** What hangs on a dataset or a snapshot, in the order zfs destroys it: the leaves first. */
import { clonesOf } from '../space.ts'
import type { World } from '../world.ts'
import { asDataset, childrenOf, datasetNamed, snapshotsOf, type Target } from './targets.ts'

/**
 * Children, snapshots and clones of them; the target itself is not among them. As with zfs's own iteration, a clone
 * that is also a child comes twice: once for each way to it.
 */
export function dependentsOf(world: World, target: Target): Target[] {
  const direct: Target[] = []
  if (target.kind === 'snapshot') {
    for (const name of clonesOf(world, target.snapshot)) {
      const clone = datasetNamed(world, name)
      if (clone) direct.push(asDataset(clone))
    }
  } else if (target.kind === 'dataset') {
    direct.push(...childrenOf(world, target.name).map(asDataset), ...snapshotsOf(target.dataset))
  }
  return direct.flatMap(each => [...dependentsOf(world, each), each])
}

/** Whether it stands below the target in the tree of names (and is no clone elsewhere). */
export function isBelow(target: Target, other: Target): boolean {
  return other.name.startsWith(`${target.name}/`) || other.name.startsWith(`${target.name}@`)
}
