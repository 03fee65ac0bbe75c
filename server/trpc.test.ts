import { TRPCError } from '@trpc/server'
import { getHTTPStatusCodeFromError } from '@trpc/server/http'
import { describe, expect, it } from 'vitest'
import { HOST_ROLES, type HostException, type HostRole, mayAct, ROLES, type Role } from './accounts/model.ts'
import type { Context } from './context.ts'
import { type Served, servedProcedures } from './procedures.ts'
import { consoleRouter, hostRouter } from './router.ts'
import { testServices } from './testing.ts'
import { createCallerFactory, TRPC_CODES } from './trpc.ts'

/** Whoever adds one here lets strangers call it. */
const PUBLIC = ['accounts.login', 'accounts.setup', 'accounts.setupNeeded']

/** What may never be asked of less than an administrator. */
const ADMINISTRATORS_ONLY =
  /^(hosts\.(?!list$)|accounts\.(list|create|setRole|setExceptions|setDisabled|resetPassword|remove)$|(datasets|pools)\.\w+\.run$|vms\.(destroy|share|setOptions)\.)/

const served = servedProcedures()

/** Statuses on which a browser may send a request again without asking anybody: RFC 9110, 15.5.9 and 15.5.20; RFC 8470, 5.2. */
const SENT_AGAIN = [408, 421, 425]

it('no error is told by a status on which a browser would do everything twice', () => {
  for (const [code, trpc] of Object.entries(TRPC_CODES)) {
    const status = getHTTPStatusCodeFromError(new TRPCError({ code: trpc }))
    expect(SENT_AGAIN, `${code} is ${status}`).not.toContain(status)
    expect(status).toBeGreaterThanOrEqual(400)
  }
})

/** Somebody with a role of their own, and perhaps another one on the host that is asked. */
function contextAs(role: Role | null, here: HostRole | null = null): Context {
  const services = testServices()
  const exceptions: HostException[] = here === null ? [] : [{ host: services.host.id, role: here }]
  return {
    ...services,
    hostId: services.host.id,
    caller:
      role === null
        ? null
        : {
            sessionId: 'session',
            account: {
              id: 1,
              name: role,
              role,
              exceptions,
              createdAt: 0,
              lastLoginAt: null,
              disabled: false,
            },
          },
    address: '127.0.0.1',
    userAgent: 'test',
    secure: false,
    cookieName: 'skep-test',
    setCookie: () => undefined,
  }
}

/** The tRPC code of a call with an input that no procedure takes, so that nothing is ever done. */
async function answerTo(
  { path, router }: Pick<Served, 'path' | 'router'>,
  context: Context,
): Promise<string> {
  const caller: unknown =
    router === 'host' ? createCallerFactory(hostRouter)(context) : createCallerFactory(consoleRouter)(context)
  const call = path.split('.').reduce((at: unknown, key) => (isIndexable(at) ? at[key] : undefined), caller)
  if (typeof call !== 'function') throw new Error(`${path} cannot be called`)
  try {
    await call(Symbol('no input'))
    return 'OK'
  } catch (error) {
    if (!(error instanceof TRPCError)) return 'THROWN'
    // A host that is hidden and one that is none are the same to who asks.
    return /^There is no host “/.test(error.message) ? 'NO HOST' : error.code
  }
}

function isIndexable(value: unknown): value is Record<string, unknown> {
  return (typeof value === 'object' || typeof value === 'function') && value !== null
}

describe('every procedure', () => {
  it('is found by the walk', () => {
    expect(served.length).toBeGreaterThan(10)
  })

  it('states who may call it', () => {
    expect(served.filter(one => !one.meta?.role).map(one => one.path)).toEqual([])
  })

  it('is public only when it is on the closed list', () => {
    expect(
      served
        .filter(one => one.meta?.role === 'public')
        .map(one => one.path)
        .sort(),
    ).toEqual(PUBLIC)
  })

  it('that runs an action can be settled after a crash', () => {
    const runs = served.filter(one => one.path.endsWith('.run') && one.path.split('.').length === 3)
    for (const run of runs) {
      expect(run.type).toBe('mutation')
      expect(run.meta?.action?.name).toBe(run.path.replace(/\.run$/, ''))
      const plan = served.find(one => one.path === run.path.replace(/\.run$/, '.plan'))
      expect(plan).toMatchObject({ type: 'query', meta: { role: run.meta?.role } })
    }
  })

  it('that changes pools, datasets, accounts or destroys guests needs an administrator', () => {
    const lesser = served.filter(
      one => ADMINISTRATORS_ONLY.test(one.path) && one.meta?.role !== 'administrator',
    )
    expect(lesser.map(one => one.path)).toEqual([])
  })

  it('that changes anything is not for viewers', () => {
    const own = /^accounts\.(logout|signOutEverywhere|changePassword)$/
    const open = served.filter(one => one.type === 'mutation' && one.meta?.role === 'viewer')
    expect(open.filter(one => !own.test(one.path)).map(one => one.path)).toEqual([])
  })
})

const STOPPED = ['UNAUTHORIZED', 'FORBIDDEN', 'NO HOST']

describe.each(served.map(one => ({ ...one, needs: one.meta?.role ?? 'administrator' })))(
  '$path of $router (for $needs)',
  ({ needs, meta, ...one }) => {
    if (needs === 'public') {
      it('lets strangers as far as the check of their input', async () => {
        expect(STOPPED).not.toContain(await answerTo(one, contextAs(null)))
      })
      return
    }
    it('is about what its address names', () => {
      expect(meta?.of).toBe(one.router)
    })
    it('refuses who is not signed in', async () => {
      expect(await answerTo(one, contextAs(null))).toBe('UNAUTHORIZED')
    })
    it.each(ROLES.filter(role => mayAct(role, needs)))(
      'lets the role %s as far as the check of its input',
      async role => {
        expect(STOPPED).not.toContain(await answerTo(one, contextAs(role)))
      },
    )
    it.each(ROLES.filter(role => !mayAct(role, needs)))('refuses the role %s', async role => {
      expect(await answerTo(one, contextAs(role))).toBe('FORBIDDEN')
    })
    const pairs = ROLES.flatMap(role => HOST_ROLES.map(here => ({ role, here })))
    if (one.router === 'host') {
      it.each(pairs)(
        'takes $here on the host for what somebody is who is $role elsewhere',
        async ({ role, here }) => {
          const answer = await answerTo(one, contextAs(role, here))
          if (here === 'none') expect(answer).toBe('NO HOST')
          else if (mayAct(here, needs)) expect(STOPPED).not.toContain(answer)
          else expect(answer).toBe('FORBIDDEN')
        },
      )
      it('knows no host that is none', async () => {
        expect(await answerTo(one, { ...contextAs('administrator'), hostId: 'elsewhere' })).toBe('NO HOST')
        expect(await answerTo(one, { ...contextAs('administrator'), hostId: null })).toBe('NO HOST')
      })
    } else {
      it.each(pairs)(
        'does not ask for the role $here on a host where somebody is $role',
        async ({ role, here }) => {
          const answer = await answerTo(one, contextAs(role, here))
          if (mayAct(role, needs)) expect(STOPPED).not.toContain(answer)
          else expect(answer).toBe('FORBIDDEN')
        },
      )
    }
  },
)
