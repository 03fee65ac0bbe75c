/**
 * Going back without losing the present: rename, clone, promote. Pure: facts in, plan out. The order and the options are
 * proven on OpenZFS 2.4.4; see the golden cases of `keep`.
 */
import { type DatasetRow, KEPT_CONF, KEPT_FROM } from '../datasets/model.ts'
import { inBinary, newNameProblem, parentOf, poolProblem, refusal } from '../datasets/plan.ts'
import { FIXED } from '../datasets/properties.ts'
import { counted, inWords, isBelow } from '../datasets/users.ts'
import { mountArgv, promoteArgv, renameArgv } from '../host/zfs/change.ts'
import { cloneArgv } from '../host/zfs/create.ts'
import { setPropertyArgv } from '../host/zfs/properties.ts'
import type { Property } from '../pools/model.ts'
import { withDigest } from '../tasks/digest.ts'
import type { Plan, Refusal, Step } from '../tasks/model.ts'
import { withoutScreenPassword } from '../vms/conf.ts'
import type { RollbackInput } from './input.ts'
import {
  afterSteps,
  type GuestFacts,
  guestLocks,
  guestProblem,
  guestWarnings,
  mountWarnings,
  newerThan,
  ROLLBACK,
  type RollbackHostFacts,
  refusedRollback,
  rollbackFacts,
  rollbackSubjects,
  stopStepsOf,
} from './plan.rollback.ts'
import { carriedConf } from './plan.ts'

/** What the run and the settling of a keep or a swap need to know beside the steps. */
export type KeepFacts = {
  /** The dataset that goes back, and its guid before. */
  dataset: string
  guid: string
  /** Where the present state goes. */
  keptAs: string
  /** Mount point set on the dataset itself, which the kept one must leave; null when it moves by its name. */
  mountpoint: { path: string; received: boolean } | null
}

/** A name nobody has: `NAME`, then `NAME-2`, `NAME-3`, ... */
export function freeName(wanted: string, taken: (name: string) => boolean): string {
  if (!taken(wanted)) return wanted
  for (let count = 2; ; count += 1) {
    const name = `${wanted}-${count}`
    if (!taken(name)) return name
  }
}

/** `debian.before-2026-11-22` of the host's day, or the next free one. */
export function datedName(
  dataset: string,
  word: 'before' | 'after',
  now: number,
  datasets: readonly Pick<DatasetRow, 'name'>[],
): string {
  const names = new Set(datasets.map(each => each.name))
  const day = new Date(now)
  const two = (number: number): string => String(number).padStart(2, '0')
  const date = `${day.getFullYear()}-${two(day.getMonth() + 1)}-${two(day.getDate())}`
  return freeName(`${dataset}.${word}-${date}`, name => names.has(name))
}

/** Set by the dataset itself, not by a clone: they come from the snapshot, or are counters shown as settings. */
const NOT_FOR_A_CLONE = new Set([
  ...FIXED,
  'volsize',
  'keylocation',
  'version',
  'snapshot_count',
  'filesystem_count',
  'receive_resume_token',
  'objsetid',
  'guid',
])
const ZERO_MEANS_NONE = new Set(['quota', 'refquota', 'reservation', 'refreservation'])

/** The options that give the clone what the dataset has set itself: a clone brings none of it along. */
export function cloneOptions(dataset: DatasetRow, properties: readonly Property[]): [string, string][] {
  return properties
    .filter(each => each.source === 'local' || each.source === 'received')
    .filter(each => !NOT_FOR_A_CLONE.has(each.name) && !each.name.startsWith('skep:'))
    .filter(
      each => !(each.name === 'refreservation' && dataset.type === 'volume' && Number(each.value) === 0),
    )
    .map(each => [each.name, cloneValue(dataset, each)])
}

function cloneValue(dataset: DatasetRow, { name, value }: Property): string {
  if (ZERO_MEANS_NONE.has(name) && value === '0') return 'none'
  // A full reservation counts the blocks that point to blocks as well; `auto` works that out for the clone's own size.
  const isFull =
    name === 'refreservation' && dataset.type === 'volume' && Number(value) >= (dataset.volsizeBytes ?? 0)
  return isFull ? 'auto' : value
}

