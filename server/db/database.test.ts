import { statSync } from 'node:fs'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, describe, expect, it } from 'vitest'
import { withDigest } from '../tasks/digest.ts'
import { temporaryDirectory } from '../testing.ts'
import { accountByName, countAccounts, insertAccount } from './accounts.ts'
import { holdState, openDatabase, transaction } from './database.ts'
import { endTask, insertTask, taskById } from './tasks.ts'

const cleanUp: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const work of cleanUp.splice(0)) await work()
})

async function file(): Promise<string> {
  const { dir, remove } = await temporaryDirectory()
  cleanUp.push(remove)
  return path.join(dir, 'skep.db')
}

const olga = { name: 'olga', role: 'viewer', password: 'x', createdAt: 1 } as const
const plan = withDigest({ action: 'a.b', title: 'A', steps: [], victims: [], warnings: [], locks: ['vm:a'] })

describe('the file', () => {
  it('is for its owner only, its journal too', async () => {
    const name = await file()
    const db = openDatabase(name)
    insertAccount(db, olga)
    for (const part of [name, `${name}-wal`, `${name}-shm`])
      expect(statSync(part).mode & 0o777, part).toBe(0o600)
    db.close()
  })

  it('keeps what was in it when it is opened again', async () => {
    const name = await file()
    const first = openDatabase(name)
    insertAccount(first, olga)
    first.close()
    const second = openDatabase(name)
    expect(accountByName(second, 'OLGA')?.account).toMatchObject({
      name: 'olga',
      lastLoginAt: null,
      disabled: false,
    })
    second.close()
  })

  it('of a newer Skep is refused, untouched', async () => {
    const name = await file()
    openDatabase(name).close()
    const raw = new DatabaseSync(name)
    raw.exec('PRAGMA user_version = 999')
    raw.close()
    expect(() => openDatabase(name)).toThrow(/written by a newer Skep/)
  })
})

it('a state directory is held by one process at a time, until that ends', async () => {
  const dir = path.dirname(await file())
  const first = holdState(dir)
  expect(() => holdState(dir)).toThrow(/Another Skep is running/)
  first.release()
  holdState(dir).release()
})

it('a transaction is all or nothing', () => {
  const db = openDatabase(':memory:')
  expect(() =>
    transaction(db, () => {
      insertAccount(db, olga)
      throw new Error('no')
    }),
  ).toThrow('no')
  expect(countAccounts(db)).toBe(0)
  transaction(db, () => insertAccount(db, olga))
  expect(countAccounts(db)).toBe(1)
})

it('a settled task stays as it was settled', () => {
  const db = openDatabase(':memory:')
  const id = insertTask(db, { plan, userName: 'olga', hostId: 'h', startedAt: 1 })
  endTask(db, id, { state: 'done', outcome: 'fine', error: null, endedAt: 2 })
  endTask(db, id, { state: 'failed', outcome: 'late', error: null, endedAt: 3 })
  expect(taskById(db, id)?.task).toMatchObject({ state: 'done', outcome: 'fine', endedAt: 2 })
})

it('a row that is not what we write is refused, not guessed at', () => {
  const db = openDatabase(':memory:')
  const id = insertTask(db, { plan, userName: 'olga', hostId: 'h', startedAt: 1 })
  db.exec(`UPDATE task SET plan = '{"steps": 3}'`)
  expect(() => taskById(db, id)).toThrow()
})
