import { initTRPC, TRPCError } from '@trpc/server'
import * as z from 'zod/mini'
import { mayAct, type Role, roleOn } from './accounts/model.ts'
import type { Action } from './action.ts'
import type { Caller, Context } from './context.ts'
import { AppError, type ErrorCode } from './errors.ts'
import type { Plan } from './tasks/model.ts'
import type { TaskResult } from './tasks/task.ts'
import { inputWords } from './wording.ts'

// Every door's schema: what it says of an input stands beside the field.
z.config({ customError: inputWords })

/**
 * What every procedure declares: who may call it, whether it is about one host or about Skep itself, and, for actions,
 * how a crash is settled. The roles test walks both routers and fails for a procedure without it.
 */
export type Meta = {
  role: Role | 'public'
  of: 'host' | 'console'
  action?: Pick<Action, 'name' | 'settle'>
}

type TrpcCode = TRPCError['code']

/**
 * The one table from the closed list of errors to tRPC's codes (and so to HTTP statuses). Never a status on which a
 * browser sends the request once more by itself, as 408 (RFC 9110, 15.5.9): what was asked for would be done twice.
 */
export const TRPC_CODES: Record<ErrorCode, TrpcCode> = {
  invalid: 'BAD_REQUEST',
  not_found: 'NOT_FOUND',
  exists: 'CONFLICT',
  in_use: 'CONFLICT',
  newer_snapshots: 'CONFLICT',
  has_clones: 'CONFLICT',
  held: 'CONFLICT',
  refused: 'PRECONDITION_FAILED',
  changed: 'PRECONDITION_FAILED',
  locked: 'CONFLICT',
  no_space: 'PRECONDITION_FAILED',
  denied: 'FORBIDDEN',
  unsupported: 'PRECONDITION_FAILED',
  unreachable: 'SERVICE_UNAVAILABLE',
  timeout: 'GATEWAY_TIMEOUT',
  failed: 'UNPROCESSABLE_CONTENT',
  unreadable: 'UNPROCESSABLE_CONTENT',
}

const t = initTRPC
  .context<Context>()
  .meta<Meta>()
  .create({
    isDev: false,
    /** On the wire: `error.data.app` is the AppError; `error.data.zod` the fields of a refused input. */
    errorFormatter({ shape, error }) {
      const app = error.cause instanceof AppError ? error.cause : null
      const zod = error.cause instanceof z.core.$ZodError ? z.flattenError(error.cause) : null
      return {
        code: shape.code,
        message: zod ? 'Some of what was entered cannot be used.' : shape.message,
        data: {
          code: shape.data.code,
          httpStatus: shape.data.httpStatus,
          app: app ? { code: app.code, message: app.message, detail: app.detail } : null,
          zod,
        },
      }
    },
  })

export const router = t.router
export const createCallerFactory = t.createCallerFactory

/** AppErrors keep their words; anything else is our own mistake: logged whole, told without its inside. */
const translated = t.procedure.use(async ({ next, ctx, path }) => {
  const result = await next()
  if (result.ok) return result
  const cause = result.error.cause
  if (cause instanceof AppError) {
    throw new TRPCError({ code: TRPC_CODES[cause.code], message: cause.message, cause })
  }
  if (result.error.code === 'INTERNAL_SERVER_ERROR') {
    ctx.log.error({ path, err: cause ?? result.error }, 'a procedure failed unexpectedly')
    throw new TRPCError({
      code: 'INTERNAL_SERVER_ERROR',
      message: 'Skep made a mistake here. The log of the console says where.',
    })
  }
  return result
})

/** Anyone, signed in or not. The list of these is closed: see router.test.ts. */
export const publicProcedure = translated.meta({ role: 'public', of: 'console' })

function signedIn(ctx: Context): Caller {
  if (!ctx.caller) throw new TRPCError({ code: 'UNAUTHORIZED', message: 'You are not signed in.' })
  return ctx.caller
}

function checkRole(has: Role, needs: Role, where: string) {
  if (mayAct(has, needs)) return
  throw new AppError('denied', `This needs the role ${needs}; you are signed in as ${has}${where}.`)
}

/** About Skep itself: signed in with at least this role; `ctx.caller` is there. */
export function consoleProcedure(role: Role) {
  return translated.meta({ role, of: 'console' }).use(({ ctx, next }) => {
    const caller = signedIn(ctx)
    checkRole(caller.account.role, role, '')
    return next({ ctx: { ...ctx, caller } })
  })
}

/**
 * About the host that the request's address names: signed in with at least this role on it; `ctx` has what belongs to
 * that host. A host that is hidden from the caller is not there. `procedure('viewer').input(...).query(...)`.
 */
export function procedure(role: Role) {
  return translated.meta({ role, of: 'host' }).use(async ({ ctx, next }) => {
    const caller = signedIn(ctx)
    const { id, name } = ctx.fleet.host(ctx.hostId ?? '')
    const roleHere = roleOn(caller.account, id)
    if (roleHere === null) throw new AppError('not_found', `There is no host “${id}” here.`)
    checkRole(roleHere, role, roleHere === caller.account.role ? '' : ` on ${name}`)
    const { host, inventory, tasks, load, capabilities, screens } = await ctx.fleet.machine(id)
    const ofHost = { host, inventory, tasks, load, capabilities, screens }
    return next({ ctx: { ...ctx, caller, role: roleHere, ...ofHost } })
  })
}

/** A parser whose types survive an unresolved schema: standard-schema for the types, `parse` for its ZodError. */
type Parser<In, Out> = {
  parse: (value: unknown) => Out
  '~standard': {
    version: 1
    vendor: string
    types?: { input: In; output: Out }
    validate: (value: unknown) => { value: Out }
  }
}

function parser<In, Out>(parse: (value: unknown) => Out): Parser<In, Out> {
  return { parse, '~standard': { version: 1, vendor: 'skep', validate: value => ({ value: parse(value) }) } }
}

const runEnvelope = z.object({ input: z.unknown(), seen: z.string().check(z.regex(/^[0-9a-f]{64}$/)) })

/**
 * The two procedures of an action: `plan` (query: input → Plan) and `run` (mutation: `{ input, seen }`, where `seen` is
 * the digest of the plan that was on the screen → `{ taskId, outcome, result }` when the task has ended).
 * Use it as `router({ rollback: actionProcedures(rollback) })`.
 */
export function actionProcedures<Schema extends z.core.$ZodType, Result>(action: Action<Schema, Result>) {
  type In = z.core.input<Schema>
  type Out = z.core.output<Schema>
  const planInput = parser<In, { input: Out }>(value => ({ input: z.parse(action.input, value) }))
  const runInput = parser<{ input: In; seen: string }, { input: Out; seen: string }>(value => {
    const { input, seen } = z.parse(runEnvelope, value)
    return { input: z.parse(action.input, input), seen }
  })
  return t.router({
    plan: procedure(action.role)
      .input(planInput)
      .query(({ ctx, input }): Promise<Plan> => ctx.tasks.plan(action, input.input)),
    run: procedure(action.role)
      .meta({ role: action.role, of: 'host', action: { name: action.name, settle: action.settle } })
      .input(runInput)
      .mutation(
        ({ ctx, input }): Promise<TaskResult<Result>> =>
          ctx.tasks.run(action, input.input, input.seen, ctx.caller.account),
      ),
  })
}
