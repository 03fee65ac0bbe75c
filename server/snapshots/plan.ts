/** What each verb on snapshots will do, or why not. Pure: facts in, plan out. */
import type { DatasetRow } from '../datasets/model.ts'
import { clonesProblem, destroySnapshotSteps, holdProblem, snapshotVictim } from '../datasets/plan.destroy.ts'
import {
  inBinary,
  type NewNameFacts,
  newNameProblem,
  type PoolFacts,
  poolOf,
  poolProblem,
  refusal,
} from '../datasets/plan.ts'
import { counted, inWords, isBelow } from '../datasets/users.ts'
import { cloneArgv, createSnapshotsArgv } from '../host/zfs/create.ts'
import { refusedPlan, withDigest } from '../tasks/digest.ts'
import type { Plan, Refusal, Step } from '../tasks/model.ts'
import type { Snapshot } from './model.ts'
import { newTagProblem, tagFitsProblem } from './names.ts'

/** User property of a snapshot of a guest's zvol: the guest's conf at that time, base64url of NAME.conf. */
export const CONF_PROPERTY = 'skep:conf'
/** User property of a snapshot of a guest's zvol: `off` where the guest was off, so that the disk is as it left it. */
export const GUEST_PROPERTY = 'skep:guest'
/** A user property holds at most 8 KiB. zfsprops(7). */
const LONGEST_CONF = 8000

/** What the snapshot of a zvol says about the guest that has it. `conf` is without passwords, null where none can be read. */
export type GuestNote = { guest: string; conf: string | null; isOff: boolean }

export type CreateFacts = {
  datasets: readonly DatasetRow[]
  pools: readonly PoolFacts[]
  /** Full names of snapshots with this tag that exist already. */
  existing: ReadonlySet<string>
  /** By zvol; those that no guest, or more than one, uses are not there. */
  notes: ReadonlyMap<string, GuestNote>
}

export type CreateInput = { datasets: readonly string[]; tag: string; recursive: boolean }

export function planCreate(input: CreateInput, facts: CreateFacts): Plan {
  const action = 'snapshots.create'
  const asked = [...new Set(input.datasets)].sort()
  // With -r a dataset below another one is there already, and ZFS refuses the same snapshot twice.
  const roots = input.recursive ? asked.filter(each => !asked.some(other => isBelow(each, other))) : asked
  const targets = facts.datasets.filter(
    each => roots.includes(each.name) || (input.recursive && roots.some(root => isBelow(each.name, root))),
  )
  const [only] = roots
  const title =
    roots.length === 1
      ? `Take snapshot ${only}@${input.tag}${input.recursive && targets.length > 1 ? ' and of everything below' : ''}`
      : `Take snapshot @${input.tag} of ${counted(roots.length, 'dataset')}`
  const refused = createProblem(input.tag, roots, targets, facts)
  if (refused) return refusedPlan(action, title, refused)
  const steps = [...Map.groupBy(roots, poolOf)].flatMap(([, names]) =>
    input.recursive ? recursiveSteps(names, input.tag, targets, facts) : plainSteps(names, input.tag, facts),
  )
  return withDigest({
    action,
    title,
    steps,
    victims: [],
    warnings: steps.length > 1 ? ['Snapshots of different commands are not of the very same moment.'] : [],
    locks: targets.map(each => `dataset:${each.name}`),
    facts: {
      snapshots: targets.map(each => `${each.name}@${input.tag}`),
      offGuests: offGuestsOf(
        targets.map(each => each.name),
        input.tag,
        facts,
      ),
    } satisfies CreatePlanFacts,
  })
}

/** `plan.facts` of `snapshots.create`: what it takes, and of which of these it says that the guest is off. */
export type CreatePlanFacts = { snapshots: string[]; offGuests: { guest: string; snapshots: string[] }[] }

function offGuestsOf(
  targets: readonly string[],
  tag: string,
  { notes }: CreateFacts,
): CreatePlanFacts['offGuests'] {
  const off = targets.flatMap(name => {
    const note = notes.get(name)
    return note?.isOff ? [{ guest: note.guest, snapshot: `${name}@${tag}` }] : []
  })
  return [...Map.groupBy(off, each => each.guest)].map(([guest, of]) => ({
    guest,
    snapshots: of.map(each => each.snapshot),
  }))
}

function createProblem(
  tag: string,
  roots: readonly string[],
  targets: readonly DatasetRow[],
  facts: CreateFacts,
): Refusal | null {
  const problem =
    newTagProblem(tag) ??
    tagFitsProblem(
      tag,
      targets.map(each => each.name),
    )
  if (problem) return { code: 'invalid', message: problem, detail: { field: 'tag' } }
  const missing = roots.find(name => !facts.datasets.some(each => each.name === name))
  if (missing) return refusal('not_found', `There is no dataset ${missing}.`)
  const taken = targets.map(each => `${each.name}@${tag}`).filter(name => facts.existing.has(name))
  if (taken.length > 0) {
    return {
      code: 'exists',
      message: `${inWords(taken)} exists already.`,
      detail: { field: 'tag', names: taken },
    }
  }
  for (const pool of facts.pools) {
    const broken = targets.some(each => poolOf(each.name) === pool.name) ? poolProblem(pool) : null
    if (broken) return broken
  }
  const full = targets.find(
    each => reservationNeeded(each) > each.availableBytes - each.usedByReservationBytes,
  )
  if (!full) return null
  return refusal(
    'no_space',
    `A snapshot of ${full.name} sets ${inBinary(reservationNeeded(full))} aside, because the volume has a reservation, and there is not that much room.`,
    'Free room, or take the reservation away: then the volume is sparse.',
  )
}

