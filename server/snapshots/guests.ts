/** Guests as roll backs need them: stopped before, started after, opened beside. */
import type { ActionContext, PlanContext } from '../action.ts'
import type { Plan, Step } from '../tasks/model.ts'
import type { Vm } from '../vms/model.ts'

/** What the guests' own noun knows to do. Given to the actions, so that a test can watch. */
export type GuestRoom = {
  stopSteps: (vm: Vm) => Step[]
  startSteps: (vm: Vm) => Step[]
  /** Shuts a guest down (ladder with a clock); AppError when it still runs. */
  stop: (context: ActionContext, vm: Vm) => Promise<void>
  start: (context: ActionContext, name: string) => Promise<void>
  /** A second guest of a snapshot's state, without network; null where the guests' room cannot. */
  beside: {
    plan: (context: PlanContext, input: BesideGuest) => Promise<Plan>
    run: (context: ActionContext, plan: Plan, input: BesideGuest) => Promise<unknown>
  } | null
}
export type BesideGuest = { vm: string; tag: string; name: string }

/** NAME.conf of a guest. */
export function confPathOf(vm: Pick<Vm, 'directory' | 'name'>): string {
  return `${vm.directory}/${vm.name}.conf`
}
