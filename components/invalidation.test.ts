import { expect, test } from 'vitest'
import { isStale, staleAfter, staleOfConsole } from './invalidation.ts'

const consoleKey = (path: string[], input?: unknown) => [
  path,
  { ...(input !== undefined && { input }), type: 'query' },
]

const key = (path: string[], input?: unknown, host = 'nas1') => [[host], ...consoleKey(path, input)]

test('a guest that changed does not make the others be read again', () => {
  const stale = staleAfter('nas1', { topic: 'vm', key: 'web1' })
  expect(isStale(key(['vms', 'list']), stale)).toBe(true)
  expect(isStale(key(['vms', 'get'], { vm: 'web1' }), stale)).toBe(true)
  expect(isStale(key(['vms', 'get'], { vm: 'web2' }), stale)).toBe(false)
  expect(isStale(key(['pools', 'list']), stale)).toBe(false)
})

test('snapshots change lists of snapshots and the counts of datasets', () => {
  const stale = staleAfter('nas1', { topic: 'snapshots', key: 'tank/a' })
  expect(isStale(key(['snapshots', 'list'], { dataset: 'tank/a', offset: 0 }), stale)).toBe(true)
  expect(isStale(key(['snapshots', 'reclaim'], {}), stale)).toBe(true)
  expect(isStale(key(['datasets', 'list']), stale)).toBe(true)
  expect(isStale(key(['datasets', 'get'], { dataset: 'tank/b' }), stale)).toBe(false)
})

test('tasks are known by number on one side and by text on the other', () => {
  const stale = staleOfConsole({ topic: 'task', key: '7', host: 'nas1' })
  expect(isStale(consoleKey(['tasks', 'get'], { id: 7 }), stale)).toBe(true)
  expect(isStale(consoleKey(['tasks', 'get'], { id: 8 }), stale)).toBe(false)
})

test('everything is every procedure, but not the plan in an open dialog', () => {
  const stale = staleAfter('nas1', { topic: 'everything' })
  expect(isStale(key(['pools', 'list']), stale)).toBe(true)
  expect(isStale(['plan', 'r1', { vm: 'a' }], stale)).toBe(false)
})

test('what happens on one host is nothing to another one, nor to Skep itself', () => {
  const stale = staleAfter('nas1', { topic: 'everything' })
  expect(isStale(key(['pools', 'list'], undefined, 'nas2'), stale)).toBe(false)
  expect(isStale(consoleKey(['tasks', 'list']), stale)).toBe(false)
  const own = staleOfConsole({ topic: 'everything' })
  expect(isStale(consoleKey(['tasks', 'list']), own)).toBe(true)
  expect(isStale(key(['pools', 'list']), own)).toBe(false)
})
