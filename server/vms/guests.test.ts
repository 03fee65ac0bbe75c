/** Guests on the sandbox, through the door and the real run script: each verb, and what the host shows after it. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { ActionContext } from '../action.ts'
import { sandboxForTest, type TestHost } from '../host/sandbox/testing.ts'
import { quietInventory } from '../testing.ts'
import { forceOff, reset, shutdown, start } from './actions/life.ts'
import { readGuestNamed, readVms, watchFacts } from './read.ts'

let host: TestHost
beforeEach(async () => {
  host = await sandboxForTest({ seed: 'small' })
})
afterEach(() => host.close())

function context(nudged: AbortSignal = new AbortController().signal): ActionContext {
  const inventory = quietInventory()
  return { host, inventory, now: Date.now, taskId: 1, progress: () => undefined, nudged }
}

async function vm(name: string) {
  return (await readGuestNamed(host, name)).vm
}

/** The practice guest counts its boots on its disk when it has switched ACPI on. */
async function booted(name: string): Promise<void> {
  const sector = ['dd', `if=/dev/zvol/tank/vms/${name}/disk0`, 'bs=512', 'skip=64', 'count=1']
  const first = (await host.run(sector)).stdout
  await vi.waitFor(async () => expect((await host.run(sector)).stdout).not.toBe(first), 10_000)
}

describe('a guest of the sandbox', () => {
  test('is read with its disks', async () => {
    const vms = await readVms(host)
    expect(vms.map(one => [one.name, one.state, one.problems])).toEqual([
      ['alpha', 'stopped', []],
      ['beta', 'stopped', []],
    ])
    expect(vms[0]?.disks[0]?.dataset).toBe('tank/vms/alpha/disk0')
  })

  test('starts, shows its title, and is forced off', async () => {
    const before = await watchFacts(host)
    const plan = await start.plan(context(), { vm: 'alpha' })
    expect(plan.refused).toBeUndefined()
    await start.run(context(), plan, { vm: 'alpha' })
    expect(await vm('alpha')).toMatchObject({ state: 'running', supervisor: 'skep', vnc: '127.0.0.1:5900' })
    expect((await watchFacts(host)).get('alpha')).not.toBe(before.get('alpha'))
    const again = await reset.plan(context(), { vm: 'alpha' })
    const pid = (await vm('alpha')).pid
    await reset.run(context(), again, { vm: 'alpha' })
    expect((await vm('alpha')).pid).not.toBe(pid)
    const off = await forceOff.plan(context(), { vm: 'alpha' })
    await forceOff.run(context(), off, { vm: 'alpha' })
    expect(await vm('alpha')).toMatchObject({ state: 'stopped', lastExit: { status: 1 } })
    expect((await host.run(['ifconfig', '-l'])).stdout).not.toMatch(/tap/)
  })

  test('is shut down by its power button', async () => {
    await start.run(context(), await start.plan(context(), { vm: 'alpha' }), { vm: 'alpha' })
    await booted('alpha')
    const plan = await shutdown.plan(context(), { vm: 'alpha', graceSeconds: 60 })
    await shutdown.run(context(), plan, { vm: 'alpha', graceSeconds: 60 })
    expect(await vm('alpha')).toMatchObject({ state: 'stopped', lastExit: { status: 1 } })
  })

  test('a button pressed before the guest took it over ends it, and that is said', async () => {
    await start.run(context(), await start.plan(context(), { vm: 'beta' }), { vm: 'beta' })
    const pid = (await vm('beta')).pid
    await host.run(['kill', '-TERM', String(pid)])
    await vi.waitFor(async () => expect((await vm('beta')).state).toBe('stopped'), 10_000)
    expect((await vm('beta')).stateReason).toMatch(/before the guest could shut down|powered off/)
  })
})