/** Room the second reservation takes. */
export function roomNeeded(dataset: DatasetRow, properties: readonly Property[]): number {
  const own = properties.find(
    each => each.name === 'reservation' && ['local', 'received'].includes(each.source),
  )
  return dataset.refreservationBytes + Number(own?.value ?? 0)
}

/** A mount point of its own: a path that dataset and kept one would both claim. */
export function ownMountpoint(dataset: DatasetRow, properties: readonly Property[]): KeepFacts['mountpoint'] {
  const set = properties.find(each => each.name === 'mountpoint')
  if (dataset.type === 'volume' || !set?.value.startsWith('/')) return null
  if (set.source !== 'local' && set.source !== 'received') return null
  return { path: set.value, received: set.source === 'received' }
}

/** Way two. After it the dataset is what it was at the snapshot, and `keptAs` is what it was a moment ago. */
export function planKeep(input: RollbackInput, facts: RollbackHostFacts): Plan {
  const { dataset, target, properties } = facts
  const keptAs = input.keepAs ?? datedName(dataset.name, 'before', facts.now, facts.datasets)
  const title = `Roll back ${dataset.name} to @${target.tag} and keep the present as ${keptAs}`
  const room = roomNeeded(dataset, properties)
  const mountpoint = ownMountpoint(dataset, properties)
  const shown = { ...rollbackFacts(facts, keptAs), reservedBytes: room > 0 ? room : null }
  const refused =
    poolProblem(facts.pool) ??
    keptNameProblem(keptAs, facts) ??
    moveProblem(facts) ??
    keepRoomProblem(room, facts) ??
    guestProblem(facts.guests, dataset.name, input.guest)
  if (refused) return refusedRollback(title, refused, shown)
  const keep: KeepFacts = { dataset: dataset.name, guid: dataset.guid, keptAs, mountpoint }
  const isMountedByHand =
    dataset.mounted && properties.some(each => each.name === 'canmount' && each.value === 'noauto')
  const moved = newerThan(target, facts.snapshots).length
  return withDigest({
    action: ROLLBACK,
    title,
    steps: [
      ...stopStepsOf(facts.guests),
      { title: 'Move the present state aside', argv: renameArgv({ from: dataset.name, to: keptAs }) },
      ...(mountpoint ? [mountStep(keptAs, asideOf(mountpoint.path, keptAs))] : []),
      {
        title: `Make ${dataset.name} anew from @${target.tag}`,
        argv: cloneArgv({
          snapshot: `${keptAs}@${target.tag}`,
          target: dataset.name,
          options: cloneOptions(dataset, properties),
        }),
      },
      { title: `Give ${dataset.name} its snapshots back`, argv: promoteArgv(dataset.name) },
      ...(isMountedByHand ? [{ title: `Mount ${dataset.name}`, argv: mountArgv(dataset.name) }] : []),
      ...childSteps(keptAs, dataset.name, directChildren(dataset.name, facts.datasets)),
      ...confStep(keptAs, facts.guests),
      markStep(keptAs, dataset.name),
      ...afterSteps(facts.guests, input.guest),
    ],
    victims: [],
    subjects: rollbackSubjects(facts),
    warnings: [
      `${keptAs} keeps today's bytes${moved > 0 ? ` and the ${counted(moved, 'newer snapshot')}` : ''}, and takes their room until you destroy it.`,
      ...(room > 0
        ? [`The reservation of ${dataset.name} is made twice: ${inBinary(room)} more are set aside.`]
        : []),
      ...mountWarnings(facts, 'moves'),
      ...guestWarnings(facts, input.guest),
    ],
    // Everything below moves along.
    locks: [...guestLocks(facts), `dataset:${dataset.name}/**`, `dataset:${keptAs}`],
    facts: { ...shown, keep },
  })
}

