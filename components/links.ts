import {
  createTRPCClient,
  createWSClient,
  httpBatchStreamLink,
  httpLink,
  splitLink,
  type TRPCClient,
  type TRPCLink,
  wsLink,
} from '@trpc/client'
import type { AnyTRPCRouter } from '@trpc/server'
import type { ConsoleRouter, HostRouter } from '../server/router.ts'
import { touchedLately } from './touch.ts'

export type ConsoleApi = TRPCClient<ConsoleRouter>
/** The procedures of one host. */
export type Api = TRPCClient<HostRouter>

/** As many as the server takes. */
const MOST_BATCHED = 32

/** Whether somebody sits here: the server lets a session fall asleep that only live updates use. */
function byPerson(): Record<string, string> {
  return touchedLately() ? { 'x-skep-person': '1' } : {}
}

function origin(): string {
  return typeof window === 'undefined' ? 'http://127.0.0.1' : window.location.origin
}

/** A write never waits for what happens to be asked beside it. Reads go out together and come back one by one. */
function httpLinks(url: string): TRPCLink<AnyTRPCRouter> {
  const options = { url, headers: byPerson }
  return splitLink({
    condition: operation => operation.type === 'mutation',
    true: httpLink(options),
    // By POST: a selection of thousands of snapshots does not fit in an address. As a stream: what waits for a
    // silent host must not hold back that it is silent.
    false: httpBatchStreamLink({ ...options, methodOverride: 'POST', maxItems: MOST_BATCHED }),
  })
}

/** The socket opens with the first subscription and closes after the last: pages without one have none. */
export function createConsoleApi(): ConsoleApi {
  const client = createWSClient({
    url: `${origin().replace(/^http/, 'ws')}/ws/trpc`,
    lazy: { enabled: true, closeMs: 5000 },
    keepAlive: { enabled: true, intervalMs: 15_000, pongTimeoutMs: 5000 },
    retryDelayMs: attempt => (attempt === 0 ? 0 : Math.min(5000, 250 * 2 ** attempt)),
  })
  return createTRPCClient<ConsoleRouter>({
    links: [
      splitLink({
        condition: operation => operation.type === 'subscription',
        true: wsLink({ client }),
        false: httpLinks(`${origin()}/api/trpc`),
      }),
    ],
  })
}

export function createHostApi(host: string): Api {
  return createTRPCClient<HostRouter>({
    links: [httpLinks(`${origin()}/api/trpc/${encodeURIComponent(host)}`)],
  })
}
