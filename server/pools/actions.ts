/** Verbs on pools. */
import * as z from 'zod/mini'
import { defineAction } from '../action.ts'
import { runZpool } from '../host/zpool/errors.ts'
import { getPoolStatus } from '../host/zpool/status.ts'
import { readPool } from '../inventory/reader.ts'
import { scrubInput } from './input.ts'
import { planScrub } from './plan.ts'

export const scrub = defineAction({
  name: 'pools.scrub',
  role: 'administrator',
  input: scrubInput,
  async plan({ host }, { pool, verb }) {
    return planScrub(verb, await readPool(host, pool))
  },
  async run({ host }, plan, { pool }) {
    for (const step of plan.steps) if (step.argv) await runZpool(host, step.argv, pool)
    return { pool }
  },
  async settle({ host }, plan) {
    const argv = plan.steps[0]?.argv ?? []
    const { scan } = await getPoolStatus(host, argv.at(-1) ?? '')
    const endedBefore = z.safeParse(scrubPlanFacts, plan.facts).data?.before.endedAt ?? null
    const wanted = argv.includes('-p') ? 'paused' : argv.includes('-s') ? 'canceled' : 'running'
    // A scrub that was started may have ended by now; one that had ended before is another one.
    const hasEnded = wanted === 'running' && scan.state === 'finished' && scan.endedAt !== endedBefore
    return scan.kind === 'scrub' && (scan.state === wanted || hasEnded)
      ? { state: 'done', outcome: `${plan.title}: done, as the host shows.` }
      : { state: 'interrupted', outcome: `${plan.title}: the host shows no sign of it.` }
  },
})

const scrubPlanFacts = z.object({ before: z.object({ endedAt: z.nullable(z.number()) }) })
