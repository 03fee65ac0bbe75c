'use client'
import { QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query'
import {
  createTRPCClient,
  createWSClient,
  httpBatchStreamLink,
  httpLink,
  splitLink,
  type TRPCClient,
  wsLink,
} from '@trpc/client'
import { createTRPCContext } from '@trpc/tanstack-react-query'
import { type ReactNode, useEffect, useState } from 'react'
import type { AppRouter } from '../server/router.ts'
import { explain } from './errors.ts'
import { touchedLately, watchTouches } from './touch.ts'

const context = createTRPCContext<AppRouter>()

/** Query options of every procedure: `const trpc = useTRPC(); useQuery(trpc.pools.list.queryOptions())`. */
export const useTRPC = context.useTRPC

/** The same procedures as plain calls, for actions: `const api = useApi(); useAction(api.snapshots.rollback, input)`. */
export const useApi: () => TRPCClient<AppRouter> = context.useTRPCClient

export type Api = TRPCClient<AppRouter>

/** As many as the server takes. */
const MOST_BATCHED = 32

/** Whether somebody sits here: the server lets a session fall asleep that only live updates use. */
function byPerson(): Record<string, string> {
  return touchedLately() ? { 'x-skep-person': '1' } : {}
}

/** The socket opens with the first subscription and closes after the last: pages without one have none. */
function createApi(): Api {
  const origin = typeof window === 'undefined' ? 'http://127.0.0.1' : window.location.origin
  const url = `${origin}/api/trpc`
  return createTRPCClient<AppRouter>({
    links: [
      splitLink({
        condition: operation => operation.type === 'subscription',
        true: wsLink({
          client: createWSClient({
            url: `${origin.replace(/^http/, 'ws')}/ws/trpc`,
            lazy: { enabled: true, closeMs: 5000 },
            keepAlive: { enabled: true, intervalMs: 15_000, pongTimeoutMs: 5000 },
            retryDelayMs: attempt => (attempt === 0 ? 0 : Math.min(5000, 250 * 2 ** attempt)),
          }),
        }),
        false: splitLink({
          // A write never waits for what happens to be asked beside it. Reads go out together and come back one by one.
          condition: operation => operation.type === 'mutation',
          true: httpLink({ url, headers: byPerson }),
          // By POST: a selection of thousands of snapshots does not fit in an address. As a stream: what waits for a
          // silent host must not hold back that it is silent.
          false: httpBatchStreamLink({
            url,
            methodOverride: 'POST',
            maxItems: MOST_BATCHED,
            headers: byPerson,
          }),
        }),
      }),
    ],
  })
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
  const [api] = useState(createApi)
  useEffect(() => watchTouches(window), [])
  return (
    <QueryClientProvider client={queries}>
      <context.TRPCProvider trpcClient={api} queryClient={queries}>
        {children}
      </context.TRPCProvider>
    </QueryClientProvider>
  )
}
