/** Settings and features of a pool. */
import * as z from 'zod/mini'
import { type ActionContext, defineAction, type PlanContext } from '../action.ts'
import { runOrThrow } from '../host/answer.ts'
import { zpoolRecognisers } from '../host/zpool/errors.ts'
import { readDatasets, readPool } from '../inventory/reader.ts'
import type { Plan } from '../tasks/model.ts'
import { mustBeThatPool } from './actions.life.ts'
import { poolInput, poolPropertyInput } from './input.ts'
import { disabledFeatures } from './model.ts'
import { planSetPoolProperty, planUpgradePool } from './plan.property.ts'

async function runOnPool({ host, progress }: ActionContext, plan: Plan, pool: string) {
  await mustBeThatPool(host, plan)
  for (const step of plan.steps) {
    progress(step.title)
    if (step.argv) await runOrThrow(host, step.argv, zpoolRecognisers(pool))
  }
  return { pool }
}

const settingFacts = z.object({
  pool: z.string(),
  name: z.string(),
  value: z.string(),
  before: z.nullable(z.string()),
})

export const setPoolProperty = defineAction({
  name: 'pools.setProperty',
  role: 'administrator',
  input: poolPropertyInput,
  plan: async ({ host }, { pool, ...input }) => planSetPoolProperty(input, await readPool(host, pool)),
  run: (context, plan, { pool }) => runOnPool(context, plan, pool),
  async settle({ host }, plan) {
    const { pool, name, value, before } = z.parse(settingFacts, plan.facts)
    const now = (await readPool(host, pool)).properties.find(each => each.name === name)?.value
    // An empty comment reads back as “-”.
    if (now === value || (value === '' && now === '-'))
      return { state: 'done', outcome: `${plan.title}: done, as the host shows.` }
    return {
      state: 'interrupted',
      outcome:
        now === before
          ? `${plan.title}: not done. Nothing has changed.`
          : `${plan.title}: it is ${now ?? 'unknown'} now, by another hand.`,
    }
  },
})

/** It is the one that the machine has booted from, or is told to boot from. */
async function isSystemPool({ host }: PlanContext, pool: string, bootfs: string): Promise<boolean> {
  if (bootfs !== '-' && bootfs !== '') return true
  const root = (await readDatasets(host)).find(each => each.mounted && each.mountpoint === '/')
  return root !== undefined && root.name.split('/')[0] === pool
}

const upgradeFacts = z.object({ pool: z.string(), missing: z.array(z.string()) })

export const upgradePool = defineAction({
  name: 'pools.upgrade',
  role: 'administrator',
  input: poolInput,
  async plan(context, { pool }) {
    const detail = await readPool(context.host, pool)
    const bootfs = detail.properties.find(each => each.name === 'bootfs')?.value ?? '-'
    return planUpgradePool(detail, await isSystemPool(context, pool, bootfs))
  },
  run: (context, plan, { pool }) => runOnPool(context, plan, pool),
  async settle({ host }, plan, commands) {
    const { pool, missing } = z.parse(upgradeFacts, plan.facts)
    const left = disabledFeatures(await readPool(host, pool))
    const enabled = missing.filter(name => !left.includes(name)).length
    // Some features are left out by zpool itself: its own word counts.
    if (left.length === 0 || commands.some(({ argv, exit }) => argv[1] === 'upgrade' && exit === 0))
      return { state: 'done', outcome: `${plan.title}: done, as the host shows.` }
    return {
      state: 'interrupted',
      outcome:
        enabled === 0
          ? `${plan.title}: not done. Nothing has changed.`
          : `${plan.title}: ${enabled} of ${missing.length} were enabled, and stay so.`,
    }
  },
})
