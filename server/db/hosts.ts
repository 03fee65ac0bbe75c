import * as z from 'zod/mini'
import type { Database } from './database.ts'

const hostRow = z.object({
  id: z.string(),
  name: z.string(),
  address: z.string(),
  host_key: z.nullable(z.string()),
  identity: z.nullable(z.string()),
  privilege: z.string(),
  added_at: z.number(),
  added_by: z.string(),
})

/** A host that somebody added, and how it is reached. */
export type StoredHost = {
  id: string
  name: string
  address: string
  /** Of hosts reached over SSH: the pinned host key, whose key is shown there, and how rights are borrowed. */
  hostKey: string | null
  identity: string | null
  privilege: string
  addedAt: number
  addedBy: string
}

function stored(row: unknown): StoredHost {
  const { added_at, added_by, host_key, ...rest } = z.parse(hostRow, row)
  return { ...rest, hostKey: host_key, addedAt: added_at, addedBy: added_by }
}

/** In the order in which they are shown. */
export function listHosts(db: Database): StoredHost[] {
  return db.prepare('SELECT * FROM host ORDER BY position, name').all().map(stored)
}

/** Comes last. */
export function insertHost(db: Database, host: StoredHost) {
  db.prepare(
    `INSERT INTO host (id, name, address, host_key, identity, privilege, position, added_at, added_by)
     VALUES (?, ?, ?, ?, ?, ?, (SELECT coalesce(max(position), 0) + 1 FROM host), ?, ?)`,
  ).run(
    host.id,
    host.name,
    host.address,
    host.hostKey,
    host.identity,
    host.privilege,
    host.addedAt,
    host.addedBy,
  )
}

export function updateHostName(db: Database, id: string, name: string) {
  db.prepare('UPDATE host SET name = ? WHERE id = ?').run(name, id)
}

export function updateHostEntry(
  db: Database,
  id: string,
  entry: Pick<StoredHost, 'hostKey' | 'identity' | 'privilege'>,
) {
  db.prepare('UPDATE host SET host_key = ?, identity = ?, privilege = ? WHERE id = ?').run(
    entry.hostKey,
    entry.identity,
    entry.privilege,
    id,
  )
}

export function deleteHost(db: Database, id: string) {
  db.prepare('DELETE FROM host WHERE id = ?').run(id)
}
