/** Pools that leave, come back and die. Pure: facts in, plan out. zpool-export(8), zpool-import(8), zpool-destroy(8). */
import type { DatasetRow } from '../datasets/model.ts'
import { holdProblem, protectedProblem } from '../datasets/plan.destroy.ts'
import { refusal, runningProblem } from '../datasets/plan.ts'
import { counted, inWords, isBelow, isRunning, usersBelow } from '../datasets/users.ts'
import { destroyPoolArgv, exportArgv, type ImportablePool, importArgv } from '../host/zpool/import.ts'
import type { Snapshot } from '../snapshots/model.ts'
import { refusedPlan, withDigest } from '../tasks/digest.ts'
import type { Plan, Refusal, Victim } from '../tasks/model.ts'
import type { Vm } from '../vms/model.ts'
import type { ImportPoolInput } from './input.ts'
import { isForeign, type Pool, whyNotImportable } from './model.ts'

export type LeaveFacts = {
  pools: readonly Pool[]
  datasets: readonly DatasetRow[]
  vms: readonly Vm[]
}

/** What stands in the way of a pool that is to leave this machine, by whatever door. */
function leaveProblem(pool: Pool, own: readonly DatasetRow[], users: readonly Vm[], done: string) {
  if (pool.health === 'SUSPENDED')
    return refusal(
      'refused',
      `Pool ${pool.name} is suspended: every command on it would wait for its disks.`,
      'Bring the missing disks back, then clear it.',
    )
  const root = own.find(each => each.mounted && each.mountpoint === '/')
  if (root) return refusal('in_use', `The system runs from ${root.name}: ${pool.name} cannot be ${done}.`)
  return runningProblem(users, pool.name, done)
}

const ownOf = (datasets: readonly DatasetRow[], pool: string) =>
  datasets.filter(each => each.name === pool || isBelow(each.name, pool))

export function planExport(name: string, facts: LeaveFacts): Plan {
  const action = 'pools.export'
  const title = `Export ${name}`
  const pool = facts.pools.find(each => each.name === name)
  if (!pool) return refusedPlan(action, title, refusal('not_found', `There is no pool ${name}.`))
  const own = ownOf(facts.datasets, name)
  const users = usersBelow(facts.vms, facts.datasets, name)
  const refused = leaveProblem(pool, own, users, 'exported')
  if (refused) return refusedPlan(action, title, refused)
  const mounted = own.filter(each => each.mounted)
  return withDigest({
    action,
    title,
    steps: [
      {
        title:
          mounted.length > 0
            ? `Unmount its ${counted(mounted.length, 'filesystem')} and export it`
            : 'Export it',
        argv: exportArgv(name),
      },
    ],
    victims: [],
    subjects: [{ name, guid: pool.guid }],
    warnings: [
      ...(users.length > 0
        ? [
            `${inWords(users.map(vm => vm.name))} ${users.length === 1 ? 'has its disk or its files' : 'have their disks or files'} there: not to be started until it is imported again.`,
          ]
        : []),
      'Programs with open files there prevent it.',
    ],
    locks: [`pool:${name}`, `dataset:${name}/**`, ...users.map(vm => `vm:${vm.name}`)],
    facts: { pool: name, guid: pool.guid },
  })
}

export type DestroyPoolFacts = LeaveFacts & {
  /** All of the pool. */
  snapshots: readonly Snapshot[]
}

