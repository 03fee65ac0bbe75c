/** Swapping back what a roll back has kept: the same way in the other direction. Pure: facts in, plan out. */
import { type DatasetRow, KEPT_CONF, KEPT_FROM } from '../datasets/model.ts'
import { movingSnapshots, newNameProblem, poolProblem, refusal } from '../datasets/plan.ts'
import { counted, inWords } from '../datasets/users.ts'
import { promoteArgv, renameArgv } from '../host/zfs/change.ts'
import { inheritPropertyArgv } from '../host/zfs/properties.ts'
import { refusedPlan, withDigest } from '../tasks/digest.ts'
import type { Plan, Refusal, Step } from '../tasks/model.ts'
import type { SwapBackInput } from './input.ts'
import type { Snapshot } from './model.ts'
import {
  asideOf,
  childSteps,
  confStep,
  datedName,
  directChildren,
  type KeepFacts,
  markStep,
  mountStep,
  moveProblem,
  ownMountpoint,
} from './plan.keep.ts'
import {
  afterSteps,
  guestLocks,
  guestProblem,
  guestShown,
  guestWarnings,
  mountWarnings,
  type RollbackHostFacts,
  stopStepsOf,
} from './plan.rollback.ts'

export const SWAP_BACK = 'snapshots.swapBack'

/** As for a roll back of the dataset (its newest snapshot stands for the target), and the kept half. */
export type SwapFacts = Omit<RollbackHostFacts, 'target'> & {
  kept: DatasetRow
  /** Snapshots of the kept one and of every dataset between the two, by dataset. */
  snapshotsOf: ReadonlyMap<string, readonly Snapshot[]>
  /** A guest's conf is noted on the kept half. */
  carriesConf: boolean
  /** Running guests that use the kept half. */
  runningOnKept: readonly string[]
}

/** The two halves of a pair by the name of either; a refusal where there is none, or more than one. */
export function findPair(
  dataset: string,
  datasets: readonly DatasetRow[],
): { name: string; kept: string } | Refusal {
  const row = datasets.find(each => each.name === dataset)
  if (!row) return refusal('not_found', `There is no dataset ${dataset}.`)
  if (row.keptFrom) {
    if (datasets.some(each => each.name === row.keptFrom)) return { name: row.keptFrom, kept: dataset }
    return refusal('not_found', `${row.keptFrom}, which ${dataset} was kept from, is no longer there.`)
  }
  const kept = datasets.filter(each => each.keptFrom === dataset).map(each => each.name)
  const [only] = kept
  if (only && kept.length === 1) return { name: dataset, kept: only }
  if (kept.length === 0) return refusal('refused', `Nothing was kept when ${dataset} was rolled back.`)
  return refusal(
    'refused',
    `${dataset} has several kept states: ${inWords(kept)}.`,
    'Choose one of them.',
    kept,
  )
}

/** The datasets from the kept one to the present one, along the origins; null when they do not hang together. */
function chainOf(kept: DatasetRow, name: string, datasets: readonly DatasetRow[]): DatasetRow[] | null {
  const chain: DatasetRow[] = []
  for (let at: DatasetRow | undefined = kept; at && at.name !== name; ) {
    if (chain.includes(at) || !at.origin) return null
    chain.push(at)
    const origin: string | undefined = at.origin.split('@')[0]
    at = datasets.find(each => each.name === origin)
    if (!at) return null
  }
  return chain
}

