/** Rolling back under guests that run: real processes on the sandbox, stopped by their button and started again. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { ActionContext } from '../action.ts'
import { AppError } from '../errors.ts'
import { sandboxForTest, type TestHost } from '../host/sandbox/testing.ts'
import type { Inventory } from '../inventory/inventory.ts'
import { startGuest, stopGuest } from '../vms/lifecycle.ts'
import { readGuestNamed } from '../vms/read.ts'
import { rollbackAction, swapBackAction } from './actions.rollback.ts'
import { create } from './actions.ts'
import { guestRoom } from './guest-room.ts'
import type { GuestRoom } from './guests.ts'
import type { RollbackInput } from './input.ts'
import { inventoryWithGuests } from './testing.ts'

// Guests start twice in most of these: a busy machine needs its time.
vi.setConfig({ testTimeout: 90_000 })

const DISK = 'tank/vms/alpha/disk0'
/** Far behind what the guest itself writes. */
const SECTOR = '4096'

let host: TestHost
let inventory: Inventory
let told: string[]

beforeEach(async () => {
  host = await sandboxForTest({ seed: 'small' })
  told = []
  inventory = inventoryWithGuests(host)
})
afterEach(async () => {
  inventory.close()
  await host.close()
})

const STOPPED = { stop: true, start: false } as const

async function takeThen() {
  const input = { datasets: [DISK], tag: 'then', recursive: false }
  const plan = await create.plan(context(), input)
  await create.run(context(), plan, input)
  return plan
}

const context = (): ActionContext => ({
  host,
  inventory,
  now: Date.now,
  taskId: 1,
  progress: text => told.push(text),
  nudged: new AbortController().signal,
})

async function sh(...argv: string[]): Promise<string> {
  const result = await host.run(argv)
  if (result.exit !== 0) throw new Error(`${argv.join(' ')}: ${result.stderr}`)
  return result.stdout
}

async function alpha() {
  return (await readGuestNamed(host, 'alpha')).vm
}

async function write(text: string, volume = DISK): Promise<void> {
  const argv = ['dd', `of=/dev/zvol/${volume}`, 'bs=512', `seek=${SECTOR}`, 'count=1', 'conv=notrunc']
  await host.run(argv, { stdin: text.padEnd(512, '.') })
}

async function bytes(volume = DISK): Promise<string> {
  const out = await sh('dd', `if=/dev/zvol/${volume}`, 'bs=512', `skip=${SECTOR}`, 'count=1')
  return out.replace(/\.*$/, '')
}

/** Starts it, and waits until the loop that obeys its power button also keeps a typed line on the disk. */
async function boot(): Promise<void> {
  await startGuest(context(), 'alpha')
  const line = ['dd', `if=/dev/zvol/${DISK}`, 'bs=512', 'skip=64', 'count=1']
  const before = await sh(...line)
  const serial = await host.connect({ path: '/dev/nmdm-alpha.1B' })
  serial.resume()
  const typed = async (): Promise<void> => {
    serial.write('hello\r')
    expect((await sh(...line)).slice(16, 20)).not.toBe(before.slice(16, 20))
  }
  await vi.waitFor(typed, { interval: 200 })
  serial.destroy()
}

async function roll(
  way: 'go-back' | 'keep',
  room: GuestRoom = guestRoom,
): Promise<{ error: AppError | null; target: string | null }> {
  const action = rollbackAction(room)
  const input: RollbackInput = {
    snapshot: `${DISK}@then`,
    way,
    guest: { stop: true, start: true, conf: 'today' },
  }
  const plan = await action.plan(context(), input)
  expect(plan.refused).toBeUndefined()
  try {
    return { error: null, target: (await action.run(context(), plan, input)).target }
  } catch (error) {
    if (error instanceof AppError) return { error, target: null }
    throw error
  }
}

/** A running guest with `then` in a snapshot of its disk, and `now` on the disk. */
async function runningWithPast(
  wake: () => Promise<void> = () => startGuest(context(), 'alpha'),
): Promise<number | null> {
  await write('then')
  await sh('zfs', 'snapshot', `${DISK}@then`)
  await wake()
  await write('now')
  return (await alpha()).pid
}