/** Everything in it dies by one command, so each dataset and each snapshot is named before. */
export function planDestroyPool(name: string, facts: DestroyPoolFacts): Plan {
  const action = 'pools.destroy'
  const title = `Destroy the pool ${name}`
  const pool = facts.pools.find(each => each.name === name)
  if (!pool) return refusedPlan(action, title, refusal('not_found', `There is no pool ${name}.`))
  const own = ownOf(facts.datasets, name)
  const users = usersBelow(facts.vms, facts.datasets, name)
  const refused =
    leaveProblem(pool, own, users, 'destroyed') ??
    readonlyProblem(pool) ??
    protectedProblem(users) ??
    holdProblem(facts.snapshots)
  if (refused) return refusedPlan(action, title, refused)
  return withDigest({
    action,
    title,
    steps: [{ title: 'Destroy it with everything in it', argv: destroyPoolArgv(name) }],
    victims: [...own.map(victimOf), ...facts.snapshots.map(snapshotVictim)],
    subjects: [{ name, guid: pool.guid }],
    warnings: [
      ...users
        .filter(vm => !isRunning(vm))
        .map(vm => `${vm.name} has its disk or its files here and will not start without them.`),
      'As long as nothing else is written to its disks, “zpool import -D” on the host may bring it back.',
    ],
    locks: [`pool:${name}`, `dataset:${name}/**`, ...users.map(vm => `vm:${vm.name}`)],
    freedBytes: pool.allocatedBytes,
    facts: { pool: name, guid: pool.guid },
  })
}

function readonlyProblem(pool: Pool): Refusal | null {
  return pool.readonly
    ? refusal('refused', `Pool ${pool.name} is imported read-only.`, 'Export it, and import it writable.')
    : null
}

const victimOf = ({ name, type, guid, usedBytes }: DatasetRow): Victim => ({
  kind: type,
  name,
  guid,
  bytes: usedBytes,
})

const snapshotVictim = ({ name, guid, usedBytes, createdAt }: Snapshot): Victim => ({
  kind: 'snapshot',
  name,
  guid,
  bytes: usedBytes,
  createdAt,
})

export type ImportFacts = {
  pools: readonly Pool[]
  /** Exported and destroyed ones. */
  importable: readonly ImportablePool[]
}

export function planImport(input: ImportPoolInput, { pools, importable }: ImportFacts): Plan {
  const action = 'pools.import'
  const found = importable.find(each => each.guid === input.guid)
  if (!found)
    return refusedPlan(
      action,
      'Import a pool',
      refusal('not_found', 'The disks of this pool are not here any more.', 'Look for pools once more.'),
    )
  const name = input.newName ?? found.name
  const title = name === found.name ? `Import ${name}` : `Import ${found.name} as ${name}`
  const refused = importProblem(input, found, name, pools)
  if (refused) return refusedPlan(action, title, refused)
  return withDigest({
    action,
    title,
    steps: [
      {
        title: input.unmounted ? `${title}, mounting nothing` : title,
        argv: importArgv({
          guid: found.guid,
          newName: input.newName,
          readonly: input.readonly,
          force: input.force && isForeign(found),
          isDestroyed: found.isDestroyed,
          unmounted: input.unmounted,
        }),
      },
    ],
    victims: [],
    subjects: [{ name: found.name, guid: found.guid }],
    warnings: importWarnings(input, found),
    locks: [`pool:${name}`],
    facts: { pool: name, guid: found.guid },
  })
}

const at = (field: string, refused: Refusal): Refusal => ({
  ...refused,
  detail: { ...refused.detail, field },
})

function importProblem(
  input: ImportPoolInput,
  found: ImportablePool,
  name: string,
  pools: readonly Pool[],
): Refusal | null {
  const why = whyNotImportable(found)
  if (why) return refusal('refused', why)
  if (pools.some(each => each.name === name))
    return at('newName', refusal('exists', `There is a pool ${name} already.`, 'Give this one another name.'))
  if (isForeign(found) && !input.force)
    return at(
      'force',
      refusal(
        'refused',
        `${found.name} was last in use on another system.`,
        'Make sure that it is not any more, and say so.',
      ),
    )
  return null
}

function importWarnings(input: ImportPoolInput, found: ImportablePool): string[] {
  return [
    ...(found.state === 'ONLINE' ? [] : [found.statusText, found.actionText].filter(each => each !== null)),
    ...(isForeign(found) ? ['Two machines that have a pool imported at the same time destroy it.'] : []),
    ...(found.isDestroyed
      ? ['It was destroyed. What has been written to its disks since is not known.']
      : []),
    ...(input.unmounted || input.readonly
      ? []
      : ['Its filesystems are mounted where their mountpoint says, also over directories that are there.']),
  ]
}
