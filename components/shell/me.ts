'use client'
import { useQuery } from '@tanstack/react-query'
import { type Account, mayAct, type Role, roleOn } from '../../server/accounts/model.ts'
import { useMaybeHost } from '../host.tsx'
import { useConsoleTRPC } from '../trpc.tsx'

/** Who is signed in; null until it is known. */
export function useMe(): Account | null {
  return useQuery(useConsoleTRPC().accounts.me.queryOptions()).data ?? null
}

/** The role of who is signed in, on the host that is spoken of; null until it is known. */
export function useRole(): Role | null {
  const me = useMe()
  const host = useMaybeHost()
  if (!me || !host) return me?.role ?? null
  return roleOn(me, host.id)
}

/** Why this account may not do what `needs` a role, as `disabled` of a button or a menu item takes it; null when it may. */
export function roleReason(has: Role | null, needs: Role): string | null {
  if (has === null) return 'Who is signed in is not known yet.'
  return mayAct(has, needs) ? null : `This needs the role ${needs}. You are signed in as ${has}.`
}
