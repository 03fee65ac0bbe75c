'use client'
import { useQuery } from '@tanstack/react-query'
import { type Account, mayAct, type Role } from '../../server/accounts/model.ts'
import { useTRPC } from '../trpc.tsx'

/** Who is signed in; null until it is known. */
export function useMe(): Account | null {
  const trpc = useTRPC()
  return useQuery(trpc.accounts.me.queryOptions()).data ?? null
}

/** Why this account may not do what `needs` a role, as `disabled` of a button or a menu item takes it; null when it may. */
export function roleReason(has: Role | null, needs: Role): string | null {
  if (has === null) return 'Who is signed in is not known yet.'
  return mayAct(has, needs) ? null : `This needs the role ${needs}. You are signed in as ${has}.`
}

/** `const may = useMay(); <Button disabled={may('operator')}>`. */
export function useMay(): (needs: Role) => string | null {
  const role = useMe()?.role ?? null
  return needs => roleReason(role, needs)
}
