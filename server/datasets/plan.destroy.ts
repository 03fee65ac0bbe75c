/** Destroying a dataset with everything in it: each thing named, each destroyed by its own name, never -r or -R. */
import { destroyArgv } from '../host/zfs/destroy.ts'
import type { Snapshot } from '../snapshots/model.ts'
import { refusedPlan, withDigest } from '../tasks/digest.ts'
import type { Plan, Refusal, Step, Victim } from '../tasks/model.ts'
import type { Vm } from '../vms/model.ts'
import type { Bookmark, DatasetRow } from './model.ts'
import { parentOf, refusal, runningProblem } from './plan.ts'
import { counted, inWords, isBelow, isRunning, usersBelow } from './users.ts'

export type DestroyFacts = {
  datasets: readonly DatasetRow[]
  /** Of the dataset and everything below it. */
  snapshots: readonly Snapshot[]
  bookmarks: readonly Bookmark[]
  vms: readonly Vm[]
}

export function planDestroy(dataset: string, facts: DestroyFacts): Plan {
  const action = 'datasets.destroy'
  const top = facts.datasets.find(each => each.name === dataset)
  if (!top) {
    return refusedPlan(action, `Destroy ${dataset}`, refusal('not_found', `There is no dataset ${dataset}.`))
  }
  const title = `Destroy ${top.type} ${dataset}`
  const tree = facts.datasets.filter(each => each.name === dataset || isBelow(each.name, dataset))
  const users = usersBelow(facts.vms, facts.datasets, dataset)
  const refused =
    (parentOf(dataset) === null
      ? refusal('refused', `${dataset} is a pool: its first dataset goes only with the pool itself.`)
      : null) ??
    runningProblem(users, dataset, 'destroyed') ??
    protectedProblem(users) ??
    holdProblem(facts.snapshots) ??
    clonesProblem(facts.snapshots, tree)
  if (refused) return refusedPlan(action, title, refused)
  const order = destroyOrder(tree, facts.snapshots)
  if (!order) {
    return refusedPlan(
      action,
      title,
      refusal(
        'has_clones',
        `Datasets in ${dataset} are clones of each other in a circle, so none can go first.`,
        'Promote one of the clones first.',
      ),
    )
  }
  return withDigest({
    action,
    title,
    steps: order.flatMap(each => stepsFor(each, facts.snapshots)),
    victims: victimsOf(order, facts),
    warnings: users
      .filter(vm => !isRunning(vm))
      .map(vm => `${vm.name} has its disk or its files here and will not start without them.`),
    locks: [`dataset:${dataset}/**`, ...users.map(vm => `vm:${vm.name}`)],
    freedBytes: top.usedBytes,
    facts: { guests: users.map(vm => vm.name) },
  })
}

/** A guest that is protected against being destroyed would lose what it stands on. */
export function protectedProblem(users: readonly Vm[]): Refusal | null {
  const kept = users.find(vm => vm.protection.destroy)
  if (!kept) return null
  return refusal(
    'refused',
    `${kept.name} has its disk or its files here, and is protected against being destroyed.`,
    'Take the protection away in its options first.',
    [kept.name],
  )
}

export function holdProblem(snapshots: readonly Snapshot[]): Refusal | null {
  const held = snapshots.filter(each => each.holds > 0).map(each => each.name)
  if (held.length === 0) return null
  return refusal(
    'held',
    `${inWords(held)} ${held.length === 1 ? 'is' : 'are'} held: somebody asked that ${held.length === 1 ? 'it stays' : 'they stay'}.`,
    'Release the hold first.',
    held,
  )
}

/** Clones that would lose what they stand on, outside of what dies. */
export function clonesProblem(snapshots: readonly Snapshot[], dying: readonly DatasetRow[]): Refusal | null {
  const goes = new Set(dying.map(each => each.name))
  const cloned = snapshots
    .map(each => ({ name: each.name, clones: each.clones.filter(clone => !goes.has(clone)) }))
    .filter(each => each.clones.length > 0)
  const [first] = cloned
  if (!first) return null
  const many = first.clones.length > 1
  const others = cloned.length - 1
  return refusal(
    'has_clones',
    `${first.name} has ${many ? 'clones' : 'a clone'}, ${inWords(first.clones)}. Promote the ${many ? 'clones' : 'clone'} first, or destroy ${many ? 'them' : 'it'}.${others > 0 ? ` The same holds for ${counted(others, 'other snapshot')}.` : ''}`,
    undefined,
    cloned.flatMap(each => each.clones),
  )
}

/**
 * Children before parents, clones before the dataset whose snapshot they stand on; deepest and last by name first. Null
 * when there is no such order.
 */
function destroyOrder(tree: readonly DatasetRow[], snapshots: readonly Snapshot[]): DatasetRow[] | null {
  const clonesOf = new Map<string, string[]>()
  for (const each of snapshots) {
    if (each.clones.length > 0)
      clonesOf.set(each.dataset, [...(clonesOf.get(each.dataset) ?? []), ...each.clones])
  }
  const left = new Map([...tree].reverse().map(each => [each.name, each]))
  const order: DatasetRow[] = []
  while (left.size > 0) {
    const next = [...left.values()].find(
      each =>
        ![...left.keys()].some(name => isBelow(name, each.name)) &&
        !(clonesOf.get(each.name) ?? []).some(clone => left.has(clone)),
    )
    if (!next) return null
    order.push(next)
    left.delete(next.name)
  }
  return order
}

function stepsFor(dataset: DatasetRow, snapshots: readonly Snapshot[]): Step[] {
  const tags = snapshots.filter(each => each.dataset === dataset.name).map(each => each.tag)
  const own: Step = {
    title: `Destroy ${dataset.type} ${dataset.name}`,
    argv: destroyArgv({ dataset: dataset.name, recursive: 'nothing else' }),
  }
  if (tags.length === 0) return [own]
  const commands = destroySnapshotSteps(dataset.name, tags)
  return [...commands, own]
}

/** No argument of a command may be longer than 128 KiB on every system; a few thousand tags fit in half of it. */
const LONGEST_ARGUMENT = 65_536

/** One command for all these snapshots of a dataset; more only where one would be too long. */
export function destroySnapshotSteps(dataset: string, tags: readonly string[]): Step[] {
  const groups: string[][] = [[]]
  let length = dataset.length
  for (const tag of tags) {
    length += tag.length + 1
    if (length > LONGEST_ARGUMENT) {
      groups.push([])
      length = dataset.length + tag.length + 1
    }
    groups.at(-1)?.push(tag)
  }
  return groups.map(group => ({
    title: `Destroy ${counted(group.length, 'snapshot')} of ${dataset}`,
    argv: destroyArgv({ dataset, tags: group }),
  }))
}

export function snapshotVictim(snapshot: Snapshot): Victim {
  const { name, guid, usedBytes, createdAt } = snapshot
  return { kind: 'snapshot', name, guid, bytes: usedBytes, createdAt }
}

export function bookmarkVictim(bookmark: Bookmark): Victim {
  return { kind: 'bookmark', name: bookmark.name, guid: bookmark.guid, createdAt: bookmark.createdAt }
}

function victimsOf(order: readonly DatasetRow[], facts: DestroyFacts): Victim[] {
  return order.flatMap(each => [
    ...facts.snapshots.filter(one => one.dataset === each.name).map(snapshotVictim),
    ...facts.bookmarks.filter(one => one.name.startsWith(`${each.name}#`)).map(bookmarkVictim),
    {
      kind: each.type,
      name: each.name,
      guid: each.guid,
      bytes: each.usedByDataBytes,
      createdAt: each.createdAt,
    },
  ])
}
