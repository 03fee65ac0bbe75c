import * as z from 'zod/mini'

export const ROLES = ['viewer', 'operator', 'administrator'] as const
export type Role = (typeof ROLES)[number]

/** Roles are ordered: an administrator may do what an operator may. */
export function mayAct(has: Role, needs: Role): boolean {
  return ROLES.indexOf(has) >= ROLES.indexOf(needs)
}

export type Account = {
  id: number
  name: string
  role: Role
  createdAt: number
  lastLoginAt: number | null
  disabled: boolean
}

export type Session = {
  /** A handle, not the cookie. */
  id: string
  createdAt: number
  lastSeenAt: number
  address: string
  userAgent: string
  current: boolean
}

const PASSWORD_MIN = 12
const PASSWORD_MAX = 256

/** Why this cannot be the password of the account `name`, one sentence; null when it can. */
export function passwordProblem(password: string, name: string): string | null {
  const length = [...password].length
  if (length < PASSWORD_MIN)
    return `A password has at least ${PASSWORD_MIN} characters; this one has ${length}.`
  if (length > PASSWORD_MAX) return `A password has at most ${PASSWORD_MAX} characters.`
  if (new Set(password).size < 5) return 'A password has at least five different characters.'
  if (name !== '' && password.toLowerCase().split(name.toLowerCase()).join('').length < PASSWORD_MIN / 2) {
    return 'A password is more than the name of the account, repeated.'
  }
  return null
}

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
export const setDisabledInput = z.object({ id, disabled: z.boolean() })
export const resetPasswordInput = z.object({ id, password })
export const removeAccountInput = z.object({ id })
