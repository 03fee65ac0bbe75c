'use client'
import { useQuery } from '@tanstack/react-query'
import { useRouter } from 'next/navigation'
import { useMemo, useRef } from 'react'
import { useApi, useTRPC } from '../trpc.tsx'
import type { Tools } from './actions.ts'
import { useDialogs } from './dialogs.tsx'
import { useMe } from './me.ts'
import { useOneClick } from './useOneClick.ts'

/** The tools that menus of things work with; the same object as long as account and host are the same. */
export function useTools(): Tools {
  const api = useApi()
  const open = useDialogs()
  const router = useRouter()
  const role = useMe()?.role ?? null
  const facts = useQuery(useTRPC().system.facts.queryOptions()).data
  const whyNoGuests = facts?.whyNoGuests ?? null
  const oneClick = useOneClick()
  const act = useRef(oneClick.act)
  act.current = oneClick.act
  return useMemo(
    () => ({
      api,
      open,
      role,
      whyNoGuests,
      act: (...call) => act.current(...call),
      go: href => router.push(href),
    }),
    [api, open, role, whyNoGuests, router],
  )
}
