/** What mounting and unmounting a filesystem will do, or why not. Pure: facts in, plan out. zfs-mount(8). */
import { mountArgv, unmountArgv } from '../host/zfs/change.ts'
import type { Property } from '../pools/model.ts'
import { refusedPlan, withDigest } from '../tasks/digest.ts'
import type { Plan, Refusal } from '../tasks/model.ts'
import type { Vm } from '../vms/model.ts'
import type { DatasetRow } from './model.ts'
import { refusal, runningProblem } from './plan.ts'
import { counted, inWords, isBelow, usersOf } from './users.ts'

export type MountFacts = { datasets: readonly DatasetRow[]; properties: readonly Property[] }

export function planMount(dataset: string, facts: MountFacts): Plan {
  const action = 'datasets.mount'
  const title = `Mount ${dataset}`
  const row = facts.datasets.find(each => each.name === dataset)
  if (!row) return refusedPlan(action, title, refusal('not_found', `There is no dataset ${dataset}.`))
  const refused = mountProblem(row, facts.properties)
  if (refused) return refusedPlan(action, title, refused)
  const other = facts.datasets.find(each => each.mounted && each.mountpoint === row.mountpoint)
  return withDigest({
    action,
    title,
    steps: [{ title: `Mount it at ${row.mountpoint}`, argv: mountArgv(dataset) }],
    victims: [],
    subjects: [{ name: row.name, guid: row.guid }],
    warnings: other ? [`${other.name} is mounted there already: its files are hidden by this one’s.`] : [],
    locks: [`dataset:${dataset}`],
    facts: { mountpoint: row.mountpoint },
  })
}

function mountProblem(row: DatasetRow, properties: readonly Property[]): Refusal | null {
  const value = (name: string) => properties.find(each => each.name === name)?.value
  const { name } = row
  if (row.type === 'volume')
    return refusal('invalid', `${name} is a zvol: it has no files of its own to mount.`)
  if (row.mounted) return refusal('refused', `${name} is mounted already.`)
  if (value('canmount') === 'off') {
    return refusal('refused', `${name} is not to be mounted: its property canmount is off.`, 'Set it to on.')
  }
  if (value('keystatus') === 'unavailable') {
    return refusal(
      'refused',
      `The key of ${name} is not loaded.`,
      `Load it with “zfs load-key ${value('encryptionroot') ?? name}” on the machine.`,
    )
  }
  if (row.mountpoint?.startsWith('/')) return null
  return row.mountpoint === 'legacy'
    ? refusal('refused', `${name} has a legacy mount point: fstab(5) and mount(8) mount it.`)
    : refusal('refused', `${name} has no mount point.`, 'Set its property mountpoint to a path.')
}

export type UnmountFacts = { datasets: readonly DatasetRow[]; vms: readonly Vm[] }

export function planUnmount(dataset: string, { datasets, vms }: UnmountFacts): Plan {
  const action = 'datasets.unmount'
  const title = `Unmount ${dataset}`
  const row = datasets.find(each => each.name === dataset)
  if (!row) return refusedPlan(action, title, refusal('not_found', `There is no dataset ${dataset}.`))
  const going = datasets.filter(each => each.mounted && (each === row || isBelow(each.name, dataset)))
  const users = vms.filter(vm => going.some(each => usersOf([vm], datasets, each.name).length > 0))
  const refused = unmountProblem(row, going) ?? runningProblem(users, dataset, 'unmounted')
  if (refused) return refusedPlan(action, title, refused)
  const below = going.filter(each => each !== row).map(each => each.name)
  const warnings: string[] = []
  if (below.length > 0) warnings.push(`${counted(below.length, 'filesystem')} below it: ${inWords(below)}.`)
  if (users.length > 0) {
    const names = inWords(users.map(vm => vm.name))
    warnings.push(
      `${names} ${users.length === 1 ? 'has its' : 'have their'} files there: not to be started until it is mounted again.`,
    )
  }
  return withDigest({
    action,
    title,
    steps: [
      {
        title: below.length > 0 ? 'Unmount it, and what is mounted below it' : 'Unmount it',
        argv: unmountArgv(dataset),
      },
    ],
    victims: [],
    subjects: [{ name: row.name, guid: row.guid }],
    warnings: [...warnings, 'Programs with open files there prevent it.'],
    locks: [`dataset:${dataset}/**`, ...users.map(vm => `vm:${vm.name}`)],
    facts: { going: going.map(each => each.name), users: users.map(vm => vm.name) },
  })
}

function unmountProblem(row: DatasetRow, going: readonly DatasetRow[]): Refusal | null {
  if (row.type === 'volume') return refusal('invalid', `${row.name} is a zvol: it is not mounted.`)
  if (!row.mounted) return refusal('refused', `${row.name} is not mounted.`)
  const root = going.find(each => each.mountpoint === '/')
  return root ? refusal('in_use', `The system runs from ${root.name}: it cannot be unmounted.`) : null
}
