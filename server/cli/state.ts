/** The state directory in the hands of an upgrade: copied before anything is done to it, and put back. */
import {
  chmodSync,
  chownSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { copyDatabase, foldJournal, holdState, openDatabase, PARTIAL } from '../db/database.ts'
import { AppError } from '../errors.ts'
import { withRoom } from './room.ts'
import type { Step } from './step.ts'

const ASK_EVERY_MS = 100

/**
 * The state directory, for this process alone until `release`. The database is the one thing in it that an upgrade
 * changes; how each change is undone stands in `steps`. AppError `in_use` while a console runs with it, and does not end
 * within `patienceMs`.
 */
export async function holdStateDir(dir: string, patienceMs: number, steps: Step[] = []) {
  makeStateDir(dir)
  const held = await holdWithin(dir, patienceMs)
  const file = path.join(dir, 'skep.db')
  /** The next one while it is made, the last one while it can still be put back. */
  const fresh = `${file}.new`
  const last = `${file}.last`
  give(path.join(dir, 'skep.lock'))

  /** To the owner of the directory: root works here, the service need not be root. */
  function give(...files: string[]) {
    const { uid, gid } = statSync(dir)
    if (process.getuid?.() !== 0) return
    for (const each of files) if (existsSync(each)) chownSync(each, uid, gid)
  }

  /** All of it, or nothing. */
  function make(place: string, from: string, work: () => void): string {
    removeDatabase(fresh)
    try {
      withRoom(place, () => {
        copyDatabase(from, fresh)
        work()
      })
    } catch (error) {
      removeDatabase(fresh)
      throw error
    }
    steps.push({ undo: () => removeDatabase(fresh), settle: () => undefined })
    give(fresh)
    return fresh
  }

  return {
    /** A copy of the database as it is now, by its name in `backups`; null where there is none yet. */
    backup(version: string, now: Date): string | null {
      if (!existsSync(file)) return null
      const backups = backupsOf(dir)
      const name = `skep-${version}-${now.toISOString().replace(/[:.]/g, '')}.db`
      withRoom(`a copy of the state in ${backups}`, () => {
        mkdirSync(backups, { recursive: true, mode: 0o700 })
        for (const left of readdirSync(backups)) if (left.endsWith(PARTIAL)) rmSync(path.join(backups, left))
        copyDatabase(file, path.join(backups, name))
      })
      // It would be a copy of what is there.
      steps.push({ undo: () => rmSync(path.join(backups, name)), settle: () => undefined })
      give(backups, path.join(backups, name))
      return name
    },
    /** The database as this version wants it, beside the one there is; null where there is none. */
    broughtForward(): string | null {
      if (!existsSync(file)) return null
      return make(`the new state in ${dir}`, file, () => openDatabase(fresh).close())
    },
    /** A copy that was kept, beside the database there is. */
    copyOf(backup: string): string {
      return make(`the state of then in ${dir}`, backupAt(dir, backup), () => undefined)
    },
    /** One of the two above, or nothing, in the place of the database: one rename, nothing of which can be seen half done. */
    exchange(next: string | null) {
      rmSync(last, { force: true })
      try {
        if (existsSync(file)) {
          withRoom(`the state in ${dir}`, () => {
            foldJournal(file)
            linkSync(file, last)
          })
        }
        if (next === null) removeDatabase(file)
        else renameSync(next, file)
      } catch (error) {
        rmSync(last, { force: true })
        throw error
      }
      steps.push({
        undo() {
          removeJournal(file)
          if (existsSync(last)) renameSync(last, file)
          else rmSync(file, { force: true })
        },
        settle: () => rmSync(last, { force: true }),
      })
    },
    /** Removes what one that was killed may have left. */
    tidy() {
      removeDatabase(fresh)
      rmSync(last, { force: true })
    },
    release: () => held.release(),
  }
}

async function holdWithin(dir: string, patienceMs: number) {
  const deadline = Date.now() + patienceMs
  for (;;) {
    try {
      return withRoom(`a note in ${dir}`, () => holdState(dir))
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'in_use' || Date.now() >= deadline) throw error
    }
    await sleep(ASK_EVERY_MS)
  }
}

/** With the database of a console that did not end by itself, its journal goes, too: it belongs to no other. */
function removeJournal(file: string) {
  for (const suffix of ['-journal', '-wal', '-shm']) rmSync(`${file}${suffix}`, { force: true })
}

function removeDatabase(file: string) {
  removeJournal(file)
  rmSync(file, { force: true })
}

function backupsOf(dir: string): string {
  return path.join(dir, 'backups')
}

/** Where a copy of that name is. */
export function backupAt(dir: string, name: string): string {
  return path.join(backupsOf(dir), name)
}

export function makeStateDir(dir: string) {
  if (existsSync(dir)) return
  mkdirSync(dir, { recursive: true, mode: 0o700 })
  chmodSync(dir, 0o700)
}
