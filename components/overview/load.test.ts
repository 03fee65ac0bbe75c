import { expect, test } from 'vitest'
import { loadFlows, loadLines } from './load.ts'

const nothing = { cpu: 0, memoryUsedBytes: 0, arcBytes: 0, memoryFreeBytes: 0, network: null, pools: null }

test('the ARC lies on what programs use', () => {
  const { used, withArc } = loadLines([
    { ...nothing, at: 1, cpu: 0.5, memoryUsedBytes: 2, arcBytes: 1, memoryFreeBytes: 1 },
  ])
  expect(used).toEqual([{ at: 1, share: 0.5 }])
  expect(withArc).toEqual([{ at: 1, share: 0.75 }])
  expect(loadLines([{ ...nothing, at: 1 }]).used[0]?.share).toBe(0)
})

test('a moment that was not measured is a gap', () => {
  const pools = { readBytes: 1, writtenBytes: 2 }
  expect(
    loadFlows([
      { ...nothing, at: 1 },
      { ...nothing, at: 2, pools },
    ]),
  ).toEqual({
    network: [],
    pools: [{ at: 2, rates: [1, 2] }],
  })
})
