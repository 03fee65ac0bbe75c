export const ROLES = ['viewer', 'operator', 'administrator'] as const
export type Role = (typeof ROLES)[number]

/** Roles are ordered: an administrator may do what an operator may. */
export function mayAct(has: Role, needs: Role): boolean {
  return ROLES.indexOf(has) >= ROLES.indexOf(needs)
}

/** What an account may do on one host, where that differs from its role: `none` hides the host. */
export const HOST_ROLES = ['none', ...ROLES] as const
export type HostRole = (typeof HOST_ROLES)[number]

/** Role of an account on one host instead of its own. */
export type HostException = { host: string; role: HostRole }

export type Account = {
  id: number
  name: string
  role: Role
  /** Hosts where it has another role. */
  exceptions: HostException[]
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

/** The account's role on a host; null where the host is hidden from it. */
export function roleOn(account: Pick<Account, 'role' | 'exceptions'>, host: string): Role | null {
  const role = account.exceptions.find(each => each.host === host)?.role ?? account.role
  return role === 'none' ? null : role
}

const PASSWORD_MIN = 12
export const PASSWORD_MAX = 256

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
