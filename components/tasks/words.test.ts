import { expect, test } from 'vitest'
import { shutdownWait } from '../../server/vms/model.ts'
import { taskLine } from './words.ts'

const task = {
  state: 'running',
  title: 'Roll back tank/a',
  progress: null,
  error: null,
  outcome: null,
} as const

test('a task that waits for a guest says what was asked and when its patience ends, whatever the task', () => {
  expect(taskLine({ ...task, progress: shutdownWait('web1', 12, 90) })).toBe(
    'Asked web1 to shut down, forcing off in 1:18',
  )
  expect(taskLine({ ...task, progress: 'Cutting the power of web1' })).toBe('Cutting the power of web1')
  expect(taskLine(task)).toBe('Working')
})

test('how a task ended does not say its title again', () => {
  expect(taskLine({ ...task, state: 'done', outcome: 'Roll back tank/a: done.' })).toBe('Done.')
  const error = { code: 'failed', message: 'zfs could not do it.', detail: {} } as const
  expect(taskLine({ ...task, state: 'failed', error })).toBe('zfs could not do it.')
})