/** A snapshot of a volume with a reservation keeps room for every block to be written anew. zfsprops(7) refreservation. */
function reservationNeeded(dataset: DatasetRow): number {
  return Math.min(dataset.usedByDataBytes, dataset.refreservationBytes)
}

/** A conf as a user property carries it; null for one that is too long. Give it without passwords. */
export function carriedConf(conf: string): string | null {
  const value = Buffer.from(conf).toString('base64url')
  return value.length > LONGEST_CONF ? null : value
}

function noteOptions(note: GuestNote | undefined): readonly (readonly [string, string])[] {
  if (note === undefined) return []
  const conf = note.conf === null ? null : carriedConf(note.conf)
  return [
    ...(conf === null ? [] : [[CONF_PROPERTY, conf] as const]),
    ...(note.isOff ? [[GUEST_PROPERTY, 'off'] as const] : []),
  ]
}

/** One command for all datasets of a pool: they are of one moment. A guest's zvols carry its conf, so they go apart. */
function plainSteps(names: readonly string[], tag: string, facts: CreateFacts): Step[] {
  return [...Map.groupBy(names, name => facts.notes.get(name))].map(([note, group]) => ({
    title: `Take @${tag} of ${inWords(group)}`,
    argv: createSnapshotsArgv({ snapshots: group.map(name => `${name}@${tag}`), options: noteOptions(note) }),
  }))
}

/**
 * Recursive: what carries no conf first, in one command, would need -r and a property that is the same for all; the
 * confs are noted on the snapshots right after.
 */
function recursiveSteps(
  names: readonly string[],
  tag: string,
  targets: readonly DatasetRow[],
  facts: CreateFacts,
): Step[] {
  const withConf = targets.filter(
    each => facts.notes.has(each.name) && names.some(root => root === each.name || isBelow(each.name, root)),
  )
  return [
    {
      title: `Take @${tag} of ${inWords(names)} and of everything below`,
      argv: createSnapshotsArgv({ snapshots: names.map(name => `${name}@${tag}`), recursive: true }),
    },
    ...withConf.flatMap(each =>
      noteOptions(facts.notes.get(each.name)).map(([property, value]) => ({
        title: `${property === CONF_PROPERTY ? "Note the guest's configuration" : 'Note that the guest is off'} on ${each.name}@${tag}`,
        argv: ['zfs', 'set', `${property}=${value}`, `${each.name}@${tag}`],
      })),
    ),
  ]
}

/** The refusal for names that are none any more. */
export function missingOf(names: readonly string[], snapshots: readonly Snapshot[]): Refusal | null {
  const there = new Set(snapshots.map(each => each.name))
  const missing = names.filter(name => !there.has(name))
  if (missing.length === 0) return null
  return refusal(
    'not_found',
    `${inWords(missing)} no longer ${missing.length === 1 ? 'exists' : 'exist'}.`,
    undefined,
    missing,
  )
}

export function snapshotsTitle(names: readonly string[]): string {
  return names.length === 1 ? (names[0] ?? '') : counted(names.length, 'snapshot')
}

const lockOf = (name: string): string => `dataset:${name.split('@')[0]}`
export const locksOf = (names: readonly string[]): string[] => [...new Set(names.map(lockOf))]

export function planClone(
  input: { snapshot: string; target: string },
  facts: NewNameFacts & { snapshots: readonly Snapshot[] },
): Plan {
  const action = 'snapshots.clone'
  const { snapshot, target } = input
  const title = `Clone ${snapshot} to ${target}`
  const otherPool = poolOf(snapshot) !== poolOf(target)
  const refused =
    missingOf([snapshot], facts.snapshots) ??
    (otherPool
      ? refusal('invalid', 'A clone stays in the pool of its snapshot.', 'Send it instead.')
      : null) ??
    newNameProblem(target, facts)
  if (refused) return refusedPlan(action, title, refused)
  return withDigest({
    action,
    title,
    steps: [{ title, argv: cloneArgv({ snapshot, target }) }],
    victims: [],
    subjects: facts.snapshots.map(({ name, guid }) => ({ name, guid })),
    warnings: [`As long as ${target} exists, ${snapshot} cannot be destroyed.`],
    locks: [lockOf(snapshot), `dataset:${target}`],
  })
}

export type DestroyFacts = {
  /** Those of the asked ones that exist, as the host tells them now. */
  snapshots: readonly Snapshot[]
  /** What ZFS's own dry run says exactly these would free; null where it could not say. */
  freedBytes: number | null
}

export function planDestroySnapshots(names: readonly string[], facts: DestroyFacts): Plan {
  const action = 'snapshots.destroy'
  const title = `Destroy ${snapshotsTitle(names)}`
  const refused =
    missingOf(names, facts.snapshots) ?? holdProblem(facts.snapshots) ?? clonesProblem(facts.snapshots, [])
  if (refused) return refusedPlan(action, title, refused)
  const wanted = facts.snapshots.filter(each => names.includes(each.name))
  const steps = [...Map.groupBy(wanted, each => each.dataset)].flatMap(([dataset, group]) =>
    destroySnapshotSteps(
      dataset,
      group.map(each => each.tag),
    ),
  )
  return withDigest({
    action,
    title,
    steps,
    victims: wanted.map(snapshotVictim),
    warnings: [],
    locks: locksOf(names),
    ...(facts.freedBytes === null ? {} : { freedBytes: facts.freedBytes }),
  })
}
