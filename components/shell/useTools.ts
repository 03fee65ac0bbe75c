'use client'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useRouter } from 'next/navigation'
import { useMemo, useRef } from 'react'
import { roleOn } from '../../server/accounts/model.ts'
import { useHost, useHosts, useTRPC } from '../host.tsx'
import type { Tools } from './actions.ts'
import { useDialogsOn } from './dialogs.tsx'
import { useMe } from './me.ts'
import { useOneClick } from './useOneClick.ts'

/** The tools that menus of things work with, by host; the same objects as long as the account is the same. */
export function useToolsOf(): (host: string) => Tools {
  const access = useHosts()
  const client = useQueryClient()
  const openOn = useDialogsOn()
  const router = useRouter()
  const me = useMe()
  const oneClick = useOneClick()
  const act = useRef(oneClick.act)
  act.current = oneClick.act
  return useMemo(() => {
    const made = new Map<string, Tools>()
    return host => {
      const known = made.get(host)
      if (known) return known
      const { api, paths, trpc } = access(host)
      const tools: Tools = {
        api,
        paths,
        get whyNoGuests() {
          return client.getQueryData(trpc.system.facts.queryKey())?.whyNoGuests ?? null
        },
        open: openOn(host),
        role: me && roleOn(me, host),
        act: (...call) => act.current(...call),
        go: href => router.push(href),
      }
      made.set(host, tools)
      return tools
    }
  }, [access, client, openOn, me, router])
}

/** The tools of the host that is spoken of. */
export function useTools(): Tools {
  // Whether guests can be there is among its facts.
  useQuery(useTRPC().system.facts.queryOptions())
  return useToolsOf()(useHost().id)
}
