import * as z from 'zod/mini'
import { textWithout } from '../datasets/input.ts'
import { CONF_CHOICES, ROLLBACK_WAYS, SNAPSHOT_SORTS } from './model.ts'
import { snapshotNameProblem } from './names.ts'

const snapshotName = textWithout(snapshotNameProblem)

const name = z.string().check(z.minLength(1), z.maxLength(255))
const tag = z.string().check(z.minLength(1), z.maxLength(255))
const snapshotNames = z.array(snapshotName).check(z.minLength(1), z.maxLength(100_000))

export const listSnapshotsInput = z.object({
  /** Only of this dataset (not of those below it). */
  dataset: z.optional(name),
  /** Part of the name, in any case; words are joined by "and". */
  filter: z.optional(z.string().check(z.maxLength(255))),
  /** Only those taken from this moment on, and before that one. Unix ms. */
  from: z.optional(z.int()),
  to: z.optional(z.int()),
  sort: z.optional(z.enum(SNAPSHOT_SORTS)),
  descending: z.optional(z.boolean()),
  offset: z.number().check(z.int(), z.minimum(0)),
  limit: z.number().check(z.int(), z.minimum(1), z.maximum(1000)),
})
export type ListSnapshotsInput = z.output<typeof listSnapshotsInput>

/** `utcOffsetMinutes`: how far the browser's days are ahead of UTC's. */
export const snapshotDaysInput = z.object({
  dataset: z.optional(name),
  filter: z.optional(z.string().check(z.maxLength(255))),
  utcOffsetMinutes: z.int().check(z.minimum(-1440), z.maximum(1440)),
})
export type SnapshotDaysInput = z.output<typeof snapshotDaysInput>

export const guestInput = z.object({ vm: name })
export const snapshotInput = z.object({ snapshot: snapshotName })
export const snapshotsInput = z.object({ snapshots: snapshotNames })
export const createSnapshotsInput = z.object({
  datasets: z.array(name).check(z.minLength(1), z.maxLength(1000)),
  tag,
  /** With everything below each of them. */
  recursive: z.boolean(),
})
export const holdInput = z.object({ snapshots: snapshotNames, tag })
export const cloneInput = z.object({ snapshot: snapshotName, target: name })

export const rollbackInput = z.object({
  snapshot: snapshotName,
  way: z.enum(ROLLBACK_WAYS),
  /** `keep`: full name under which the present state stays; a free dated name when left out. */
  keepAs: z.optional(name),
  /** `beside`: full name of the clone (or the name of the new guest); a free name when left out. */
  besideAs: z.optional(name),
  /** The user's word about the guest: without it a running guest refuses the plan. */
  guest: z.optional(z.object({ stop: z.boolean(), start: z.boolean(), conf: z.enum(CONF_CHOICES) })),
})
export type RollbackInput = z.output<typeof rollbackInput>

/** Every zvol of the guest goes back to its snapshot of this name. */
export const rollbackGuestInput = z.object({
  vm: name,
  tag,
  guest: z.optional(z.object({ stop: z.boolean(), start: z.boolean(), conf: z.enum(CONF_CHOICES) })),
})
export type RollbackGuestInput = z.output<typeof rollbackGuestInput>

/** `dataset` is either half of the pair: the one that kept the earlier state, or the one that went back. */
export const swapBackInput = z.object({
  dataset: name,
  guest: z.optional(z.object({ stop: z.boolean(), start: z.boolean(), conf: z.enum(CONF_CHOICES) })),
})
export type SwapBackInput = z.output<typeof swapBackInput>
