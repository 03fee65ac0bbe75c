/** Making a disk of a guest larger. */
import { defineAction, type PlanContext } from '../../action.ts'
import { mustBeThere } from '../../datasets/guard.ts'
import { runStep } from '../../datasets/steps.ts'
import { AppError } from '../../errors.ts'
import { runOrThrow } from '../../host/answer.ts'
import { readDatasets } from '../../inventory/reader.ts'
import { type GrowDiskInput, growDiskInput } from '../input.hardware.ts'
import { type GrowFacts, planGrowDisk } from '../plan.grow.ts'
import { readGuestNamed } from '../read.ts'
import { orNotFound } from './life.ts'

async function readFacts(context: PlanContext, input: GrowDiskInput): Promise<GrowFacts> {
  const [{ vm }, datasets] = await Promise.all([
    readGuestNamed(context.host, input.vm, context.now()),
    readDatasets(context.host),
  ])
  const disk = vm.disks.find(one => one.index === input.index)
  const isFile = disk !== undefined && disk.dataset === null && disk.path.startsWith('/')
  return {
    vm,
    volume: datasets.find(each => each.type === 'volume' && each.name === disk?.dataset) ?? null,
    file: isFile ? await context.host.stat(disk.path) : null,
  }
}

export const growDisk = defineAction({
  name: 'vms.growDisk',
  role: 'operator',
  input: growDiskInput,
  plan: (context, input) =>
    orNotFound('vms.growDisk', `Grow disk ${input.index} of ${input.vm}`, async () =>
      planGrowDisk(input, await readFacts(context, input)),
    ),
  async run(context, plan, input) {
    const { volume, file } = await readFacts(context, input)
    // Somebody may have made it larger still since the plan was made; this would cut it off again.
    const now = volume?.volsizeBytes ?? file?.sizeBytes ?? 0
    if (now >= input.sizeBytes)
      throw new AppError('changed', 'It was made larger meanwhile. Nothing was done.')
    await mustBeThere(context.host, plan)
    for (const step of plan.steps) {
      context.progress(step.title)
      if (step.argv?.[0] === 'truncate') await runOrThrow(context.host, step.argv, [])
      else await runStep(context, step)
    }
  },
  async settle(context, plan) {
    const argv = plan.steps[0]?.argv ?? []
    const target = argv.at(-1) ?? ''
    const volume = (await readDatasets(context.host)).find(each => each.name === target)
    const now = argv[0] === 'truncate' ? (await context.host.stat(target))?.sizeBytes : volume?.volsizeBytes
    const wanted = argv[0] === 'truncate' ? argv[3] : argv[2]?.split('=')[1]
    return String(now) === wanted
      ? { state: 'done', outcome: `${plan.title}: done, as the host shows.` }
      : { state: 'interrupted', outcome: `${plan.title}: it was cut short. It has the size it had before.` }
  },
})
