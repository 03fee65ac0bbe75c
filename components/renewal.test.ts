import { QueryClient, QueryObserver } from '@tanstack/react-query'
import { beforeEach, expect, test, vi } from 'vitest'
import { renew } from './renewal.ts'

const lists = [{ host: 'nas', path: ['snapshots'] }]
const queryKey = [['nas'], ['snapshots', 'list'], { input: { dataset: 'tank/a' } }]

let client: QueryClient
/** Answers of the server that are still to come, oldest first. */
let answers: ((text: string) => void)[]
/** What the screen has shown, in order. */
let shown: (string | undefined)[]

beforeEach(() => {
  client = new QueryClient({
    defaultOptions: { queries: { staleTime: Number.POSITIVE_INFINITY, retry: false } },
  })
  answers = []
  shown = []
  const queryFn = () => new Promise<string>(resolve => answers.push(resolve))
  const screen = new QueryObserver<string>(client, { queryKey, queryFn })
  const leave = screen.subscribe(result => {
    if (result.data !== shown.at(-1)) shown.push(result.data)
  })
  return () => {
    leave()
    client.clear()
  }
})

const asked = (times: number) => vi.waitFor(() => expect(answers).toHaveLength(times))
const screen = (text: string) => vi.waitFor(() => expect(shown.at(-1)).toBe(text))

test('an answer that is there is asked for again', async () => {
  await asked(1)
  answers[0]?.('old')
  await screen('old')
  renew(client, lists)
  await asked(2)
  answers[1]?.('new')
  await screen('new')
  expect(answers).toHaveLength(2)
})

test('the very first answer is asked for again when the host changed while it was under way', async () => {
  await asked(1)
  renew(client, lists)
  answers[0]?.('old')
  await asked(2)
  answers[1]?.('new')
  await screen('new')
})

test('so is one that renews an older one; many changes meanwhile make one more question', async () => {
  await asked(1)
  answers[0]?.('oldest')
  await screen('oldest')
  renew(client, lists)
  await asked(2)
  for (let change = 0; change < 5; change += 1) renew(client, lists)
  expect(answers).toHaveLength(2)
  answers[1]?.('old')
  await asked(3)
  answers[2]?.('new')
  await screen('new')
  expect(answers).toHaveLength(3)
  expect(shown).toEqual(['oldest', 'old', 'new'])
})

test('others are left alone, and what is on no screen is only marked', async () => {
  await asked(1)
  answers[0]?.('one')
  await screen('one')
  renew(client, [{ host: 'nas', path: ['vms'] }])
  client.setQueryData([['nas'], ['snapshots', 'holds'], {}], 'kept')
  renew(client, [{ host: 'nas', path: ['snapshots', 'holds'] }])
  expect(client.getQueryState([['nas'], ['snapshots', 'holds'], {}])?.isInvalidated).toBe(true)
  expect(answers).toHaveLength(1)
})
