import * as z from 'zod/mini'
import type { Database } from './database.ts'

const sessionRow = z.object({
  id: z.string(),
  account_id: z.number(),
  created_at: z.number(),
  last_seen_at: z.number(),
  address: z.string(),
  user_agent: z.string(),
})

/** `id` is the sha256 of the cookie's value: who reads the file cannot sign in with it. */
export type StoredSession = {
  id: string
  accountId: number
  createdAt: number
  lastSeenAt: number
  address: string
  userAgent: string
}

function stored(row: unknown): StoredSession {
  const parsed = z.parse(sessionRow, row)
  return {
    id: parsed.id,
    accountId: parsed.account_id,
    createdAt: parsed.created_at,
    lastSeenAt: parsed.last_seen_at,
    address: parsed.address,
    userAgent: parsed.user_agent,
  }
}

const idOf = (row: unknown) => z.parse(z.object({ id: z.string() }), row).id

export function insertSession(db: Database, session: StoredSession) {
  db.prepare('INSERT INTO session VALUES (?, ?, ?, ?, ?, ?)').run(
    session.id,
    session.accountId,
    session.createdAt,
    session.lastSeenAt,
    session.address,
    session.userAgent,
  )
}

export function sessionById(db: Database, id: string): StoredSession | null {
  const row = db.prepare('SELECT * FROM session WHERE id = ?').get(id)
  return row === undefined ? null : stored(row)
}

export function sessionsOf(db: Database, accountId: number): StoredSession[] {
  return db
    .prepare('SELECT * FROM session WHERE account_id = ? ORDER BY last_seen_at DESC')
    .all(accountId)
    .map(stored)
}

export function touchSession(db: Database, id: string, at: number) {
  db.prepare('UPDATE session SET last_seen_at = ? WHERE id = ?').run(at, id)
}

export function deleteSession(db: Database, id: string) {
  db.prepare('DELETE FROM session WHERE id = ?').run(id)
}

/** Ends an account's sessions, `except` left out; returns the ids of those that ended. */
export function deleteSessionsOf(db: Database, accountId: number, except = ''): string[] {
  return db
    .prepare('DELETE FROM session WHERE account_id = ? AND id <> ? RETURNING id')
    .all(accountId, except)
    .map(idOf)
}

/** Ends sessions begun before the one moment or unused since the other; returns their ids. */
export function deleteSessionsBefore(
  db: Database,
  limits: { createdAt: number; lastSeenAt: number },
): string[] {
  return db
    .prepare('DELETE FROM session WHERE created_at <= ? OR last_seen_at <= ? RETURNING id')
    .all(limits.createdAt, limits.lastSeenAt)
    .map(idOf)
}
