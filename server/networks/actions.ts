/** Verbs on switches. */
import { type Action, defineAction, type PlanContext } from '../action.ts'
import { asAppError, withWords } from '../datasets/steps.ts'
import { isUnheard } from '../errors.ts'
import { runOrThrow } from '../host/answer.ts'
import type { Host } from '../host/host.ts'
import { destroyInterfaceArgv, listInterfaces } from '../host/ifconfig.ts'
import type { Plan, Step } from '../tasks/model.ts'
import { readFacts } from './facts.ts'
import { createSwitchInput, switchInput } from './input.ts'
import type { Switch } from './model.ts'
import { planCreate, planDestroy } from './plan.ts'
import { readNetworks } from './read.ts'
import { runStep } from './steps.ts'

export { edit } from './actions.edit.ts'

/** The interface that a command of a plan makes, null for one that makes none. */
function madeBy({ argv = [] }: Step): string | null {
  if (argv[2] !== 'create') return null
  const named = argv.indexOf('name')
  return (named < 0 ? argv[1] : argv[named + 1]) ?? null
}

/** Takes away again what the plan has made so far; a sentence about how far that came. */
async function undo(host: Host, begun: readonly Step[]): Promise<string> {
  const made = begun.flatMap(each => madeBy(each) ?? []).reverse()
  if (made.length === 0) return 'Nothing was made.'
  let left = made
  try {
    const there = new Set((await listInterfaces(host)).map(one => one.name))
    left = made.filter(name => there.has(name))
    for (const name of [...left]) {
      await runOrThrow(host, destroyInterfaceArgv(name), [])
      left = left.filter(each => each !== name)
    }
    return 'What had been made was removed again.'
  } catch {
    return `Left over: ${left.join(', ')}. “ifconfig NAME destroy” removes each.`
  }
}

export const create = defineAction({
  name: 'networks.create',
  role: 'administrator',
  input: createSwitchInput,
  plan: async (context, input) => planCreate(input, await readFacts(context)),
  async run({ host, progress }, plan) {
    for (const [index, step] of plan.steps.entries()) {
      progress(step.title, index / plan.steps.length)
      try {
        await runStep(host, step)
      } catch (error) {
        // Whose end was not heard may have made something all the same: it is taken away with the rest.
        const begun = plan.steps.slice(0, isUnheard(error) ? index + 1 : index)
        throw withWords(asAppError(error), await undo(host, begun))
      }
    }
  },
  settle: (context, plan) =>
    settleByLook(context, plan, one => one !== undefined && one.bridge !== null && one.declared !== null),
})

export const destroy = defineAction({
  name: 'networks.destroy',
  role: 'administrator',
  input: switchInput,
  plan: async (context, { name }) => planDestroy(name, await readFacts(context)),
  async run({ host, progress }, plan) {
    for (const [index, step] of plan.steps.entries()) {
      progress(step.title, index / plan.steps.length)
      try {
        await runStep(host, step)
      } catch (error) {
        const done = plan.steps.slice(0, index).map(each => each.title)
        if (done.length === 0) throw error
        throw withWords(
          asAppError(error),
          `Done before that: ${done.join('; ')}.`,
          'Destroy the switch once more.',
        )
      }
    }
  },
  settle: (context, plan) => settleByLook(context, plan, one => one === undefined),
})

async function settleByLook(
  { host }: PlanContext,
  plan: Plan,
  isDone: (one: Switch | undefined) => boolean,
): ReturnType<Action['settle']> {
  const name = plan.title.split(' ').at(-1)
  const one = (await readNetworks(host)).switches.find(each => each.name === name)
  if (isDone(one)) return { state: 'done', outcome: `${plan.title}: done, as the host shows.` }
  const there = [
    one?.bridge ? `its bridge ${one.bridge}` : null,
    one?.declared ? 'its settings' : null,
  ].filter(each => each !== null)
  const left = there.length > 0 ? `there is ${there.join(' and ')}` : 'there is nothing of it'
  return {
    state: 'interrupted',
    outcome: `${plan.title}: it was cut short; ${left}. Destroy the switch, or run “vm init” on the host to make what is missing.`,
  }
}