export function planSwapBack(input: SwapBackInput, facts: SwapFacts): Plan {
  const { dataset, kept } = facts
  const aside = datedName(dataset.name, 'after', facts.now, facts.datasets)
  const title = `Swap ${kept.name} back as ${dataset.name}`
  const chain = chainOf(kept, dataset.name, facts.datasets)
  const refused =
    poolProblem(facts.pool) ??
    (chain ? null : apart(kept, dataset)) ??
    newNameProblem(aside, facts) ??
    moveProblem(facts) ??
    keptInUse(facts) ??
    tagClash(chain ?? [], facts) ??
    childClash(facts) ??
    guestProblem(facts.guests, dataset.name, input.guest)
  const guests = facts.guests.map(each => guestShown(each, dataset.name))
  if (refused || !chain)
    return { ...refusedPlan(SWAP_BACK, title, refused ?? apart(kept, dataset)), facts: { guests } }
  const mountpoint = ownMountpoint(dataset, facts.properties)
  const keep: KeepFacts = { dataset: dataset.name, guid: dataset.guid, keptAs: aside, mountpoint }
  const promotes = chain.map(
    (_, round): Step => ({
      title:
        round === 0
          ? `Give ${dataset.name} its snapshots back`
          : `Give ${dataset.name} its older snapshots back`,
      argv: promoteArgv(dataset.name),
    }),
  )
  return withDigest({
    action: SWAP_BACK,
    title,
    steps: [
      ...stopStepsOf(facts.guests),
      ...(mountpoint ? [mountStep(dataset.name, asideOf(mountpoint.path, aside))] : []),
      { title: 'Move the present state aside', argv: renameArgv({ from: dataset.name, to: aside }) },
      { title: `Put ${kept.name} in its place`, argv: renameArgv({ from: kept.name, to: dataset.name }) },
      ...promotes,
      ...(mountpoint ? [mountStep(dataset.name, mountpoint.path)] : []),
      ...childSteps(aside, dataset.name, directChildren(dataset.name, facts.datasets)),
      ...confStep(aside, facts.guests),
      markStep(aside, dataset.name),
      ...(facts.carriesConf
        ? [
            {
              title: `Take the configuration off ${dataset.name}`,
              argv: inheritPropertyArgv(dataset.name, KEPT_CONF),
            },
          ]
        : []),
      ...(kept.keptFrom === null
        ? []
        : [
            {
              title: `Take the note off ${dataset.name}`,
              argv: inheritPropertyArgv(dataset.name, KEPT_FROM),
            },
          ]),
      ...afterSteps(facts.guests, input.guest),
    ],
    victims: [],
    subjects: [dataset, kept].map(({ name, guid }) => ({ name, guid })),
    warnings: [
      `What ${dataset.name} is now stays as ${aside}, with what was written to it since, and can be swapped back in the same way.`,
      ...(promotes.length > 1
        ? [`${counted(promotes.length, 'roll back')} were kept in between: they stay as they are.`]
        : []),
      ...mountWarnings(facts, 'moves'),
      ...guestWarnings(facts, input.guest),
    ],
    locks: [
      ...guestLocks(facts),
      `dataset:${dataset.name}/**`,
      `dataset:${kept.name}/**`,
      `dataset:${aside}`,
      // A promote moves snapshots of every dataset on the way.
      ...chain.slice(1).map(each => `dataset:${each.name}`),
    ],
    facts: {
      keep,
      kept: { name: kept.name, guid: kept.guid },
      aside,
      guests,
    },
  })
}

function apart(kept: DatasetRow, dataset: DatasetRow): Refusal {
  return refusal(
    'refused',
    `${kept.name} no longer hangs on a snapshot of ${dataset.name}: one of them was promoted since.`,
    `Rename the two by hand: both are whole.`,
  )
}

function keptInUse(facts: SwapFacts): Refusal | null {
  if (facts.runningOnKept.length === 0) return null
  const names = [...facts.runningOnKept]
  return refusal(
    'in_use',
    `${inWords(names)} ${names.length === 1 ? 'runs' : 'run'} on ${facts.kept.name}.`,
    `Shut ${inWords(names)} down first.`,
    names,
  )
}

/** A tag on both sides makes zfs refuse the promote when it is too late to think. zfs-promote(8). */
function tagClash(chain: readonly DatasetRow[], facts: SwapFacts): Refusal | null {
  const own = new Set((facts.snapshotsOf.get(facts.kept.name) ?? []).map(each => each.tag))
  for (const each of chain) {
    if (!each.origin) continue
    const parent = each.origin.split('@')[0] ?? ''
    const of = parent === facts.dataset.name ? facts.snapshots : (facts.snapshotsOf.get(parent) ?? [])
    const moving = movingSnapshots(each.origin, of)
    const clash = moving.filter(one => own.has(one.tag)).map(one => one.name)
    if (clash.length > 0) {
      const message = `${inWords(clash)} would move to ${facts.kept.name}, which has a snapshot of the same name.`
      return refusal('exists', message, 'Rename or destroy one of the two.', clash)
    }
    for (const one of moving) own.add(one.tag)
  }
  return null
}

function childClash(facts: SwapFacts): Refusal | null {
  const last = (name: string): string => name.slice(name.lastIndexOf('/') + 1)
  const there = new Set(directChildren(facts.kept.name, facts.datasets).map(last))
  const clash = directChildren(facts.dataset.name, facts.datasets).filter(name => there.has(last(name)))
  if (clash.length === 0) return null
  return refusal(
    'exists',
    `${facts.kept.name} has children of the same names as ${inWords(clash)}.`,
    'Rename them first.',
    clash,
  )
}
