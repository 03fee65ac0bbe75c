/** The verbs of a running life. */
import { type Action, defineAction, type PlanContext } from '../../action.ts'
import { AppError } from '../../errors.ts'
import { runOrThrow } from '../../host/answer.ts'
import { pidOfTitle } from '../../host/ps.ts'
import { refusedPlan } from '../../tasks/digest.ts'
import type { Plan } from '../../tasks/model.ts'
import { shutdownInput, vmInput } from '../input.ts'
import { readStartFacts } from '../launch.ts'
import { cleanUpGuest, cutPower, runStart, stopGuest, waitFor } from '../lifecycle.ts'
import type { Vm, VmState } from '../model.ts'
import { planCleanUp, planForceOff, planNmi, planReset, planShutdown, planStart } from '../plan.ts'
import { readGuestNamed } from '../read.ts'
import { leftoversOf, processesOf } from '../state.ts'

/** How long the supervisor may take to start a guest again, ms: it waits when a guest resets often. */
const AGAIN_MS = 70_000

type Settling = Awaited<ReturnType<Action['settle']>>

/** The plan of an unknown guest says so instead of throwing. */
export async function orNotFound(action: string, title: string, make: () => Promise<Plan>): Promise<Plan> {
  try {
    return await make()
  } catch (error) {
    if (!(error instanceof AppError && error.code === 'not_found')) throw error
    return refusedPlan(action, title, { code: error.code, message: error.message, detail: error.detail })
  }
}

/** The guest a plan of these verbs is about: its only lock. */
function guestOf(plan: Plan): string {
  return plan.locks.find(lock => lock.startsWith('vm:'))?.slice('vm:'.length) ?? ''
}

/** How long a guest may take to begin or to end before the state on the way counts as the one it is in. */
const ON_THE_WAY_MS = 10_000
/** How long after a command its effect may show: bhyvectl(8) has ended before bhyve has. */
const EFFECT_MS = 3_000

/** The guest as soon as it is as asked for, or when it is no longer to be expected. AppError `not_found`. */
async function settledVm(context: PlanContext, name: string, isDone: IsDone): Promise<Vm> {
  const begun = performance.now()
  const settled = await waitFor(
    async () => {
      const vm = await freshVm(context, name)
      if (isDone(vm.state, vm) || vm.state === 'crashed') return vm
      const isOnTheWay = vm.state === 'starting' || vm.state === 'stopping'
      return !isOnTheWay && performance.now() - begun > EFFECT_MS ? vm : null
    },
    { timeoutMs: ON_THE_WAY_MS, now: () => performance.now() },
  )
  return settled ?? freshVm(context, name)
}

type IsDone = (state: VmState, vm: Vm) => boolean

/** Settles by the state the guest is in now. */
async function settleByState(context: PlanContext, plan: Plan, isDone: IsDone): Promise<Settling> {
  const name = guestOf(plan)
  try {
    const vm = await settledVm(context, name, isDone)
    const now = `${name} is ${vm.state}${vm.stateReason ? `: ${vm.stateReason}` : '.'}`
    if (isDone(vm.state, vm)) return { state: 'done', outcome: `${plan.title}: done, as the host shows.` }
    if (vm.state === 'crashed') return { state: 'failed', outcome: `${plan.title}: it failed. ${now}` }
    return { state: 'interrupted', outcome: `${plan.title}: it was cut short. ${now}` }
  } catch (error) {
    if (!(error instanceof AppError && error.code === 'not_found')) throw error
    return { state: 'interrupted', outcome: `${plan.title}: there is no guest ${name} any more.` }
  }
}

/** In its loader it is on its way without Skep. */
const isUp = (state: VmState) => state === 'running' || state === 'waiting' || state === 'firmware'
const isOff = (state: VmState) => state === 'stopped' || state === 'suspended'

/** What planStart put beside its steps: the command the start was shown with. */
function argvOf(plan: Plan): string[] {
  const facts = plan.facts
  const argv = typeof facts === 'object' && facts !== null && 'argv' in facts ? facts.argv : null
  return Array.isArray(argv) ? argv.filter(word => typeof word === 'string') : []
}

