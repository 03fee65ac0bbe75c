import { closeSync, openSync, renameSync, rmSync } from 'node:fs'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { AppError } from '../errors.ts'

/** The console's own memory: accounts, sessions, tasks. The host's things are never in here. */
export type Database = DatabaseSync

/** Each entry brings the file one `user_version` further; an entry is never changed once it was released. */
const MIGRATIONS = [
  `
  CREATE TABLE account (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE COLLATE NOCASE,
    role TEXT NOT NULL,
    password TEXT NOT NULL,
    disabled INTEGER NOT NULL DEFAULT 0,
    created_at INTEGER NOT NULL,
    last_login_at INTEGER
  ) STRICT;
  CREATE TABLE session (
    id TEXT PRIMARY KEY,
    account_id INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    created_at INTEGER NOT NULL,
    last_seen_at INTEGER NOT NULL,
    address TEXT NOT NULL,
    user_agent TEXT NOT NULL
  ) STRICT;
  CREATE INDEX session_account ON session (account_id);
  CREATE TABLE setting (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
  CREATE TABLE task (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    action TEXT NOT NULL,
    title TEXT NOT NULL,
    user_name TEXT NOT NULL,
    host_id TEXT NOT NULL,
    state TEXT NOT NULL,
    started_at INTEGER NOT NULL,
    ended_at INTEGER,
    plan TEXT NOT NULL,
    progress TEXT,
    fraction REAL,
    outcome TEXT,
    error TEXT
  ) STRICT;
  CREATE INDEX task_state ON task (state, id);
  CREATE TABLE command (
    task_id INTEGER NOT NULL REFERENCES task (id) ON DELETE CASCADE,
    seq INTEGER NOT NULL,
    kind TEXT NOT NULL,
    argv TEXT NOT NULL,
    times INTEGER NOT NULL DEFAULT 1,
    started_at INTEGER NOT NULL,
    duration_ms INTEGER,
    exit INTEGER,
    stdout TEXT NOT NULL DEFAULT '',
    stderr TEXT NOT NULL DEFAULT '',
    truncated INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (task_id, seq)
  ) STRICT, WITHOUT ROWID;
  `,
  // Several hosts. Work on Skep's own things belongs to none of them.
  `
  CREATE TABLE host (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL UNIQUE COLLATE NOCASE,
    address TEXT NOT NULL UNIQUE,
    host_key TEXT,
    identity TEXT,
    privilege TEXT NOT NULL,
    position INTEGER NOT NULL,
    added_at INTEGER NOT NULL,
    added_by TEXT NOT NULL
  ) STRICT;
  CREATE TABLE account_host (
    account_id INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    host_id TEXT NOT NULL,
    role TEXT NOT NULL,
    PRIMARY KEY (account_id, host_id)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX task_host ON task (host_id, id);
  UPDATE task SET host_id = '' WHERE action LIKE 'accounts.%';
  `,
]

/**
 * Opens (and where needed creates or upgrades) the file, readable by its owner only; `:memory:` for tests.
 * AppError `unsupported` for a file of a newer Skep.
 */
export function openDatabase(path: string): Database {
  // SQLite would create the file with the umask's mode; the journal files take over the mode of this one.
  if (path !== ':memory:') closeSync(openSync(path, 'a', 0o600))
  const db = new DatabaseSync(path, { enableForeignKeyConstraints: true, timeout: 5000 })
  // NORMAL: a killed process loses nothing; a power cut may lose the last moments, never the file (sqlite.org/wal.html).
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL')
  try {
    migrate(db)
  } catch (error) {
    db.close()
    throw error
  }
  return db
}

/** Looks whether this Skep could open the file, and changes nothing. AppError `unsupported` for one of a newer Skep. */
export function checkDatabase(path: string) {
  const db = new DatabaseSync(path, { readOnly: true, timeout: 5000 })
  try {
    stepsDone(db)
  } finally {
    db.close()
  }
}

/** What a copy is called while it is made. */
export const PARTIAL = '.partial'

/** Copies the file as it is in one moment, whoever has it open. Under its name stands all of it, or nothing. */
export function copyDatabase(from: string, to: string) {
  const partial = `${to}${PARTIAL}`
  // On a full disk SQLite leaves the journal of what it could not end.
  const removePartial = () => {
    for (const file of [partial, `${partial}-journal`]) rmSync(file, { force: true })
  }
  removePartial()
  closeSync(openSync(partial, 'wx', 0o600))
  const db = new DatabaseSync(from, { timeout: 5000 })
  try {
    db.prepare('VACUUM INTO ?').run(partial)
    renameSync(partial, to)
  } catch (error) {
    removePartial()
    throw error
  } finally {
    db.close()
  }
}

/** Moves what stands in the journal into the file itself, which is then all there is. AppError `in_use`. */
export function foldJournal(path: string) {
  const db = new DatabaseSync(path, { timeout: 5000 })
  try {
    const told = db.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get()
    if (told?.busy === 0) return
  } finally {
    db.close()
  }
  throw new AppError('in_use', `Another program has ${path} open.`, { next: 'End it, and try again.' })
}

/** Holds a file for this process; null while another has it. The operating system lets go of it however a process ends. */
export function hold(file: string): { release(): void } | null {
  closeSync(openSync(file, 'a', 0o600))
  const db = new DatabaseSync(file)
  try {
    db.exec('BEGIN EXCLUSIVE')
  } catch (error) {
    db.close()
    if (isBusy(error)) return null
    throw error
  }
  return { release: () => db.close() }
}

/** SQLITE_BUSY. */
function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && (Number(error.errcode) & 0xff) === 5
}

/**
 * Holds a state directory for this process: two consoles on one would each take the other's running tasks for those of
 * a dead one. AppError `in_use`.
 */
export function holdState(dir: string): { release(): void } {
  const held = hold(path.join(dir, 'skep.lock'))
  if (held !== null) return held
  throw new AppError('in_use', `Another Skep is running with the state directory ${dir}.`, {
    next: 'Use that one, or give this one a directory of its own in SKEP_STATE.',
  })
}

/** How many of the migrations the file has had. */
function stepsDone(db: Database): number {
  const done = Number(db.prepare('PRAGMA user_version').get()?.user_version ?? 0)
  if (done <= MIGRATIONS.length) return done
  throw new AppError(
    'unsupported',
    'The state directory was written by a newer Skep; this one cannot read it.',
    { next: 'Start the newer Skep, or point SKEP_STATE at another directory.' },
  )
}

function migrate(db: Database) {
  const done = stepsDone(db)
  for (const [index, sql] of MIGRATIONS.entries()) {
    if (index < done) continue
    transaction(db, () => db.exec(`${sql}; PRAGMA user_version = ${index + 1}`))
  }
}

/** Runs `work` in one transaction: all of it, or nothing. */
export function transaction<T>(db: Database, work: () => T): T {
  db.exec('BEGIN IMMEDIATE')
  try {
    const result = work()
    db.exec('COMMIT')
    return result
  } catch (error) {
    db.exec('ROLLBACK')
    throw error
  }
}
