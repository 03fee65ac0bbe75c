/** The guests' own verbs, as roll backs use them. */
import { clone } from '../vms/actions/clone.ts'
import { startGuest, startSteps, stopGuest, stopSteps } from '../vms/lifecycle.ts'
import type { GuestRoom } from './guests.ts'

/** How long a guest may take to shut down before its power is cut, as the plan's note says. */
const GRACE_SECONDS = 90

export const guestRoom: GuestRoom = {
  stopSteps: vm => stopSteps(vm, GRACE_SECONDS),
  startSteps,
  stop: (context, vm) => stopGuest(context, vm, { graceSeconds: GRACE_SECONDS }),
  start: startGuest,
  beside: {
    plan: (context, input) => clone.plan(context, { ...input, network: false }),
    run: (context, plan, input) => clone.run(context, plan, { ...input, network: false }),
  },
}
