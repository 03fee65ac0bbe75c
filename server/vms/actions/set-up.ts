/** Making a machine a home of guests. */
import { type ActionContext, defineAction, type PlanContext } from '../../action.ts'
import { readPoolOf } from '../../datasets/actions.ts'
import { mustBeThere } from '../../datasets/guard.ts'
import { runStep, withWords } from '../../datasets/steps.ts'
import { AppError } from '../../errors.ts'
import { runOrThrow } from '../../host/answer.ts'
import { hasModule } from '../../host/kldstat.ts'
import { readDatasets } from '../../inventory/reader.ts'
import type { Step } from '../../tasks/model.ts'
import { setUpInput } from '../input.ts'
import { DIRECTORIES, EXAMPLE, MKDIR, MODULES, mountOf, planSetUp, type SetUpFacts } from '../plan.set-up.ts'
import { readSetup } from '../read.ts'

async function readFacts({ host, inventory }: PlanContext, dataset: string): Promise<SetUpFacts> {
  const { whyNoGuests } = (await inventory.facts()).value
  if (whyNoGuests !== null) throw new AppError('unsupported', whyNoGuests)
  const [setup, datasets, pool, example, loaded] = await Promise.all([
    readSetup(host),
    readDatasets(host),
    readPoolOf({ host, inventory, now: Date.now }, dataset),
    host.stat(EXAMPLE),
    Promise.all(MODULES.map(module => hasModule(host, module))),
  ])
  const directory = mountOf(dataset, datasets)
  const paths = [...DIRECTORIES, '.config/system.conf', '.templates/default.conf'].map(
    name => `${directory}/${name}`,
  )
  const found = directory === null ? [] : await Promise.all(paths.map(path => host.stat(path)))
  return {
    vmDir: setup.vmDir,
    vmDirSetting: setup.rc.vmDir,
    enabled: setup.rc.enabled,
    newName: { datasets, pool },
    there: new Set(paths.filter((_, index) => found[index] !== null && found[index] !== undefined)),
    hasExample: example !== null,
    missingModules: MODULES.filter((_, index) => loaded[index] === false),
  }
}

async function carryOut(context: ActionContext, step: Step): Promise<void> {
  if (step.note?.startsWith(MKDIR)) await context.host.mkdir(step.note.slice(MKDIR.length))
  else if (step.argv && step.argv[0] !== 'zfs') await runOrThrow(context.host, step.argv, [])
  else await runStep(context, step)
}

export const setUp = defineAction({
  name: 'vms.setUp',
  role: 'administrator',
  input: setUpInput,
  plan: async (context, { dataset }) => planSetUp(dataset, await readFacts(context, dataset)),
  async run(context, plan) {
    await mustBeThere(context.host, plan)
    for (const [index, step] of plan.steps.entries()) {
      context.progress(step.title, index / plan.steps.length)
      try {
        await carryOut(context, step)
      } catch (error) {
        if (index === 0 || !(error instanceof AppError)) throw error
        const done = plan.steps.slice(0, index).map(each => each.title)
        throw withWords(
          error,
          `Done before that: ${done.join('; ')}.`,
          'Set it up once more: only the rest is done.',
        )
      }
    }
  },
  async settle({ host }, plan) {
    const { rc, vmDir } = await readSetup(host)
    // The place is told last.
    if (rc.enabled && vmDir !== null && plan.steps.at(-1)?.argv?.at(-1) === `vm_dir=${rc.vmDir}`)
      return { state: 'done', outcome: `${plan.title}: done, as the host shows.` }
    return {
      state: 'interrupted',
      outcome: `${plan.title}: it was cut short. Set it up once more: only what is missing is done.`,
    }
  },
})
