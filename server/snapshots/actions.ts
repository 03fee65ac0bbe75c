/** Verbs on snapshots; rolling back has a file of its own. */
import * as z from 'zod/mini'
import { type Action, defineAction, type PlanContext } from '../action.ts'
import { freshVms, readPoolOf, settleByLook } from '../datasets/actions.ts'
import { poolOf } from '../datasets/plan.ts'
import { runStep, runSteps } from '../datasets/steps.ts'
import { isBelow } from '../datasets/users.ts'
import { AppError } from '../errors.ts'
import { splitSnapshot } from '../host/zfs/names.ts'
import { inheritPropertyArgv } from '../host/zfs/properties.ts'
import { listHolds, listSnapshotIndex, listSnapshots } from '../host/zfs/snapshots.ts'
import { readDatasets } from '../inventory/reader.ts'
import type { Plan } from '../tasks/model.ts'
import { isOff, notesByVolume, readReclaim } from './facts.ts'
import { cloneInput, createSnapshotsInput, holdInput, snapshotsInput } from './input.ts'
import { newTagProblem } from './names.ts'
import { planHold, planRelease } from './plan.hold.ts'
import {
  type CreateInput,
  type CreatePlanFacts,
  GUEST_PROPERTY,
  planClone,
  planCreate,
  planDestroySnapshots,
} from './plan.ts'

type Settling = Awaited<ReturnType<Action['settle']>>

async function createFacts(context: PlanContext, input: CreateInput) {
  const { host } = context
  const [datasets, vms] = await Promise.all([readDatasets(host), freshVms(context)])
  const targets = datasets
    .map(each => each.name)
    .filter(name => input.datasets.some(root => root === name || (input.recursive && isBelow(name, root))))
  const pools = [...new Set(targets.map(poolOf))]
  const [existing, notes, states] = await Promise.all([
    // A tag that cannot be is refused by the plan; the host is not asked about it.
    newTagProblem(input.tag)
      ? []
      : listSnapshotIndex(host, { snapshots: targets.map(name => `${name}@${input.tag}`) }),
    notesByVolume(host, vms),
    Promise.all(pools.map(name => readPoolOf(context, name))),
  ])
  return {
    datasets,
    notes,
    existing: new Set(existing.map(each => each.name)),
    pools: states.filter(each => each !== null),
  }
}

export const create = defineAction({
  name: 'snapshots.create',
  role: 'operator',
  input: createSnapshotsInput,
  async plan(context, input) {
    return planCreate(input, await createFacts(context, input))
  },
  async run(context, plan) {
    const { snapshots, offGuests } = createdBy(plan)
    const [started] = await startedMeanwhile(context, offGuests)
    if (started)
      throw new AppError(
        'changed',
        `${started.guest} was started meanwhile: a snapshot now is not of a guest that is off.`,
      )
    await runSteps(context, plan)
    // What was started while the commands ran may have written before its snapshot: then nothing is claimed.
    for (const each of await startedMeanwhile(context, offGuests))
      for (const name of each.snapshots)
        await runStep(context, { title: '', argv: inheritPropertyArgv(name, GUEST_PROPERTY) })
    return { snapshots }
  },
  async settle({ host }, plan) {
    const wanted = createdBy(plan).snapshots
    const there = (await listSnapshotIndex(host, { snapshots: wanted })).length
    return settled(plan, there, wanted.length, 'taken')
  },
})

const createPlanFacts = z.object({
  snapshots: z.array(z.string()),
  // A task of an older Skep has none.
  offGuests: z._default(z.array(z.object({ guest: z.string(), snapshots: z.array(z.string()) })), []),
})

function createdBy(plan: Plan): CreatePlanFacts {
  const parsed = z.safeParse(createPlanFacts, plan.facts)
  return parsed.success ? parsed.data : { snapshots: [], offGuests: [] }
}

/** Of the guests that a plan calls off, those that are not. */
async function startedMeanwhile(
  context: PlanContext,
  offGuests: CreatePlanFacts['offGuests'],
): Promise<CreatePlanFacts['offGuests']> {
  if (offGuests.length === 0) return []
  const off = new Set((await freshVms(context)).filter(isOff).map(vm => vm.name))
  return offGuests.filter(each => !off.has(each.guest))
}