function keptNameProblem(keptAs: string, facts: RollbackHostFacts): Refusal | null {
  const field = { field: 'keepAs' }
  if (parentOf(keptAs) !== parentOf(facts.dataset.name)) {
    return {
      code: 'invalid',
      message: 'The kept state stays beside the dataset, under the same parent.',
      detail: field,
    }
  }
  const problem = newNameProblem(keptAs, facts)
  if (problem) return { ...problem, detail: { ...problem.detail, ...field } }
  const grows = keptAs.length - facts.dataset.name.length
  const longest = [
    ...facts.snapshots,
    ...facts.datasets.filter(each => isBelow(each.name, facts.dataset.name)),
  ].find(each => each.name.length + grows > 255)
  if (!longest) return null
  return {
    code: 'invalid',
    message: `With that name ${longest.name} would get too long a name.`,
    detail: field,
  }
}

/** What speaks against renaming the dataset with all below it. */
export function moveProblem(
  facts: Pick<RollbackHostFacts, 'dataset' | 'properties' | 'runningBelow'>,
): Refusal | null {
  const { dataset, properties, runningBelow } = facts
  if (parentOf(dataset.name) === null) {
    return refusal(
      'refused',
      `${dataset.name} is a pool's first dataset: it cannot be set aside.`,
      'Go back without keeping.',
    )
  }
  if (properties.find(each => each.name === 'encryptionroot')?.value === dataset.name) {
    return refusal(
      'unsupported',
      `${dataset.name} is its own encryption root: keeping it would lock it until its key is loaded again.`,
      'Go back without keeping, or open the snapshot beside it.',
    )
  }
  if (runningBelow.length === 0) return null
  const is = runningBelow.length === 1 ? 'is' : 'are'
  return refusal(
    'in_use',
    `${inWords(runningBelow)} ${is} running on datasets below ${dataset.name}, which have to move for a moment.`,
    `Shut ${inWords(runningBelow)} down first.`,
    [...runningBelow],
  )
}

function keepRoomProblem(room: number, facts: RollbackHostFacts): Refusal | null {
  const parent = facts.datasets.find(each => each.name === parentOf(facts.dataset.name))
  if (room === 0 || !parent || room <= parent.availableBytes) return null
  return refusal(
    'no_space',
    `Keeping both needs the reservation of ${facts.dataset.name} a second time: ${inBinary(room)}, and there are ${inBinary(parent.availableBytes)}.`,
    'Free room, take the reservation away (the volume is sparse then), or go back without keeping.',
  )
}

/** Names of the datasets right below, without the parent's. */
export function directChildren(dataset: string, datasets: readonly Pick<DatasetRow, 'name'>[]): string[] {
  return datasets.map(each => each.name).filter(name => isBelow(name, dataset) && parentOf(name) === dataset)
}

/** Children went along with the rename; each comes back to its place with all below it. */
export function childSteps(from: string, to: string, children: readonly string[]): Step[] {
  return children.map(child => {
    const last = child.slice(child.lastIndexOf('/') + 1)
    return {
      title: `Put ${child} back in its place`,
      argv: renameArgv({ from: `${from}/${last}`, to: `${to}/${last}` }),
    }
  })
}

/** `/srv/data.before-2026-11-22`: the mount point beside the old one, named like the dataset. */
export function asideOf(path: string, keptAs: string): string {
  const suffix =
    /\.(?:before|after)-[^/]*$/.exec(keptAs)?.[0] ?? `.${keptAs.slice(keptAs.lastIndexOf('/') + 1)}`
  return `${path === '/' ? '' : path}${suffix}`
}

export function mountStep(dataset: string, path: string): Step {
  return { title: `Mount ${dataset} at ${path}`, argv: setPropertyArgv(dataset, 'mountpoint', path) }
}

export function markStep(kept: string, from: string): Step {
  return { title: `Note that ${kept} can be swapped back`, argv: setPropertyArgv(kept, KEPT_FROM, from) }
}

/** The kept half takes the conf of the guest along, so that swapping back can offer it. */
export function confStep(kept: string, guests: readonly GuestFacts[]): Step[] {
  const [guest] = guests
  const value =
    guests.length === 1 && guest?.confToday ? carriedConf(withoutScreenPassword(guest.confToday)) : null
  if (guest === undefined || value === null) return []
  return [
    {
      title: `Note today's configuration of ${guest.vm.name} on ${kept}`,
      argv: setPropertyArgv(kept, KEPT_CONF, value),
    },
  ]
}
