import * as z from 'zod/mini'
import { poolName } from '../datasets/input.ts'
import { SCRUB_VERBS } from './model.ts'

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
/** `by`: a whole disk by its bare name. */
export const replaceInput = z.object({
  pool: poolName,
  device: deviceName,
  by: z.string().check(z.regex(/^[a-z][a-z0-9]{0,31}$/, 'This is not the name of a disk.')),
})
