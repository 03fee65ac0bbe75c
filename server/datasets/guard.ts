/**
 * The last look before a command that destroys, moves or takes back: what bears the name must still be the very thing
 * that was shown, and nobody may have opened it meanwhile. ZFS goes by names alone, and guards no open volume.
 */
import type { PlanContext } from '../action.ts'
import { AppError } from '../errors.ts'
import type { Host } from '../host/host.ts'
import { listDatasets } from '../host/zfs/list.ts'
import { listBookmarks, listSnapshotIndex } from '../host/zfs/snapshots.ts'
import type { Plan } from '../tasks/model.ts'
import { holdsDisks, inWords, usersBelow, usersOf } from './users.ts'

type Named = Pick<Plan, 'victims' | 'subjects'>

/** Full names that a command would destroy, move, take back or copy; empty for one that does none of it. */
function touched(argv: readonly string[]): string[] {
  if (argv[0] !== 'zfs') return []
  const last = argv.at(-1) ?? ''
  switch (argv[1]) {
    case 'destroy': {
      const [dataset = '', tags] = last.split('@')
      return tags === undefined ? [last] : [dataset, ...tags.split(',').map(tag => `${dataset}@${tag}`)]
    }
    case 'rollback':
      return [last, last.split('@')[0] ?? '']
    case 'rename':
    case 'clone':
      return [argv.at(-2) ?? '']
    default:
      return []
  }
}

/** Guids of those that exist. */
async function guidsOf(host: Host, names: readonly string[]): Promise<Map<string, string>> {
  const snapshots = names.filter(name => name.includes('@'))
  const marked = [...new Set(names.filter(name => name.includes('#')).map(name => name.split('#')[0] ?? ''))]
  const isDataset = names.some(name => !/[@#]/.test(name))
  const found = await Promise.all([
    isDataset ? listDatasets(host) : [],
    listSnapshotIndex(host, { snapshots }),
    ...marked.map(dataset => listBookmarks(host, dataset)),
  ])
  return new Map(found.flat().map(each => [each.name, each.guid]))
}

function identities(plan: Named): Map<string, string> {
  const named = [...plan.victims, ...(plan.subjects ?? [])]
  return new Map(named.flatMap(({ name, guid }) => (guid === undefined ? [] : [[name, guid] as const])))
}

/** AppError `changed` where a name of the command belongs to another thing than the plan has shown. */
export async function mustBeTheSame(host: Host, plan: Named, argv: readonly string[]): Promise<void> {
  const shown = identities(plan)
  const names = touched(argv).filter(name => shown.has(name))
  if (names.length === 0) return
  const now = await guidsOf(host, names)
  const others = names.filter(name => now.has(name) && now.get(name) !== shown.get(name))
  if (others.length > 0) throw another(others)
}

/** AppError `changed` where something the plan stands on, without destroying it, is gone or another one. */
export async function mustBeThere(host: Host, plan: Named): Promise<void> {
  const subjects = plan.subjects ?? []
  if (subjects.length === 0) return
  const now = await guidsOf(
    host,
    subjects.map(each => each.name),
  )
  const others = subjects.filter(each => now.get(each.name) !== each.guid).map(each => each.name)
  if (others.length > 0) throw another(others)
}

function another(names: readonly string[]): AppError {
  const are = names.length === 1 ? 'is' : 'are'
  return new AppError(
    'changed',
    `${inWords(names)} ${are} not what was shown any more: it was destroyed, and perhaps made anew, meanwhile.`,
    { names: [...names], next: 'Look at it again, then decide again.' },
  )
}

/**
 * AppError `in_use` where a guest has its disks or its files here: somebody may have started it by hand, or another
 * machine holds its lock. `below` asks for everything below the dataset too.
 */
export async function mustBeIdle(
  context: PlanContext,
  dataset: string,
  options: { below: boolean },
): Promise<void> {
  const [datasets, vms] = await Promise.all([
    listDatasets(context.host),
    context.inventory.vms({ fresh: true }),
  ])
  const users = (options.below ? usersBelow : usersOf)(vms.value, datasets, dataset).filter(holdsDisks)
  if (users.length === 0) return
  const names = users.map(vm => vm.name)
  throw new AppError(
    'in_use',
    `${inWords(names)} ${names.length === 1 ? 'uses' : 'use'} ${dataset} now: it was started meanwhile.`,
    { names, next: 'Shut it down, then try again.' },
  )
}
