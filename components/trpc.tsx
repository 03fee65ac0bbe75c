'use client'
import { QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { createTRPCContext } from '@trpc/tanstack-react-query'
import { type ReactNode, useEffect, useState } from 'react'
import type { ErrorCode } from '../server/errors.ts'
import type { ConsoleRouter } from '../server/router.ts'
import { explain } from './errors.ts'
import { Hosts } from './host.tsx'
import { type ConsoleApi, createConsoleApi } from './links.ts'
import { watchTouches } from './touch.ts'

const context = createTRPCContext<ConsoleRouter>()

/** Query options of what is asked of Skep itself; what is asked of a host is in `host.tsx`. */
export const useConsoleTRPC = context.useTRPC

/** The same procedures as plain calls. */
export const useConsoleApi: () => ConsoleApi = context.useTRPCClient

/** How soon an error of the host is worth another question, ms: it tells of changes, but not that it can answer again. */
const AGAIN_MS: Partial<Record<ErrorCode, number>> = {
  failed: 5000,
  unreadable: 5000,
  timeout: 5000,
  unreachable: 5000,
  unsupported: 30_000,
}

function createQueries(): QueryClient {
  return new QueryClient({
    queryCache: new QueryCache({
      onError: error => {
        if (explain(error).signedOut) goToLogin()
      },
    }),
    defaultOptions: {
      queries: {
        // The host tells what changed (`live.tsx`); until then what was read is true.
        staleTime: Number.POSITIVE_INFINITY,
        gcTime: 10 * 60_000,
        refetchOnWindowFocus: false,
        refetchInterval: ({ state }) => AGAIN_MS[explain(state.error).code ?? 'refused'] ?? false,
        retry: (failures, error) => failures < 2 && explain(error).code === null && !explain(error).signedOut,
      },
      mutations: { retry: false },
    },
  })
}

/** The session is over: to the login, and back here afterwards. */
function goToLogin() {
  const { pathname, search } = window.location
  if (pathname === '/login' || pathname === '/setup') return
  window.location.assign(`/login?to=${encodeURIComponent(pathname + search)}`)
}

export function Providers({ children }: { children: ReactNode }) {
  const [queries] = useState(createQueries)
  const [api] = useState(createConsoleApi)
  useEffect(() => watchTouches(window), [])
  return (
    <QueryClientProvider client={queries}>
      <context.TRPCProvider trpcClient={api} queryClient={queries}>
        <Hosts>{children}</Hosts>
      </context.TRPCProvider>
    </QueryClientProvider>
  )
}
