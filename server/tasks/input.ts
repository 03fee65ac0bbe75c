import * as z from 'zod/mini'
import { TASK_STATES } from './model.ts'

export const taskIdInput = z.object({ id: z.int().check(z.positive()) })

/** `action` is a whole name (`vms.start`) or a noun (`vms`); `text` is looked for in titles, outcomes and commands. */
export const taskFilter = z.object({
  host: z.optional(z.string().check(z.maxLength(64))),
  state: z.optional(z.enum(TASK_STATES)),
  action: z.optional(z.string().check(z.maxLength(64))),
  user: z.optional(z.string().check(z.maxLength(64))),
  text: z.optional(z.string().check(z.maxLength(256))),
})
export const listTasksInput = z.extend(taskFilter, {
  /** Only tasks older than this id. */
  before: z.optional(z.int().check(z.positive())),
  limit: z.int().check(z.minimum(1), z.maximum(200)),
})
