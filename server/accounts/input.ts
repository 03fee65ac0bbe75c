import * as z from 'zod/mini'
import { HOST_ROLES, PASSWORD_MAX, ROLES } from './model.ts'

/** Letters, digits, dot, dash and underscore, a letter first: safe in rows, titles and logs. */
export const accountName = z
  .string()
  .check(
    z.regex(
      /^[A-Za-z][A-Za-z0-9._-]{0,31}$/,
      'A name begins with a letter and has up to 32 letters, digits, dots, dashes and underscores.',
    ),
  )

// Longer than any password may be, so that the rule's own sentence is what a person reads; bounded all the same.
const password = z.string().check(z.maxLength(4 * PASSWORD_MAX))
const role = z.enum(ROLES)
const id = z.int().check(z.positive())

export const setupInput = z.object({ token: z.string().check(z.maxLength(128)), name: accountName, password })
export const loginInput = z.object({ name: z.string().check(z.maxLength(64)), password })
export const changePasswordInput = z.object({ current: password, password })
export const createAccountInput = z.object({ name: accountName, password, role })
export const setRoleInput = z.object({ id, role })
const exception = z.object({ host: z.string().check(z.maxLength(64)), role: z.enum(HOST_ROLES) })

export const setExceptionsInput = z.object({ id, exceptions: z.array(exception).check(z.maxLength(500)) })
export const setDisabledInput = z.object({ id, disabled: z.boolean() })
export const resetPasswordInput = z.object({ id, password })
export const removeAccountInput = z.object({ id })
