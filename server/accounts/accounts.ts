import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import * as accountRows from '../db/accounts.ts'
import { type Database, transaction } from '../db/database.ts'
import * as sessionRows from '../db/sessions.ts'
import { AppError } from '../errors.ts'
import { type Account, type HostException, passwordProblem, type Role, type Session } from './model.ts'
import { hashPassword, type PasswordCost, verifyPassword } from './password.ts'
import { addressKey, createThrottle } from './throttle.ts'

/** A session that nobody used this long has ended. */
export const SESSION_IDLE_MS = 12 * 3_600_000
/** And this long after the sign-in it ends anyway. */
export const SESSION_LIFE_MS = 7 * 24 * 3_600_000
/** Use is written down at most this often. */
const TOUCH_EVERY_MS = 60_000

const SETUP_TOKEN = 'setup_token_sha256'

export type Browser = { address: string; userAgent: string }
/** `cookie` is the secret that goes into the browser and nowhere else. */
export type SignedIn = { account: Account; sessionId: string; cookie: string }

export type AccountService = ReturnType<typeof createAccounts>

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')

/** Who may sign in, and who is. Every refusal is an AppError in words for the person at the form. */
export function createAccounts(options: { db: Database; now: () => number; cost?: PasswordCost }) {
  const { db, now, cost } = options
  const throttle = createThrottle(now)
  const listeners = new Set<(sessionIds: string[]) => void>()
  // What a wrong name is checked against, so that it takes as long as a wrong password.
  const nobody = hashPassword(randomBytes(16).toString('hex'), cost)

  function ended(sessionIds: string[]) {
    if (sessionIds.length > 0) for (const listener of listeners) listener(sessionIds)
  }

  function checkPassword(password: string, name: string, field = 'password') {
    const problem = passwordProblem(password, name)
    if (problem) throw new AppError('invalid', problem, { field })
  }

  function existing(id: number): Account {
    const found = accountRows.accountById(db, id)
    if (!found) throw new AppError('not_found', 'This account does not exist any more.')
    return found.account
  }

  /** Without an administrator nobody could ever make one again. */
  function keepAdministrator(account: Account, verb: string) {
    if (account.role !== 'administrator' || account.disabled) return
    if (accountRows.countOtherAdministrators(db, account.id) > 0) return
    throw new AppError('refused', `${account.name} is the last administrator and cannot be ${verb}.`, {
      next: 'Make somebody else administrator first.',
    })
  }

  /** Two people cannot take one name, not even while the first one's password is being hashed. */
  function insert(name: string, role: Role, password: string): Account {
    if (accountRows.accountByName(db, name)) {
      throw new AppError('exists', `There is an account named ${name} already.`, { field: 'name' })
    }
    return existing(accountRows.insertAccount(db, { name, role, password, createdAt: now() }))
  }

  function open(account: Account, browser: Browser): SignedIn {
    const cookie = randomBytes(32).toString('base64url')
    const sessionId = sha256(cookie)
    const at = now()
    sessionRows.insertSession(db, {
      id: sessionId,
      accountId: account.id,
      createdAt: at,
      lastSeenAt: at,
      address: browser.address,
      userAgent: browser.userAgent.slice(0, 256),
    })
    accountRows.updateLastLogin(db, account.id, at)
    return { account: existing(account.id), sessionId, cookie }
  }

  /** Counts the attempt, throws while its keys have to wait. */
  function attempt(keys: string[]) {
    const wait = throttle.attempt(keys)
    if (wait === 0) return
    const seconds = Math.ceil(wait / 1000)
    const words = seconds < 90 ? `${seconds} s` : `${Math.ceil(seconds / 60)} min`
    throw new AppError('refused', `There were too many wrong attempts. Try again in ${words}.`)
  }

  return {
    /** Nobody has an account yet. */
    setupNeeded: (): boolean => accountRows.countAccounts(db) === 0,

    /** The secret of the one-time set-up link; the one before is worth nothing from now on. Kept only as its hash. */
    issueSetupToken(): string {
      const token = randomBytes(24).toString('base64url')
      accountRows.writeSetting(db, SETUP_TOKEN, sha256(token))
      return token
    },

    /** Makes the first administrator and signs them in. AppError `denied` (the link), `invalid` (the password). */
    async setup(
      input: { token: string; name: string; password: string },
      browser: Browser,
    ): Promise<SignedIn> {
      const keys = [`setup:${addressKey(browser.address)}`]
      attempt(keys)
      const checkToken = () => {
        const expected = accountRows.readSetting(db, SETUP_TOKEN)
        const right =
          expected !== null &&
          timingSafeEqual(Buffer.from(expected, 'hex'), Buffer.from(sha256(input.token), 'hex'))
        if (right && accountRows.countAccounts(db) === 0) return
        throw new AppError('denied', 'This set-up link has been used or is not the newest one.', {
          next: 'Sign in, or start Skep again on the machine: it prints a new link while there is no account.',
        })
      }
      checkToken()
      throttle.succeeded(keys)
      checkPassword(input.password, input.name)
      const password = await hashPassword(input.password, cost)
      return transaction(db, () => {
        checkToken()
        accountRows.writeSetting(db, SETUP_TOKEN, null)
        return open(insert(input.name, 'administrator', password), browser)
      })
    },

    /** AppError `denied` for every wrong pair, after the same time, in the same words; `refused` while it has to wait. */
    async signIn(input: { name: string; password: string }, browser: Browser): Promise<SignedIn> {
      const keys = [`name:${input.name.toLowerCase()}`, addressKey(browser.address)]
      attempt(keys)
      const found = accountRows.accountByName(db, input.name)
      const right = await verifyPassword(input.password, found?.password ?? (await nobody))
      if (!found || !right)
        throw new AppError('denied', 'The name or the password is wrong.', { field: 'password' })
      throttle.succeeded(keys)
      // Told only to who knows the password.
      if (existing(found.account.id).disabled) {
        throw new AppError('denied', 'This account is disabled.', { next: 'An administrator can enable it.' })
      }
      return open(found.account, browser)
    },

    /**
     * The account behind a cookie, or null. `byPerson` notes a use: a page that keeps itself up to date with nobody in
     * front of it is none, nor is a socket.
     */
    caller(cookie: string, byPerson: boolean): { account: Account; sessionId: string } | null {
      const session = sessionRows.sessionById(db, sha256(cookie))
      if (!session) return null
      const at = now()
      if (at - session.createdAt >= SESSION_LIFE_MS || at - session.lastSeenAt >= SESSION_IDLE_MS) {
        sessionRows.deleteSession(db, session.id)
        ended([session.id])
        return null
      }
      const account = accountRows.accountById(db, session.accountId)?.account
      if (!account || account.disabled) return null
      if (byPerson && at - session.lastSeenAt >= TOUCH_EVERY_MS) sessionRows.touchSession(db, session.id, at)
      return { account, sessionId: session.id }
    },

    signOut(sessionId: string) {
      sessionRows.deleteSession(db, sessionId)
      ended([sessionId])
    },

    signOutEverywhere(accountId: number) {
      ended(sessionRows.deleteSessionsOf(db, accountId))
    },

    /** Ends the sessions whose time is over; called once a minute. */
    sweep() {
      const limits = { createdAt: now() - SESSION_LIFE_MS, lastSeenAt: now() - SESSION_IDLE_MS }
      ended(sessionRows.deleteSessionsBefore(db, limits))
    },

    /** Calls back with the ids of sessions that have just ended, whatever the reason: their sockets must close. */
    onSessionsEnded(listener: (sessionIds: string[]) => void): () => void {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },

    sessions(accountId: number, current: string): Session[] {
      return sessionRows.sessionsOf(db, accountId).map(session => ({
        id: session.id,
        createdAt: session.createdAt,
        lastSeenAt: session.lastSeenAt,
        address: session.address,
        userAgent: session.userAgent,
        current: session.id === current,
      }))
    },

    /** The account's other sessions end. AppError `denied` (field current), `invalid` (field password). */
    async changePassword(account: Account, sessionId: string, current: string, password: string) {
      const keys = [`change:${account.id}`]
      attempt(keys)
      const found = accountRows.accountById(db, account.id)
      if (!found || !(await verifyPassword(current, found.password))) {
        throw new AppError('denied', 'The present password is wrong.', { field: 'current' })
      }
      throttle.succeeded(keys)
      checkPassword(password, account.name)
      accountRows.updatePassword(db, account.id, await hashPassword(password, cost))
      ended(sessionRows.deleteSessionsOf(db, account.id, sessionId))
    },

    list: (): Account[] => accountRows.listAccounts(db),
    get: existing,

    async create(input: { name: string; password: string; role: Role }): Promise<Account> {
      checkPassword(input.password, input.name)
      const password = await hashPassword(input.password, cost)
      return transaction(db, () => insert(input.name, input.role, password))
    },

    setRole(id: number, role: Role): Account {
      const account = existing(id)
      if (role !== 'administrator') keepAdministrator(account, 'given another role')
      accountRows.updateRole(db, id, role)
      // An open socket was let in with the old role.
      if (role !== account.role) ended(sessionRows.deleteSessionsOf(db, id))
      return existing(id)
    },

    /** The account has these roles on these hosts, and its own on all others. */
    setExceptions(id: number, exceptions: readonly HostException[]): Account {
      existing(id)
      const byHost = new Map(exceptions.map(each => [each.host, each]))
      transaction(db, () => accountRows.replaceExceptions(db, id, [...byHost.values()]))
      // An open socket was let in with the old role.
      ended(sessionRows.deleteSessionsOf(db, id))
      return existing(id)
    },

    setDisabled(id: number, disabled: boolean): Account {
      const account = existing(id)
      if (disabled) keepAdministrator(account, 'disabled')
      accountRows.updateDisabled(db, id, disabled)
      if (disabled) ended(sessionRows.deleteSessionsOf(db, id))
      return existing(id)
    },

    /** Gives the account a new password and signs it out everywhere. */
    async resetPassword(id: number, password: string): Promise<Account> {
      checkPassword(password, existing(id).name)
      const hash = await hashPassword(password, cost)
      const account = existing(id)
      accountRows.updatePassword(db, id, hash)
      throttle.succeeded([`name:${account.name.toLowerCase()}`])
      ended(sessionRows.deleteSessionsOf(db, id))
      return account
    },

    remove(id: number): Account {
      const account = existing(id)
      keepAdministrator(account, 'removed')
      const sessionIds = sessionRows.deleteSessionsOf(db, id)
      accountRows.deleteAccount(db, id)
      ended(sessionIds)
      return account
    },
  }
}
