import { brotliCompressSync, gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { SESSION_IDLE_MS } from './accounts/accounts.ts'
import type { Caller } from './context.ts'
import { PASSWORD, refusalOf, running } from './http.testing.ts'
import { gate } from './http.ts'
import { scriptedHost } from './testing.ts'

describe('the gate', () => {
  const me = {
    sessionId: 's',
    account: {
      id: 1,
      name: 'olga',
      role: 'viewer',
      exceptions: [],
      createdAt: 0,
      lastLoginAt: null,
      disabled: false,
    },
  } satisfies Caller
  const at = (url: string) => new URL(url, 'http://skep')

  it.each([
    ['/', '/setup'],
    ['/login', '/setup'],
    ['/setup', null],
  ])('sends %s to %s while there is no account', (url, target) => {
    expect(gate(at(url), { caller: null }, true)).toBe(target)
  })
  it.each([
    ['/', '/login'],
    ['/setup', '/login'],
    ['/login', null],
    ['/vms/web1?tab=console', '/login?to=%2Fvms%2Fweb1%3Ftab%3Dconsole'],
  ])('sends %s to %s without a session', (url, target) => {
    expect(gate(at(url), { caller: null }, false)).toBe(target)
  })
  it.each([
    ['/', null],
    ['/login', '/'],
    ['/setup', '/'],
    ['/vms', null],
  ])('sends %s to %s with one', (url, target) => {
    expect(gate(at(url), { caller: me }, false)).toBe(target)
  })

  it('lets no page through before the session', async () => {
    const { ask, signIn } = await running()
    expect(await ask('/vms')).toMatchObject({ status: 303, headers: { location: '/setup' } })
    const cookie = await signIn()
    expect(await ask('/vms')).toMatchObject({ status: 303, headers: { location: '/login?to=%2Fvms' } })
    expect((await ask('/vms', { cookie })).headers.location).toBe('/scripted/vms')
    expect((await ask('/scripted/vms', { cookie })).text).toMatch(/^page \/scripted\/vms/)
    expect((await ask('/api/tasks.jsonl')).status).toBe(401)
    expect((await ask('/api/other', { cookie })).status).toBe(404)
    expect((await ask('/api/health')).text).toBe('{"status":"ok"}')
  })
})

describe('a page below a host', () => {
  it('that is not there, or not for this caller, has the status that says so', async () => {
    const { ask, post, signIn, services } = await running()
    const cookie = await signIn()
    const statusOf = async (url: string, as = cookie) => (await ask(url, { cookie: as })).status
    for (const url of ['/nas', '/nas/datasets/tank', '/Scripted', '/na%73', '/tasksx', '/_nextdoor']) {
      expect(await statusOf(url), url).toBe(404)
    }
    for (const url of ['/', '/scripted', '/scripted/vms', '/tasks', '/tasks/1', '/system', '/icon.svg?x']) {
      expect(await statusOf(url), url).toBe(200)
    }
    const { id } = await services.accounts.create({ name: 'vera', password: PASSWORD, role: 'viewer' })
    services.accounts.setExceptions(id, [{ host: 'scripted', role: 'none' }])
    const login = await post('accounts.login', { name: 'vera', password: PASSWORD })
    const vera = String(login.headers['set-cookie']).split(';')[0] ?? ''
    expect(await statusOf('/scripted/vms', vera)).toBe(404)
    expect(await statusOf('/tasks', vera)).toBe(200)
  })

  it('tells nobody before the session which hosts there are', async () => {
    const { ask, signIn } = await running()
    await signIn()
    expect((await ask('/nas/vms')).status).toBe(303)
    expect((await ask('/scripted/vms')).status).toBe(303)
  })
})

describe('requests', () => {
  it('whose address is no text are refused before anything reads it', async () => {
    const { ask } = await running()
    for (const address of ['/nas/datasets/%ff', '/%', '/api/trpc/%c3%28'])
      expect((await ask(address)).status, address).toBe(400)
    expect((await ask('/login/%c3%bc')).status).not.toBe(400)
  })

  it('for another host name are refused: a stranger may have pointed it here', async () => {
    const { ask, post, open, origin } = await running({ names: ['skep.example'] })
    for (const host of ['evil.example', 'localhost.evil.example', 'a b', '127.0.0.1.evil.example:80']) {
      expect((await ask('/api/health', { host })).status, host).toBe(421)
    }
    for (const host of ['localhost', 'LOCALHOST:9', '127.0.0.1', '[::1]:8420', 'skep.example']) {
      expect((await ask('/api/health', { host })).status, host).toBe(200)
    }
    expect(
      (await post('accounts.login', {}, { host: 'evil.example', origin: 'http://evil.example' })).status,
    ).toBe(421)
    expect(await refusalOf(open('/ws/trpc', { host: 'evil.example', origin }))).toBe(421)
  })

  it.each<Record<string, string>>([
    {},
    { origin: 'null' },
    { origin: 'http://evil.example' },
    { origin: 'http://127.0.0.1:1' },
    { origin: 'SAME', 'sec-fetch-site': 'cross-site' },
    { origin: 'SAME', 'sec-fetch-site': 'same-site' },
  ])('that change anything are refused with %j', async headers => {
    const { ask, open, signIn, origin } = await running()
    const cookie = await signIn()
    const sent: Record<string, string> = { ...headers, cookie }
    if (sent.origin === 'SAME') sent.origin = origin
    const answer = await ask(
      '/api/trpc/accounts.logout',
      { 'content-type': 'application/json', ...sent },
      'POST',
    )
    expect(answer.status).toBe(403)
    expect(await refusalOf(open('/ws/trpc', sent))).toBe(403)
    expect(await refusalOf(open('/ws/vnc/web1?tab=a', sent))).toBe(403)
    expect((await ask('/api/trpc/accounts.me', { cookie })).status).toBe(200)
  })

  it('carry the policy that the page was given, with a nonce of its own each', async () => {
    const { ask } = await running()
    const [one, two] = await Promise.all([ask('/setup'), ask('/setup')])
    const policy = String(one.headers['content-security-policy'])
    expect(one.text).toContain(policy)
    expect(policy).toMatch(/script-src 'nonce-[A-Za-z0-9+/=]{24}' 'strict-dynamic';/)
    expect(policy).not.toMatch(/unsafe-eval|script-src[^;]*unsafe-inline/)
    expect(policy).not.toBe(two.headers['content-security-policy'])
    expect(one.headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'cache-control': 'no-store',
      'cross-origin-opener-policy': 'same-origin',
    })
    expect(one.headers['x-powered-by']).toBeUndefined()
  })

  it('for files of the build get them packed and for ever, and nothing beside them', async () => {
    const { ask } = await running()
    const packed = await ask('/_next/static/chunks/a.js', { 'accept-encoding': 'gzip, br' })
    expect(packed.headers).toMatchObject({
      'content-encoding': 'br',
      'content-type': 'text/javascript; charset=utf-8',
      'cache-control': 'public, max-age=31536000, immutable',
      vary: 'Accept-Encoding',
    })
    expect(packed.bytes).toEqual(brotliCompressSync('hello()'))
    const older = await ask('/_next/static/chunks/a.js', { 'accept-encoding': 'br;q=0, gzip;q=0.5' })
    expect(older.headers['content-encoding']).toBe('gzip')
    expect(gunzipSync(older.bytes).toString()).toBe('hello()')
    const plain = await ask('/_next/static/chunks/a.js')
    expect([plain.text, plain.headers['content-encoding']]).toEqual(['hello()', undefined])
    expect(new Set([packed, older, plain].map(each => each.headers.etag)).size).toBe(3)
    const known = { 'if-none-match': String(plain.headers.etag) }
    expect((await ask('/_next/static/chunks/a.js', known)).status).toBe(304)
    for (const url of [
      '/_next/static/../secret',
      '/_next/static/%2e%2e/secret',
      '/_next/static/chunks/a.js.br',
      '/_next/static/chunks/a.js.gz',
    ]) {
      expect((await ask(url)).text, url).not.toContain('secret')
      expect((await ask(url)).status, url).toBe(303)
    }
  })
})

