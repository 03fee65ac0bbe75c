import { expect, test } from 'vitest'
import type { Plan } from '../../server/tasks/model.ts'
import { planDifference, victimsInWords } from './plan.ts'

const plan: Plan = {
  action: 'snapshots.rollback',
  title: 'Roll back tank/a to @x',
  steps: [
    { title: 'Destroy 1 newer snapshot', argv: ['zfs', 'destroy', 'tank/a@b'] },
    { title: 'Roll back', argv: ['zfs', 'rollback', 'tank/a@x'] },
  ],
  victims: [{ kind: 'snapshot', name: 'tank/a@b', guid: '1' }],
  warnings: [],
  locks: [],
  digest: '0',
}

test('a snapshot that came meanwhile is named', () => {
  const after: Plan = {
    ...plan,
    steps: [
      { title: 'Destroy 2 newer snapshots', argv: ['zfs', 'destroy', 'tank/a@b,c'] },
      ...plan.steps.slice(1),
    ],
    victims: [...plan.victims, { kind: 'snapshot', name: 'tank/a@c', guid: '2' }],
  }
  expect(planDifference(plan, after)).toEqual([
    'New: the snapshot tank/a@c would be destroyed too.',
    'Changed step: Destroy 2 newer snapshots.',
    'No longer needed: Destroy 1 newer snapshot.',
  ])
})

test('the same name with another guid is another thing', () => {
  const after: Plan = { ...plan, victims: [{ kind: 'snapshot', name: 'tank/a@b', guid: '9' }] }
  expect(planDifference(plan, after)).toHaveLength(2)
})

test('a plan that became impossible says so, and a difference is never silent', () => {
  expect(planDifference(plan, { ...plan, refused: { code: 'held', message: 'It is held.' } })).toContain(
    'It cannot be done as asked any more.',
  )
  expect(planDifference(plan, { ...plan, steps: [...plan.steps].reverse() })).toEqual([
    'The order of the steps is different now.',
  ])
})

test('victims in words', () => {
  expect(
    victimsInWords([
      { kind: 'snapshot', name: 'a@1' },
      { kind: 'snapshot', name: 'a@2' },
      { kind: 'volume', name: 'a' },
    ]),
  ).toBe('2 snapshots, 1 zvol')
})
