/** Rolling all zvols of a guest back to their snapshots of one name. */
import * as z from 'zod/mini'
import { type Action, defineAction, type PlanContext } from '../action.ts'
import { freshVms } from '../datasets/actions.ts'
import { usersOf } from '../datasets/users.ts'
import { AppError } from '../errors.ts'
import { listSnapshotIndex } from '../host/zfs/snapshots.ts'
import { readDatasets } from '../inventory/reader.ts'
import { refusedPlan } from '../tasks/digest.ts'
import type { Plan, TaskCommand } from '../tasks/model.ts'
import { readRollbackFacts, volumesOfGuest, volumesThen } from './facts.ts'
import { type GroupProgress, runGroupBack, volumesOf, whyHalf } from './group.run.ts'
import type { GuestRoom } from './guests.ts'
import { type RollbackGuestInput, rollbackGuestInput } from './input.ts'
import { type GroupFacts, groupTitle, planGroupBack, ROLLBACK_GUEST } from './plan.group.ts'
import type { RollbackHostFacts } from './plan.rollback.ts'
import { betweenStopAndStart, mustBeUnchanged, victimsLeft, whyNotOn } from './rollback.run.ts'
import { type GoingBack, guestsDown, wentBack } from './rollback.settle.ts'

/** AppError `not_found` when the guest, or what was just listed, is gone. */
async function readGroupFacts(
  context: PlanContext,
  room: GuestRoom,
  { vm: name, tag }: RollbackGuestInput,
): Promise<GroupFacts> {
  const vm = (await freshVms(context)).find(each => each.name === name)
  if (!vm) throw new AppError('not_found', `There is no guest named ${name}.`, { names: [name] })
  const volumes = volumesOfGuest(vm)
  const wanted = volumes.map(each => `${each}@${tag}`)
  const found = await listSnapshotIndex(context.host, { snapshots: wanted })
  const members: RollbackHostFacts[] = []
  for (const snapshot of wanted)
    if (found.some(each => each.name === snapshot))
      members.push(await readRollbackFacts(context, room, snapshot))
  return {
    vm,
    members,
    missing: volumes.filter(volume => !found.some(each => each.dataset === volume)),
    volumesThen: await volumesThen(
      context.host,
      vm,
      found.map(each => each.name),
    ),
  }
}

/** The part of a stored plan that settling looks at. */
const groupFacts = z.object({
  members: z.array(
    z.object({
      dataset: z.object({ name: z.string() }),
      snapshot: z.object({ name: z.string() }),
      writtenBytes: z.number(),
    }),
  ),
})

export function rollbackGuestAction(
  room: GuestRoom,
): Action<typeof rollbackGuestInput, { datasets: string[] }> {
  const plan = async (context: PlanContext, input: RollbackGuestInput): Promise<Plan> => {
    try {
      return planGroupBack(input, await readGroupFacts(context, room, input))
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'not_found') throw error
      const { code, message, detail } = error
      return refusedPlan(ROLLBACK_GUEST, groupTitle(input), { code, message, detail })
    }
  }

  return defineAction({
    name: ROLLBACK_GUEST,
    role: 'operator',
    input: rollbackGuestInput,
    plan,
    async run(context, shown, input) {
      const volumes = volumesOf(shown)
      const [datasets, vms] = await Promise.all([readDatasets(context.host), freshVms(context)])
      const guests = [...new Set(volumes.flatMap(volume => usersOf(vms, datasets, volume)))]
      const progress: GroupProgress = { back: [], unsure: null }
      await betweenStopAndStart(
        context,
        { room, guests, word: input.guest },
        async () => {
          await mustBeUnchanged(shown, () => plan(context, input))
          await runGroupBack(context, shown, progress)
        },
        async () => whyHalf(shown, progress) ?? (await whyNotOn(context, volumes)),
      )
      return { datasets: volumes }
    },
    settle: settleGroup,
  })
}

async function settleGroup(
  context: PlanContext,
  plan: Plan,
  commands: readonly TaskCommand[],
): ReturnType<Action['settle']> {
  const guests = await guestsDown(context, plan)
  const told = (words: string) => ({
    state: 'interrupted' as const,
    outcome: `${plan.title}: ${words}${guests}`,
  })
  const parsed = z.safeParse(groupFacts, plan.facts)
  if (!parsed.success) return told('it cannot be told how far it came.')
  const named = plan.victims.filter(each => each.kind !== 'data').length
  const left = (await victimsLeft(context, plan)).length
  const again = 'Roll it back again to finish.'
  if (left > 0) {
    return left === named
      ? told('nothing was destroyed, and no disk went back.')
      : told(
          `${named - left} of ${named} newer ones were destroyed, then it was cut short; no disk went back. ${again}`,
        )
  }
  const went = { yes: [] as string[], no: [] as string[], unclear: [] as string[] }
  for (const { dataset, snapshot, writtenBytes } of parsed.data.members) {
    const newer = plan.victims
      .filter(each => each.kind === 'snapshot' && each.name.startsWith(`${dataset.name}@`))
      .map(each => each.name)
    const member: GoingBack = { dataset: dataset.name, snapshot: snapshot.name, writtenBytes, newer }
    went[await wentBack(context, member, commands)].push(dataset.name)
  }
  if (went.no.length === 0 && went.unclear.length === 0)
    return { state: 'done', outcome: `${plan.title}: done, as the host shows.${guests}` }
  if (went.yes.length === 0 && went.unclear.length === 0)
    return told(
      `${named > 0 ? 'what is newer was destroyed, but ' : ''}no disk went back: they hold what they held. ${again}`,
    )
  const parts = [
    went.yes.length > 0 ? `${went.yes.join(', ')} went back` : '',
    went.no.length > 0 ? `${went.no.join(', ')} did not` : '',
    went.unclear.length > 0 ? `whether ${went.unclear.join(', ')} did cannot be told` : '',
  ].filter(part => part !== '')
  return told(`${parts.join('; ')}. Its disks are of two moments: do not start it. ${again}`)
}