/** How a verb on several things ended, told from how many of them show it. */
function settled(plan: Plan, done: number, all: number, word: string): Settling {
  if (done === all) return { state: 'done', outcome: `${plan.title}: done, as the host shows.` }
  const outcome = done === 0 ? `nothing was ${word}.` : `${done} of ${all} were ${word}, the others were not.`
  return { state: 'interrupted', outcome: `${plan.title}: ${outcome}` }
}

export const destroy = defineAction({
  name: 'snapshots.destroy',
  role: 'operator',
  input: snapshotsInput,
  async plan({ host }, { snapshots: names }) {
    const snapshots = await listSnapshots(host, { snapshots: [...new Set(names)] })
    const isClear =
      snapshots.length > 0 && snapshots.every(each => each.holds === 0 && each.clones.length === 0)
    const freedBytes = isClear ? (await readReclaim(host, names)).freedBytes : null
    return planDestroySnapshots([...new Set(names)], { snapshots, freedBytes })
  },
  async run(context, plan) {
    await runSteps(context, plan)
    return { snapshots: plan.victims.map(each => each.name) }
  },
  async settle({ host }, plan) {
    const guids = new Set(
      (await listSnapshotIndex(host, { snapshots: plan.victims.map(each => each.name) })).map(
        each => each.guid,
      ),
    )
    const gone = plan.victims.filter(each => !each.guid || !guids.has(each.guid)).length
    return settled(plan, gone, plan.victims.length, 'destroyed')
  },
})

async function holdFacts({ host }: PlanContext, names: readonly string[]) {
  const snapshots = await listSnapshots(host, { snapshots: [...new Set(names)] })
  const holds = await listHolds(
    host,
    snapshots.filter(each => each.holds > 0).map(each => each.name),
  )
  return { snapshots, holds }
}

/** Snapshots and tag of a hold or a release: `zfs hold -- TAG SNAPSHOT…`. */
function heldIn(plan: Plan): { tag: string; names: string[] } {
  const words = plan.steps.map(each => each.argv ?? []).map(argv => argv.slice(argv.indexOf('--') + 1))
  return { tag: words[0]?.[0] ?? '', names: words.flatMap(each => each.slice(1)) }
}

/** How many of the snapshots of a plan carry its hold now. */
async function countHeld(context: PlanContext, plan: Plan): Promise<{ held: number; all: number }> {
  const { tag, names } = heldIn(plan)
  const { holds } = await holdFacts(context, names)
  return { held: holds.filter(each => each.tag === tag).length, all: names.length }
}

export const hold = defineAction({
  name: 'snapshots.hold',
  role: 'operator',
  input: holdInput,
  async plan(context, input) {
    return planHold(input, await holdFacts(context, input.snapshots))
  },
  async run(context, plan) {
    await runSteps(context, plan)
    return { snapshots: heldIn(plan).names }
  },
  async settle(context, plan) {
    const { held, all } = await countHeld(context, plan)
    return settled(plan, held, all, 'held')
  },
})

export const release = defineAction({
  name: 'snapshots.release',
  role: 'operator',
  input: holdInput,
  async plan(context, input) {
    return planRelease(input, await holdFacts(context, input.snapshots))
  },
  async run(context, plan) {
    await runSteps(context, plan)
    return { snapshots: heldIn(plan).names }
  },
  async settle(context, plan) {
    const { held, all } = await countHeld(context, plan)
    return settled(plan, all - held, all, 'released')
  },
})

export const clone = defineAction({
  name: 'snapshots.clone',
  role: 'operator',
  input: cloneInput,
  async plan(context, input) {
    const { host } = context
    const [datasets, pool, snapshots] = await Promise.all([
      readDatasets(host),
      readPoolOf(context, input.target),
      listSnapshots(host, { snapshots: [input.snapshot] }),
    ])
    return planClone(input, { datasets, pool, snapshots })
  },
  async run(context, plan, input) {
    await runSteps(context, plan)
    return { dataset: input.target, from: splitSnapshot(input.snapshot).dataset }
  },
  settle: (context, plan) =>
    settleByLook(context, plan, datasets =>
      datasets.some(
        each => each.name === plan.steps[0]?.argv?.at(-1) && each.origin === plan.steps[0]?.argv?.at(-2),
      ),
    ),
})
