/** Rolling back: what all three ways ask, and the plain way. Pure: facts in, plan out. zfs-rollback(8). */
import type { Bookmark, DatasetRow } from '../datasets/model.ts'
import {
  bookmarkVictim,
  clonesProblem,
  destroySnapshotSteps,
  snapshotVictim,
} from '../datasets/plan.destroy.ts'
import { type PoolFacts, poolProblem, refusal } from '../datasets/plan.ts'
import { counted, inWords, isBelow, isRunning } from '../datasets/users.ts'
import { rollbackArgv } from '../host/zfs/change.ts'
import { destroyArgv } from '../host/zfs/destroy.ts'
import type { Property } from '../pools/model.ts'
import { refusedPlan, withDigest } from '../tasks/digest.ts'
import type { Plan, Refusal, Step } from '../tasks/model.ts'
import { type Vm, whyProtected } from '../vms/model.ts'
import type { RollbackInput } from './input.ts'
import type { GuestWord, Hold, RollbackFacts, RollbackGuest, Snapshot } from './model.ts'

/** A guest that uses what is rolled back, with what the guests' own room says about stopping and starting it. */
export type GuestFacts = {
  vm: Vm
  stopSteps: readonly Step[]
  startSteps: readonly Step[]
  confPath: string
  /** NAME.conf as it is; null when it cannot be read or lies on what is rolled back itself. */
  confToday: string | null
  /** NAME.conf as the snapshot carries it; null when it carries none. */
  confThen: string | null
  confDifferences: RollbackGuest['confDifferences']
}

export type RollbackHostFacts = {
  /** All datasets of the pool. */
  datasets: readonly DatasetRow[]
  dataset: DatasetRow
  target: Snapshot
  /** All snapshots and bookmarks of the dataset. */
  snapshots: readonly Snapshot[]
  bookmarks: readonly Bookmark[]
  /** Holds of the snapshots newer than the target. */
  holds: readonly Hold[]
  /** All properties of the dataset. */
  properties: readonly Property[]
  /** Bytes written to the dataset since the target. */
  writtenBytes: number
  /** What destroying the newer snapshots frees, by ZFS's dry run. */
  freedBytes: number | null
  pool: PoolFacts
  guests: readonly GuestFacts[]
  /** Running guests that use a dataset below this one. */
  runningBelow: readonly string[]
  /** Unix ms. */
  now: number
}

/** Snapshots and bookmarks made after the target, oldest first. Time has a second's grain, the txg has not. */
export function newerThan<T extends { createtxg: string }>(target: Snapshot, things: readonly T[]): T[] {
  return things
    .filter(each => BigInt(each.createtxg) > BigInt(target.createtxg))
    .sort((a, b) => Number(BigInt(a.createtxg) - BigInt(b.createtxg)))
}

export const ROLLBACK = 'snapshots.rollback'

/** What the dialog shows, also when the way itself is refused. */
export function rollbackFacts(facts: RollbackHostFacts, target: string | null): RollbackFacts {
  const newer = newerThan(facts.target, facts.snapshots)
  const { name, guid, createdAt } = facts.target
  return {
    snapshot: { name, guid, createdAt },
    dataset: { name: facts.dataset.name, guid: facts.dataset.guid, type: facts.dataset.type },
    writtenBytes: facts.writtenBytes,
    newer: [
      ...newer.map(each => ({
        kind: 'snapshot' as const,
        name: each.name,
        createdAt: each.createdAt,
        usedBytes: each.usedBytes,
      })),
      ...newerThan(facts.target, facts.bookmarks).map(each => ({
        kind: 'bookmark' as const,
        name: each.name,
        createdAt: each.createdAt,
        usedBytes: null,
      })),
    ],
    clones: newer.flatMap(each => each.clones.map(clone => ({ name: clone, snapshot: each.name }))),
    holds: [...facts.holds],
    guests: facts.guests.map(each => guestShown(each, facts.dataset.name)),
    target,
    reservedBytes: null,
  }
}

export function guestShown({ vm, confDifferences }: GuestFacts, dataset: string): RollbackGuest {
  const otherDisks = vm.disks.filter(disk => disk.dataset !== dataset).map(disk => disk.dataset ?? disk.path)
  return { name: vm.name, running: isRunning(vm), otherDisks, confDifferences }
}

