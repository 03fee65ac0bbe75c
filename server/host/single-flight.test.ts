import { describe, expect, test } from 'vitest'
import { singleFlight } from './single-flight.ts'

/** Work whose calls are ended by hand. */
function heldWork() {
  const calls: { end: (value: string) => void; fail: (error: Error) => void }[] = []
  const flight = singleFlight(
    () =>
      new Promise<string>((resolve, reject) => {
        calls.push({ end: resolve, fail: reject })
      }),
  )
  return { calls, flight }
}

/** Lets everything that is ready to go on do so. */
async function settle(): Promise<void> {
  for (let i = 0; i < 10; i++) await Promise.resolve()
}

describe('single flight', () => {
  test('joins the call under way', async () => {
    const { calls, flight } = heldWork()
    const first = flight.join()
    const second = flight.join()
    await settle()
    expect(calls).toHaveLength(1)
    calls[0]?.end('answer')
    expect(await Promise.all([first, second])).toEqual(['answer', 'answer'])
  })

  test('gives a fresh answer to all who asked meanwhile with one call', async () => {
    const { calls, flight } = heldWork()
    const old = flight.join()
    const fresh = [flight.fresh(), flight.fresh(), flight.fresh()]
    await settle()
    expect(calls).toHaveLength(1)
    calls[0]?.end('old')
    expect(await old).toBe('old')
    await settle()
    expect(calls).toHaveLength(2)
    calls[1]?.end('new')
    expect(await Promise.all(fresh)).toEqual(['new', 'new', 'new'])
  })

  test('one who joins while a fresh call waits gets the fresh answer', async () => {
    const { calls, flight } = heldWork()
    void flight.join()
    const fresh = flight.fresh()
    const joined = flight.join()
    await settle()
    calls[0]?.end('old')
    await settle()
    calls[1]?.end('new')
    expect(await Promise.all([fresh, joined])).toEqual(['new', 'new'])
  })

  test('a failure reaches its own callers only, and the next call begins anew', async () => {
    const { calls, flight } = heldWork()
    const first = flight.join()
    const fresh = flight.fresh()
    await settle()
    calls[0]?.fail(new Error('gone'))
    await expect(first).rejects.toThrow('gone')
    await settle()
    calls[1]?.end('back')
    expect(await fresh).toBe('back')
    const again = flight.join()
    await settle()
    calls[2]?.end('again')
    expect(await again).toBe('again')
  })
})
