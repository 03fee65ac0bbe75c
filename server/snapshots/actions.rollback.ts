/** Rolling back in three ways, and swapping back. */
import * as z from 'zod/mini'
import { type Action, type ActionContext, defineAction, type PlanContext } from '../action.ts'
import { freshVms } from '../datasets/actions.ts'
import { usersOf } from '../datasets/users.ts'
import { AppError } from '../errors.ts'
import { splitSnapshot } from '../host/zfs/names.ts'
import { readDatasets } from '../inventory/reader.ts'
import { refusedPlan, withDigest } from '../tasks/digest.ts'
import type { Plan, TaskCommand } from '../tasks/model.ts'
import { readRollbackFacts, readSwapFacts } from './facts.ts'
import type { BesideGuest, GuestRoom } from './guests.ts'
import { type RollbackInput, rollbackInput, type SwapBackInput, swapBackInput } from './input.ts'
import { keepState, keepWords, leftToDo, runKeep } from './keep.run.ts'
import { besideName, planBeside } from './plan.beside.ts'
import { type KeepFacts, planKeep } from './plan.keep.ts'
import {
  planGoBack,
  ROLLBACK,
  type RollbackHostFacts,
  refusedRollback,
  rollbackFacts,
} from './plan.rollback.ts'
import { findPair, planSwapBack, SWAP_BACK } from './plan.swap.ts'
import { betweenStopAndStart, mustBeUnchanged, runGoBack, victimsLeft, whyNotOn } from './rollback.run.ts'
import { guestsDown, wentBack } from './rollback.settle.ts'

const keepFacts = z.object({
  keep: z.object({
    dataset: z.string(),
    guid: z.string(),
    keptAs: z.string(),
    mountpoint: z.nullable(z.object({ path: z.string(), received: z.boolean() })),
  }),
})

function keepOf(plan: Plan): KeepFacts | null {
  const parsed = z.safeParse(keepFacts, plan.facts)
  return parsed.success ? parsed.data.keep : null
}

/** The part of a stored plan that settling looks at. */
const goBackFacts = z.object({
  dataset: z.object({ name: z.string(), guid: z.string() }),
  snapshot: z.object({ name: z.string() }),
  writtenBytes: z.number(),
  target: z.nullable(z.string()),
})

export function rollbackAction(
  room: GuestRoom,
): Action<typeof rollbackInput, { dataset: string; target: string | null }> {
  const plan = async (context: PlanContext, input: RollbackInput): Promise<Plan> => {
    let facts: RollbackHostFacts
    try {
      facts = await readRollbackFacts(context, room, input.snapshot)
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'not_found') throw error
      const { code, message, detail } = error
      return refusedPlan(ROLLBACK, `Roll back to ${input.snapshot}`, { code, message, detail })
    }
    if (input.way === 'go-back') return planGoBack(input, facts)
    if (input.way === 'keep') return planKeep(input, facts)
    const [guest] = facts.guests
    return guest && room.beside && facts.dataset.type === 'volume'
      ? planBesideGuest(context, room.beside, input, facts, guest.vm.name)
      : planBeside(input, facts)
  }

  return defineAction({
    name: ROLLBACK,
    role: 'operator',
    input: rollbackInput,
    plan,
    async run(context, shown, input) {
      const { dataset } = splitSnapshot(input.snapshot)
      const target = targetOf(shown)
      if (input.way === 'beside') {
        await runBeside(context, room, shown, input)
        return { dataset, target }
      }
      const datasets = await readDatasets(context.host)
      const guests = usersOf(await freshVms(context), datasets, dataset)
      const keep = keepOf(shown)
      await betweenStopAndStart(
        context,
        { room, guests, word: input.guest },
        async () => {
          await mustBeUnchanged(shown, () => plan(context, input))
          if (keep) await runKeep(context, shown, keep)
          else await runGoBack(context, shown, dataset)
        },
        () => whyNotOn(context, [dataset]),
      )
      return { dataset, target }
    },
    settle: settleRollback,
  })
}

function targetOf(plan: Plan): string | null {
  const parsed = z.safeParse(goBackFacts, plan.facts)
  return parsed.success ? parsed.data.target : null
}

async function planBesideGuest(
  context: PlanContext,
  beside: NonNullable<GuestRoom['beside']>,
  input: RollbackInput,
  facts: RollbackHostFacts,
  vm: string,
): Promise<Plan> {
  const names = new Set((await freshVms(context)).map(each => each.name))
  const name = input.besideAs ?? besideName(vm, facts.target.tag, wanted => names.has(wanted))
  const inner = await beside.plan(context, { vm, tag: facts.target.tag, name })
  const shown = rollbackFacts(facts, name)
  const title = `Open @${facts.target.tag} beside ${vm} as ${name}, without network`
  if (inner.refused) return refusedRollback(title, inner.refused, shown)
  return withDigest({
    ...inner,
    action: ROLLBACK,
    title,
    facts: { ...shown, beside: { vm, tag: facts.target.tag, name } },
  })
}

async function runBeside(
  context: ActionContext,
  room: GuestRoom,
  shown: Plan,
  input: RollbackInput,
): Promise<void> {
  const guest = besideGuestOf(shown)
  if (guest && room.beside) {
    await room.beside.run(context, shown, guest)
    return
  }
  await runGoBack(context, shown, splitSnapshot(input.snapshot).dataset)
}

