/** The door through which the pieces of an upload come. */
import { expect, test } from 'vitest'
import { PASSWORD, running } from '../http.testing.ts'
import { failureOf, scriptedHost } from '../testing.ts'
import { receive } from './receptions.ts'

const DIGEST = 'a'.repeat(64)
const AT = `/api/uploads/scripted/${DIGEST}`

/** Skep with its administrator and a viewer, and an upload of nine bytes that is waited for. */
async function waiting() {
  const host = scriptedHost()
  const skep = await running({ host })
  const cookie = await skep.signIn()
  await skep.post('accounts.create', { name: 'vera', password: PASSWORD, role: 'viewer' }, { cookie })
  const login = await skep.post('accounts.login', { name: 'vera', password: PASSWORD })
  const viewer = String(login.headers['set-cookie']).split(';')[0] ?? ''
  const work = receive({
    ...{ host, digest: DIGEST, part: '/vm/.iso/part', offset: 0, totalBytes: 9 },
    progress: () => undefined,
    stopped: new AbortController().signal,
  })
  const ended = work.catch((error: unknown) => error)
  const own = { cookie, origin: skep.origin }
  const piece = (offset: number, text: string, headers: Record<string, string> = own) =>
    skep.ask(
      AT,
      { 'content-type': 'application/offset+octet-stream', 'upload-offset': String(offset), ...headers },
      'PATCH',
      text,
    )
  return { host, skep, own, viewer, piece, work, ended }
}

test('nobody but an operator with a session, from a page of this Skep, brings a piece', async () => {
  const { host, skep, own, viewer, piece, ended } = await waiting()
  expect((await piece(0, 'abc', { origin: own.origin })).status).toBe(401)
  expect((await piece(0, 'abc', { ...own, cookie: viewer })).status).toBe(403)
  expect((await piece(0, 'abc', { cookie: own.cookie })).status).toBe(403)
  expect((await piece(0, 'abc', { ...own, origin: 'http://evil.example' })).status).toBe(403)
  expect((await skep.ask(AT, { ...own, cookie: viewer }, 'DELETE')).status).toBe(403)
  expect((await skep.ask(AT, { cookie: viewer }, 'HEAD')).status).toBe(403)
  expect(host.files.size).toBe(0)
  expect((await skep.ask(AT, own, 'DELETE')).status).toBe(204)
  expect(await ended).toMatchObject({ code: 'refused' })
})

test('pieces follow one another, and each answer says where the next begins', async () => {
  const { host, skep, own, piece, work } = await waiting()
  expect((await skep.ask(AT, own, 'HEAD')).headers).toMatchObject({
    'upload-offset': '0',
    'upload-length': '9',
  })
  const first = await piece(0, 'abcd')
  expect(first).toMatchObject({ status: 204, headers: { 'upload-offset': '4', 'tus-resumable': '1.0.0' } })
  expect((await piece(0, 'abcd')).status).toBe(409)
  expect((await piece(4, 'x', { ...own, 'content-type': 'text/plain' })).status).toBe(415)
  expect((await skep.ask(AT, own, 'POST')).status).toBe(405)
  expect((await piece(4, 'efghi')).status).toBe(204)
  await work
  expect(host.files.get('/vm/.iso/part')).toBe('abcdefghi')
  expect((await skep.ask(AT, own, 'HEAD')).status).toBe(404)
})

test('more than was announced ends it', async () => {
  const { piece, work } = await waiting()
  const failure = failureOf(work)
  expect((await piece(0, 'abcdefghij')).status).toBe(413)
  expect(await failure).toMatchObject({ code: 'invalid' })
})