describe('sessions', () => {
  it('begin with a cookie that no script reads and end with it', async () => {
    const { ask, post, signIn, services, port } = await running()
    const cookie = await signIn()
    expect(cookie).toMatch(new RegExp(`^skep-${port}=[A-Za-z0-9_-]{43}$`))
    expect(JSON.parse((await ask('/api/trpc/accounts.me', { cookie })).text).result.data.name).toBe('olga')
    const out = await post('accounts.logout', undefined, { cookie })
    expect(String(out.headers['set-cookie'])).toContain('Max-Age=0')
    expect((await ask('/api/trpc/accounts.me', { cookie })).status).toBe(401)
    const back = await post('accounts.login', { name: 'olga', password: PASSWORD })
    expect(String(back.headers['set-cookie'])).toMatch(/HttpOnly; SameSite=Strict/)
    expect(String(back.headers['set-cookie'])).not.toContain('Secure')
    expect(services.accounts.list()).toHaveLength(1)
  })

  it('are told the address and scheme by a proxy only when there is one', async () => {
    const forwarded = { 'x-forwarded-for': '10.0.0.1, 192.0.2.5', 'x-forwarded-proto': 'https' }
    for (const trustProxy of [false, true]) {
      const { post, signIn, services } = await running({ trustProxy })
      await signIn()
      const answer = await post('accounts.login', { name: 'olga', password: PASSWORD }, forwarded)
      expect(String(answer.headers['set-cookie']).includes('Secure')).toBe(trustProxy)
      const addresses = services.accounts.sessions(1, '').map(session => session.address)
      expect(addresses.includes('192.0.2.5')).toBe(trustProxy)
    }
  })

  it('leave a record of what was done to accounts, without any secret', async () => {
    const { ask, post, signIn } = await running()
    const cookie = await signIn()
    await post(
      'accounts.create',
      { name: 'paul', password: 'a secret nobody sees', role: 'viewer' },
      { cookie },
    )
    await post('accounts.resetPassword', { id: 2, password: 'another secret here' }, { cookie })
    const refused = await post('accounts.setRole', { id: 1, role: 'viewer' }, { cookie })
    expect(JSON.parse(refused.text).error.data).toMatchObject({
      code: 'PRECONDITION_FAILED',
      app: { code: 'refused', message: expect.stringContaining('last administrator'), detail: { taskId: 4 } },
    })
    const history = (await ask('/api/tasks.jsonl', { cookie })).text
    expect(
      history
        .trim()
        .split('\n')
        .map(line => JSON.parse(line))
        .map(task => [task.title, task.state]),
    ).toEqual([
      ['Make olga viewer', 'failed'],
      ['Give paul a new password', 'done'],
      ['Create the account paul as viewer', 'done'],
      ['Set Skep up with the administrator olga', 'done'],
    ])
    expect(history).not.toMatch(/secret|correct horse/)
    expect(
      (await ask('/api/tasks.jsonl?action=accounts.create', { cookie })).text.trim().split('\n'),
    ).toHaveLength(1)
    expect((await ask('/api/tasks.jsonl?state=nonsense', { cookie })).status).toBe(400)
  })
})