export const start = defineAction({
  name: 'vms.start',
  role: 'operator',
  input: vmInput,
  plan: (context, input) =>
    orNotFound('vms.start', `Start ${input.vm}`, async () =>
      planStart(await readStartFacts(context.host, input.vm, context.now())),
    ),
  async run(context, plan, input) {
    const { vm } = await readGuestNamed(context.host, input.vm, context.now())
    await runStart(context, plan, vm, argvOf(plan))
  },
  settle: (context, plan) => settleByState(context, plan, isUp),
})

async function freshVm(context: PlanContext, name: string): Promise<Vm> {
  return (await readGuestNamed(context.host, name, context.now())).vm
}

export const shutdown = defineAction({
  name: 'vms.shutdown',
  role: 'operator',
  input: shutdownInput,
  plan: (context, input) =>
    orNotFound('vms.shutdown', `Shut down ${input.vm}`, async () =>
      planShutdown(await freshVm(context, input.vm), input.graceSeconds),
    ),
  async run(context, _plan, input) {
    await stopGuest(context, { name: input.vm }, { graceSeconds: input.graceSeconds })
  },
  settle: (context, plan) => settleByState(context, plan, isOff),
})

export const forceOff = defineAction({
  name: 'vms.forceOff',
  role: 'operator',
  input: vmInput,
  plan: (context, input) =>
    orNotFound('vms.forceOff', `Force ${input.vm} off`, async () =>
      planForceOff(await freshVm(context, input.vm)),
    ),
  async run(context, _plan, input) {
    await cutPower(context, input.vm)
  },
  settle: (context, plan) => settleByState(context, plan, state => isOff(state) || state === 'crashed'),
})

export const reset = defineAction({
  name: 'vms.reset',
  role: 'operator',
  input: vmInput,
  plan: (context, input) =>
    orNotFound('vms.reset', `Reset ${input.vm}`, async () => planReset(await freshVm(context, input.vm))),
  async run(context, plan, input) {
    const before = await pidOfTitle(context.host, `bhyve: ${input.vm}`)
    const argv = plan.steps[0]?.argv
    if (argv) await runOrThrow(context.host, argv, [])
    const again = await waitFor(
      async () => {
        const pid = await pidOfTitle(context.host, `bhyve: ${input.vm}`)
        return pid === before ? null : pid
      },
      { timeoutMs: AGAIN_MS, now: () => performance.now() },
    )
    if (again !== null) return
    throw new AppError('timeout', `${input.vm} was reset, but bhyve does not run again.`, {
      next: 'Look at its last exits; on_restart in its configuration may say that it stays off.',
    })
  },
  async settle(context, plan, commands) {
    const argv = plan.steps[0]?.argv ?? []
    const pressed = commands.find(each => each.argv.join(' ') === argv.join(' '))
    // A guest that runs looks the same before and after.
    if (pressed?.exit === 0) return settleByState(context, plan, isUp)
    const how = pressed?.exit === null ? 'whether it was pressed cannot be told' : 'it was not pressed'
    return { state: 'interrupted', outcome: `${plan.title}: ${how}.` }
  },
})

export const nmi = defineAction({
  name: 'vms.nmi',
  role: 'operator',
  input: vmInput,
  plan: (context, input) =>
    orNotFound('vms.nmi', `Send an NMI to ${input.vm}`, async () =>
      planNmi(await freshVm(context, input.vm)),
    ),
  async run(context, plan) {
    for (const { argv } of plan.steps) if (argv) await runOrThrow(context.host, argv, [])
  },
  settle: async (_context, plan, commands) => {
    const sent = commands.some(({ exit }) => exit === 0)
    return sent
      ? { state: 'done', outcome: `${plan.title}: done.` }
      : {
          state: 'interrupted',
          outcome: `${plan.title}: it was cut short. Whether the interrupt came through cannot be told.`,
        }
  },
})

export const cleanUp = defineAction({
  name: 'vms.cleanUp',
  role: 'operator',
  input: vmInput,
  plan: (context, input) =>
    orNotFound('vms.cleanUp', `Clean up after ${input.vm}`, async () => {
      const { vm, guest, view } = await readGuestNamed(context.host, input.vm, context.now())
      return planCleanUp(vm, leftoversOf(guest, view, processesOf(guest.place, view.processes)))
    }),
  async run(context, _plan, input) {
    await cleanUpGuest(context, input.vm)
  },
  settle: (context, plan) => settleByState(context, plan, state => state !== 'leftover'),
})
