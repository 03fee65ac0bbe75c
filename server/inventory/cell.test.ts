import { expect, it } from 'vitest'
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