describe('a guest that runs', () => {
  test('is shut down by its button, finds the bytes of then, and runs again', async () => {
    const pid = await runningWithPast(boot)
    expect((await roll('go-back')).error).toBeNull()
    expect(await bytes()).toBe('then')
    const after = await alpha()
    expect(after).toMatchObject({ state: 'running', supervisor: 'skep' })
    expect(after.pid).not.toBe(pid)
    expect(told.join('\n')).not.toContain('Cutting the power')
  })

  test('finds the bytes of then beside which the present is kept', async () => {
    const pid = await runningWithPast()
    const { error, target } = await roll('keep')
    expect(error).toBeNull()
    expect(await bytes()).toBe('then')
    expect(await bytes(target ?? '')).toBe('now')
    const after = await alpha()
    expect(after).toMatchObject({ state: 'running', disks: [{ dataset: DISK }] })
    expect(after.pid).not.toBe(pid)
  })

  test('whose button does nothing loses its power when the grace is over, and is rolled back then', async () => {
    const pid = await runningWithPast()
    await sh('fault', 'add', 'kill', '-TERM', '--', 'exit', '0')
    const hasty: GuestRoom = {
      ...guestRoom,
      stop: (of, vm) => stopGuest(of, vm, { graceSeconds: 1 }),
    }
    expect((await roll('go-back', hasty)).error).toBeNull()
    expect(told).toContain('Cutting the power of alpha')
    expect(await bytes()).toBe('then')
    const after = await alpha()
    expect(after.state).toBe('running')
    expect(after.pid).not.toBe(pid)
  })
})

describe('a guest that does not start again', () => {
  test.each([
    [
      'bhyve says no',
      ['bhyve', '--', 'exit', '4', 'vm_open: Device busy'],
      /vm_open: Device busy|did not start/,
    ],
    [
      'its supervisor cannot be started',
      ['daemon', '--', 'exit', '1', 'daemon: fork: no more'],
      /fork: no more/,
    ],
  ])('%s: told as rolled back, off, and why', async (_, fault, why) => {
    await runningWithPast()
    await sh('fault', 'add', ...fault)
    const { error } = await roll('go-back')
    expect(error?.code).toBe('failed')
    expect(error?.message).toContain('The storage is as it was meant to be; only alpha did not start.')
    expect(`${error?.message} ${error?.detail.stderr}`).toMatch(why)
    expect(await bytes()).toBe('then')
    expect((await alpha()).pid).toBeNull()
  })

  test('is started again when the roll back itself fails, with the bytes of now', async () => {
    const pid = await runningWithPast()
    await sh('fault', 'add', 'zfs', 'rollback', '--', 'exit', '1', 'cannot rollback: out of luck')
    const { error } = await roll('go-back')
    expect(error?.message).toMatch(/out of luck|alpha is running again/)
    expect(error?.message).toContain('alpha is running again')
    expect(await bytes()).toBe('now')
    expect((await alpha()).state).toBe('running')
    expect((await alpha()).pid).not.toBe(pid)
  })
})

test('swapping back offers the conf that the guest had when the present was kept', async () => {
  await write('then')
  // Of a snapshot that Skep takes the conf is known.
  const taken = await takeThen()
  expect(taken.victims).toEqual([])
  const path = '/vm/alpha/alpha.conf'
  const then = await host.read(path)
  const now = then.replace('memory=64M', 'memory=96M')
  await host.write(path, now)
  const back = rollbackAction(guestRoom)
  const input = { snapshot: `${DISK}@then`, way: 'keep', guest: { ...STOPPED, conf: 'then' } } as const
  const plan = await back.plan(context(), input)
  const { target } = await back.run(context(), plan, input)
  expect(await host.read(path)).toBe(then)

  const swap = swapBackAction(guestRoom)
  const again = { dataset: target ?? '', guest: { ...STOPPED, conf: 'then' } } as const
  const swapped = await swap.plan(context(), again)
  expect(swapped.facts).toMatchObject({
    guests: [{ name: 'alpha', confDifferences: [{ key: 'memory', before: '96M', today: '64M' }] }],
  })
  await swap.run(context(), swapped, again)
  expect(await host.read(path)).toBe(now)
  expect(await sh('zfs', 'get', '-H', '-o', 'value', 'skep:kept-conf', DISK)).toBe('-\n')
  // And forth again.
  const forth = await swap.plan(context(), { ...again, dataset: DISK })
  expect(forth.facts).toMatchObject({
    guests: [{ confDifferences: [{ key: 'memory', before: '64M', today: '96M' }] }],
  })
})