function besideGuestOf(plan: Plan): BesideGuest | null {
  const facts = z.object({ beside: z.object({ vm: z.string(), tag: z.string(), name: z.string() }) })
  const parsed = z.safeParse(facts, plan.facts)
  return parsed.success ? parsed.data.beside : null
}

type Settling = Awaited<ReturnType<Action['settle']>>

async function settleRollback(
  context: PlanContext,
  plan: Plan,
  commands: readonly TaskCommand[],
): Promise<Settling> {
  const keep = keepOf(plan)
  if (keep) return settleKeep(context, plan, keep)
  const guests = await guestsDown(context, plan)
  const parsed = z.safeParse(goBackFacts, plan.facts)
  if (!parsed.success)
    return { state: 'interrupted', outcome: `${plan.title}: it cannot be told how far it came.${guests}` }
  const { dataset, snapshot, writtenBytes, target } = parsed.data
  if (target !== null) return settleBeside(context, plan, target)
  const named = plan.victims.filter(each => each.kind !== 'data').length
  const left = (await victimsLeft(context, plan)).length
  if (left > 0 && left === named)
    return {
      state: 'interrupted',
      outcome: `${plan.title}: nothing was destroyed, and nothing was rolled back.${guests}`,
    }
  if (left > 0) {
    return {
      state: 'interrupted',
      outcome: `${plan.title}: ${named - left} of ${named} newer ones were destroyed, then it was cut short; ${dataset.name} itself is untouched. Roll back again to finish.${guests}`,
    }
  }
  const victims = plan.victims.filter(each => each.kind === 'snapshot').map(each => each.name)
  const member = { dataset: dataset.name, snapshot: snapshot.name, writtenBytes, newer: victims }
  const went = await wentBack(context, member, commands)
  if (went === 'yes') return { state: 'done', outcome: `${plan.title}: done, as the host shows.${guests}` }
  if (went === 'unclear') {
    return {
      state: 'interrupted',
      outcome: `${plan.title}: whether ${dataset.name} was rolled back before it was cut short cannot be told, because somebody has written to it since. Look at it before it is used.${guests}`,
    }
  }
  const before = named > 0 ? 'what is newer was destroyed, but ' : ''
  return {
    state: 'interrupted',
    outcome: `${plan.title}: ${before}${dataset.name} was not rolled back and holds what it held. Roll back again to finish.${guests}`,
  }
}

async function settleKeep(context: PlanContext, plan: Plan, keep: KeepFacts): Promise<Settling> {
  const datasets = await readDatasets(context.host)
  const state = keepState(datasets, keep)
  const { words, next } = keepWords(state, keep)
  const guests = await guestsDown(context, plan)
  const left = state === 'done' ? leftToDo(plan, datasets) : []
  if (left.length > 0) {
    const commands = left.map(argv => `“${argv.join(' ')}”`).join(', ')
    return { state: 'interrupted', outcome: `${words} What is left to do: ${commands}.${guests}` }
  }
  if (state === 'done') return { state: 'done', outcome: `${words}${guests}` }
  return {
    state: 'interrupted',
    outcome: `${plan.title}: it was cut short on the way. ${words} ${next}${guests}`,
  }
}

async function settleBeside(context: PlanContext, plan: Plan, target: string): Promise<Settling> {
  const guest = besideGuestOf(plan)
  const isThere = guest
    ? (await freshVms(context)).some(vm => vm.name === guest.name)
    : (await readDatasets(context.host)).some(each => each.name === target)
  return isThere
    ? { state: 'done', outcome: `${target} is there.` }
    : { state: 'interrupted', outcome: `${plan.title}: ${target} was not made. Nothing else has changed.` }
}

export function swapBackAction(room: GuestRoom): Action<typeof swapBackInput, { dataset: string }> {
  const plan = async (context: PlanContext, input: SwapBackInput): Promise<Plan> => {
    const pair = findPair(input.dataset, await readDatasets(context.host))
    if (!('kept' in pair)) return refusedPlan(SWAP_BACK, `Swap ${input.dataset} back`, pair)
    return planSwapBack(input, await readSwapFacts(context, room, pair.name, pair.kept))
  }

  return defineAction({
    name: SWAP_BACK,
    role: 'operator',
    input: swapBackInput,
    plan,
    async run(context, shown, input) {
      const keep = keepOf(shown)
      if (!keep) throw new AppError('failed', 'The plan does not say what to swap.')
      const datasets = await readDatasets(context.host)
      const guests = usersOf(await freshVms(context), datasets, keep.dataset)
      await betweenStopAndStart(
        context,
        { room, guests, word: input.guest },
        async () => {
          await mustBeUnchanged(shown, () => plan(context, input))
          await runKeep(context, shown, keep)
        },
        () => whyNotOn(context, [keep.dataset]),
      )
      return { dataset: keep.dataset }
    },
    async settle(context, plan) {
      const keep = keepOf(plan)
      if (!keep) return { state: 'interrupted', outcome: `${plan.title}: it cannot be told how far it came.` }
      return settleKeep(context, plan, keep)
    },
  })
}
