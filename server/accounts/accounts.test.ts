import { beforeEach, describe, expect, it } from 'vitest'
import { openDatabase } from '../db/database.ts'
import { CHEAP, fakeClock } from '../testing.ts'
import { createAccounts, SESSION_IDLE_MS, SESSION_LIFE_MS } from './accounts.ts'

const PASSWORD = 'correct horse battery'
const browser = { address: '192.0.2.7', userAgent: 'test' }

let clock: ReturnType<typeof fakeClock>
let db: ReturnType<typeof openDatabase>
let accounts: ReturnType<typeof createAccounts>

beforeEach(() => {
  clock = fakeClock()
  db = openDatabase(':memory:')
  accounts = createAccounts({ db, now: clock.now, cost: CHEAP })
})

async function setUp(name = 'olga') {
  return accounts.setup({ token: accounts.issueSetupToken(), name, password: PASSWORD }, browser)
}

describe('setup', () => {
  it('makes the first administrator, once', async () => {
    const token = accounts.issueSetupToken()
    expect(accounts.setupNeeded()).toBe(true)
    const signedIn = await accounts.setup({ token, name: 'olga', password: PASSWORD }, browser)
    expect(signedIn.account).toMatchObject({ name: 'olga', role: 'administrator' })
    expect(accounts.caller(signedIn.cookie, true)?.account.name).toBe('olga')
    expect(accounts.setupNeeded()).toBe(false)
    await expect(accounts.setup({ token, name: 'eve', password: PASSWORD }, browser)).rejects.toMatchObject({
      code: 'denied',
    })
  })

  it('takes the newest link only, keeps no link readable, and survives a wrong one', async () => {
    const old = accounts.issueSetupToken()
    const token = accounts.issueSetupToken()
    const rows = JSON.stringify(db.prepare('SELECT * FROM setting').all())
    expect(rows).not.toContain(token)
    for (const wrong of [old, '', 'x']) {
      await expect(
        accounts.setup({ token: wrong, name: 'eve', password: PASSWORD }, browser),
      ).rejects.toMatchObject({
        code: 'denied',
      })
    }
    await accounts.setup({ token, name: 'olga', password: PASSWORD }, browser)
  })

  it('lets one of two at the same moment win', async () => {
    const token = accounts.issueSetupToken()
    const both = await Promise.allSettled(
      ['olga', 'eve'].map(name => accounts.setup({ token, name, password: PASSWORD }, browser)),
    )
    expect(both.map(one => one.status).sort()).toEqual(['fulfilled', 'rejected'])
    expect(accounts.list()).toHaveLength(1)
  })

  it('keeps the link when the password will not do', async () => {
    const token = accounts.issueSetupToken()
    await expect(accounts.setup({ token, name: 'olga', password: 'short' }, browser)).rejects.toMatchObject({
      code: 'invalid',
      detail: { field: 'password' },
    })
    await accounts.setup({ token, name: 'olga', password: PASSWORD }, browser)
  })
})

describe('signIn', () => {
  it('says the same for a wrong name and a wrong password', async () => {
    await setUp()
    const wrong = async (name: string, password: string) =>
      accounts.signIn({ name, password }, browser).catch((error: unknown) => error)
    const [name, password] = [await wrong('eve', PASSWORD), await wrong('olga', 'something else')]
    expect(name).toMatchObject({ code: 'denied', message: 'The name or the password is wrong.' })
    expect(password).toEqual(name)
  })

  it('takes the name in any case and the password in any composition of its letters', async () => {
    await accounts.setup(
      { token: accounts.issueSetupToken(), name: 'olga', password: 'Käsebrötchen!' },
      browser,
    )
    await accounts.signIn({ name: 'OLGA', password: 'Käsebrötchen!'.normalize('NFD') }, browser)
  })

  it('makes guessing wait longer and longer, for a name and for an address, and forgives after the right one', async () => {
    await setUp()
    const guess = (name: string, address: string) =>
      accounts
        .signIn({ name, password: 'wrong wrong wrong' }, { address, userAgent: '' })
        .catch(error => error.code)
    for (let at = 0; at < 4; at++) expect(await guess('olga', `192.0.2.${at}`)).toBe('denied')
    expect(await guess('olga', '192.0.2.9')).toBe('refused')
    clock.advance(1000)
    expect(await guess('olga', '192.0.2.9')).toBe('denied')
    clock.advance(1000)
    expect(await guess('olga', '192.0.2.9')).toBe('refused')
    clock.advance(1000)
    await accounts.signIn({ name: 'olga', password: PASSWORD }, browser)
    expect(await guess('olga', '198.51.100.1')).toBe('denied')

    for (let at = 0; at < 3; at++) expect(await guess(`name${at}`, '198.51.100.1')).toBe('denied')
    expect(await guess('other', '198.51.100.1')).toBe('refused')
  })

  it('counts a hundred guesses at the same moment as a hundred', async () => {
    await setUp()
    const guesses = await Promise.all(
      Array.from({ length: 100 }, () =>
        accounts.signIn({ name: 'olga', password: 'wrong wrong wrong' }, browser).catch(error => error.code),
      ),
    )
    expect(guesses.filter(code => code === 'denied')).toHaveLength(4)
  })

  it('tells only who knows the password that the account is disabled', async () => {
    await setUp()
    const paul = await accounts.create({ name: 'paul', password: PASSWORD, role: 'viewer' })
    accounts.setDisabled(paul.id, true)
    await expect(accounts.signIn({ name: 'paul', password: 'wrong wrong' }, browser)).rejects.toThrow(/wrong/)
    await expect(accounts.signIn({ name: 'paul', password: PASSWORD }, browser)).rejects.toThrow(/disabled/)
  })
})

