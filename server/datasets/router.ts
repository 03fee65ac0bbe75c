import { AppError } from '../errors.ts'
import type { Aged, Inventory } from '../inventory/inventory.ts'
import { actionProcedures, procedure, router } from '../trpc.ts'
import { mount, unmount } from './actions.mount.ts'
import {
  createFilesystem,
  createVolume,
  destroy,
  inheritProperty,
  promote,
  rename,
  setProperty,
} from './actions.ts'
import { datasetInput } from './input.ts'
import type { DatasetDetail } from './model.ts'

/** One dataset with its properties, bookmarks, clones and kept states. AppError `not_found`. */
async function detailOf(inventory: Inventory, dataset: string): Promise<Aged<DatasetDetail>> {
  const { value: rows, heardAt } = await inventory.datasets()
  const row = rows.find(each => each.name === dataset)
  if (!row) throw new AppError('not_found', `There is no dataset ${dataset}.`)
  const [properties, bookmarks] = await Promise.all([
    inventory.propertiesOf(dataset),
    inventory.bookmarksOf(dataset),
  ])
  const clones = rows.filter(each => each.origin?.startsWith(`${dataset}@`)).map(each => each.name)
  const kept = rows.filter(each => each.keptFrom === dataset).map(each => each.name)
  return {
    value: { ...row, properties: properties.value, bookmarks: bookmarks.value, clones, kept },
    heardAt: Math.min(heardAt, properties.heardAt, bookmarks.heardAt),
  }
}

export const datasetsRouter = router({
  /** All filesystems and volumes, by name: `{ value, heardAt }`. */
  list: procedure('viewer').query(({ ctx }) => ctx.inventory.datasets()),
  get: procedure('viewer')
    .input(datasetInput)
    .query(({ ctx, input }) => detailOf(ctx.inventory, input.dataset)),
  createFilesystem: actionProcedures(createFilesystem),
  createVolume: actionProcedures(createVolume),
  rename: actionProcedures(rename),
  destroy: actionProcedures(destroy),
  setProperty: actionProcedures(setProperty),
  inheritProperty: actionProcedures(inheritProperty),
  promote: actionProcedures(promote),
  mount: actionProcedures(mount),
  unmount: actionProcedures(unmount),
})
