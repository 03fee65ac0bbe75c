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
  id: string
  createdAt: number
  lastSeenAt: number
  address: string
  userAgent: string
  current: boolean
}
