import { expect, it, vi } from 'vitest'
import { openDatabase } from '../db/database.ts'
import { commandsOf, insertTask } from '../db/tasks.ts'
import { AppError } from '../errors.ts'
import type { Host, RunResult } from '../host/host.ts'
import { fakeClock, scriptedHost } from '../testing.ts'
import { withDigest } from './digest.ts'
import { OUTPUT_LIMIT, recordingHost } from './record.ts'

function recorded(answer: (argv: readonly string[]) => RunResult | Promise<RunResult>) {
  const db = openDatabase(':memory:')
  const clock = fakeClock()
  const plan = withDigest({ action: 'a.b', title: 'A', steps: [], victims: [], warnings: [], locks: [] })
  const taskId = insertTask(db, { plan, userName: 'olga', hostId: 'h', startedAt: 0 })
  const inner = scriptedHost(async argv => {
    clock.advance(7)
    return answer(argv)
  })
  const unheard = vi.fn()
  const changed = () => undefined
  const host: Host = recordingHost({ host: inner, db, taskId, now: clock.now, changed, unheard })
  return { host, unheard, commands: () => commandsOf(db, taskId) }
}

it('keeps argv, exit, output and time of every program', async () => {
  const { host, commands } = recorded(() => ({ exit: 1, stdout: 'out', stderr: 'err' }))
  await host.run(['zfs', 'destroy', 'tank/a b'])
  expect(commands()).toMatchObject([
    {
      seq: 1,
      argv: ['zfs', 'destroy', 'tank/a b'],
      exit: 1,
      stdout: 'out',
      stderr: 'err',
      durationMs: 7,
      times: 1,
    },
  ])
})

it('shows a program while it still runs', async () => {
  const answer = Promise.withResolvers<RunResult>()
  const { host, commands } = recorded(() => answer.promise)
  const run = host.run(['zfs', 'send'])
  expect(commands()).toMatchObject([{ durationMs: null, exit: null }])
  answer.resolve({ exit: 0, stdout: '', stderr: '' })
  await run
  expect(commands()).toMatchObject([{ exit: 0 }])
})

it('cuts long output and says so', async () => {
  const { host, commands } = recorded(() => ({ exit: 0, stdout: 'x'.repeat(OUTPUT_LIMIT + 1), stderr: '' }))
  const { stdout } = await host.run(['zfs', 'list'])
  expect(stdout).toHaveLength(OUTPUT_LIMIT + 1)
  expect(commands()[0]).toMatchObject({ truncated: true, stdout: 'x'.repeat(OUTPUT_LIMIT) })
})

it('records a deadline in its own words, passes it on, and says that the end was not heard', async () => {
  const { host, commands, unheard } = recorded(() => {
    throw new AppError('timeout', 'zfs did not answer within 30 s.')
  })
  await expect(host.run(['zfs', 'list'])).rejects.toMatchObject({ code: 'timeout' })
  expect(unheard).toHaveBeenCalledOnce()
  expect(commands()).toMatchObject([{ exit: null, stderr: 'zfs did not answer within 30 s.', durationMs: 7 }])
})

it('a program that is not there was heard', async () => {
  const { host, unheard } = recorded(() => {
    throw new AppError('unsupported', 'There is no zfs.')
  })
  await expect(host.run(['zfs', 'list'])).rejects.toMatchObject({ code: 'unsupported' })
  expect(unheard).not.toHaveBeenCalled()
})

it('counts the same program with the same result instead of listing it a hundred times', async () => {
  let running = 3
  const { host, commands } = recorded(argv => ({
    exit: 0,
    stdout: argv[0] === 'ps' && running-- > 0 ? 'web1' : '',
    stderr: '',
  }))
  await host.run(['kill', '12'])
  for (let look = 0; look < 5; look++) await host.run(['ps'])
  await host.run(['kill', '13'])
  expect(commands().map(one => [one.seq, one.argv.join(' '), one.stdout, one.times])).toEqual([
    [1, 'kill 12', '', 1],
    [2, 'ps', 'web1', 3],
    [3, 'ps', '', 2],
    [4, 'kill 13', '', 1],
  ])
})

it('keeps the order of programs that run side by side', async () => {
  const slow = Promise.withResolvers<RunResult>()
  const done = { exit: 0, stdout: '', stderr: '' }
  const { host, commands } = recorded(argv => (argv[1] === 'slow' ? slow.promise : done))
  const first = host.run(['a', 'slow'])
  await host.run(['b'])
  await host.run(['b'])
  slow.resolve(done)
  await first
  await host.run(['c'])
  expect(commands().map(one => [one.seq, one.argv.join(' '), one.times, one.exit])).toEqual([
    [1, 'a slow', 1, 0],
    [2, 'b', 2, 0],
    [3, 'c', 1, 0],
  ])
})

it('records a stream with what was read of it', async () => {
  const { host, commands } = recorded(() => ({ exit: 0, stdout: 'one\ntwo\n', stderr: 'w' }))
  const stream = await host.stream(['zpool', 'iostat'])
  const lines: string[] = []
  for await (const line of stream.lines) lines.push(line)
  await stream.done
  expect(lines).toEqual(['one', 'two'])
  expect(commands()).toMatchObject([{ stdout: 'one\ntwo\n', stderr: 'w', exit: 0 }])
})
