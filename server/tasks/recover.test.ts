import { spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { afterEach, describe, expect, it } from 'vitest'
import { openDatabase } from '../db/database.ts'
import { insertCommand, insertTask, taskById } from '../db/tasks.ts'
import { AppError } from '../errors.ts'
import { scriptedHost, temporaryDirectory, testServices } from '../testing.ts'
import { withDigest } from './digest.ts'
import { recoverTasks } from './recover.ts'
import type { Settler } from './settle.ts'
import { type CrashStage, directoryHost, operator, writeNote } from './testing.ts'

const cleanUp: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const work of cleanUp.splice(0).reverse()) await work()
})

/** Runs the note in a process of its own, kills it with SIGKILL at `stage`, and starts anew on what it left. */
async function crashAt(stage: CrashStage) {
  const { dir, remove } = await temporaryDirectory()
  cleanUp.push(remove)
  const testing = new URL('./testing.ts', import.meta.url).href
  const script = `import { crashInTheMiddle } from ${JSON.stringify(testing)}
    await crashInTheMiddle(${JSON.stringify(dir)}, ${JSON.stringify(stage)})`
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  for await (const line of createInterface(child.stdout)) if (line === 'STAGE') break
  child.kill('SIGKILL')
  await once(child, 'exit')

  const services = testServices({ host: directoryHost(dir), db: openDatabase(path.join(dir, 'skep.db')) })
  cleanUp.push(() => services.db.close())
  return services
}

function recover(
  services: ReturnType<typeof testServices>,
  settlers: Settler[] = [writeNote()],
  pause = async () => {},
) {
  return recoverTasks({
    db: services.db,
    tasks: services.tasks,
    settlers,
    context: services,
    log: services.log,
    signal: new AbortController().signal,
    pause,
  })
}

describe('after a SIGKILL', () => {
  it.each([
    ['planned', 'interrupted', /before the first command/],
    ['running', 'interrupted', /had not been written yet/],
    ['written', 'done', /had been written/],
  ] as const)('while %s, the task is %s', async (stage, state, words) => {
    const services = await crashAt(stage)
    expect(taskById(services.db, 1)?.task.state).toBe('running')
    await recover(services)
    expect(taskById(services.db, 1)?.task).toMatchObject({
      state,
      outcome: expect.stringMatching(words),
      progress: null,
    })
  })
})

/** A task as a dead process would leave it. */
function leftOver(
  services: ReturnType<typeof testServices>,
  name: string,
  hostId = 'scripted',
  argv = ['sync'],
) {
  const plan = withDigest({
    action: 'notes.write',
    title: `Write the note ${name}`,
    steps: [{ title: 'Write', file: { path: `/notes/${name}`, before: null, after: 'x' } }],
    victims: [],
    warnings: [],
    locks: [`note:${name}`],
  })
  const id = insertTask(services.db, { plan, userName: 'olga', hostId, startedAt: 0 })
  insertCommand(services.db, id, { seq: 1, kind: 'run', argv, startedAt: 0 })
  return id
}

describe('recoverTasks', () => {
  it('tries again while the machine is lost, says so meanwhile, and holds the locks until it is settled', async () => {
    const services = testServices()
    const id = leftOver(services, 'todo')
    const seen: unknown[] = []
    let lost = 3
    const settler = writeNote({
      async settle(context, plan, commands) {
        if (lost-- > 0) throw new AppError('unreachable', 'The machine does not answer.')
        return writeNote().settle(context, plan, commands)
      },
    })
    await recover(services, [settler], async () => {
      const task = taskById(services.db, id)?.task
      seen.push([task?.state, task?.progress])
      const note = { name: 'todo', text: 'y' }
      const { digest } = await services.tasks.plan(writeNote(), note)
      await expect(services.tasks.run(writeNote(), note, digest, operator)).rejects.toMatchObject({
        code: 'locked',
      })
    })
    expect(seen).toHaveLength(3)
    expect(seen[0]).toEqual(['running', expect.stringContaining('The machine does not answer.')])
    expect(taskById(services.db, id)?.task.state).toBe('interrupted')

    const note = { name: 'todo', text: 'y' }
    const { digest } = await services.tasks.plan(writeNote(), note)
    await services.tasks.run(writeNote(), note, digest, operator)
  })

  it('waits for the last command when that has outlived the console', async () => {
    let running = 2
    const ps = ' 77 1 0 1 1 0.0 1 D zfs /sbin/zfs destroy -r tank/old\n'
    const host = scriptedHost(argv => ({
      exit: 0,
      stdout: argv[0] === 'ps' && running-- > 0 ? ps : '',
      stderr: '',
    }))
    const services = testServices({ host })
    const id = leftOver(services, 'todo', 'scripted', ['zfs', 'destroy', '-r', 'tank/old'])
    const seen: unknown[] = []
    await recover(services, [writeNote()], async () => {
      seen.push(taskById(services.db, id)?.task.progress)
    })
    expect(seen).toHaveLength(2)
    expect(seen[0]).toContain('"zfs destroy -r tank/old" is still running, as process 77')
    expect(taskById(services.db, id)?.task.state).toBe('interrupted')
  })

  it('lets one that cannot be settled not stand in the way of the others', async () => {
    const host = scriptedHost()
    host.files.set('/notes/second', 'x')
    const services = testServices({ host })
    const first = leftOver(services, 'first')
    const second = leftOver(services, 'second')
    const stop = new AbortController()
    const settler = writeNote({
      async settle(context, plan, commands) {
        if (plan.title.endsWith('first')) throw new TypeError('a mistake in an action')
        return writeNote().settle(context, plan, commands)
      },
    })
    await recoverTasks({
      ...services,
      settlers: [settler],
      context: services,
      signal: stop.signal,
      pause: async () => {
        if (taskById(services.db, second)?.task.state === 'done') stop.abort()
      },
    })
    expect(taskById(services.db, first)?.task.state).toBe('running')
    expect(taskById(services.db, second)?.task.state).toBe('done')
  })

  it('settles what is gone for good instead of asking for ever', async () => {
    const services = testServices()
    const id = leftOver(services, 'todo')
    const settler = writeNote({
      async settle() {
        throw new AppError('not_found', 'There is no such note any more.')
      },
    })
    await recover(services, [settler], async () => {
      throw new Error('It should not wait.')
    })
    expect(taskById(services.db, id)?.task).toMatchObject({
      state: 'interrupted',
      outcome: expect.stringContaining('There is no such note any more.'),
    })
  })

  it('leaves the tasks of another machine for that machine', async () => {
    const services = testServices()
    const id = leftOver(services, 'todo', 'elsewhere')
    await recover(services)
    expect(taskById(services.db, id)?.task.state).toBe('running')
  })

  it('says that it cannot tell when no version of the action is known', async () => {
    const services = testServices()
    const id = leftOver(services, 'todo')
    await recover(services, [])
    expect(taskById(services.db, id)?.task).toMatchObject({
      state: 'interrupted',
      outcome: expect.stringContaining('please look'),
    })
  })
})