describe('errors on the wire', () => {
  it('name the field of an input that cannot be used and show nothing of the inside', async () => {
    const { post, signIn } = await running()
    const cookie = await signIn()
    const answer = await post('accounts.create', { name: '-rf', password: 'x', role: 'viewer' }, { cookie })
    const { error } = JSON.parse(answer.text)
    expect(answer.status).toBe(400)
    expect(error.message).toBe('Some of what was entered cannot be used.')
    expect(error.data.zod.fieldErrors.name[0]).toMatch(/begins with a letter/)
    expect(answer.text).not.toMatch(/stack|node_modules/)
  })

  it('say no more than that Skep made a mistake when it did', async () => {
    const { ask, signIn, services } = await running()
    const cookie = await signIn()
    services.db.exec('DROP TABLE command')
    const answer = await ask(`/api/trpc/tasks.get?input=${encodeURIComponent('{"id":1}')}`, { cookie })
    expect(answer.status).toBe(500)
    expect(JSON.parse(answer.text).error).toMatchObject({
      message: expect.stringMatching(/^Skep made a mistake/),
    })
    expect(answer.text).not.toMatch(/command|SELECT|sqlite/)
  })

  it('refuse a body that is far too large, and far earlier from nobody', async () => {
    const { post, signIn } = await running()
    const answer = await post('accounts.login', { name: 'x', password: 'x'.repeat(100 * 1024) })
    expect(answer.status).toBe(413)
    const cookie = await signIn()
    const huge = await post('accounts.changePassword', { current: 'x'.repeat(17 * 1024 * 1024) }, { cookie })
    expect(huge.status).toBe(413)
  })

  it.each([
    ['nested for ever', '['.repeat(30_000)],
    ['a prototype', '{"__proto__":{"role":"administrator"},"constructor":{"prototype":{"role":"x"}}}'],
    ['no JSON', 'name=x&password=y'],
    ['nothing', ''],
  ])('survive a body that is %s', async (_, body) => {
    const { ask, origin } = await running()
    const headers = { origin, 'content-type': 'application/json' }
    const answer = await ask('/api/trpc/accounts.login', headers, 'POST', body)
    expect(answer.status).toBeGreaterThanOrEqual(400)
    expect(answer.status).toBeLessThan(500)
    expect('role' in {}).toBe(false)
  })
})

