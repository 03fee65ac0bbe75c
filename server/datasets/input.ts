import * as z from 'zod/mini'
import { datasetNameProblem, parseSize, poolNameProblem, sizeProblem } from './names.ts'

/** A schema out of a `…Problem` function: its sentence is the message. */
export function textWithout(problem: (text: string) => string | null): z.ZodMiniString<string> {
  return z.string().check(context => {
    const message = problem(context.value)
    if (message) context.issues.push({ code: 'custom', message, input: context.value })
  })
}

export const poolName = textWithout(poolNameProblem)
export const datasetName = textWithout(datasetNameProblem)
/** A typed size; the output is bytes. */
export const sizeText = z.pipe(
  textWithout(sizeProblem),
  z.transform((text: string) => parseSize(text) ?? 0),
)

const name = z.string().check(z.minLength(1), z.maxLength(255))
/** Words ZFS prints for a property; which ones a pool takes is checked in the plan. */
const word = z.string().check(z.regex(/^[a-z0-9-]{1,32}$/, 'Use letters, digits and hyphens.'))
const bytes = z.number().check(z.int(), z.minimum(1), z.maximum(Number.MAX_SAFE_INTEGER))
const propertyName = z
  .string()
  .check(z.regex(/^[a-z0-9][a-z0-9:_.@-]{0,255}$/, 'A property is lower-case letters, digits and : . _ -'))

export const datasetInput = z.object({ dataset: name })

export const createFilesystemInput = z.object({
  /** Full name of the new filesystem. */
  dataset: name,
  compression: z.optional(word),
  checksum: z.optional(word),
  recordsizeBytes: z.optional(bytes),
  quotaBytes: z.optional(bytes),
  mountpoint: z.optional(
    z.string().check(z.regex(/^(\/[^\0\n\t]*|none|legacy)$/, 'Begin with a slash, or none.')),
  ),
})
export type CreateFilesystemInput = z.output<typeof createFilesystemInput>

export const createVolumeInput = z.object({
  /** Full name of the new volume. */
  dataset: name,
  sizeBytes: bytes,
  /** Power of two from 512 bytes to 16 MiB; ZFS's own default (16 KiB) when left out. */
  volblocksizeBytes: z.optional(bytes),
  /** Without a reservation: the pool may run full under it. */
  sparse: z.boolean(),
  compression: z.optional(word),
  checksum: z.optional(word),
})
export type CreateVolumeInput = z.output<typeof createVolumeInput>

export const renameInput = z.object({ dataset: name, to: name })
export const setPropertyInput = z.object({
  dataset: name,
  name: propertyName,
  value: z.string().check(z.maxLength(8191)),
})
export const inheritPropertyInput = z.object({ dataset: name, name: propertyName })
