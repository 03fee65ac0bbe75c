/** Rolling all zvols of a guest back together. Pure: facts in, plan out. */
import { bookmarkVictim, destroySnapshotSteps, snapshotVictim } from '../datasets/plan.destroy.ts'
import { refusal } from '../datasets/plan.ts'
import { inWords, isRunning } from '../datasets/users.ts'
import { rollbackArgv } from '../host/zfs/change.ts'
import { destroyArgv } from '../host/zfs/destroy.ts'
import { refusedPlan, withDigest } from '../tasks/digest.ts'
import type { Plan, Refusal, Step } from '../tasks/model.ts'
import type { Vm } from '../vms/model.ts'
import { groupSnapshots } from './groups.ts'
import type { RollbackGuestInput } from './input.ts'
import type { GroupRollbackFacts } from './model.ts'
import {
  afterSteps,
  type GuestFacts,
  goBackProblem,
  guestLocks,
  guestProblem,
  newerThan,
  type RollbackHostFacts,
  rollbackFacts,
  rollbackSubjects,
  stopStepsOf,
} from './plan.rollback.ts'

export const ROLLBACK_GUEST = 'snapshots.rollbackGuest'

/** Facts of every zvol that has the snapshot; `stays` are disks of today that have none. */
export type GroupFacts = {
  vm: Vm
  members: readonly RollbackHostFacts[]
  /** Zvols of today without the snapshot. */
  missing: readonly string[]
  /** Those of today that the guest had already when the snapshots were taken; null where they carry no conf. */
  volumesThen: readonly string[] | null
}

export const groupTitle = ({ vm, tag }: RollbackGuestInput): string => `Roll back ${vm} to @${tag}`

/**
 * What is newer is destroyed on every zvol before the first one goes back, and what keeps one of them from going back
 * keeps all: a guest never wakes with disks of two moments.
 */
export function planGroupBack(input: RollbackGuestInput, facts: GroupFacts): Plan {
  const { members } = facts
  const title = groupTitle(input)
  const guests = guestsOf(members)
  const stays = [...facts.missing, ...filesOf(facts.vm)]
  const shown: GroupRollbackFacts = {
    vm: facts.vm.name,
    members: members.map(each => rollbackFacts(each, null)),
    stays,
  }
  const refused = groupProblem(input, facts, guests)
  if (refused) return { ...refusedPlan(ROLLBACK_GUEST, title, refused), facts: shown }
  const freed = members.map(each => each.freedBytes)
  return withDigest({
    action: ROLLBACK_GUEST,
    title,
    steps: [
      ...stopStepsOf(guests),
      ...members.flatMap(destroySteps),
      ...members.map(({ target }) => ({
        title: `Roll ${target.dataset} back to @${target.tag}`,
        argv: rollbackArgv(target.name),
      })),
      ...afterSteps(guests, input.guest),
    ],
    victims: members.flatMap(({ target, snapshots, bookmarks, dataset, writtenBytes }) => [
      ...newerThan(target, snapshots).map(snapshotVictim),
      ...newerThan(target, bookmarks).map(bookmarkVictim),
      { kind: 'data' as const, name: dataset.name, guid: dataset.guid, bytes: writtenBytes },
    ]),
    subjects: members.flatMap(each => rollbackSubjects(each) ?? []),
    warnings: ['What was written since cannot be brought back.', ...warningsOf(facts, stays, guests, input)],
    locks: [...new Set(members.flatMap(guestLocks))],
    ...(freed.every(bytes => bytes !== null)
      ? { freedBytes: freed.reduce((sum, bytes) => sum + bytes, 0) }
      : {}),
    facts: shown,
  })
}

/** Every guest that uses any of the zvols, once; the conf of then may be known from one disk and not from another. */
function guestsOf(members: readonly RollbackHostFacts[]): GuestFacts[] {
  const byName = Map.groupBy(
    members.flatMap(each => each.guests),
    each => each.vm.name,
  )
  return [...byName.values()].flatMap(same => same.find(each => each.confThen !== null) ?? same[0] ?? [])
}

/** Disks that are files: no snapshot of a zvol holds them. */
const filesOf = (vm: Vm): string[] => vm.disks.filter(disk => disk.dataset === null).map(disk => disk.path)

function destroySteps({ target, dataset, snapshots, bookmarks }: RollbackHostFacts): Step[] {
  const newer = newerThan(target, snapshots).map(each => each.tag)
  return [
    ...(newer.length === 0 ? [] : destroySnapshotSteps(dataset.name, newer)),
    ...newerThan(target, bookmarks).map(each => ({
      title: `Destroy bookmark ${each.name}`,
      argv: destroyArgv({ bookmark: each.name }),
    })),
  ]
}

/** Everything that stands in the way, of all zvols at once; null when nothing does. */
function groupProblem(
  { tag, guest }: RollbackGuestInput,
  { vm, members, missing, volumesThen }: GroupFacts,
  guests: readonly GuestFacts[],
): Refusal | null {
  if (members.length === 0) return refusal('not_found', `${vm.name} has no zvol with a snapshot @${tag}.`)
  const lost = volumesThen === null ? missing : missing.filter(each => volumesThen.includes(each))
  if (lost.length > 0) {
    return refusal(
      'not_found',
      `${inWords(lost)} ${lost.length === 1 ? 'has' : 'have'} no snapshot @${tag}, so ${vm.name} cannot go back whole.`,
      'Choose a snapshot that all its disks have, or roll back one disk by itself.',
      [...lost],
    )
  }
  const problems = members.flatMap(each => goBackProblem(each, { orKeep: false }) ?? [])
  const [first] = problems
  if (!first) {
    const names = members.map(each => each.dataset.name)
    return guestProblem(guests, inWords(names), guest)
  }
  const nexts = new Set(problems.flatMap(each => each.detail?.next ?? []))
  return {
    ...first,
    message: [...new Set(problems.map(each => each.message))].join(' '),
    detail: {
      names: problems.flatMap(each => each.detail?.names ?? []),
      next: [...nexts, 'Until then no disk of it goes back.'].join(' '),
    },
  }
}

function warningsOf(
  { members, vm }: GroupFacts,
  stays: readonly string[],
  guests: readonly GuestFacts[],
  { guest: word }: RollbackGuestInput,
): string[] {
  const warnings: string[] = []
  const [group] = groupSnapshots(
    members.map(each => each.dataset.name),
    members.map(each => each.target),
  )
  if (group?.moment === 'pools')
    warnings.push('Its disks lie in several pools: their snapshots were taken one after the other.')
  if (group?.moment === 'apart')
    warnings.push(
      'These snapshots were not taken together: the disks go back to different moments, as after a power cut of each.',
    )
  if (stays.length > 0)
    warnings.push(`${inWords(stays)} ${stays.length === 1 ? 'stays as it is' : 'stay as they are'}.`)
  const others = guests.filter(each => each.vm.name !== vm.name).map(each => each.vm.name)
  if (others.length > 0)
    warnings.push(`${inWords(others)} ${others.length === 1 ? 'uses' : 'use'} a disk of it too.`)
  for (const each of guests) {
    if (word?.conf === 'then' && each.confThen === null)
      warnings.push(`The configuration of ${each.vm.name} at that time is not known: today's stays.`)
  }
  const running = guests.filter(each => isRunning(each.vm)).map(each => each.vm.name)
  if (running.length > 0 && word?.stop && !word.start)
    warnings.push(`${inWords(running)} ${running.length === 1 ? 'stays' : 'stay'} shut down afterwards.`)
  return warnings
}
