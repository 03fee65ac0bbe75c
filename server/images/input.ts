import * as z from 'zod/mini'

const name = z.string().check(z.maxLength(255))
const digest = z.nullable(
  z.string().check(z.regex(/^[0-9a-fA-F]{64}$/, 'A SHA-256 has 64 hexadecimal digits.')),
)
const library = { datastore: z.string().check(z.maxLength(255)), kind: z.enum(['iso', 'img']) }

/** What a browser says of a file that it is about to send. */
export const uploadInput = z.object({
  ...library,
  name,
  sizeBytes: z.number().check(z.int(), z.minimum(1)),
  /** Unix ms of its last change, as the browser tells it: two files of one name and size are told apart. */
  lastModified: z.number().check(z.int()),
  sha256: digest,
})
export type UploadInput = z.output<typeof uploadInput>

export const fetchInput = z.object({
  ...library,
  name,
  url: z.string().check(z.maxLength(2000)),
  sha256: digest,
})
export type FetchInput = z.output<typeof fetchInput>

export const imageInput = z.object({ path: z.string().check(z.maxLength(1023)) })
