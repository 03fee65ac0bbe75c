/** Mounting and unmounting filesystems. */
import { defineAction, type PlanContext } from '../action.ts'
import { getProperties } from '../host/zfs/properties.ts'
import { readDatasets } from '../inventory/reader.ts'
import type { Plan } from '../tasks/model.ts'
import { freshVms, settleByLook } from './actions.ts'
import { datasetInput } from './input.ts'
import { planMount, planUnmount } from './plan.mount.ts'
import { runSteps } from './steps.ts'

function settleMounted(context: PlanContext, plan: Plan, mounted: boolean) {
  const dataset = plan.subjects?.[0]
  return settleByLook(context, plan, datasets => {
    const row = datasets.find(each => each.name === dataset?.name && each.guid === dataset.guid)
    return row ? row.mounted === mounted : null
  })
}

export const mount = defineAction({
  name: 'datasets.mount',
  role: 'administrator',
  input: datasetInput,
  async plan({ host }, { dataset }) {
    const datasets = await readDatasets(host)
    const isThere = datasets.some(each => each.name === dataset)
    return planMount(dataset, { datasets, properties: isThere ? await getProperties(host, dataset) : [] })
  },
  async run(context, plan, { dataset }) {
    await runSteps(context, plan)
    return { dataset }
  },
  settle: (context, plan) => settleMounted(context, plan, true),
})

export const unmount = defineAction({
  name: 'datasets.unmount',
  role: 'administrator',
  input: datasetInput,
  async plan(context, { dataset }) {
    const [datasets, vms] = await Promise.all([readDatasets(context.host), freshVms(context)])
    return planUnmount(dataset, { datasets, vms })
  },
  async run(context, plan, { dataset }) {
    await runSteps(context, plan)
    return { dataset }
  },
  settle: (context, plan) => settleMounted(context, plan, false),
})
