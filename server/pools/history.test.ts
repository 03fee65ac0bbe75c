import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { CommandOfTask } from '../db/tasks.ts'
import { withTasks } from './history.ts'

const START = Date.UTC(2026, 10, 22, 10, 0, 0)
const own = (argv: string, seconds: number, taskId: number, durationMs = 100): CommandOfTask => ({
  taskId,
  userName: `user${taskId}`,
  argv: argv.split(' '),
  startedAt: START + seconds * 1000,
  durationMs,
})
const record = (command: string, ms: number) => ({
  at: new Date(ms).toISOString().slice(0, 19).replace('T', ' '),
  command,
  user: 'root',
})

test('whatever the zone of the host, what Skep ran has its task, each once', () => {
  fc.assert(
    fc.property(fc.integer({ min: -48, max: 56 }), quarters => {
      const zone = quarters * 15 * 60_000
      const acts = withTasks(
        [
          record('zfs destroy tank/a', START + zone + 1000),
          record('zfs destroy tank/a', START + zone + 61_000),
        ],
        [own('zfs destroy tank/a', 1, 1), own('zfs destroy tank/a', 60, 2)],
      )
      expect(acts.map(act => [act.index, act.task?.id])).toEqual([
        [0, 2],
        [1, 1],
      ])
    }),
  )
})

test('the same words at another time, or others at the same, are somebody else’s', () => {
  const commands = [
    record('zfs destroy tank/a', START + 120_000),
    record('zfs destroy tank/b', START + 1000),
    record('zfs destroy tank/c', START + 40 * 3_600_000),
  ]
  const acts = withTasks(commands, [own('zfs destroy tank/a', 1, 1), own('zfs destroy tank/c', 0, 2)])
  expect(acts.map(act => act.task)).toEqual([null, null, null])
})

test('a long command is written down at its end', () => {
  const [act] = withTasks(
    [record('zpool export tank', START + 100_000)],
    [own('zpool export tank', 0, 1, 99_000)],
  )
  expect(act?.task).toEqual({ id: 1, userName: 'user1' })
})
