import { describe, expect, it } from 'vitest'
import { openDatabase } from '../db/database.ts'
import { endTask, insertCommand, insertTask } from '../db/tasks.ts'
import { withDigest } from './digest.ts'
import { exportTasks, getTask, listTaskPage } from './history.ts'

const ALL = { except: [] }

function history(count: number) {
  const db = openDatabase(':memory:')
  for (let at = 1; at <= count; at++) {
    const action = at % 2 ? 'vms.start' : 'snapshots.create'
    const title = at % 2 ? `Start web${at}` : `Snapshot 100%_done ${at}`
    const plan = withDigest({ action, title, steps: [], victims: [], warnings: [], locks: [] })
    const id = insertTask(db, { plan, userName: at % 3 ? 'olga' : 'Paul', hostId: 'h', startedAt: at })
    insertCommand(db, id, { seq: 1, kind: 'run', argv: ['zfs', 'snapshot', `tank@${at}`], startedAt: at })
    if (at % 2) endTask(db, id, { state: 'done', outcome: 'fine', error: null, endedAt: at + 1 })
  }
  return db
}

const ids = (page: { rows: { id: number }[] }) => page.rows.map(row => row.id)

describe('listTaskPage', () => {
  it('pages from the newest to the oldest', () => {
    const db = history(5)
    const first = listTaskPage(db, ALL, { limit: 2 })
    expect([ids(first), first.next]).toEqual([[5, 4], 4])
    const second = listTaskPage(db, ALL, { limit: 2, before: 4 })
    const last = listTaskPage(db, ALL, { limit: 2, before: second.next ?? 0 })
    expect([ids(second), ids(last), last.next]).toEqual([[3, 2], [1], null])
  })

  it('filters by state, action or noun, user and text, all at once', () => {
    const db = history(12)
    expect(ids(listTaskPage(db, ALL, { limit: 50, state: 'running', user: 'PAUL' }))).toEqual([12, 6])
    expect(ids(listTaskPage(db, ALL, { limit: 50, action: 'vms' }))).toEqual([11, 9, 7, 5, 3, 1])
    expect(ids(listTaskPage(db, ALL, { limit: 50, action: 'vms.start', user: 'paul' }))).toEqual([9, 3])
    expect(ids(listTaskPage(db, ALL, { limit: 50, text: 'tank@12' }))).toEqual([12])
  })

  it('takes % and _ as what they are', () => {
    const db = history(4)
    expect(ids(listTaskPage(db, ALL, { limit: 50, text: '100%_d' }))).toEqual([4, 2])
    expect(ids(listTaskPage(db, ALL, { limit: 50, text: 'web%' }))).toEqual([])
    expect(ids(listTaskPage(db, ALL, { limit: 50, action: 'v_s' }))).toEqual([])
  })
})

it('exports every task once, also far more than fit a page', () => {
  const lines = [...exportTasks(history(405), ALL, {})]
  expect(lines).toHaveLength(405)
  const tasks = lines.map(line => JSON.parse(line))
  expect(new Set(tasks.map(task => task.id)).size).toBe(405)
  expect(tasks[0]).toMatchObject({ id: 405, commands: [{ argv: ['zfs', 'snapshot', 'tank@405'] }] })
})

it('never shows the password of a screen', () => {
  const db = openDatabase(':memory:')
  const conf = 'loader="uefi"\nvnc_password="hunter2"\n'
  const plan = withDigest({
    action: 'vms.create',
    title: 'Create',
    steps: [{ title: 'Write', file: { path: '/vm/a/a.conf', before: null, after: conf } }],
    victims: [],
    warnings: [],
    locks: [],
  })
  const id = insertTask(db, { plan, userName: 'olga', hostId: 'h', startedAt: 0 })
  const argv = ['bhyve', '-s', '4:0,fbuf,tcp=0.0.0.0:5900,password=hunter2,w=800', 'a']
  insertCommand(db, id, { seq: 1, kind: 'run', argv, startedAt: 0 })
  const text = JSON.stringify(getTask(db, ALL, id))
  expect(text).not.toContain('hunter2')
  expect(text).toContain('fbuf,tcp=0.0.0.0:5900,password=•••,w=800')
})

it('says which task there is not', () => {
  expect(() => getTask(history(1), ALL, 7)).toThrow('There is no task number 7.')
})
