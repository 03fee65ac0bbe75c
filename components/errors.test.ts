import { expect, test } from 'vitest'
import { ERROR_CODES } from '../server/errors.ts'
import { explain, fromApp } from './errors.ts'

/** What tRPC's client throws, as far as it matters: an Error with `data`. */
function wire(data: unknown) {
  return Object.assign(new Error('message of the wire'), { data })
}

test('every code has a title of its own, and the message is kept whole', () => {
  const titles = ERROR_CODES.map(code => {
    const explained = fromApp({ code, message: 'tank/a is busy.', detail: {} })
    expect(explained.what).toBe('tank/a is busy.')
    expect(explained.code).toBe(code)
    return explained.title
  })
  expect(new Set(titles).size).toBe(ERROR_CODES.length)
})

test('an AppError keeps its evidence; its own advice wins', () => {
  const explained = explain(
    wire({
      code: 'CONFLICT',
      app: {
        code: 'has_clones',
        message: '`tank/a@b` has a clone, `tank/c`.',
        detail: {
          names: ['tank/c'],
          next: 'Promote the clone first.',
          taskId: 7,
          argv: ['zfs', 'x'],
          exit: 1,
          stderr: 'no',
        },
      },
      zod: null,
    }),
  )
  expect(explained).toMatchObject({
    code: 'has_clones',
    next: 'Promote the clone first.',
    names: ['tank/c'],
    taskId: 7,
    argv: ['zfs', 'x'],
    exit: 1,
    stderr: 'no',
  })
})

test('errors find their field', () => {
  const app = explain(
    wire({ app: { code: 'exists', message: 'tank/a is there.', detail: { field: 'name' } } }),
  )
  expect(app.fields).toEqual({ name: 'tank/a is there.' })
  const zod = explain(
    wire({ zod: { formErrors: [], fieldErrors: { name: ['Too long.', 'x'], size: undefined } } }),
  )
  expect(zod).toMatchObject({ code: 'invalid', what: 'Too long.', fields: { name: 'Too long.' } })
})

test('signed out, our own mistake, and no answer at all are three things', () => {
  expect(explain(wire({ code: 'UNAUTHORIZED', app: null, zod: null })).signedOut).toBe(true)
  expect(explain(wire({ code: 'INTERNAL_SERVER_ERROR', app: null, zod: null }))).toMatchObject({
    title: 'Skep made a mistake',
    what: 'message of the wire',
  })
  expect(explain(new TypeError('Failed to fetch')).title).toBe('The console does not answer')
  expect(explain('nonsense').title).toBe('The console does not answer')
})
