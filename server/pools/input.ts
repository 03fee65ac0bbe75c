import * as z from 'zod/mini'
import { poolName } from '../datasets/input.ts'
import { EXTRA_ROLES, LAYOUTS, SCRUB_VERBS } from './model.ts'

export const poolInput = z.object({ pool: poolName })
export const scrubInput = z.object({ pool: poolName, verb: z.enum(SCRUB_VERBS) })

/** As `zpool status` names it: `da2`, `gpt/disk0`, `/var/file`, a guid. */
const deviceName = z
  .string()
  .check(
    z.minLength(1),
    z.maxLength(1024),
    z.regex(/^[^\p{Cc}\s-][^\p{Cc}]*$/u, 'This is not the name of a device.'),
  )
export const deviceInput = z.object({ pool: poolName, device: deviceName })
export const clearInput = z.object({ pool: poolName, device: z.nullable(deviceName) })
/** A whole disk by its bare name. */
const diskName = z.string().check(z.regex(/^[a-z][a-z0-9]{0,31}$/, 'This is not the name of a disk.'))
export const replaceInput = z.object({ pool: poolName, device: deviceName, by: diskName })

export const poolPropertyInput = z.object({
  pool: poolName,
  name: z.string().check(z.regex(/^[a-z_]{1,64}$/, 'This is not the name of a pool property.')),
  /** The plan says what it may be. */
  value: z.string().check(z.maxLength(1024)),
})

export const importPoolInput = z.object({
  /** Decimal guid. */
  guid: z.string().check(z.regex(/^[1-9]\d{0,19}$/, 'This is no id of a pool.')),
  /** Null: the name it has. */
  newName: z.nullable(poolName),
  readonly: z.boolean(),
  /** It was in use on another system and is not any more: somebody says so. */
  force: z.boolean(),
  /** Nothing of it is mounted. */
  unmounted: z.boolean(),
})
export type ImportPoolInput = z.output<typeof importPoolInput>

const disks = z.array(diskName).check(z.minLength(1), z.maxLength(255))
export const createPoolInput = z.object({
  /** The plan says in words what is wrong with it. */
  name: z.string().check(z.minLength(1), z.maxLength(255)),
  /** Groups that hold the data together; each bears its own losses. */
  groups: z.array(z.object({ layout: z.enum(LAYOUTS), disks })).check(z.minLength(1), z.maxLength(64)),
  extras: z
    .array(z.object({ role: z.enum(EXTRA_ROLES), isMirror: z.boolean(), disks }))
    .check(z.maxLength(16)),
  /** Exponent of the sector size that is written in, fixed for ever: 12 is 4 KiB. Null: as the disks say. */
  ashift: z.nullable(z.number().check(z.int(), z.minimum(9), z.maximum(16))),
  compression: z.string().check(z.regex(/^[a-z0-9-]{1,32}$/)),
  /** Where its root dataset is mounted; null: nowhere. */
  mountpoint: z.nullable(z.string().check(z.regex(/^\/[^\0\n\t]*$/, 'Begin with a slash.'))),
})
export type CreatePoolInput = z.output<typeof createPoolInput>
