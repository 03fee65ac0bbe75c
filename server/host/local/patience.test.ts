import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { failureOf } from '../../testing.ts'
import { Patience } from './patience.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

/** A call that hangs until the test lets it go. */
function hanging() {
  let release = () => {}
  let calls = 0
  const promise = new Promise<string>(resolve => {
    release = () => resolve('late')
  })
  const work = () => {
    calls += 1
    return promise
  }
  return { work, release, calls: () => calls }
}

it('passes answers and errors on', async () => {
  const patience = new Patience()
  expect(await patience.within('/vm/a', async () => 'text')).toBe('text')
  await expect(patience.within('/vm/a', () => Promise.reject(new Error('no')))).rejects.toThrow('no')
  expect(vi.getTimerCount()).toBe(0)
})

it('gives up after the deadline, and asks nothing near it until it has come back', async () => {
  const patience = new Patience(1000)
  const stuck = hanging()
  const failed = failureOf(patience.within('/vm/a', stuck.work))
  await vi.advanceTimersByTimeAsync(1000)
  expect(await failed).toMatchObject({ code: 'timeout', detail: { names: ['/vm/a'] } })
  for (const path of ['/vm/a', '/vm/a/a.conf', '/vm']) {
    expect(await failureOf(patience.within(path, stuck.work))).toMatchObject({ code: 'timeout' })
  }
  expect(stuck.calls()).toBe(1)
  expect(await patience.within('/vm/b', async () => 'other')).toBe('other')
  stuck.release()
  await vi.advanceTimersByTimeAsync(0)
  expect(await patience.within('/vm/a', async () => 'again')).toBe('again')
})

it('asks for nothing at all when too many calls hang', async () => {
  const patience = new Patience(1000)
  const stuck = hanging()
  const failed = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].map(name =>
    failureOf(patience.within(`/${name}`, stuck.work)),
  )
  await vi.advanceTimersByTimeAsync(1000)
  await Promise.all(failed)
  const other = async () => 'text'
  expect(await failureOf(patience.within('/z', other))).toMatchObject({ code: 'timeout' })
  stuck.release()
  await vi.advanceTimersByTimeAsync(0)
  expect(await patience.within('/z', other)).toBe('text')
})
