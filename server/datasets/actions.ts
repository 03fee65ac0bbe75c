/** Verbs on datasets. */
import * as z from 'zod/mini'
import { type Action, defineAction, type PlanContext } from '../action.ts'
import { getProperties } from '../host/zfs/properties.ts'
import { listBookmarks, listSnapshotIndex, listSnapshots } from '../host/zfs/snapshots.ts'
import { listPools } from '../host/zpool/list.ts'
import { readDatasets, readPool } from '../inventory/reader.ts'
import type { Plan, TaskCommand } from '../tasks/model.ts'
import { mustBeIdle } from './guard.ts'
import {
  createFilesystemInput,
  createVolumeInput,
  datasetInput,
  inheritPropertyInput,
  renameInput,
  setPropertyInput,
} from './input.ts'
import type { DatasetRow } from './model.ts'
import { planDestroy } from './plan.destroy.ts'
import { type PropertyFacts, planInheritProperty, planSetProperty } from './plan.property.ts'
import {
  type NewNameFacts,
  type PoolFacts,
  planCreateFilesystem,
  planCreateVolume,
  planPromote,
  planRename,
  poolOf,
} from './plan.ts'
import { runSteps } from './steps.ts'
import { isBelow } from './users.ts'

/** State of the pool of a dataset; null when there is no such pool. */
export async function readPoolOf({ host }: PlanContext, dataset: string): Promise<PoolFacts | null> {
  const name = poolOf(dataset)
  const pools = await listPools(host)
  return pools.some(pool => pool.name === name) ? readPool(host, name) : null
}

async function newNameFacts(context: PlanContext, dataset: string): Promise<NewNameFacts> {
  const [datasets, pool] = await Promise.all([readDatasets(context.host), readPoolOf(context, dataset)])
  return { datasets, pool }
}

export async function freshVms({ inventory }: PlanContext) {
  return (await inventory.vms({ fresh: true })).value
}

type Settling = Awaited<ReturnType<Action['settle']>>

/** Settles a plan of one command by looking whether its outcome is there. */
export async function settleByLook(
  context: PlanContext,
  plan: Plan,
  isDone: (datasets: DatasetRow[]) => boolean | null,
): Promise<Settling> {
  const done = isDone(await readDatasets(context.host))
  if (done === true) return { state: 'done', outcome: `${plan.title}: done, as the host shows.` }
  if (done === false)
    return { state: 'interrupted', outcome: `${plan.title}: not done. Nothing has changed.` }
  return {
    state: 'interrupted',
    outcome: `${plan.title}: it was cut short, and the host does not show whether it was done.`,
  }
}

/** Last word of the first command: the dataset most verbs end with. */
function lastWord(plan: Plan): string {
  return plan.steps[0]?.argv?.at(-1) ?? ''
}

const settleCreated: Action['settle'] = (context, plan) =>
  settleByLook(context, plan, datasets => datasets.some(each => each.name === lastWord(plan)))

export const createFilesystem = defineAction({
  name: 'datasets.createFilesystem',
  role: 'administrator',
  input: createFilesystemInput,
  async plan(context, input) {
    return planCreateFilesystem(input, await newNameFacts(context, input.dataset))
  },
  async run(context, plan, input) {
    await runSteps(context, plan)
    return { dataset: input.dataset }
  },
  settle: settleCreated,
})

export const createVolume = defineAction({
  name: 'datasets.createVolume',
  role: 'administrator',
  input: createVolumeInput,
  async plan(context, input) {
    return planCreateVolume(input, await newNameFacts(context, input.dataset))
  },
  async run(context, plan, input) {
    await runSteps(context, plan)
    return { dataset: input.dataset }
  },
  settle: settleCreated,
})

export const rename = defineAction({
  name: 'datasets.rename',
  role: 'administrator',
  input: renameInput,
  async plan(context, input) {
    const [facts, vms] = await Promise.all([newNameFacts(context, input.to), freshVms(context)])
    return planRename(input, { ...facts, vms })
  },
  async run(context, plan, input) {
    await runSteps(context, plan)
    return { dataset: input.to }
  },
  settle: settleCreated,
})

