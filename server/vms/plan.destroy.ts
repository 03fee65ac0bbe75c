/** Destroying a guest: every volume, snapshot and file that dies is named; nothing else dies. Pure. */
import type { Bookmark, DatasetRow } from '../datasets/model.ts'
import { bookmarkVictim, destroySnapshotSteps, snapshotVictim } from '../datasets/plan.destroy.ts'
import { usersOf } from '../datasets/users.ts'
import { removeWordArgv } from '../host/sysrc.ts'
import { destroyArgv } from '../host/zfs/destroy.ts'
import type { Snapshot } from '../snapshots/model.ts'
import { refusedPlan, withDigest } from '../tasks/digest.ts'
import type { Plan, Refusal, Step, Victim } from '../tasks/model.ts'
import type { Vm } from '../vms/model.ts'
import { stateRefusal, vmLock } from './plan.ts'

export type DestroyVmFacts = {
  vm: Vm
  vms: readonly Vm[]
  datasets: readonly DatasetRow[]
  /** Of every dataset that may die. */
  snapshots: readonly Snapshot[]
  bookmarks: readonly Bookmark[]
  /** Files below the guest's directory with their sizes, deepest first; directories end with a slash. */
  files: readonly { path: string; sizeBytes: number }[]
  vmList: readonly string[]
  /** The guest's directory is the mount point of this dataset; null for a plain directory. */
  own: string | null
}

const ACTION = 'vms.destroy'

function no(code: Refusal['code'], message: string, next: string, names: string[]): Refusal {
  return { code, message, detail: { next, names } }
}

/** Datasets that die: the volumes asked for, and the guest's own dataset when nothing else lives in it. */
export function dyingDatasets(
  facts: Pick<DestroyVmFacts, 'datasets' | 'own'>,
  zvols: readonly string[],
): string[] {
  const { own } = facts
  if (own === null) return [...zvols]
  const stays = facts.datasets.some(each => each.name.startsWith(`${own}/`) && !zvols.includes(each.name))
  return stays ? [...zvols] : [...zvols, own]
}

/** What a plan says about files, for carrying it out: exactly these are removed. */
export type DestroyVmShown = { directory: string; files: string[]; own: string | null }

export function planDestroyVm(zvols: readonly string[], facts: DestroyVmFacts): Plan {
  const { vm } = facts
  const title = `Destroy ${vm.name}`
  const dying = dyingDatasets(facts, zvols)
  const refused = stateRefusal(vm, 'destroy') ?? destroyRefusal(zvols, dying, facts)
  if (refused) return refusedPlan(ACTION, title, refused)
  const kept = vm.disks.flatMap(disk => (disk.dataset && !zvols.includes(disk.dataset) ? [disk.dataset] : []))
  const ownDies = facts.own !== null && dying.includes(facts.own)
  return withDigest({
    action: ACTION,
    title,
    steps: [
      ...zvols.flatMap(dataset => destroySteps(dataset, facts)),
      ...(ownDies && facts.own !== null ? destroySteps(facts.own, facts) : fileSteps(facts)),
      ...autostartStep(facts),
    ],
    victims: victimsOf(dying, facts),
    warnings: kept.length > 0 ? [`These volumes stay: ${kept.join(', ')}.`] : [],
    locks: [vmLock(vm.name), ...dying.map(dataset => `dataset:${dataset}`)],
    facts: {
      directory: vm.directory,
      files: facts.files.map(file => file.path),
      own: facts.own,
    } satisfies DestroyVmShown,
    freedBytes: facts.datasets
      .filter(each => dying.includes(each.name))
      .reduce((sum, each) => sum + each.usedBytes - each.usedByChildrenBytes, 0),
  })
}

