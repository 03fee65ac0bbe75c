import * as z from 'zod/mini'

const id = z.string().check(z.maxLength(64))
const name = z
  .string()
  .check(
    z.trim(),
    z.minLength(1, 'A host needs a name.'),
    z.maxLength(40, 'A name has at most 40 characters.'),
    z.regex(/^[^\p{Cc}\p{Cf}]*$/u, 'A name is made of characters that can be seen.'),
  )
const address = z.string().check(z.trim(), z.minLength(1, 'The address is missing.'), z.maxLength(1024))

export const hostIdInput = z.object({ id })
export const addressInput = z.object({ address })
export const addHostInput = z.object({ name, address })
export const renameHostInput = z.object({ id, name })