export const destroy = defineAction({
  name: 'datasets.destroy',
  role: 'administrator',
  input: datasetInput,
  async plan(context, { dataset }) {
    const [datasets, vms] = await Promise.all([readDatasets(context.host), freshVms(context)])
    const tree = datasets.map(each => each.name).filter(name => name === dataset || isBelow(name, dataset))
    const [snapshots, bookmarks] = await Promise.all([
      listSnapshots(context.host, { datasets: tree }),
      Promise.all(tree.map(name => listBookmarks(context.host, name))),
    ])
    return planDestroy(dataset, { datasets, snapshots, bookmarks: bookmarks.flat(), vms })
  },
  async run(context, plan, { dataset }) {
    // Its snapshots die by a command of their own: a guest that has just been started must be seen before the first one.
    await runSteps(context, plan, () => mustBeIdle(context, dataset, { below: true }))
    return { dataset }
  },
  async settle(context, plan) {
    const [datasets, snapshots] = await Promise.all([
      readDatasets(context.host),
      listSnapshotIndex(context.host, { datasets: plan.victims.filter(isDataset).map(each => each.name) }),
    ])
    const guids = new Set([...datasets, ...snapshots].map(each => each.guid))
    const dying = plan.victims.filter(each => each.kind !== 'bookmark')
    const left = dying.filter(each => each.guid && guids.has(each.guid)).length
    if (left === 0) return { state: 'done', outcome: `${plan.title}: done, as the host shows.` }
    const gone = dying.length - left
    return {
      state: 'interrupted',
      outcome:
        gone === 0
          ? `${plan.title}: nothing was destroyed.`
          : `${plan.title}: ${gone} of ${dying.length} things were destroyed before it was cut short, ${left} are still there.`,
    }
  },
})

function isDataset(victim: Plan['victims'][number]): boolean {
  return victim.kind === 'filesystem' || victim.kind === 'volume'
}

async function propertyFacts(context: PlanContext, dataset: string): Promise<PropertyFacts> {
  const { host } = context
  const datasets = await readDatasets(host)
  const isThere = datasets.some(each => each.name === dataset)
  const [pool, properties, vms] = await Promise.all([
    readPoolOf(context, dataset),
    isThere ? getProperties(host, dataset) : [],
    freshVms(context),
  ])
  return { datasets, pool, properties, vms }
}

/** Whether a property has the value (or, to inherit, no value of its own) cannot be told from the list: it is asked. */
async function settleProperty(
  context: PlanContext,
  plan: Plan,
  commands: readonly TaskCommand[],
  isDone: (source: string, value: string) => boolean,
) {
  const argv = plan.steps[0]?.argv ?? []
  const name = argv[1] === 'set' ? (argv[2] ?? '').split('=')[0] : argv[2]
  // "none" and "auto" read back as figures: what zfs has said is worth more than what it shows.
  const isSaid = commands.some(each => each.exit === 0 && each.argv.join('\0') === argv.join('\0'))
  if (isSaid) return settleByLook(context, plan, () => true)
  const now = (await getProperties(context.host, lastWord(plan))).find(each => each.name === name)
  if (isDone(now?.source ?? 'none', now?.value ?? '')) return settleByLook(context, plan, () => true)
  const { before } = z.parse(propertyPlanFacts, plan.facts)
  const isAsBefore = now?.value === before?.value && now?.source === before?.source
  return settleByLook(context, plan, () => (isAsBefore ? false : null))
}

const propertyPlanFacts = z.object({
  before: z.nullable(z.object({ value: z.string(), source: z.string() })),
})

export const setProperty = defineAction({
  name: 'datasets.setProperty',
  role: 'administrator',
  input: setPropertyInput,
  async plan(context, input) {
    return planSetProperty(input, await propertyFacts(context, input.dataset))
  },
  async run(context, plan, input) {
    await runSteps(context, plan)
    return { dataset: input.dataset }
  },
  async settle(context, plan, commands) {
    const asked = (plan.steps[0]?.argv?.[2] ?? '').split('=').slice(1).join('=')
    return settleProperty(context, plan, commands, (source, value) => source === 'local' && value === asked)
  },
})

export const inheritProperty = defineAction({
  name: 'datasets.inheritProperty',
  role: 'administrator',
  input: inheritPropertyInput,
  async plan(context, input) {
    return planInheritProperty(input, await propertyFacts(context, input.dataset))
  },
  async run(context, plan, input) {
    await runSteps(context, plan)
    return { dataset: input.dataset }
  },
  settle: (context, plan, commands) =>
    settleProperty(context, plan, commands, source => source !== 'local' && source !== 'received'),
})

export const promote = defineAction({
  name: 'datasets.promote',
  role: 'administrator',
  input: datasetInput,
  async plan({ host }, { dataset }) {
    const datasets = await readDatasets(host)
    const origin = datasets.find(each => each.name === dataset)?.origin?.split('@')[0]
    const own = await listSnapshots(host, { datasets: origin ? [dataset] : [] })
    const originSnapshots = await listSnapshots(host, { datasets: origin ? [origin] : [] })
    return planPromote(dataset, { datasets, own, originSnapshots })
  },
  async run(context, plan, { dataset }) {
    await runSteps(context, plan)
    return { dataset }
  },
  settle: (context, plan) =>
    settleByLook(context, plan, datasets => {
      const facts = z.safeParse(z.object({ from: z.string() }), plan.facts)
      const from = facts.success ? datasets.find(each => each.name === facts.data.from) : undefined
      return from?.origin?.startsWith(`${lastWord(plan)}@`) ?? false
    }),
})