function destroyRefusal(
  zvols: readonly string[],
  dying: readonly string[],
  facts: DestroyVmFacts,
): Refusal | null {
  const { vm } = facts
  const inside = facts.datasets.find(
    each => each.mounted === true && each.mountpoint?.startsWith(`${vm.directory}/`),
  )
  if (inside) {
    const message = `${inside.name} is mounted at ${inside.mountpoint}, inside the directory of ${vm.name}: its files are no part of the guest.`
    return no('refused', message, 'Unmount it or destroy it first.', [inside.name])
  }
  for (const name of zvols) {
    const row = facts.datasets.find(each => each.name === name)
    if (row?.type !== 'volume') return no('not_found', `There is no volume ${name}.`, 'Look again.', [name])
    if (!vm.disks.some(disk => disk.dataset === name)) {
      return no('refused', `${name} is not a disk of ${vm.name}.`, 'Destroy it by itself, under Storage.', [
        name,
      ])
    }
    const other = usersOf(facts.vms, facts.datasets, name).find(one => one.name !== vm.name)
    if (other)
      return no('in_use', `${name} is a disk of ${other.name} too.`, 'Leave it out.', [name, other.name])
    const child = facts.datasets.find(each => each.name.startsWith(`${name}/`))
    if (child) return no('refused', `${child.name} lies below ${name}.`, 'Destroy it first.', [child.name])
  }
  for (const other of facts.vms.filter(one => one.name !== vm.name)) {
    const lent = [other.directory, ...other.disks.map(disk => disk.path)].find(path =>
      path.startsWith(`${vm.directory}/`),
    )
    if (lent === undefined) continue
    const message = `${other.name} has ${lent}, inside the directory of ${vm.name}, which would go with it.`
    return no('in_use', message, `Move it, or destroy ${other.name} first.`, [other.name])
  }
  for (const snapshot of facts.snapshots.filter(each => dying.includes(each.dataset))) {
    if (snapshot.holds > 0) {
      return no('held', `${snapshot.name} is held.`, 'Release its holds first, or leave its volume out.', [
        snapshot.name,
      ])
    }
    const clone = snapshot.clones[0]
    if (clone !== undefined) {
      const next = 'Promote the clone first, destroy it, or leave the volume out.'
      return no('has_clones', `${snapshot.name} has a clone, ${clone}.`, next, [
        snapshot.name,
        ...snapshot.clones,
      ])
    }
  }
  return null
}

function snapshotsOf(dataset: string, facts: DestroyVmFacts): Snapshot[] {
  return facts.snapshots.filter(each => each.dataset === dataset)
}

/** Its snapshots by name, then the dataset itself: zfs refuses what was not named. */
function destroySteps(dataset: string, facts: DestroyVmFacts): Step[] {
  const tags = snapshotsOf(dataset, facts).map(each => each.tag)
  return [
    ...(tags.length > 0 ? destroySnapshotSteps(dataset, tags) : []),
    { title: `Destroy ${dataset}`, argv: destroyArgv({ dataset, recursive: 'nothing else' }) },
  ]
}

function fileSteps(facts: DestroyVmFacts): Step[] {
  const { directory, name } = facts.vm
  const list = facts.files.map(file => `rm ${file.path}`)
  // A dataset that stays, because a volume below it stays, keeps its mount point.
  if (facts.own === null) list.push(`rmdir ${directory}`)
  return [{ title: `Remove the files of ${name}`, note: list.join('\n') }]
}

function autostartStep(facts: DestroyVmFacts): Step[] {
  if (facts.vm.autostart === null) return []
  return [
    {
      title: 'Take it off the list of guests that start by themselves',
      argv: removeWordArgv('vm_list', facts.vm.name),
    },
  ]
}

function victimsOf(dying: readonly string[], facts: DestroyVmFacts): Victim[] {
  const victims: Victim[] = [{ kind: 'vm', name: facts.vm.name }]
  for (const name of dying) {
    const row = facts.datasets.find(each => each.name === name)
    if (!row) continue
    const kind = row.type === 'volume' ? 'volume' : 'filesystem'
    victims.push({ kind, name, guid: row.guid, bytes: row.referencedBytes, createdAt: row.createdAt })
    for (const each of facts.bookmarks.filter(one => one.name.startsWith(`${name}#`))) {
      victims.push(bookmarkVictim(each))
    }
    victims.push(...snapshotsOf(name, facts).map(snapshotVictim))
  }
  for (const file of facts.files.filter(each => !each.path.endsWith('/'))) {
    victims.push({ kind: 'file', name: file.path, bytes: file.sizeBytes })
  }
  return victims
}
