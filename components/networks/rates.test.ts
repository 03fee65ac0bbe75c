import { expect, test } from 'vitest'
import { ratesBetween, type Sample } from './rates.ts'

const sample = (heardAt: number, bytes: Record<string, [number, number]>): Sample => ({
  heardAt,
  interfaces: Object.entries(bytes).map(([name, [receivedBytes, sentBytes]]) => ({
    name,
    receivedPackets: 0,
    receivedBytes,
    receiveErrors: 0,
    dropped: 0,
    sentPackets: 0,
    sentBytes,
    sendErrors: 0,
  })),
})

test('a rate needs two readings of one and the same interface', () => {
  const first = sample(1000, { ix0: [100, 10], tap0: [500, 500] })
  expect(ratesBetween(null, first).size).toBe(0)
  const rates = ratesBetween(first, sample(3000, { ix0: [4100, 10], tap0: [3, 9], tap1: [7, 7] }))
  expect(rates.get('ix0')).toEqual({ received: 2000, sent: 0 })
  // tap0 was made anew since, tap1 is new.
  expect([...rates.keys()]).toEqual(['ix0'])
  expect(ratesBetween(first, first).size).toBe(0)
})
