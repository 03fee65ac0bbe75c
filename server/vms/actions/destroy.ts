/** Destroying a guest with the volumes that were named. */
import * as z from 'zod/mini'
import { defineAction, type PlanContext } from '../../action.ts'
import { mustBeTheSame } from '../../datasets/guard.ts'
import { runStep, withWords } from '../../datasets/steps.ts'
import { inWords } from '../../datasets/users.ts'
import { AppError, isUnheard } from '../../errors.ts'
import { runOrThrow } from '../../host/answer.ts'
import { listBookmarks, listSnapshots } from '../../host/zfs/snapshots.ts'
import { readDatasets } from '../../inventory/reader.ts'
import type { Plan, Victim } from '../../tasks/model.ts'
import { destroyVmInput } from '../input.ts'
import { whyNot } from '../model.ts'
import { type DestroyVmFacts, type DestroyVmShown, dyingDatasets, planDestroyVm } from '../plan.destroy.ts'
import { listIfThere, readGuestNamed, readGuests } from '../read.ts'
import { toVm } from '../state.ts'
import { orNotFound } from './life.ts'

/** Every file below a directory, deepest first; directories end with a slash. */
async function filesBelow(context: PlanContext, directory: string): Promise<DestroyVmFacts['files']> {
  const found: { path: string; sizeBytes: number }[] = []
  for (const entry of await listIfThere(context.host, directory)) {
    // Where snapdir=visible: the snapshots, which go with their dataset.
    if (entry.name === '.zfs') continue
    const path = `${directory}/${entry.name}`
    // A link dies as a link: what it leads to is no part of the guest.
    if (entry.type === 'directory' && entry.link !== true) {
      found.push(...(await filesBelow(context, path)), { path: `${path}/`, sizeBytes: 0 })
    } else {
      found.push({ path, sizeBytes: entry.sizeBytes })
    }
  }
  return found
}

async function readFacts(
  context: PlanContext,
  name: string,
  zvols: readonly string[],
): Promise<DestroyVmFacts> {
  const { setup, guests, view } = await readGuests(context.host, context.now())
  const vms = guests.map(guest => toVm(guest, view))
  const vm = vms.find(one => one.name === name)
  if (!vm) throw new AppError('not_found', `There is no guest named ${name}.`, { names: [name] })
  const [datasets, files] = await Promise.all([readDatasets(context.host), filesBelow(context, vm.directory)])
  const own = setup.datasetAt.get(vm.directory) ?? null
  const known = dyingDatasets({ datasets, own }, zvols).filter(each =>
    datasets.some(row => row.name === each),
  )
  const snapshots = known.length > 0 ? await listSnapshots(context.host, { datasets: known }) : []
  const bookmarks = (await Promise.all(known.map(each => listBookmarks(context.host, each)))).flat()
  return { vm, vms, datasets, snapshots, bookmarks, files, vmList: setup.rc.vmList, own }
}

const shownFacts = z.object({
  directory: z.string(),
  files: z.array(z.string()),
  own: z.nullable(z.string()),
}) satisfies z.ZodMiniType<DestroyVmShown>

/** AppError `in_use`: somebody has started it by hand since the plan was made. A guest without a conf is off. */
async function mustBeOff(context: PlanContext, name: string): Promise<void> {
  try {
    const { vm } = await readGuestNamed(context.host, name, context.now())
    const why = whyNot(vm, 'destroy')
    if (why !== null)
      throw new AppError('in_use', `${name} was started meanwhile: it is ${vm.state}.`, { next: why })
  } catch (error) {
    if (!(error instanceof AppError && error.code === 'not_found')) throw error
  }
}

/** AppError `changed`: a file came into the directory that was not shown. */
async function mustHoldNothingElse(context: PlanContext, shown: DestroyVmShown): Promise<void> {
  const known = new Set(shown.files)
  const fresh = (await filesBelow(context, shown.directory))
    .map(file => file.path)
    .filter(path => !known.has(path))
  if (fresh.length === 0) return
  throw new AppError('changed', `${inWords(fresh)} came into the guest's directory meanwhile.`, {
    names: fresh,
    next: 'Look at it, then decide again.',
  })
}

/** The names of what the plan destroys that is there no more; `left` are its datasets that are. */
async function goneOf({ host }: PlanContext, plan: Plan, left: readonly Victim[]): Promise<string[]> {
  const datasets = left.map(victim => victim.name)
  const snapshots = datasets.length > 0 ? await listSnapshots(host, { datasets }) : []
  const bookmarks = await Promise.all(datasets.map(each => listBookmarks(host, each)))
  const there = new Set([...left, ...snapshots, ...bookmarks.flat()].map(each => each.guid))
  const gone: string[] = []
  for (const { kind, name, guid } of plan.victims) {
    if (guid !== undefined && !there.has(guid)) gone.push(name)
    if (kind === 'file' && (await host.stat(name.replace(/\/$/, ''))) === null) gone.push(name)
  }
  return gone
}

export const destroy = defineAction({
  name: 'vms.destroy',
  role: 'administrator',
  input: destroyVmInput,
  plan: (context, input) =>
    orNotFound('vms.destroy', `Destroy ${input.vm}`, async () =>
      planDestroyVm(input.zvols, await readFacts(context, input.vm, input.zvols)),
    ),
  async run(context, plan, input) {
    const shown = z.parse(shownFacts, plan.facts)
    const done: string[] = []
    for (const [index, step] of plan.steps.entries()) {
      context.progress(step.title, index / plan.steps.length)
      try {
        if (step.argv?.[0] === 'zfs') {
          await mustBeOff(context, input.vm)
          if (step.argv.at(-1) === shown.own) await mustHoldNothingElse(context, shown)
          await mustBeTheSame(context.host, plan, step.argv)
          await runStep(context, step)
        } else if (step.argv) await runOrThrow(context.host, step.argv, [])
        else {
          await mustBeOff(context, input.vm)
          await mustHoldNothingElse(context, shown)
          for (const path of shown.files) await context.host.remove(path.replace(/\/$/, ''))
          if (shown.own === null) await context.host.remove(shown.directory)
        }
        done.push(step.title)
      } catch (error) {
        if (!(error instanceof AppError)) throw error
        if (done.length > 0) throw withWords(error, `Done before that: ${done.join('; ')}.`)
        throw isUnheard(error) ? error : withWords(error, 'Nothing was destroyed.')
      }
    }
  },
  async settle(context, plan) {
    const name = plan.victims.find(victim => victim.kind === 'vm')?.name ?? ''
    const { guests } = await readGuests(context.host, context.now())
    const guids = new Set((await readDatasets(context.host)).map(each => each.guid))
    const left = plan.victims.filter(
      ({ kind, guid }) =>
        (kind === 'volume' || kind === 'filesystem') && guid !== undefined && guids.has(guid),
    )
    const isThere = guests.some(guest => guest.place.name === name)
    if (!isThere && left.length === 0)
      return { state: 'done', outcome: `${plan.title}: done, as the host shows.` }
    const names = [...left.map(victim => victim.name), ...(isThere ? [`the guest ${name}`] : [])]
    const gone = await goneOf(context, plan, left)
    const destroyed = gone.length > 0 ? `Destroyed: ${gone.join(', ')}.` : 'Nothing was destroyed.'
    return {
      state: 'interrupted',
      outcome: `${plan.title}: it was cut short. ${destroyed} Still there: ${names.join(', ')}.`,
    }
  },
})
