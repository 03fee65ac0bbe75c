import * as z from 'zod/mini'
import { type Account, HOST_ROLES, type HostException, ROLES, type Role } from '../accounts/model.ts'
import type { Database } from './database.ts'

const accountRow = z.object({
  id: z.number(),
  name: z.string(),
  role: z.enum(ROLES),
  password: z.string(),
  disabled: z.number(),
  created_at: z.number(),
  last_login_at: z.nullable(z.number()),
})

const exceptionRow = z.object({ host: z.string(), role: z.enum(HOST_ROLES) })

/** An account with its password hash, which stays on this side of the services. */
export type StoredAccount = { account: Account; password: string }

function stored(db: Database, row: unknown): StoredAccount | null {
  if (row === undefined) return null
  const parsed = z.parse(accountRow, row)
  const exceptions = db
    .prepare('SELECT host_id AS host, role FROM account_host WHERE account_id = ? ORDER BY host_id')
    .all(parsed.id)
  return {
    password: parsed.password,
    account: {
      id: parsed.id,
      name: parsed.name,
      role: parsed.role,
      exceptions: exceptions.map(each => z.parse(exceptionRow, each)),
      createdAt: parsed.created_at,
      lastLoginAt: parsed.last_login_at,
      disabled: parsed.disabled !== 0,
    },
  }
}

export function countAccounts(db: Database): number {
  return z.parse(z.object({ n: z.number() }), db.prepare('SELECT count(*) AS n FROM account').get()).n
}

/** Administrators who can sign in, the one named by `except` left out. */
export function countOtherAdministrators(db: Database, except: number): number {
  const row = db
    .prepare("SELECT count(*) AS n FROM account WHERE role = 'administrator' AND disabled = 0 AND id <> ?")
    .get(except)
  return z.parse(z.object({ n: z.number() }), row).n
}

export function listAccounts(db: Database): Account[] {
  const rows = db.prepare('SELECT * FROM account ORDER BY name').all()
  return rows.flatMap(row => stored(db, row)?.account ?? [])
}

export function accountById(db: Database, id: number): StoredAccount | null {
  return stored(db, db.prepare('SELECT * FROM account WHERE id = ?').get(id))
}

export function accountByName(db: Database, name: string): StoredAccount | null {
  return stored(db, db.prepare('SELECT * FROM account WHERE name = ?').get(name))
}

export function insertAccount(
  db: Database,
  row: { name: string; role: Role; password: string; createdAt: number },
): number {
  const result = db
    .prepare('INSERT INTO account (name, role, password, created_at) VALUES (?, ?, ?, ?)')
    .run(row.name, row.role, row.password, row.createdAt)
  return Number(result.lastInsertRowid)
}

export function updateRole(db: Database, id: number, role: Role) {
  db.prepare('UPDATE account SET role = ? WHERE id = ?').run(role, id)
}

/** The account has these roles on these hosts, and its own on all others. */
export function replaceExceptions(db: Database, id: number, exceptions: readonly HostException[]) {
  db.prepare('DELETE FROM account_host WHERE account_id = ?').run(id)
  const insert = db.prepare('INSERT INTO account_host (account_id, host_id, role) VALUES (?, ?, ?)')
  for (const { host, role } of exceptions) insert.run(id, host, role)
}

export function deleteExceptionsOn(db: Database, host: string) {
  db.prepare('DELETE FROM account_host WHERE host_id = ?').run(host)
}

export function updateDisabled(db: Database, id: number, disabled: boolean) {
  db.prepare('UPDATE account SET disabled = ? WHERE id = ?').run(disabled ? 1 : 0, id)
}

export function updatePassword(db: Database, id: number, password: string) {
  db.prepare('UPDATE account SET password = ? WHERE id = ?').run(password, id)
}

export function updateLastLogin(db: Database, id: number, at: number) {
  db.prepare('UPDATE account SET last_login_at = ? WHERE id = ?').run(at, id)
}

export function deleteAccount(db: Database, id: number) {
  db.prepare('DELETE FROM account WHERE id = ?').run(id)
}

export function readSetting(db: Database, name: string): string | null {
  const row = db.prepare('SELECT value FROM setting WHERE name = ?').get(name)
  return row === undefined ? null : z.parse(z.object({ value: z.string() }), row).value
}

/** `value` null removes the setting. */
export function writeSetting(db: Database, name: string, value: string | null) {
  if (value === null) db.prepare('DELETE FROM setting WHERE name = ?').run(name)
  else db.prepare('INSERT OR REPLACE INTO setting (name, value) VALUES (?, ?)').run(name, value)
}
