/** Guests on the sandbox, through the door and the real run script: each verb, and what the host shows after it. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { ActionContext } from '../action.ts'
import { sandboxForTest, type TestHost } from '../host/sandbox/testing.ts'
import { quietInventory } from '../testing.ts'
import { cleanUp, forceOff, reset, shutdown, start } from './actions/life.ts'
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

const boots = (name: string) => ['dd', `if=/dev/zvol/tank/vms/${name}/disk0`, 'bs=512', 'skip=64', 'count=1']

/**
 * Starts it and waits until it obeys its power button: a line typed on the serial port is kept on its disk by the very
 * loop that looks at the button.
 */
async function boot(name: string): Promise<void> {
  await start.run(context(), await start.plan(context(), { vm: name }), { vm: name })
  const booted = (await host.run(boots(name))).stdout
  const serial = await host.connect({ path: `/dev/nmdm-${name}.1B` })
  serial.resume()
  const patience = { interval: 200 }
  await vi.waitFor(async () => {
    serial.write('hello\r')
    expect((await host.run(boots(name))).stdout.slice(16, 20)).not.toBe(booted.slice(16, 20))
  }, patience)
  serial.destroy()
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

  test('is neither gone nor locked by another machine because a program of this one is out of order', async () => {
    await host.run(['fault', 'add', 'zfs', '--', 'missing'])
    await expect(readVms(host)).rejects.toMatchObject({ code: 'unsupported' })
    await expect(readGuestNamed(host, 'alpha')).rejects.toMatchObject({ code: 'unsupported' })
    await host.run(['fault', 'clear'])
    await host.run(['fault', 'add', 'zfs', 'list', '--', 'exit', '1', 'The ZFS library is not there'])
    await expect(readVms(host)).rejects.toMatchObject({ code: 'failed' })
    await host.run(['fault', 'clear'])
    await host.run(['fault', 'add', 'sysctl', '--', 'garbage'])
    await expect(readVms(host)).rejects.toMatchObject({ code: 'unreadable' })
    await host.run(['fault', 'clear'])
    await host.run(['fault', 'add', 'sysctl', '--', 'exit', '1', 'sysctl: unknown oid'])
    await expect(readVms(host)).rejects.toMatchObject({ code: 'failed' })
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
    await boot('alpha')
    const plan = await shutdown.plan(context(), { vm: 'alpha', graceSeconds: 60 })
    await shutdown.run(context(), plan, { vm: 'alpha', graceSeconds: 60 })
    expect(await vm('alpha')).toMatchObject({ state: 'stopped', lastExit: { status: 1 } })
  })

  test('a button pressed before the guest took it over ends it, and that is said', async () => {
    await start.run(context(), await start.plan(context(), { vm: 'beta' }), { vm: 'beta' })
    const pid = (await vm('beta')).pid
    await host.run(['kill', '-TERM', String(pid)])
    await vi.waitFor(async () => expect((await vm('beta')).state).toBe('stopped'))
    expect((await vm('beta')).stateReason).toMatch(/before the guest could shut down|powered off/)
  })

  test('whose button does nothing is cut off when a person says so', async () => {
    await boot('alpha')
    await host.run(['fault', 'add', 'kill', '-TERM', '--', 'exit', '0'])
    const nudge = new AbortController()
    const input = { vm: 'alpha', graceSeconds: 3600 }
    const plan = await shutdown.plan(context(), input)
    const told: string[] = []
    const ending = shutdown.run(
      {
        ...context(nudge.signal),
        progress: text => {
          told.push(text)
          if (/3600 s/.test(text)) nudge.abort()
        },
      },
      plan,
      input,
    )
    await ending
    expect(told).toContain('Cutting the power of alpha')
    expect(await vm('alpha')).toMatchObject({
      state: 'stopped',
      lastExit: { words: 'The guest powered off.' },
    })
  })

  test('whose supervisor was killed is told as left over after its end, and cleaned up by a shutdown', async () => {
    await boot('alpha')
    const supervisor = (await host.run(['pgrep', '-f', 'alpha/.skep/run.sh'])).stdout.trim()
    await host.run(['kill', '-KILL', supervisor])
    await vi.waitFor(async () => expect((await vm('alpha')).supervisor).toBe('unknown'))
    const pid = String((await vm('alpha')).pid)
    await host.run(['kill', '-KILL', pid])
    await vi.waitFor(async () => expect((await vm('alpha')).state).toBe('leftover'))
    const left = await vm('alpha')
    expect(left.stateReason).toMatch(/\/dev\/vmm\/alpha.*run\.lock.*tap0.*supervisor died/)
    const plan = await cleanUp.plan(context(), { vm: 'alpha' })
    await cleanUp.run(context(), plan, { vm: 'alpha' })
    expect((await vm('alpha')).state).toBe('stopped')
    expect((await host.run(['ifconfig', '-l'])).stdout).not.toMatch(/tap/)
  })

  test('without a supervisor is tidied up after by the shutdown itself', async () => {
    await boot('alpha')
    const supervisor = (await host.run(['pgrep', '-f', 'alpha/.skep/run.sh'])).stdout.trim()
    await host.run(['kill', '-KILL', supervisor])
    const plan = await shutdown.plan(context(), { vm: 'alpha', graceSeconds: 60 })
    await shutdown.run(context(), plan, { vm: 'alpha', graceSeconds: 60 })
    expect((await vm('alpha')).state).toBe('stopped')
    expect(await shutdown.settle(context(), plan, [])).toMatchObject({ state: 'done' })
  })
})