/** A refused plan of a roll back still carries its facts: the dialog shows the other ways with them. */
export function refusedRollback(title: string, refused: Refusal, facts: RollbackFacts): Plan {
  return { ...refusedPlan(ROLLBACK, title, refused), facts }
}

/** Why the guests do not let the dataset be taken from under them. */
export function guestProblem(
  guests: readonly GuestFacts[],
  dataset: string,
  word: GuestWord | undefined,
): Refusal | null {
  const elsewhere = guests.find(each => each.vm.state === 'locked')
  if (elsewhere) {
    return refusal(
      'in_use',
      `${elsewhere.vm.name} is locked: ${elsewhere.vm.stateReason ?? 'another host may run it.'}`,
    )
  }
  const asleep = guests.find(each => each.vm.state === 'suspended')
  if (asleep) {
    return refusal(
      'in_use',
      `${asleep.vm.name} is suspended: its saved memory belongs to ${dataset} as it is now, and would damage an older one.`,
      `Resume ${asleep.vm.name} and shut it down first.`,
    )
  }
  const running = guests.filter(each => isRunning(each.vm)).map(each => each.vm.name)
  if (running.length === 0) return null
  const kept = guests.find(each => isRunning(each.vm) && whyProtected(each.vm, 'stop') !== null)
  if (kept)
    return refusal(
      'refused',
      `${kept.vm.name} is running, uses ${dataset}, and is protected against being stopped.`,
      'Take the protection away in its options first.',
      [kept.vm.name],
    )
  if (word?.stop) return null
  return refusal(
    'in_use',
    `${inWords(running)} ${running.length === 1 ? 'is running and uses' : 'are running and use'} ${dataset}.`,
    `Let Skep shut ${running.length === 1 ? 'it' : 'them'} down first.`,
    running,
  )
}

export function stopStepsOf(guests: readonly GuestFacts[]): Step[] {
  return guests.filter(each => isRunning(each.vm)).flatMap(each => each.stopSteps)
}

/** The conf of then where it was asked for, and the start of what ran before. */
export function afterSteps(guests: readonly GuestFacts[], word: GuestWord | undefined): Step[] {
  const confs = guests.flatMap(({ vm, confPath, confToday, confThen }): Step[] => {
    if (word?.conf !== 'then' || confThen === null || confThen === confToday) return []
    return [
      {
        title: `Give ${vm.name} its configuration of then`,
        file: { path: confPath, before: confToday, after: confThen },
      },
    ]
  })
  const starts = word?.start ? guests.filter(each => isRunning(each.vm)).flatMap(each => each.startSteps) : []
  return [...confs, ...starts]
}

export function guestWarnings(
  facts: Pick<RollbackHostFacts, 'guests' | 'dataset' | 'datasets'>,
  word: GuestWord | undefined,
): string[] {
  const warnings: string[] = []
  for (const each of facts.guests) {
    const { otherDisks } = guestShown(each, facts.dataset.name)
    if (otherDisks.length > 0 && facts.dataset.type === 'volume') {
      warnings.push(`Other disks of ${each.vm.name} stay as they are: ${inWords(otherDisks)}.`)
    }
    if (isRunning(each.vm) && word?.stop && !word.start)
      warnings.push(`${each.vm.name} stays shut down afterwards.`)
    if (word?.conf === 'then' && each.confThen === null) {
      warnings.push(`The configuration of ${each.vm.name} at that time is not known: today's stays.`)
    }
  }
  const children = facts.datasets.filter(each => isBelow(each.name, facts.dataset.name)).length
  if (children > 0)
    warnings.push(`${counted(children, 'dataset')} below it ${children === 1 ? 'stays' : 'stay'} as today.`)
  return warnings
}

/**
 * Who else has a filesystem open. `way`: it changes under those who use it (zfs-rollback(8) leaves it mounted), or it
 * moves, which unmounts it.
 */
export function mountWarnings(
  { dataset, properties }: Pick<RollbackHostFacts, 'dataset' | 'properties'>,
  way: 'changes' | 'moves',
): string[] {
  if (dataset.type !== 'filesystem' || !dataset.mounted) return []
  const shares = [
    ['sharenfs', 'NFS'],
    ['sharesmb', 'SMB'],
  ].filter(([name]) => {
    const value = properties.find(each => each.name === name)?.value ?? 'off'
    return value !== 'off' && value !== '-'
  })
  const shared = shares.length > 0 ? ` and shared by ${inWords(shares.map(([, word]) => word ?? ''))}` : ''
  const then =
    way === 'changes'
      ? 'whoever has files open there has to open them anew.'
      : 'it is unmounted and mounted again, which programs with open files there prevent.'
  return [`${dataset.name} is mounted at ${dataset.mountpoint}${shared}: ${then}`]
}

