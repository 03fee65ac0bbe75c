import * as z from 'zod/mini'
import { poolName } from '../datasets/input.ts'
import { SCRUB_VERBS } from './model.ts'

export const poolInput = z.object({ pool: poolName })
export const scrubInput = z.object({ pool: poolName, verb: z.enum(SCRUB_VERBS) })
