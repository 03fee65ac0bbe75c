/** Verbs on switches. */
import { type Action, defineAction, type PlanContext } from '../action.ts'
import { freshVms } from '../datasets/actions.ts'
import { asAppError, withWords, writeAsShown } from '../datasets/steps.ts'
import { AppError, isUnheard } from '../errors.ts'
import { runOrThrow } from '../host/answer.ts'
import { parseRelease } from '../host/freebsd-version.ts'
import type { Host } from '../host/host.ts'
import { destroyInterfaceArgv, listInterfaces } from '../host/ifconfig.ts'
import { readSysctls } from '../host/sysctl.ts'
import { uname } from '../host/uname.ts'
import type { Plan, Step } from '../tasks/model.ts'
import { readIfThere, readSetup } from '../vms/read.ts'
import { createSwitchInput, switchInput } from './input.ts'
import { type Switch, switchRows } from './model.ts'
import { isEdit, planEdit } from './plan.edit.ts'
import { type NetworkFacts, planCreate, planDestroy } from './plan.ts'
import { networkState, readNetworks } from './read.ts'

async function readFacts(context: PlanContext): Promise<NetworkFacts> {
  const { host } = context
  const [setup, interfaces, vms, membersMayHaveAddresses] = await Promise.all([
    readSetup(host),
    listInterfaces(host),
    freshVms(context),
    mayMembersHaveAddresses(host),
  ])
  const state = networkState(setup.vmDir, setup.system, interfaces)
  const system = state.settings === null ? null : await readIfThere(host, state.settings)
  return { state, system, vms, membersMayHaveAddresses }
}

/** bridge(4): from FreeBSD 15 on not, unless a setting allows it. */
async function mayMembersHaveAddresses(host: Host): Promise<boolean> {
  const [{ release }, settings] = await Promise.all([uname(host), readSysctls(host, [ALLOWS])])
  const major = parseRelease(release)?.major
  return settings.has(ALLOWS) ? settings.get(ALLOWS) === '1' : major !== undefined && major < 15
}

const ALLOWS = 'net.link.bridge.member_ifaddrs'

async function runStep(host: Host, { file, argv }: Step): Promise<void> {
  if (file) await writeAsShown(host, file)
  if (argv) await runOrThrow(host, argv, [])
}

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

/** Settings whose writing was not heard to its end may be the new ones: a bridge that is as before must not stand beside those. */
async function restored(
  host: Host,
  { path, before, after }: NonNullable<Step['file']>,
): Promise<string | null> {
  try {
    if (before === null || (await host.read(path)) !== after) return null
    await host.write(path, before)
    return null
  } catch {
    return `Whether ${path} has the new settings is not known.`
  }
}

/** Takes back the steps that were begun, last first; a sentence about how far that came. */
async function takeBack(host: Host, undo: readonly string[][][]): Promise<string> {
  const commands = undo.toReversed().flat()
  if (commands.length === 0) return 'Nothing was changed.'
  const failed: string[] = []
  for (const argv of commands) await runOrThrow(host, argv, []).catch(() => failed.push(argv.join(' ')))
  return failed.length === 0
    ? 'What had been changed was taken back.'
    : `This could not be taken back: ${failed.join('; ')}.`
}

export const edit = defineAction({
  name: 'networks.edit',
  role: 'administrator',
  input: createSwitchInput,
  plan: async (context, input) => planEdit(input, await readFacts(context)),
  async run({ host, progress }, plan) {
    const { facts } = plan
    if (!isEdit(facts)) throw new AppError('invalid', 'This is no plan of a change.')
    for (const [index, step] of plan.steps.entries()) {
      progress(step.title, index / plan.steps.length)
      try {
        await runStep(host, step)
      } catch (error) {
        // Whose end was not heard may have done its work all the same.
        const begun = facts.undo.slice(0, isUnheard(error) ? index + 1 : index)
        const settings = step.file && isUnheard(error) ? await restored(host, step.file) : null
        throw withWords(asAppError(error), [settings, await takeBack(host, begun)].filter(Boolean).join(' '))
      }
    }
  },
  async settle({ host }, plan) {
    const file = plan.steps.find(step => step.file)?.file
    const { facts } = plan
    if (!file || !isEdit(facts)) throw new AppError('unreadable', 'The plan of this task cannot be read.')
    // The settings are written last.
    if ((await readIfThere(host, file.path)) === file.after)
      return { state: 'done', outcome: `${plan.title}: done, as the host shows.` }
    const one = switchRows(await readNetworks(host), []).find(each => each.name === facts.name)
    const differences = one?.differences.join(' ') ?? 'The switch is gone.'
    return {
      state: 'interrupted',
      outcome: `${plan.title}: it was cut short, and its settings are as before. ${differences || 'So is its bridge.'}`,
    }
  },
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
