/** Making pools, and letting them leave, come back and die. */
import * as z from 'zod/mini'
import { type Action, type ActionContext, defineAction, type PlanContext } from '../action.ts'
import { freshVms } from '../datasets/actions.ts'
import { mustBeIdle } from '../datasets/guard.ts'
import { isBelow } from '../datasets/users.ts'
import { AppError } from '../errors.ts'
import { runOrThrow } from '../host/answer.ts'
import type { Host } from '../host/host.ts'
import { listSnapshots } from '../host/zfs/snapshots.ts'
import { zpoolRecognisers } from '../host/zpool/errors.ts'
import { listImportable } from '../host/zpool/import.ts'
import { listPools } from '../host/zpool/list.ts'
import { readDatasets } from '../inventory/reader.ts'
import type { Plan } from '../tasks/model.ts'
import { disksOf } from './actions.ts'
import { createPoolInput, importPoolInput, poolInput } from './input.ts'
import type { ImportablePool } from './model.ts'
import { planCreatePool } from './plan.create.ts'
import { planDestroyPool, planExport, planImport } from './plan.life.ts'

/** Unmounting thousands of filesystems and writing labels takes long; nothing here is given up early. */
const LONGEST_MS = 600_000

const lifeFacts = z.object({ pool: z.string(), guid: z.optional(z.string()) })

function factsOf(plan: Plan): z.output<typeof lifeFacts> {
  const facts = z.safeParse(lifeFacts, plan.facts).data
  if (!facts) throw new AppError('unreadable', 'The plan of this task cannot be read.')
  return facts
}

/** Runs the plan's one command. */
async function runLife({ host, progress }: ActionContext, plan: Plan): Promise<{ pool: string }> {
  const { pool, guid } = factsOf(plan)
  const about = [...(guid ? [guid] : []), ...(plan.subjects ?? []).map(each => each.name)]
  for (const step of plan.steps) {
    progress(step.title)
    if (step.argv) await runOrThrow(host, step.argv, zpoolRecognisers(pool, about), { timeoutMs: LONGEST_MS })
  }
  return { pool }
}

/** Commands name a pool; another one may have its name by now. */
export async function mustBeThatPool(host: Host, plan: Plan): Promise<void> {
  const { pool, guid } = factsOf(plan)
  if ((await listPools(host)).some(each => each.name === pool && each.guid === guid)) return
  throw new AppError('changed', `${pool} is not the pool that was shown any more.`, { names: [pool] })
}

async function settleLife(
  { host }: PlanContext,
  plan: Plan,
  isDone: (isThere: boolean) => boolean,
): ReturnType<Action['settle']> {
  const { pool, guid } = factsOf(plan)
  const isThere = (await listPools(host)).some(
    each => each.name === pool && (guid === undefined || each.guid === guid),
  )
  return isDone(isThere)
    ? { state: 'done', outcome: `${plan.title}: done, as the host shows.` }
    : { state: 'interrupted', outcome: `${plan.title}: not done. Nothing has changed.` }
}

async function leaveFacts(context: PlanContext) {
  const [pools, datasets, vms] = await Promise.all([
    listPools(context.host),
    readDatasets(context.host),
    freshVms(context),
  ])
  return { pools, datasets, vms }
}

export const exportPool = defineAction({
  name: 'pools.export',
  role: 'administrator',
  input: poolInput,
  plan: async (context, { pool }) => planExport(pool, await leaveFacts(context)),
  async run(context, plan, { pool }) {
    await mustBeIdle(context, pool, { below: true })
    await mustBeThatPool(context.host, plan)
    return runLife(context, plan)
  },
  settle: (context, plan) => settleLife(context, plan, isThere => !isThere),
})

export const destroyPool = defineAction({
  name: 'pools.destroy',
  role: 'administrator',
  input: poolInput,
  async plan(context, { pool }) {
    const facts = await leaveFacts(context)
    const own = facts.datasets.map(each => each.name).filter(name => name === pool || isBelow(name, pool))
    const snapshots = own.length > 0 ? await listSnapshots(context.host, { datasets: own }) : []
    return planDestroyPool(pool, { ...facts, snapshots })
  },
  async run(context, plan, { pool }) {
    await mustBeIdle(context, pool, { below: true })
    await mustBeThatPool(context.host, plan)
    return runLife(context, plan)
  },
  settle: (context, plan) => settleLife(context, plan, isThere => !isThere),
})

/**
 * Pools that could be imported; those that were destroyed last. Each look reads the labels of all disks: one after the
 * other, and with a `guid` only as far as that pool is found.
 */
export async function importable(host: Host, guid?: string): Promise<ImportablePool[]> {
  const exported = await listImportable(host, 'exported')
  if (exported.some(each => each.guid === guid)) return exported
  const destroyed = await listImportable(host, 'destroyed')
  return [...exported, ...destroyed.filter(each => !exported.some(other => other.guid === each.guid))]
}

export const importPool = defineAction({
  name: 'pools.import',
  role: 'administrator',
  input: importPoolInput,
  async plan({ host }, input) {
    const [pools, found] = await Promise.all([listPools(host), importable(host, input.guid)])
    return planImport(input, { pools, importable: found })
  },
  run: runLife,
  settle: (context, plan) => settleLife(context, plan, isThere => isThere),
})

export const createPool = defineAction({
  name: 'pools.create',
  role: 'administrator',
  input: createPoolInput,
  async plan(context, input) {
    const [pools, disks] = await Promise.all([listPools(context.host), disksOf(context)])
    return planCreatePool(input, { pools, disks })
  },
  async run(context, plan, input) {
    // Somebody may have given a disk away since the plan was shown.
    const disks = await disksOf(context)
    for (const name of [...input.groups, ...input.extras].flatMap(each => each.disks)) {
      const disk = disks.find(each => each.name === name)
      if (!disk || disk.takenBy !== null)
        throw new AppError('in_use', disk ? `${name} belongs to ${disk.takenBy} now.` : `${name} is gone.`)
    }
    return runLife(context, plan)
  },
  settle: (context, plan) => settleLife(context, plan, isThere => isThere),
})
