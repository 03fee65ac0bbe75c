/** Setting which guests start with the machine. */
import { defineAction, type PlanContext } from '../../action.ts'
import { AppError } from '../../errors.ts'
import { runOrThrow } from '../../host/answer.ts'
import type { Host } from '../../host/host.ts'
import { isAsSet, readSetting } from '../../host/sysrc.ts'
import type { Step } from '../../tasks/model.ts'
import { setStartOrderInput } from '../input.ts'
import type { StartOrder } from '../model.ts'
import { planStartOrder } from '../plan.start-order.ts'
import { readSetup, readVms, revisionOf } from '../read.ts'

/** vm_list and vm_delay as rc.conf has them now, with all guests there are. */
export async function readStartOrder(host: Host): Promise<StartOrder> {
  const [{ rc }, vms] = await Promise.all([readSetup(host), readVms(host)])
  const { vmList: list, vmDelaySeconds: delaySeconds, enabled } = rc
  return {
    enabled,
    list,
    delaySeconds,
    guests: vms.map(vm => vm.name),
    revision: revisionOf(`${list.join(' ')}\n${delaySeconds}`),
  }
}

export const setStartOrder = defineAction({
  name: 'vms.setStartOrder',
  role: 'operator',
  input: setStartOrderInput,
  plan: async (context, input) => planStartOrder(input, await readStartOrder(context.host)),
  async run(context, plan, input) {
    if ((await readStartOrder(context.host)).revision !== input.revision)
      throw new AppError('changed', 'Somebody else has changed the order just now. Nothing was done.')
    for (const [index, step] of plan.steps.entries()) {
      context.progress(step.title, index / plan.steps.length)
      if (step.argv) await runOrThrow(context.host, step.argv, [])
    }
  },
  async settle(context, plan) {
    const undone: string[] = []
    for (const step of plan.steps) if (!(await isDone(context, step))) undone.push(step.title)
    return undone.length === 0
      ? { state: 'done', outcome: `${plan.title}: done, as the host shows.` }
      : { state: 'interrupted', outcome: `${plan.title}: it was cut short. Not done: ${undone.join('; ')}.` }
  },
})

async function isDone({ host }: PlanContext, { argv = [] }: Step): Promise<boolean> {
  return isAsSet(argv, await readSetting(host, argv[1]?.split('=')[0] ?? ''))
}