describe('reads', () => {
  it('of thousands of names go by POST, as our pages send them', async () => {
    const names = Array.from(
      { length: 5000 },
      (_, index) => `tank/vms/debian/disk0@daily-2026-11-22_${index}`,
    )
    const host = scriptedHost(argv => {
      if (argv.join(' ').length > 250_000) return { exit: 1, stdout: '', stderr: 'Argument list too long' }
      if (argv[1] !== 'list') return { exit: 0, stdout: 'reclaim\t0\n', stderr: '' }
      const rows = argv.filter(word => word.includes('@'))
      return { exit: 0, stdout: rows.map(name => `${name}\t1\t1\t1\t0\t0\t1\t-\n`).join(''), stderr: '' }
    })
    const { post, signIn, ask } = await running({ host })
    const cookie = await signIn()
    const url = 'scripted/snapshots.reclaim,system.load?batch=1'
    const body = { 0: { snapshots: names }, 1: undefined }
    const answer = await post(url, body, { cookie })
    expect(answer.status).toBe(200)
    const [reclaim, load] = JSON.parse(answer.text)
    expect(reclaim.result?.data.blocked).toHaveLength(5000)
    expect(load.result.data).toEqual([])
    const foreign = { cookie, origin: 'http://127.0.0.1:1', 'content-type': 'application/json' }
    expect((await ask(`/api/trpc/${url}`, foreign, 'POST', JSON.stringify(body))).status).toBe(403)
    expect((await post('accounts.logout?batch=1', { 0: {} }, { cookie })).status).toBe(200)
  })

  it.each(['/api/trpc/accounts.me', '/api/tasks.jsonl'])(
    'of %s are not for pages of another port of this machine',
    async url => {
      const { ask, signIn } = await running()
      const cookie = await signIn()
      for (const site of ['same-site', 'cross-site']) {
        expect((await ask(url, { cookie, 'sec-fetch-site': site })).status).toBe(403)
      }
      expect((await ask(url, { cookie, 'sec-fetch-site': 'same-origin' })).status).toBe(200)
    },
  )
})

it('a session that only a page by itself uses falls asleep', async () => {
  const { ask, post, signIn, services } = await running()
  const { clock } = services
  const cookie = await signIn()
  const me = async (headers: Record<string, string> = {}) =>
    (await post('accounts.me', undefined, { cookie, ...headers })).status
  clock.advance(SESSION_IDLE_MS - 1)
  expect(await me({ 'x-skep-person': '1' })).toBe(200)
  clock.advance(SESSION_IDLE_MS - 1)
  expect((await ask('/scripted/vms', { cookie })).status).toBe(200)
  clock.advance(SESSION_IDLE_MS - 1)
  expect(await me()).toBe(200)
  clock.advance(1)
  expect(await me()).toBe(401)
})
