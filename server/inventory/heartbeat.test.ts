import { describe, expect, it } from 'vitest'
import { AppError } from '../errors.ts'
import { createHeartbeat } from './heartbeat.ts'

/** A host whose answers the test gives: what a beat found, and what the trouble was told. */
function machine() {
  const told: string[] = []
  const state = { now: 1000, heardAt: null as number | null, answer: async (): Promise<unknown> => undefined }
  let asked = 0
  const beat = createHeartbeat({
    ask: () => {
      asked += 1
      return state.answer()
    },
    now: () => state.now,
    heardAt: () => state.heardAt,
    heard: () => {
      state.heardAt = state.now
    },
    quietMs: 2000,
    trouble: {
      begins: error => told.push(error instanceof Error ? error.message : String(error)),
      ends: () => told.push('over'),
    },
  })
  return { state, told, beat, asked: () => asked }
}

const silence = (): Promise<never> =>
  Promise.reject(new AppError('timeout', '“uname -sr” did not answer within 7 s.'))

describe('the heartbeat', () => {
  it('asks nothing of a host that was heard just now', async () => {
    const { state, beat, asked } = machine()
    state.heardAt = 500
    expect(await beat()).toBe('heard')
    expect(asked()).toBe(0)
  })

  it('says that a silent host is silent, once it answers that it is back, and nothing in between', async () => {
    const { state, told, beat } = machine()
    state.answer = silence
    expect(await beat()).toBe('silent')
    expect(told).toEqual(['The machine does not answer.'])
    state.answer = async () => undefined
    expect(await beat()).toBe('back')
    expect(told).toEqual(['The machine does not answer.', 'over'])
    expect(await beat()).toBe('heard')
    expect(told).toHaveLength(2)
  })

  it('takes an answer to anything else for a sign of life: slow is not silent', async () => {
    const { state, told, beat } = machine()
    state.answer = () => {
      state.now += 7000
      state.heardAt = state.now - 10
      return silence()
    }
    expect(await beat()).toBe('heard')
    expect(told).toEqual([])
  })

  it('is back as soon as anything was heard', async () => {
    const { state, beat, asked } = machine()
    state.answer = silence
    await beat()
    state.heardAt = state.now
    expect(await beat()).toBe('back')
    expect(asked()).toBe(1)
  })

  it('keeps the words of a door that is shut', async () => {
    const { state, told, beat } = machine()
    state.answer = () => Promise.reject(new AppError('unreachable', 'The sandbox does not answer.'))
    expect(await beat()).toBe('silent')
    expect(told).toEqual(['The sandbox does not answer.'])
  })

  it('counts a missing program as an answer', async () => {
    const { state, told, beat } = machine()
    state.answer = () => Promise.reject(new AppError('unsupported', 'There is no uname.'))
    expect(await beat()).toBe('heard')
    expect(told).toEqual([])
  })
})
