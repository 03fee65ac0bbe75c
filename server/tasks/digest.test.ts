import { describe, expect, it } from 'vitest'
import { withDigest } from './digest.ts'
import type { Plan } from './model.ts'

const base: Omit<Plan, 'digest'> = {
  action: 'snapshots.destroy',
  title: 'Destroy 1 snapshot',
  steps: [
    { title: 'Destroy', argv: ['zfs', 'destroy', 'tank@a'] },
    { title: 'Write', file: { path: '/f', before: 'old', after: 'new' } },
  ],
  victims: [{ kind: 'snapshot', name: 'tank@a', guid: '12', bytes: 5 }],
  warnings: [],
  locks: ['dataset:tank'],
}
const digest = (change: Partial<Plan>) => withDigest({ ...base, ...change }).digest

describe('the digest', () => {
  it.each<[string, Partial<Plan>]>([
    ['the action', { action: 'snapshots.hold' }],
    ['a word of a command', { steps: [{ title: 'Destroy', argv: ['zfs', 'destroy', 'tank@b'] }] }],
    ['where words are cut', { steps: [{ title: 'Destroy', argv: ['zfs', 'destroy tank@a'] }] }],
    ['a step', { steps: base.steps.slice(0, 1) }],
    ['the order of steps', { steps: base.steps.toReversed() }],
    [
      'what a file will say',
      { steps: [{ title: 'Write', file: { path: '/f', before: 'old', after: 'newer' } }] },
    ],
    [
      'a victim of the same name that is another one',
      { victims: [{ kind: 'snapshot', name: 'tank@a', guid: '13' }] },
    ],
    ['one more victim', { victims: [...base.victims, { kind: 'hold', name: 'x' }] }],
  ])('changes with %s', (_, change) => {
    expect(digest(change)).not.toBe(digest({}))
  })

  it.each<[string, Partial<Plan>]>([
    ['bytes', { victims: [{ kind: 'snapshot', name: 'tank@a', guid: '12', bytes: 6 }], freedBytes: 3 }],
    ['warnings and facts', { warnings: ['It is late.'], facts: { now: 1 } }],
  ])('stays while %s drift', (_, change) => {
    expect(digest(change)).toBe(digest({}))
  })
})