/** The snapshot that is gone back to and its dataset: others of the same names are no longer what was shown. */
export function rollbackSubjects(facts: Pick<RollbackHostFacts, 'target' | 'dataset'>): Plan['subjects'] {
  const { target, dataset } = facts
  return [
    { name: target.name, guid: target.guid },
    { name: dataset.name, guid: dataset.guid },
  ]
}

export function guestLocks(facts: Pick<RollbackHostFacts, 'guests' | 'dataset'>): string[] {
  return [`dataset:${facts.dataset.name}`, ...facts.guests.map(each => `vm:${each.vm.name}`)]
}

/** Way one: destroy exactly what is newer, then roll back without -r, so that ZFS itself guards what is not listed. */
export function planGoBack(input: RollbackInput, facts: RollbackHostFacts): Plan {
  const { dataset, target } = facts
  const title = `Roll back ${dataset.name} to @${target.tag}`
  const newer = newerThan(target, facts.snapshots)
  const bookmarks = newerThan(target, facts.bookmarks)
  const shown = rollbackFacts(facts, null)
  const refused =
    goBackProblem(facts, { orKeep: true }) ?? guestProblem(facts.guests, dataset.name, input.guest)
  if (refused) return refusedRollback(title, refused, shown)
  return withDigest({
    action: ROLLBACK,
    title,
    steps: [
      ...stopStepsOf(facts.guests),
      ...(newer.length === 0
        ? []
        : destroySnapshotSteps(
            dataset.name,
            newer.map(each => each.tag),
          )),
      ...bookmarks.map(each => ({
        title: `Destroy bookmark ${each.name}`,
        argv: destroyArgv({ bookmark: each.name }),
      })),
      { title: `Roll back to @${target.tag}`, argv: rollbackArgv(target.name) },
      ...afterSteps(facts.guests, input.guest),
    ],
    victims: [
      ...newer.map(snapshotVictim),
      ...bookmarks.map(bookmarkVictim),
      { kind: 'data', name: dataset.name, guid: dataset.guid, bytes: facts.writtenBytes },
    ],
    subjects: rollbackSubjects(facts),
    warnings: [
      'What was written since cannot be brought back.',
      ...mountWarnings(facts, 'changes'),
      ...guestWarnings(facts, input.guest),
    ],
    locks: guestLocks(facts),
    ...(facts.freedBytes === null ? {} : { freedBytes: facts.freedBytes }),
    facts: shown,
  })
}

/** Why what is newer cannot be destroyed. `orKeep`: going back and keeping the present would be a way out. */
export function goBackProblem(
  { pool, holds, target, snapshots }: Pick<RollbackHostFacts, 'pool' | 'holds' | 'target' | 'snapshots'>,
  { orKeep }: { orKeep: boolean },
): Refusal | null {
  const newer = newerThan(target, snapshots)
  const held = poolProblem(pool) ?? heldProblem(holds, newer, orKeep)
  if (held) return held
  const cloned = clonesProblem(newer, [])
  if (!cloned || !orKeep) return cloned
  const next = 'Or go back and keep what is there now: then the clone stays.'
  return { ...cloned, detail: { ...cloned.detail, next } }
}

function heldProblem(holds: readonly Hold[], newer: readonly Snapshot[], orKeep: boolean): Refusal | null {
  const held = newer.filter(each => each.holds > 0).map(each => each.name)
  if (held.length === 0) return null
  const tags = [...new Set(holds.map(each => `“${each.tag}”`))]
  const by = tags.length > 0 ? ` by ${inWords(tags)}` : ''
  return refusal(
    'held',
    `${inWords(held)} ${held.length === 1 ? 'is newer and held' : 'are newer and held'}${by}, so going back cannot destroy ${held.length === 1 ? 'it' : 'them'}.`,
    orKeep ? 'Release the hold first, or go back and keep what is there now.' : 'Release the hold first.',
    held,
  )
}
