/** Which guests start with the machine, in what order and how far apart: vm_list and vm_delay of rc.conf. Pure. */
import { setArgv } from '../host/sysrc.ts'
import { refusedPlan, withDigest } from '../tasks/digest.ts'
import type { Plan, Refusal, Step } from '../tasks/model.ts'
import type { SetStartOrderInput } from './input.ts'
import type { StartOrder } from './model.ts'
import { sentenceList } from './state.ts'

const ACTION = 'vms.setStartOrder'
const TITLE = 'Set which guests start with the machine'

export function planStartOrder(input: SetStartOrderInput, now: StartOrder): Plan {
  const refused = refusal(input, now)
  if (refused) return refusedPlan(ACTION, TITLE, refused)
  const steps: Step[] = []
  if (input.list.join(' ') !== now.list.join(' '))
    steps.push({
      title:
        input.list.length === 0 ? 'Start none by itself' : `Start ${sentenceList(input.list)}, in this order`,
      argv: setArgv('vm_list', input.list.join(' ')),
    })
  if (input.delaySeconds !== now.delaySeconds)
    steps.push({
      title: `Wait ${input.delaySeconds} s between two of them`,
      argv: setArgv('vm_delay', String(input.delaySeconds)),
    })
  if (steps.length === 0)
    return refusedPlan(ACTION, TITLE, { code: 'refused', message: 'Nothing would change.' })
  return withDigest({
    action: ACTION,
    title: TITLE,
    steps,
    victims: [],
    warnings: now.enabled
      ? []
      : ['vm_enable is not YES on this machine: nothing starts by itself until it is (sysrc vm_enable=YES).'],
    locks: ['setting:vm_list'],
  })
}

function refusal({ list, revision }: SetStartOrderInput, now: StartOrder): Refusal | null {
  if (revision !== now.revision)
    return {
      code: 'changed',
      message: 'Somebody else has changed the order since this form was opened.',
      detail: { next: 'Look at it again.' },
    }
  const twice = list.find((name, index) => list.indexOf(name) !== index)
  if (twice !== undefined) return { code: 'invalid', message: `${twice} is there twice.` }
  const unknown = list.find(name => !now.guests.includes(name) && !now.list.includes(name))
  if (unknown !== undefined)
    return { code: 'not_found', message: `There is no guest named ${unknown}.`, detail: { names: [unknown] } }
  return null
}
