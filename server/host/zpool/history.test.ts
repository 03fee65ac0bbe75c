import { expect, test } from 'vitest'
import { goldenCases } from '../golden/cases.testing.ts'
import { poolHistoryArgv, rolledBackAfter } from './history.ts'

const HISTORIES = goldenCases('zpool').filter(each => each.argv[2] === '-il')

test('is asked as it was captured', () => {
  expect(HISTORIES.map(each => each.argv)).toEqual(HISTORIES.map(() => poolHistoryArgv('tank')))
  expect(HISTORIES).toHaveLength(3)
})

test.each(HISTORIES.map(each => [each.name, each.stdout] as const))(
  'tells a roll back after a destroy from one before it (%s)',
  (_, text) => {
    expect(rolledBackAfter(text, 'tank/data', ['tank/data@s3'])).toBe(true)
    expect(rolledBackAfter(text, 'tank/vm/disk0', ['tank/data@s3'])).toBe(false)
    expect(rolledBackAfter(text, 'tank/data', ['tank/data@never'])).toBeNull()
    expect(rolledBackAfter(text, 'tank/dat', ['tank/data@s3'])).toBe(false)
  },
)