describe('sessions', () => {
  it('end when nobody used them, and after their life whatever happens', async () => {
    const { cookie } = await setUp()
    clock.advance(SESSION_IDLE_MS - 1)
    expect(accounts.caller(cookie, true)).not.toBeNull()
    clock.advance(SESSION_IDLE_MS)
    expect(accounts.caller(cookie, true)).toBeNull()

    const again = await accounts.signIn({ name: 'olga', password: PASSWORD }, browser)
    for (let used = 0; used < SESSION_LIFE_MS; used += SESSION_IDLE_MS / 2) {
      expect(accounts.caller(again.cookie, true)).not.toBeNull()
      clock.advance(SESSION_IDLE_MS / 2)
    }
    expect(accounts.caller(again.cookie, true)).toBeNull()
  })

  it('are told to their sockets when they end, whatever ended them', async () => {
    const ended: string[] = []
    accounts.onSessionsEnded(ids => ended.push(...ids))
    await setUp()
    const paul = await accounts.create({ name: 'paul', password: PASSWORD, role: 'viewer' })
    const signIn = async () =>
      (await accounts.signIn({ name: 'paul', password: PASSWORD }, browser)).sessionId
    const endings: ((sessionId: string) => unknown)[] = [
      sessionId => accounts.signOut(sessionId),
      () => accounts.signOutEverywhere(paul.id),
      () => accounts.setRole(paul.id, 'operator'),
      () =>
        accounts.resetPassword(paul.id, `${PASSWORD}!`).then(() => accounts.resetPassword(paul.id, PASSWORD)),
      () => {
        accounts.setDisabled(paul.id, true)
        accounts.setDisabled(paul.id, false)
      },
      () => {
        clock.advance(SESSION_IDLE_MS)
        accounts.sweep()
      },
      () => accounts.remove(paul.id),
    ]
    for (const end of endings) {
      const sessionId = await signIn()
      await end(sessionId)
      expect(ended).toContain(sessionId)
    }
  })

  it('of the others end when the password changes, this one stays', async () => {
    const first = await setUp()
    const other = await accounts.signIn({ name: 'olga', password: PASSWORD }, browser)
    await expect(
      accounts.changePassword(first.account, first.sessionId, 'wrong wrong', 'another long one'),
    ).rejects.toMatchObject({ code: 'denied', detail: { field: 'current' } })
    await accounts.changePassword(first.account, first.sessionId, PASSWORD, 'another long one')
    expect(accounts.caller(first.cookie, true)).not.toBeNull()
    expect(accounts.caller(other.cookie, true)).toBeNull()
    await accounts.signIn({ name: 'olga', password: 'another long one' }, browser)
  })

  it('are listed by a handle that is no key', async () => {
    const { cookie, sessionId, account } = await setUp()
    expect(accounts.sessions(account.id, sessionId)).toMatchObject([
      { id: sessionId, current: true, address: browser.address },
    ])
    expect(accounts.caller(sessionId, true)).toBeNull()
    const everything = JSON.stringify([
      db.prepare('SELECT * FROM session').all(),
      db.prepare('SELECT * FROM account').all(),
    ])
    expect(everything).not.toContain(cookie)
    expect(everything).not.toContain(PASSWORD)
  })
})

describe('the last administrator', () => {
  it('cannot be removed, disabled or given another role, until there is a second one who can sign in', async () => {
    const { account } = await setUp()
    const blocked = () => {
      expect(() => accounts.remove(account.id)).toThrow(/last administrator/)
      expect(() => accounts.setDisabled(account.id, true)).toThrow(/last administrator/)
      expect(() => accounts.setRole(account.id, 'operator')).toThrow(/last administrator/)
    }
    blocked()
    const paul = await accounts.create({ name: 'paul', password: PASSWORD, role: 'administrator' })
    accounts.setDisabled(paul.id, true)
    blocked()
    accounts.setDisabled(paul.id, false)
    accounts.setRole(account.id, 'operator')
    expect(() => accounts.remove(paul.id)).toThrow(/last administrator/)
  })
})

it('names are unique whatever their case, and known accounts are asked for', async () => {
  await setUp()
  await expect(accounts.create({ name: 'Olga', password: PASSWORD, role: 'viewer' })).rejects.toMatchObject({
    code: 'exists',
    detail: { field: 'name' },
  })
  expect(() => accounts.setRole(99, 'viewer')).toThrow(/does not exist/)
})
