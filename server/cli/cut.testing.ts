/**
 * `node cut.testing.ts DIR VERSION VERB kill|full N`, for the tests: a process that upgrades or rolls back the played system in
 * DIR, and is killed before its operation N on files or databases, or finds the disk full from the N-th on that takes room.
 * Where it has fewer, it ends well.
 */
import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { DatabaseSync, type SQLInputValue, StatementSync } from 'node:sqlite'
import { installAt } from './install.ts'
import { rollbackAt } from './rollback.ts'
import { playedSite } from './testing.ts'
import { upgradeAt } from './upgrade.ts'

const [dir = '', version = '', verb = '', mode, at] = process.argv.slice(2)
const VERBS = new Map([
  ['install', installAt],
  ['upgrade', upgradeAt],
  ['rollback', rollbackAt],
])

let left = Number(at)
/** `takesRoom`: a full disk refuses it. Renames, removals and writes to what is there it lets through. */
function next(takesRoom: boolean, refuse: () => never) {
  if (mode === 'full' && !takesRoom) return
  left--
  if (left > 0) return
  if (mode === 'full') refuse()
  process.kill(process.pid, 'SIGKILL')
}

function noSpace(): never {
  throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' })
}

function databaseFull(): never {
  throw Object.assign(new Error('database or disk is full'), { errcode: 13 })
}

/** Whether a call of node:fs makes something that was not there, or fills it. */
const TAKES_ROOM: Record<string, (path: string) => boolean> = {
  copyFileSync: () => true,
  writeFileSync: () => true,
  symlinkSync: () => true,
  linkSync: () => true,
  openSync: path => !fs.existsSync(path),
  mkdirSync: path => !fs.existsSync(path),
  renameSync: () => false,
  rmSync: () => false,
}

const site = playedSite(dir, version)
for (const [name, takesRoom] of Object.entries(TAKES_ROOM)) {
  const real: (...args: string[]) => unknown = Reflect.get(fs, name)
  Reflect.set(fs, name, (...args: string[]) => {
    next(takesRoom(args[0] ?? ''), noSpace)
    return real.apply(fs, args)
  })
}
syncBuiltinESMExports()
const { exec } = DatabaseSync.prototype
DatabaseSync.prototype.exec = function (sql) {
  next(!sql.startsWith('BEGIN EXCLUSIVE') && sql !== 'ROLLBACK', databaseFull)
  exec.call(this, sql)
}
const { run } = StatementSync.prototype
Object.assign(StatementSync.prototype, {
  run(this: StatementSync, ...args: SQLInputValue[]) {
    next(true, databaseFull)
    return Reflect.apply(run, this, args)
  },
})

try {
  await VERBS.get(verb)?.(site)
} catch (error) {
  process.stderr.write(String(error))
  process.exitCode = 1
}
