import { consoleRouter, hostRouter } from './router.ts'
import type { Settler } from './tasks/settle.ts'
import type { Meta } from './trpc.ts'

/** One procedure as it is served: `vms.start.run`, `mutation`. `meta` is undefined where the author forgot the role. */
export type Served = { path: string; router: 'host' | 'console'; type: string; meta: Meta | undefined }

type Procedure = { _def: { type: string; meta?: Meta } }

/** tRPC keeps them flat, by dotted path. */
function isProcedure(value: unknown): value is Procedure {
  return typeof value === 'function' && '_def' in value
}

/** Everything that is served, of hosts and of Skep itself. */
export function servedProcedures(): Served[] {
  const routers = [
    ['host', hostRouter],
    ['console', consoleRouter],
  ] as const
  return routers.flatMap(([router, { _def }]) =>
    Object.entries<unknown>(_def.procedures).flatMap(([path, one]) =>
      isProcedure(one) ? { path, router, type: one._def.type, meta: one._def.meta } : [],
    ),
  )
}

/** How each action settles what a dead process left, read off the routers: an action that is served is known here. */
export function settlers(): Settler[] {
  return servedProcedures().flatMap(one => one.meta?.action ?? [])
}
