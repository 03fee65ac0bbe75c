import { describe, expect, it, vi } from 'vitest'
import { commandsOf, taskById } from '../db/tasks.ts'
import { AppError } from '../errors.ts'
import { failureOf, quietInventory, scriptedHost, testServices } from '../testing.ts'
import { listTaskPage } from './history.ts'
import { changesOf } from './task.ts'
import { operator, writeNote } from './testing.ts'

const note = { name: 'todo', text: 'feed the bees' }

/** A promise and how to settle it: a step that waits until the test says so. */
function gate() {
  return Promise.withResolvers<void>()
}

async function seenBy(services: ReturnType<typeof testServices>, action = writeNote()) {
  return (await services.tasks.plan(action, note)).digest
}

describe('run', () => {
  it('carries out what was seen and records it', async () => {
    const host = scriptedHost(argv => ({ exit: 0, stdout: `${argv.join(' ')} ran\n`, stderr: '' }))
    const services = testServices({ host })
    const action = writeNote()
    const { taskId, outcome, result } = await services.tasks.run(
      action,
      note,
      await seenBy(services),
      operator,
    )

    expect(result).toBe('feed the bees')
    expect(outcome).toBe('Write the note todo: done.')
    expect(host.files.get('/notes/todo')).toBe('feed the bees')
    expect(taskById(services.db, taskId)?.task).toMatchObject({
      action: 'notes.write',
      userName: 'olga',
      hostId: 'scripted',
      state: 'done',
      locks: ['note:todo'],
      error: null,
      progress: null,
    })
    expect(
      commandsOf(services.db, taskId).map(({ kind, argv, exit, stdout }) => ({ kind, argv, exit, stdout })),
    ).toEqual([
      { kind: 'run', argv: ['sync'], exit: 0, stdout: 'sync ran\n' },
      { kind: 'write', argv: ['write', '/notes/todo'], exit: 0, stdout: '' },
      { kind: 'run', argv: ['sync', '-a'], exit: 0, stdout: 'sync -a ran\n' },
    ])
  })

  it('holds its locks as long as a command that did not answer in time is still at work', async () => {
    let atWork = true
    const host = scriptedHost(argv => {
      const ps = ' 77 1 0 1 1 0.0 1 D sync /bin/sync\n'
      if (argv[0] === 'ps') return { exit: 0, stdout: atWork ? ps : '', stderr: '' }
      throw new AppError('timeout', 'sync did not answer in time.', { argv: ['sync'] })
    })
    const services = testServices({ host })
    const seen = await seenBy(services)
    const first = services.tasks.run(writeNote(), note, seen, operator)
    await expect(first).rejects.toMatchObject({ code: 'timeout' })
    const again = () => services.tasks.run(writeNote(), note, seen, operator)
    await expect(again()).rejects.toMatchObject({ code: 'locked' })
    expect(taskById(services.db, 1)?.task).toMatchObject({
      state: 'running',
      progress: expect.stringContaining('"sync" is still running, as process 77.'),
    })
    atWork = false
    await vi.waitFor(() => expect(taskById(services.db, 1)?.task.state).toBe('interrupted'), 10_000)
    await expect(again()).rejects.toMatchObject({ code: 'timeout' })
  })

  it('tells how it ended when the end was not heard but the machine shows it', async () => {
    const host = scriptedHost(argv => {
      if (argv.join(' ') === 'sync -a') throw new AppError('unreachable', 'The connection was lost.')
      return { exit: 0, stdout: '', stderr: '' }
    })
    const services = testServices({ host })
    const error = await failureOf(services.tasks.run(writeNote(), note, await seenBy(services), operator))
    expect(error).toMatchObject({
      code: 'unreachable',
      message: 'The connection was lost. The note had been written.',
      detail: { taskId: 1 },
    })
    expect(taskById(services.db, 1)?.task).toMatchObject({
      state: 'done',
      outcome: 'The note had been written.',
    })
  })

  it('leaves what is not settled yet to the next process when Skep is stopped', async () => {
    const host = scriptedHost(() => {
      throw new AppError('unreachable', 'The connection was lost.')
    })
    const services = testServices({ host })
    const seen = await seenBy(services)
    const running = failureOf(services.tasks.run(writeNote(), note, seen, operator))
    await vi.waitFor(() =>
      expect(taskById(services.db, 1)?.task.progress).toContain('how this ended is not known yet'),
    )
    await services.tasks.close(0)
    expect(await running).toMatchObject({
      code: 'unreachable',
      detail: { next: expect.stringContaining('Task 1') },
    })
    expect(taskById(services.db, 1)?.task.state).toBe('running')
  })

  it('refuses when the machine has changed since, hands over the new plan and does nothing', async () => {
    const host = scriptedHost()
    const services = testServices({ host })
    const seen = await seenBy(services)
    host.files.set('/notes/todo', 'somebody was here')

    const refused = await services.tasks
      .run(writeNote(), note, seen, operator)
      .catch((error: unknown) => error)
    expect(refused).toMatchObject({
      code: 'changed',
      detail: { plan: { steps: [{}, { file: { before: 'somebody was here' } }, {}] } },
    })
    expect(host.files.get('/notes/todo')).toBe('somebody was here')
    expect(listTaskPage(services.db, { except: [] }, { limit: 10 }).rows).toEqual([])
  })

  it('refuses a refused plan with its own code', async () => {
    const host = scriptedHost()
    const services = testServices({ host })
    const seen = await seenBy(services)
    host.files.set('/notes/todo', note.text)
    await expect(services.tasks.run(writeNote(), note, seen, operator)).rejects.toMatchObject({
      code: 'exists',
    })
  })

  it('holds its locks while it runs, names the holder to the next one, and lets go also after a failure', async () => {
    const services = testServices()
    const step = gate()
    const started = gate()
    const slow = writeNote({
      async run() {
        started.resolve()
        await step.promise
        throw new AppError('failed', 'The pencil broke.')
      },
    })
    const seen = await seenBy(services)
    const first = services.tasks.run(slow, note, seen, operator).catch((error: unknown) => error)
    await started.promise

    const second = await services.tasks
      .run(writeNote(), note, seen, { ...operator, name: 'paul' })
      .catch((error: unknown) => error)
    expect(second).toMatchObject({
      code: 'locked',
      message: 'todo is in use by the task "Write the note todo" of olga.',
      detail: { taskId: 1 },
    })
    step.resolve()
    expect(await first).toMatchObject({ code: 'failed', detail: { taskId: 1 } })
    await services.tasks.run(writeNote(), note, seen, operator)
  })

  it('plans again when somebody held the lock while it planned', async () => {
    const host = scriptedHost()
    const services = testServices({ host })
    const seen = await seenBy(services)
    const planning = gate()
    const planned = gate()
    const plain = writeNote()
    let calls = 0
    const slow = writeNote({
      async plan(context, input) {
        const plan = await plain.plan(context, input)
        if (++calls === 1) {
          planned.resolve()
          await planning.promise
        }
        return plan
      },
    })
    const late = services.tasks.run(slow, note, seen, operator).catch((error: unknown) => error)
    await planned.promise
    await services.tasks.run(plain, note, seen, operator)
    planning.resolve()

    expect(await late).toMatchObject({ code: 'exists' })
    expect(calls).toBe(2)
  })

  it('keeps the words of a failure, and its own mistakes apart from them', async () => {
    const services = testServices()
    const seen = await seenBy(services)
    const broken = writeNote({
      run: () => {
        throw new TypeError('undefined is not a function')
      },
    })
    const error = await services.tasks.run(broken, note, seen, operator).catch((error: unknown) => error)
    expect(error).toMatchObject({ code: 'failed', detail: { taskId: 1 } })
    const task = taskById(services.db, 1)?.task
    expect(task?.state).toBe('failed')
    expect(JSON.stringify(task)).not.toContain('undefined is not a function')
  })

  it('tells every browser when it begins, moves and ends, and reads the machine again', async () => {
    const refresh = vi.fn(async () => undefined)
    const services = testServices({ inventory: { ...quietInventory(), refresh } })
    const browser = new AbortController()
    const batches = services.live.batches(null, browser.signal)
    await batches.next()
    await services.tasks.run(writeNote(), note, await seenBy(services), operator)
    const told = async (): Promise<unknown[]> => (await batches.next()).value?.changes ?? []
    // Beside it the hosts are told of as they are looked at.
    let changes = await told()
    while (!changes.some(each => JSON.stringify(each).includes('"task"'))) changes = await told()
    expect(changes).toContainEqual({ topic: 'task', key: '1', host: 'scripted' })
    expect(refresh).toHaveBeenCalledWith([{ topic: 'system' }])
    browser.abort()
  })

  it('goes on to the next rung when it is nudged', async () => {
    const services = testServices()
    const started = gate()
    const waiting = writeNote({
      run: ({ nudged }) =>
        new Promise(resolve => {
          nudged.addEventListener('abort', () => resolve('forced'))
          started.resolve()
        }),
    })
    const run = services.tasks.run(waiting, note, await seenBy(services), operator)
    await started.promise
    services.tasks.nudge(1)
    expect(await run).toMatchObject({ result: 'forced' })
    expect(() => services.tasks.nudge(1)).toThrow(/not running/)
  })

  it('begins nothing new while Skep is being stopped, and waits for what runs', async () => {
    const services = testServices()
    const step = gate()
    const started = gate()
    const slow = writeNote({
      run: async () => {
        started.resolve()
        await step.promise
        return 'finished'
      },
    })
    const seen = await seenBy(services)
    const run = services.tasks.run(slow, note, seen, operator)
    await started.promise
    const closed = services.tasks.close(60_000)
    await expect(
      services.tasks.run(writeNote(), { ...note, name: 'other' }, 'x', operator),
    ).rejects.toBeInstanceOf(AppError)
    step.resolve()
    await closed
    expect((await run).result).toBe('finished')
  })
})

describe('audit', () => {
  it('records who did what, and how it failed', async () => {
    const services = testServices()
    const record = { action: 'accounts.create', title: 'Create the account paul as viewer', userName: 'olga' }
    await services.audit(record, () => null)
    await expect(
      services.audit(record, () => {
        throw new AppError('exists', 'There is an account named paul already.')
      }),
    ).rejects.toMatchObject({ code: 'exists', detail: { taskId: 2 } })
    const { rows } = listTaskPage(services.db, { except: [] }, { limit: 10 })
    expect(rows.map(row => [row.state, row.outcome])).toEqual([
      ['failed', 'There is an account named paul already.'],
      ['done', 'Create the account paul as viewer: done.'],
    ])
  })
})

describe('changesOf', () => {
  it('turns locks into what pages show', () => {
    expect(changesOf(['vm:web1', 'dataset:tank/vms/**', 'pool:tank', 'other:x'])).toEqual([
      { topic: 'vm', key: 'web1' },
      { topic: 'vms' },
      { topic: 'dataset', key: 'tank/vms' },
      { topic: 'snapshots', key: 'tank/vms' },
      { topic: 'datasets' },
      { topic: 'pool', key: 'tank' },
      { topic: 'system' },
    ])
  })
})
