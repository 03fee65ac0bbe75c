/** The state directory in the hands of an upgrade: copied before anything is done to it, and put back. */
import { chmodSync, chownSync, existsSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs'
import path from 'node:path'
import { copyDatabase, holdState, openDatabase } from '../db/database.ts'

/**
 * The state directory, for this process alone until `release`. The database is the one thing in it that an upgrade
 * changes. AppError `in_use` while a console runs with it.
 */
export function holdStateDir(dir: string) {
  makeStateDir(dir)
  const held = holdState(dir)
  const file = path.join(dir, 'skep.db')
  const backups = path.join(dir, 'backups')
  give(path.join(dir, 'skep.lock'))

  /** To the owner of the directory: root works here, the service need not be root. */
  function give(...files: string[]) {
    const { uid, gid } = statSync(dir)
    if (process.getuid?.() !== 0) return
    for (const each of files) if (existsSync(each)) chownSync(each, uid, gid)
  }

  return {
    /** A copy of the database as it is now; null where there is none yet. */
    backup(name: string, now: Date): string | null {
      if (!existsSync(file)) return null
      mkdirSync(backups, { recursive: true, mode: 0o700 })
      const to = path.join(backups, `skep-${name}-${now.toISOString().replace(/[:.]/g, '')}.db`)
      copyDatabase(file, to)
      give(backups, to)
      return to
    },
    /** Brings the database to what this version wants. It is either done or as before. */
    migrate() {
      if (!existsSync(file)) return
      openDatabase(file).close()
      give(file)
    },
    /** Puts a copy in the place of the database, or nothing. */
    restore(backup: string | null) {
      const fresh = `${file}.new`
      rmSync(fresh, { force: true })
      if (backup !== null) copyDatabase(backup, fresh)
      // What these hold belongs to the database that goes.
      for (const journal of [`${file}-wal`, `${file}-shm`]) rmSync(journal, { force: true })
      if (backup === null) rmSync(file, { force: true })
      else renameSync(fresh, file)
      give(file)
    },
    release: () => held.release(),
  }
}

export function makeStateDir(dir: string) {
  if (existsSync(dir)) return
  mkdirSync(dir, { recursive: true, mode: 0o700 })
  chmodSync(dir, 0o700)
}
