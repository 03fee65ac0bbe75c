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
/** As `ssh-keygen -l` prints it: 32 bytes in base64 without padding. */
const hostKey = z
  .string()
  .check(z.regex(/^SHA256:[A-Za-z0-9+/]{43}$/, 'This is no fingerprint of a host key.'))
const signIn = z.object({
  hostKey,
  identity: z.string().check(z.maxLength(1024)),
  privilege: z.enum(['none', 'doas', 'sudo']),
})
const entry = z.nullable(signIn)

export const tryAddressInput = z.object({ address, signIn: entry })
export const addHostInput = z.object({ name, address, signIn: entry })
/** `signIn` is tried instead of the host's own. */
export const tryHostInput = z.object({ id, signIn: entry })
/** `was`: the sign-in that the form was filled from. */
export const changeSignInInput = z.object({ id, was: signIn, signIn })
export const installKeyInput = z.object({
  address,
  hostKey,
  password: z.string().check(z.minLength(1, 'The password is missing.'), z.maxLength(1024)),
})
export const renameHostInput = z.object({ id, name })
