import { expect, test } from 'vitest'
import type { Disk } from '../../server/pools/model.ts'
import { groupCounts, inSentences, partsOf } from './layout.ts'

const disks: Disk[] = ['da1', 'da2', 'da3', 'da4', 'da5'].map(name => ({
  name,
  takenBy: null,
  sizeBytes: 2 ** 40,
}))

test('equal groups that are large enough', () => {
  expect(groupCounts('mirror', 6)).toEqual([1, 2, 3])
  expect(groupCounts('raidz2', 6)).toEqual([1, 2])
  expect(groupCounts('raidz3', 3)).toEqual([])
  expect(groupCounts('stripe', 4)).toEqual([1])
})

test('data in groups, and what loses data when it is lost as a mirror', () => {
  const uses = { da1: 'data', da2: 'data', da3: 'log', da4: 'log', da5: 'cache' } as const
  const { groups, extras } = partsOf(disks, uses, 'mirror', 1)
  expect(groups).toEqual([{ layout: 'mirror', disks: ['da1', 'da2'] }])
  expect(extras).toEqual([
    { role: 'log', isMirror: true, disks: ['da3', 'da4'] },
    { role: 'cache', isMirror: false, disks: ['da5'] },
  ])
  expect(inSentences(disks, groups)).toBe('About 1.00 TiB. Any 1 disk may fail.')
})

test('what may fail, and no size where one is not known', () => {
  const uses = { da1: 'data', da2: 'data', da3: 'data', da4: 'data' } as const
  expect(inSentences(disks, partsOf(disks, uses, 'mirror', 2).groups)).toBe(
    'About 2.00 TiB. Any 1 disk of each of the 2 groups may fail.',
  )
  const unknown = disks.map(each => ({ ...each, sizeBytes: null }))
  expect(inSentences(unknown, partsOf(unknown, uses, 'stripe', 1).groups)).toBe('No disk may fail.')
})
