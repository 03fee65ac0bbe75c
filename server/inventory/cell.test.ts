import { describe, expect, it, vi } from 'vitest'
import { AppError } from '../errors.ts'
import { createCell } from './cell.ts'

it('does not answer with the old value while the one after an invalidate is on its way', async () => {
  const answers: ((value: string) => void)[] = []
  const cell = createCell(
    { now: () => 1000, trusted: () => true },
    () => new Promise<string>(resolve => answers.push(resolve)),
  )
  const first = cell.read()
  await Promise.resolve()
  answers[0]?.('old')
  expect((await first).value).toBe('old')

  cell.invalidate()
  const [asked, alsoAsked] = [cell.read(), cell.read()]
  await Promise.resolve()
  answers[1]?.('new')
  expect((await asked).value).toBe('new')
  expect((await alsoAsked).value).toBe('new')
  expect(answers).toHaveLength(2)
})

describe('an answer that lets people wait', () => {
  function slowCell(patienceMs: number) {
    const answers: PromiseWithResolvers<string>[] = []
    const told: string[] = []
    const cell = createCell(
      { now: () => 1000 + answers.length, trusted: () => true },
      () => {
        const answer = Promise.withResolvers<string>()
        answers.push(answer)
        return answer.promise
      },
      {
        patienceMs,
        trouble: {
          begins: () => told.push('silent'),
          ends: () => told.push('back'),
          late: () => told.push('late'),
        },
      },
    )
    const question = (number: number) =>
      vi.waitFor(() => answers[number] ?? Promise.reject(new Error('not asked')))
    const hasKept = async () => {
      const first = cell.read()
      ;(await question(0)).resolve('old')
      await first
      cell.invalidate()
    }
    return { cell, told, question, hasKept }
  }

  it('shows what is there with its age, says so once, and has the new value when it comes', async () => {
    const { cell, told, question, hasKept } = slowCell(5)
    await hasKept()
    expect(await cell.read()).toEqual({ value: 'old', heardAt: 1001 })
    expect(await cell.read()).toEqual({ value: 'old', heardAt: 1001 })
    expect(told).toEqual(['late'])
    ;(await question(1)).resolve('new')
    await vi.waitFor(() => expect(told).toEqual(['late', 'back']))
    expect((await cell.read()).value).toBe('new')
  })

  it('is waited for where there is nothing to show, but it is said', async () => {
    const { cell, told, question } = slowCell(5)
    const first = cell.read()
    await vi.waitFor(() => expect(told).toEqual(['late']))
    ;(await question(0)).resolve('first')
    expect((await first).value).toBe('first')
    expect(told).toEqual(['late', 'back'])
  })

  it('that turns out to be none is silence, and one that fails otherwise is told to whoever asks next', async () => {
    const { cell, told, question, hasKept } = slowCell(5)
    await hasKept()
    await cell.read()
    ;(await question(1)).reject(new AppError('failed', 'It said no.'))
    await vi.waitFor(() => expect(told).toEqual(['late', 'back']))
    const next = cell.read()
    ;(await question(2)).reject(new AppError('timeout', 'Nothing came.'))
    expect((await next).value).toBe('old')
    expect(told).toEqual(['late', 'back', 'silent'])
  })

  it('in time is no news', async () => {
    const { cell, told, question, hasKept } = slowCell(60_000)
    await hasKept()
    const asked = cell.read()
    ;(await question(1)).resolve('new')
    expect((await asked).value).toBe('new')
    expect(told).toEqual([])
  })
})
