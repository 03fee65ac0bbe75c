/** Destroying a guest with the volumes that were named. */
import { defineAction, type PlanContext } from '../../action.ts'
import { runStep, withWords } from '../../datasets/steps.ts'
import { AppError } from '../../errors.ts'
import { runOrThrow } from '../../host/answer.ts'
import { listSnapshots } from '../../host/zfs/snapshots.ts'
import { readDatasets } from '../../inventory/reader.ts'
import { destroyVmInput } from '../input.ts'
import { type DestroyVmFacts, dyingDatasets, planDestroyVm } from '../plan.destroy.ts'
import { listIfThere, readGuests } from '../read.ts'
import { toVm } from '../state.ts'
import { orNotFound } from './life.ts'

/** Every file below a directory, deepest first; directories end with a slash. */
async function filesBelow(context: PlanContext, directory: string): Promise<DestroyVmFacts['files']> {
  const found: { path: string; sizeBytes: number }[] = []
  for (const entry of await listIfThere(context.host, directory)) {
    const path = `${directory}/${entry.name}`
    if (entry.type === 'directory') {
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
  return { vm, vms, datasets, snapshots, files, vmList: setup.rc.vmList, own }
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
    const { vm, files, own } = await readFacts(context, input.vm, input.zvols)
    const done: string[] = []
    for (const [index, step] of plan.steps.entries()) {
      context.progress(step.title, index / plan.steps.length)
      try {
        if (step.argv?.[0] === 'zfs') await runStep(context, step)
        else if (step.argv) await runOrThrow(context.host, step.argv, [])
        else {
          for (const file of files) await context.host.remove(file.path.replace(/\/$/, ''))
          if (own === null) await context.host.remove(vm.directory)
        }
        done.push(step.title)
      } catch (error) {
        if (!(error instanceof AppError)) throw error
        const words = done.length > 0 ? `Done before that: ${done.join('; ')}.` : 'Nothing was destroyed.'
        throw withWords(error, words)
      }
    }
  },
  async settle(context, plan) {
    const name = plan.victims.find(victim => victim.kind === 'vm')?.name ?? ''
    const { guests } = await readGuests(context.host, context.now())
    const datasets = new Set((await readDatasets(context.host)).map(each => each.name))
    const left = plan.victims.filter(
      victim => (victim.kind === 'volume' || victim.kind === 'filesystem') && datasets.has(victim.name),
    )
    const isThere = guests.some(guest => guest.place.name === name)
    if (!isThere && left.length === 0)
      return { state: 'done', outcome: `${plan.title}: done, as the host shows.` }
    const names = [...left.map(victim => victim.name), ...(isThere ? [`the guest ${name}`] : [])]
    return {
      state: 'interrupted',
      outcome: `${plan.title}: the console ended in the middle. Still there: ${names.join(', ')}.`,
    }
  },
})
