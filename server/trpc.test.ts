import { TRPCError } from '@trpc/server'
import { describe, expect, it } from 'vitest'
import { mayAct, ROLES, type Role } from './accounts/model.ts'
import type { Context } from './context.ts'
import { servedProcedures } from './procedures.ts'
import { appRouter } from './router.ts'
import { testServices } from './testing.ts'
import { createCallerFactory } from './trpc.ts'

/** Whoever adds one here lets strangers call it. */
const PUBLIC = ['accounts.login', 'accounts.setup', 'accounts.setupNeeded']

/** What may never be asked of less than an administrator. */
const ADMINISTRATORS_ONLY =
  /^(accounts\.(list|create|setRole|setDisabled|resetPassword|remove)$|(datasets|pools)\.\w+\.run$|vms\.destroy\.)/

const served = servedProcedures()

function contextAs(role: Role | null): Context {
  return {
    ...testServices(),
    caller:
      role === null
        ? null
        : {
            sessionId: 'session',
            account: { id: 1, name: role, role, createdAt: 0, lastLoginAt: null, disabled: false },
          },
    address: '127.0.0.1',
    userAgent: 'test',
    secure: false,
    cookieName: 'skep-test',
    setCookie: () => undefined,
  }
}

/** The tRPC code of a call with an input that no procedure takes, so that nothing is ever done. */
async function answerTo(path: string, role: Role | null): Promise<string> {
  const caller: unknown = createCallerFactory(appRouter)(contextAs(role))
  const call = path.split('.').reduce((at: unknown, key) => (isIndexable(at) ? at[key] : undefined), caller)
  if (typeof call !== 'function') throw new Error(`${path} cannot be called`)
  try {
    await call(Symbol('no input'))
    return 'OK'
  } catch (error) {
    return error instanceof TRPCError ? error.code : 'THROWN'
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

describe.each(served.map(one => ({ path: one.path, role: one.meta?.role ?? 'administrator' })))(
  '$path (for $role)',
  ({ path, role: needs }) => {
    if (needs === 'public') {
      it('lets strangers as far as the check of their input', async () => {
        expect(['UNAUTHORIZED', 'FORBIDDEN']).not.toContain(await answerTo(path, null))
      })
      return
    }
    it('refuses who is not signed in', async () => {
      expect(await answerTo(path, null)).toBe('UNAUTHORIZED')
    })
    it.each(ROLES.filter(role => mayAct(role, needs)))(
      'lets the role %s as far as the check of its input',
      async role => {
        expect(['UNAUTHORIZED', 'FORBIDDEN']).not.toContain(await answerTo(path, role))
      },
    )
    it.each(ROLES.filter(role => !mayAct(role, needs)))('refuses the role %s', async role => {
      expect(await answerTo(path, role)).toBe('FORBIDDEN')
    })
  },
)
