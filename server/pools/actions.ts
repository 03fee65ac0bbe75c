/** Verbs on pools. */
import * as z from 'zod/mini'
import { type Action, type ActionContext, defineAction, type PlanContext } from '../action.ts'
import { freshVms } from '../datasets/actions.ts'
import { AppError } from '../errors.ts'
import { runZpool } from '../host/zpool/errors.ts'
import { listPools } from '../host/zpool/list.ts'
import { getPoolStatus } from '../host/zpool/status.ts'
import { readPool } from '../inventory/reader.ts'
import type { Plan } from '../tasks/model.ts'
import { readDisks } from './disks.ts'
import { clearInput, deviceInput, replaceInput, scrubInput } from './input.ts'
import { calledAs, type DeviceVerb, type Disk, type Vdev } from './model.ts'
import { planAttach, planClear, planDetach, planDevice, planReplace } from './plan.device.ts'
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

/** What settles a verb on one device: the pool's own word on it. */
const devicePlanFacts = z.object({ device: z.nullable(z.string()), by: z.optional(z.string()) })

function poolOf(plan: Plan): string {
  return plan.steps[0]?.argv?.[2] ?? ''
}

async function runDevice({ host }: ActionContext, plan: Plan): Promise<{ pool: string }> {
  const pool = poolOf(plan)
  for (const step of plan.steps) if (step.argv) await runZpool(host, step.argv, pool)
  return { pool }
}

/** Settles by asking the pool; `isDone` looks at every vdev of it, groups too. */
async function settleDevice(
  { host }: PlanContext,
  plan: Plan,
  isDone: (vdevs: readonly Vdev[], facts: { device: string | null; by?: string | undefined }) => boolean,
): ReturnType<Action['settle']> {
  const facts = z.safeParse(devicePlanFacts, plan.facts).data
  const { vdevs } = await getPoolStatus(host, poolOf(plan))
  return facts && isDone(allOf(vdevs), facts)
    ? { state: 'done', outcome: `${plan.title}: done, as the host shows.` }
    : { state: 'interrupted', outcome: `${plan.title}: the host shows no sign of it.` }
}

const allOf = (vdevs: readonly Vdev[]): Vdev[] => vdevs.flatMap(vdev => [vdev, ...allOf(vdev.children)])

/** zpool-online(8) only warns about a device that it could not open, and ends well. */
async function mustBeOpen({ host }: ActionContext, pool: string, device: string): Promise<void> {
  const vdev = allOf((await getPoolStatus(host, pool)).vdevs).find(each => each.name === device)
  if (!vdev || !CANNOT_BE_OPENED.includes(vdev.state)) return
  throw new AppError('failed', `${calledAs(vdev)} is still away: ZFS cannot open it (${vdev.state}).`, {
    next: 'Check its cable and power. If the disk is dead, replace it.',
  })
}

const CANNOT_BE_OPENED: readonly Vdev['state'][] = ['UNAVAIL', 'REMOVED', 'FAULTED']

function deviceAction(verb: DeviceVerb) {
  return defineAction({
    name: `pools.${verb}`,
    role: 'administrator',
    input: deviceInput,
    plan: async ({ host }, { pool, device }) => planDevice(verb, device, await readPool(host, pool)),
    async run(context, plan, { device }) {
      const done = await runDevice(context, plan)
      if (verb === 'online') await mustBeOpen(context, done.pool, device)
      return done
    },
    settle: (context, plan) =>
      settleDevice(context, plan, (vdevs, { device }) =>
        vdevs.some(
          vdev =>
            vdev.name === device &&
            (vdev.state === 'OFFLINE') === (verb === 'offline') &&
            vdev.state !== 'UNAVAIL',
        ),
      ),
  })
}

export const offline = deviceAction('offline')
export const online = deviceAction('online')

export const clear = defineAction({
  name: 'pools.clear',
  role: 'administrator',
  input: clearInput,
  plan: async ({ host }, { pool, device }) => planClear(device, await readPool(host, pool)),
  run: runDevice,
  settle: (context, plan) =>
    settleDevice(context, plan, (vdevs, { device }) =>
      vdevs
        .filter(vdev => device === null || vdev.name === device)
        .every(vdev => vdev.readErrors + vdev.writeErrors + vdev.checksumErrors === 0),
    ),
})

/** The disks of the machine with who has them, as every pool and every guest says now. */
export async function disksOf(context: PlanContext): Promise<Disk[]> {
  const [pools, vms] = await Promise.all([listPools(context.host), freshVms(context)])
  const details = await Promise.all(
    pools.map(async ({ name }) => ({ name, vdevs: (await getPoolStatus(context.host, name)).vdevs })),
  )
  const guestDisks = vms.flatMap(vm => vm.disks.map(({ path }) => ({ guest: vm.name, path })))
  return readDisks(context.host, details, guestDisks)
}

/** A free disk into the pool: in the place of a device, or beside it. */
function diskAction(verb: 'replace' | 'attach', plan: typeof planReplace) {
  return defineAction({
    name: `pools.${verb}`,
    role: 'administrator',
    input: replaceInput,
    async plan(context, { pool, device, by }) {
      const [detail, disks] = await Promise.all([readPool(context.host, pool), disksOf(context)])
      return plan(device, by, detail, disks)
    },
    async run(context, plan, { by }) {
      // Somebody may have given the disk away since the plan was shown.
      const disk = (await disksOf(context)).find(each => each.name === by)
      if (!disk || disk.takenBy !== null)
        throw new AppError('in_use', disk ? `${by} belongs to ${disk.takenBy} now.` : `${by} is gone.`)
      return runDevice(context, plan)
    },
    settle: (context, plan) =>
      settleDevice(context, plan, (vdevs, { by }) => vdevs.some(vdev => vdev.name === by)),
  })
}

export const replace = diskAction('replace', planReplace)
export const attach = diskAction('attach', planAttach)

export const detach = defineAction({
  name: 'pools.detach',
  role: 'administrator',
  input: deviceInput,
  plan: async ({ host }, { pool, device }) => planDetach(device, await readPool(host, pool)),
  run: runDevice,
  settle: (context, plan) =>
    settleDevice(context, plan, (vdevs, { device }) => !vdevs.some(vdev => vdev.name === device)),
})
