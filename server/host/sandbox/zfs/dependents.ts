/** What hangs on a dataset or a snapshot, in the order zfs destroys it: the leaves first. */
import { clonesOf } from '../space.ts'
import type { World } from '../world.ts'
import { asDataset, childrenOf, datasetNamed, snapshotsOf, type Target } from './targets.ts'

/** Children, snapshots and clones of them, each once; the target itself is not among them. */
export function dependentsOf(world: World, target: Target): Target[] {
  const found = new Map<string, Target>()
  collect(world, target, found)
  return [...found.values()]
}

function collect(world: World, target: Target, found: Map<string, Target>): void {
  const add = (each: Target) => {
    if (found.has(each.name)) return
    collect(world, each, found)
    found.set(each.name, each)
  }
  if (target.kind === 'snapshot') {
    for (const name of clonesOf(world, target.snapshot)) {
      const clone = datasetNamed(world, name)
      if (clone) add(asDataset(clone))
    }
  } else if (target.kind === 'dataset') {
    for (const child of childrenOf(world, target.name)) add(asDataset(child))
    for (const snapshot of snapshotsOf(target.dataset)) add(snapshot)
  }
}

/** Whether it stands below the target in the tree of names (and is no clone elsewhere). */
export function isBelow(target: Target, other: Target): boolean {
  return other.name.startsWith(`${target.name}/`) || other.name.startsWith(`${target.name}@`)
}
