/** The console dies in the middle of a roll back under a running guest: what the next one says is how things are. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { openDatabase } from '../db/database.ts'
import { listTasks } from '../db/tasks.ts'
import { sandboxForTest, type TestHost } from '../host/sandbox/testing.ts'
import { recoverTasks } from '../tasks/recover.ts'
import { temporaryDirectory, testServices } from '../testing.ts'
import { startGuest } from '../vms/lifecycle.ts'
import { readGuestNamed } from '../vms/read.ts'
import { rollbackAction } from './actions.rollback.ts'
import { guestRoom } from './guest-room.ts'
import type { RollbackInput } from './input.ts'
import { type Halt, inventoryWithGuests } from './testing.ts'

// Guests start twice in most of these: a busy machine needs its time.
vi.setConfig({ testTimeout: 90_000 })

const DISK = 'tank/vms/alpha/disk0'
const KEPT = 'tank/vms/alpha/kept'
/** Far behind what the guest itself writes. */
const SECTOR = '4096'

let host: TestHost
let state: Awaited<ReturnType<typeof temporaryDirectory>>

beforeEach(async () => {
  host = await sandboxForTest({ seed: 'small' })
  state = await temporaryDirectory()
  await write('then')
  await sh('zfs', 'snapshot', `${DISK}@then`)
  await write('later')
  await sh('zfs', 'snapshot', `${DISK}@later`)
  const inventory = inventoryWithGuests(host)
  const context = { host, inventory, now: Date.now, taskId: 1 }
  const nudged = new AbortController().signal
  await startGuest({ ...context, progress: () => undefined, nudged }, 'alpha')
  inventory.close()
  await write('now')
})
afterEach(async () => {
  await state.remove()
  await host.close()
})

async function sh(...argv: string[]): Promise<string> {
  const result = await host.run(argv)
  if (result.exit !== 0) throw new Error(`${argv.join(' ')}: ${result.stderr}`)
  return result.stdout
}

async function write(text: string): Promise<void> {
  const argv = ['dd', `of=/dev/zvol/${DISK}`, 'bs=512', `seek=${SECTOR}`, 'count=1', 'conv=notrunc']
  await host.run(argv, { stdin: text.padEnd(512, '.') })
}

/** Of the volume now; null when there is none of that name. */
async function bytes(volume = DISK): Promise<string | null> {
  const out = await host.run(['dd', `if=/dev/zvol/${volume}`, 'bs=512', `skip=${SECTOR}`, 'count=1'])
  return out.exit === 0 ? out.stdout.replace(/\.*$/, '') : null
}

async function dieAt(way: 'go-back' | 'keep', halt: Halt): Promise<void> {
  const input: RollbackInput = {
    snapshot: `${DISK}@then`,
    way,
    ...(way === 'keep' ? { keepAs: KEPT } : {}),
    guest: { stop: true, start: true, conf: 'today' },
  }
  const module = new URL('./testing.ts', import.meta.url).href
  const script = `import { rollBackUntil } from ${JSON.stringify(module)}
    await rollBackUntil(...${JSON.stringify([host.dir, state.dir, input, halt])})`
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let isHalted = false
  for await (const line of createInterface(child.stdout)) {
    isHalted = line === 'HALT'
    if (isHalted) break
  }
  child.kill('SIGKILL')
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  expect(isHalted).toBe(true)
}

/** What the next console says of the task, and whether the guest runs then. */
async function nextStart(): Promise<{ state: string; outcome: string | null; runs: boolean }> {
  const inventory = inventoryWithGuests(host)
  const services = testServices({ host, inventory, db: openDatabase(path.join(state.dir, 'skep.db')) })
  await recoverTasks({
    db: services.db,
    tasks: services.tasks,
    settlers: [rollbackAction(guestRoom)],
    context: { host, inventory, now: Date.now },
    log: services.log,
    signal: new AbortController().signal,
  })
  const [task] = listTasks(services.db, { except: [] }, { limit: 1 })
  const runs = (await readGuestNamed(host, 'alpha')).vm.pid !== null
  inventory.close()
  services.db.close()
  return { state: task?.state ?? 'none', outcome: task?.outcome ?? null, runs }
}

const OFF = 'alpha is not running.'

test.each<[string, Halt, { state: string; bytes: string; runs: boolean; words: RegExp }]>([
  [
    'before the button is pressed',
    { when: 'before', words: ['kill', '-TERM'] },
    {
      state: 'interrupted',
      bytes: 'now',
      runs: true,
      words: /nothing was destroyed, and nothing was rolled back/,
    },
  ],
  [
    'when the guest is off and nothing else is done',
    { when: 'before', words: ['zfs', 'destroy'] },
    {
      state: 'interrupted',
      bytes: 'now',
      runs: false,
      words: /nothing was destroyed, and nothing was rolled back/,
    },
  ],
  [
    'after the roll back, before its answer',
    { when: 'after', words: ['zfs', 'rollback'] },
    { state: 'done', bytes: 'then', runs: false, words: /done, as the host shows/ },
  ],
  [
    'while the guest is being started',
    { when: 'after', words: ['daemon'] },
    { state: 'done', bytes: 'then', runs: true, words: /done, as the host shows/ },
  ],
])('going back: %s', async (_, halt, expected) => {
  await dieAt('go-back', halt)
  if (expected.runs) {
    // What was begun goes on without the console.
    await vi.waitFor(async () => expect((await readGuestNamed(host, 'alpha')).vm.pid).not.toBeNull())
  }
  const { state, outcome, runs } = await nextStart()
  expect({ state, runs, bytes: await bytes() }).toEqual({
    state: expected.state,
    runs: expected.runs,
    bytes: expected.bytes,
  })
  expect(outcome).toMatch(expected.words)
  expect(outcome?.includes(OFF)).toBe(!expected.runs)
})

test.each<[string, Halt, { state: string; disk: string | null; kept: string | null; words: RegExp }]>([
  [
    'when the present is put aside',
    { when: 'after', words: ['zfs', 'rename'] },
    { state: 'interrupted', disk: null, kept: 'now', words: /kept/ },
  ],
  [
    'when the state of then is there, and not yet its own',
    { when: 'before', words: ['zfs', 'promote'] },
    { state: 'interrupted', disk: 'then', kept: 'now', words: /promote/ },
  ],
])('keeping the present: %s', async (_, halt, expected) => {
  await dieAt('keep', halt)
  const { state, outcome, runs } = await nextStart()
  expect({ state, runs, disk: await bytes(), kept: await bytes(KEPT) }).toEqual({
    state: expected.state,
    runs: false,
    disk: expected.disk,
    kept: expected.kept,
  })
  expect(outcome).toMatch(expected.words)
  expect(outcome).toContain(OFF)
})
