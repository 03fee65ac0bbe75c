/** Creating, changing, cloning and destroying guests on the sandbox: what is made, what dies, and what a failure leaves. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type * as z from 'zod/mini'
import type { Action, ActionContext } from '../action.ts'
import { AppError } from '../errors.ts'
import { sandboxForTest, type TestHost } from '../host/sandbox/testing.ts'
import type { Plan } from '../tasks/model.ts'
import { doorTo, failureOf, quietInventory } from '../testing.ts'
import { clone } from './actions/clone.ts'
import { create } from './actions/create.ts'
import { destroy } from './actions/destroy.ts'
import { edit } from './actions/edit.ts'
import { cleanUp, forceOff, reset, shutdown, start } from './actions/life.ts'
import { readVm } from './detail.ts'
import type { CreateVmInput } from './input.ts'
import { vmUsing } from './lifecycle.ts'
import { listVmm, readGuestNamed, readVms } from './read.ts'

let host: TestHost
beforeEach(async () => {
  host = await sandboxForTest({ seed: 'small' })
})
afterEach(() => host.close())

function context(): ActionContext {
  return {
    host,
    inventory: quietInventory(),
    now: Date.now,
    taskId: 1,
    progress: () => undefined,
    nudged: new AbortController().signal,
  }
}

async function carryOut<Schema extends z.core.$ZodType, Result>(
  action: Action<Schema, Result>,
  input: z.core.output<Schema>,
): Promise<Plan> {
  const plan = await action.plan(context(), input)
  if (plan.refused) throw new AppError(plan.refused.code, plan.refused.message, plan.refused.detail)
  await action.run(context(), plan, input)
  return plan
}

async function sh(line: string): Promise<string> {
  const result = await host.run(line.split(' '))
  if (result.exit !== 0) throw new Error(`${line}: ${result.stderr}`)
  return result.stdout
}

/** Everything that creations and destructions touch. */
async function world(): Promise<string> {
  const datasets = await sh('zfs list -H -r -t all -o name,guid tank')
  const confs = await Promise.all(
    (await readVms(host)).map(vm => host.read(`${vm.directory}/${vm.name}.conf`)),
  )
  const entries = (await host.list('/vm')).map(entry => entry.name)
  return JSON.stringify([datasets, confs, entries, await host.read('/etc/rc.conf')])
}

const NEW: CreateVmInput = {
  name: 'web1',
  datastore: 'default',
  kind: 'freebsd',
  cpus: 2,
  memoryMiB: 64,
  disk: {
    from: 'new',
    dataset: 'tank/vms/web1/disk0',
    sizeBytes: 64 * 1024 ** 2,
    sparse: true,
    volblocksizeBytes: 16384,
    emulation: 'virtio-blk',
  },
  switchName: 'public',
  resolution: '1024x768',
  iso: 'skep-practice.iso',
}

describe('create', () => {
  test('makes a guest that starts, and the plan shows the conf and the same plan again', async () => {
    const again = await create.plan(context(), NEW)
    const plan = await carryOut(create, NEW)
    expect(plan.digest).toBe(again.digest)
    expect(plan.steps.map(step => step.argv?.slice(0, 2).join(' ') ?? step.file?.path)).toEqual([
      'zfs create',
      'zfs create',
      '/vm/web1/web1.conf',
    ])
    const detail = await readVm(host, 'web1')
    expect(detail).toMatchObject({
      state: 'stopped',
      problems: [],
      cpus: 2,
      disks: [{ dataset: 'tank/vms/web1/disk0' }, { path: '/vm/.iso/skep-practice.iso' }],
      nics: [{ switchName: 'public', mac: expect.stringMatching(/^58:9c:fc:0/) }],
    })
    expect(detail.conf).toMatch(/^graphics_listen="127\.0\.0\.1"$/m)
    expect(detail.argv).toContain('0:4:0,virtio-blk,/dev/zvol/tank/vms/web1/disk0')
    expect(vmUsing(await readVms(host), 'tank/vms/web1/disk0')?.name).toBe('web1')
    await carryOut(start, { vm: 'web1' })
    await carryOut(forceOff, { vm: 'web1' })
  })

  test('on a volume that is there, also one with the name of the guest', async () => {
    await sh('zfs create -V 64M tank/vms/debian')
    const input: CreateVmInput = {
      ...NEW,
      name: 'debian',
      disk: { from: 'existing', dataset: 'tank/vms/debian', emulation: 'nvme' },
    }
    await carryOut(create, input)
    expect(await readVm(host, 'debian')).toMatchObject({
      disks: [{ dataset: 'tank/vms/debian' }, {}],
      problems: [],
    })
    const taken = await create.plan(context(), { ...input, name: 'other' })
    expect(taken.refused).toMatchObject({ code: 'in_use' })
    await sh('zfs snapshot tank/vms/debian@before')
    await carryOut(clone, { vm: 'debian', tag: 'before', name: 'debian-test', network: false })
    expect(await readVm(host, 'debian-test')).toMatchObject({
      disks: [{ dataset: 'tank/vms/debian-test' }, {}],
      nics: [],
      problems: [],
    })
  })

  test.each([
    [{ name: '-x' }, 'name'],
    [{ name: 'alpha' }, 'name'],
    [{ switchName: 'nowhere' }, 'switchName'],
    [{ iso: '../../etc/rc.conf' }, 'iso'],
    [{ cpus: 999 }, 'cpus'],
    [{ memoryMiB: 1e9 }, 'memoryMiB'],
    [{ datastore: 'x' }, 'datastore'],
  ])('refuses %j at its field', async (changes, field) => {
    const plan = await create.plan(context(), { ...NEW, ...changes })
    expect(plan.refused?.detail?.field).toBe(field)
    expect(plan.steps).toEqual([])
  })

  test('each step failing in turn leaves nothing behind', async () => {
    const before = await world()
    const plan = await create.plan(context(), NEW)
    for (const step of plan.steps) {
      if (step.argv) {
        await host.run(['fault', 'add', ...step.argv, '--', 'exit', '1', 'broken', 'once'])
        const error = await failureOf(create.run(context(), plan, NEW))
        expect(error.message).toMatch(/Nothing of it is left/)
      } else {
        const broken: ActionContext = {
          ...context(),
          host: doorTo(host, { write: () => Promise.reject(new AppError('no_space', 'The disk is full.')) }),
        }
        expect((await failureOf(create.run(broken, plan, NEW))).code).toBe('no_space')
      }
      expect(await world()).toBe(before)
    }
  })

  test('what cannot be taken away again is named', async () => {
    const plan = await create.plan(context(), NEW)
    await host.run(['fault', 'add', 'zfs', 'create', '-s', '--', 'exit', '1', 'broken'])
    await host.run(['fault', 'add', 'zfs', 'destroy', '--', 'exit', '1', 'broken'])
    const error = await failureOf(create.run(context(), plan, NEW))
    expect(error.message).toMatch(/could not be taken away again: tank\/vms\/web1\./)
    expect(await create.settle(context(), plan, [])).toMatchObject({
      state: 'interrupted',
      outcome: expect.stringContaining('tank/vms/web1'),
    })
  })
})

describe('a guest with a boot loader', () => {
  async function withLoader(lines: string): Promise<void> {
    const conf = (await host.read('/vm/alpha/alpha.conf')).replace(/^loader=.*$/m, lines)
    await host.write('/vm/alpha/alpha.conf', conf)
  }
  const vm = async () => (await readGuestNamed(host, 'alpha')).vm

  test.each(['bhyveload', 'grub'])('%s: loads, runs, is forced off, and nothing is left', async loader => {
    await withLoader(`loader="${loader}"\nloader_timeout="0"`)
    await carryOut(start, { vm: 'alpha' })
    expect(await vm()).toMatchObject({ state: 'running', graphics: false, supervisor: 'skep' })
    await carryOut(forceOff, { vm: 'alpha' })
    expect(await vm()).toMatchObject({ state: 'stopped' })
    expect(await listVmm(host)).toEqual([])
  })

  test('in its countdown it is in its loader, cannot be reset, and ends at once when it is asked to', async () => {
    await withLoader('loader="bhyveload"\nloader_timeout="NO"')
    const plan = await start.plan(context(), { vm: 'alpha' })
    const started = failureOf(start.run(context(), plan, { vm: 'alpha' }))
    await vi.waitFor(async () => expect(await vm()).toMatchObject({ state: 'firmware' }), { timeout: 10_000 })
    expect((await reset.plan(context(), { vm: 'alpha' })).refused?.message).toMatch(
      /still in its boot loader/,
    )
    await carryOut(shutdown, { vm: 'alpha', graceSeconds: 30 })
    expect(await vm()).toMatchObject({ state: 'stopped' })
    expect((await started).message).toBe('alpha was ended before bhyve had begun.')
  })

  test('a loader that fails is the reason of the failed start', async () => {
    await withLoader('loader="bhyveload"')
    const fault = ['fault', 'add', 'bhyveload', '--', 'exit', '1']
    await host.run([...fault, 'vm_create: Cannot allocate memory', 'once'])
    const plan = await start.plan(context(), { vm: 'alpha' })
    expect((await failureOf(start.run(context(), plan, { vm: 'alpha' }))).message).toBe(
      'alpha did not start: the boot loader bhyveload ended with status 1: vm_create: Cannot allocate memory.',
    )
    expect(await vm()).toMatchObject({ state: 'crashed' })
  })
})

describe('start', () => {
  test('each step failing in turn is told, and the guest is as it was', async () => {
    const plan = await start.plan(context(), { vm: 'alpha' })
    for (const step of plan.steps.filter(each => each.argv)) {
      await host.run(['fault', 'add', ...(step.argv ?? []), '--', 'exit', '1', 'broken', 'once'])
      expect((await failureOf(start.run(context(), plan, { vm: 'alpha' }))).message).toMatch(/ended with 1/)
      expect((await readGuestNamed(host, 'alpha')).vm.state).toBe('stopped')
    }
  })

  test('a bhyve that ends at once is told with its own words, and nothing is left', async () => {
    await host.run(['fault', 'add', 'ifconfig', 'tap', 'create', '--', 'exit', '1', 'no more taps'])
    const plan = await start.plan(context(), { vm: 'alpha' })
    const error = await failureOf(start.run(context(), plan, { vm: 'alpha' }))
    expect(error.message).toMatch(/did not start: ifconfig tap create: no more taps/)
    const { vm } = await readGuestNamed(host, 'alpha')
    expect(vm).toMatchObject({ state: 'crashed' })
    expect(await start.settle(context(), plan, [])).toMatchObject({ state: 'failed' })
  })

  test('waits for the nodes of its zvols, which come a moment after zfs', async () => {
    const looks: string[] = []
    const late = doorTo(host, {
      stat: async path => {
        if (!path.startsWith('/dev/zvol/')) return host.stat(path)
        return looks.push(path) < 3 ? null : host.stat(path)
      },
    })
    const plan = await start.plan(context(), { vm: 'alpha' })
    await start.run({ ...context(), host: late }, plan, { vm: 'alpha' })
    expect(looks).toEqual(Array(3).fill('/dev/zvol/tank/vms/alpha/disk0'))
    expect((await readGuestNamed(host, 'alpha')).vm.state).toBe('running')
  })

  test('a disk that is gone is refused before anything runs', async () => {
    await sh('zfs destroy tank/vms/beta/disk0')
    const plan = await start.plan(context(), { vm: 'beta' })
    expect(plan.refused).toMatchObject({ code: 'refused', detail: { field: 'disk0_name' } })
  })

  test('what a dead run left is named and cleaned up, exactly that', async () => {
    await host.write('/vm/alpha/run.lock', 'skep-test\n')
    await sh('bhyvectl --create --vm=alpha')
    expect((await start.plan(context(), { vm: 'alpha' })).refused?.message).toMatch(/Clean up/)
    const plan = await carryOut(cleanUp, { vm: 'alpha' })
    expect(plan.steps).toHaveLength(2)
    expect((await readGuestNamed(host, 'alpha')).vm.state).toBe('stopped')
    await host.write('/vm/alpha/run.lock', 'elsewhere\n')
    expect((await readGuestNamed(host, 'alpha')).vm.state).toBe('locked')
  })
})

describe('edit', () => {
  test('keeps every other byte, is refused when somebody else was there, sets vm_list', async () => {
    const text = `# by hand\n${await host.read('/vm/alpha/alpha.conf')}odd_key=1`
    await host.write('/vm/alpha/alpha.conf', text)
    const { revision } = await readVm(host, 'alpha')
    const input = { vm: 'alpha', revision, cpus: 2, autostart: true }
    await carryOut(edit, input)
    expect(await host.read('/vm/alpha/alpha.conf')).toBe(text.replace('cpu=1', 'cpu="2"'))
    expect((await readGuestNamed(host, 'alpha')).vm.autostart).toBe(1)
    expect((await edit.plan(context(), input)).refused?.code).toBe('changed')
  })

  test('an editor between the plan and the click is not overwritten', async () => {
    const { revision } = await readVm(host, 'alpha')
    const input = { vm: 'alpha', revision, memoryMiB: 96 }
    const plan = await edit.plan(context(), input)
    await host.write('/vm/alpha/alpha.conf', 'loader="uefi"\n')
    expect((await failureOf(edit.run(context(), plan, input))).code).toBe('changed')
    expect(await host.read('/vm/alpha/alpha.conf')).toBe('loader="uefi"\n')
  })

  test('renames dataset, conf and autostart of a guest that is off', async () => {
    await sh('sysrc vm_list=beta')
    const { revision, conf } = await readVm(host, 'beta')
    await carryOut(edit, { vm: 'beta', revision, name: 'gamma' })
    expect((await readVms(host)).map(vm => vm.name)).toEqual(['alpha', 'gamma'])
    const detail = await readVm(host, 'gamma')
    expect(detail).toMatchObject({
      conf,
      autostart: 1,
      disks: [{ dataset: 'tank/vms/gamma/disk0' }],
      problems: [],
    })
    expect(await host.stat('/vm/gamma/beta.conf')).toBeNull()
  })

  test('of a running guest is pending, and a rename is refused', async () => {
    await carryOut(start, { vm: 'alpha' })
    const { revision } = await readVm(host, 'alpha')
    const plan = await carryOut(edit, { vm: 'alpha', revision, memoryMiB: 128 })
    expect(plan.warnings[0]).toMatch(/shut down and started again/)
    expect((await readGuestNamed(host, 'alpha')).vm.pending).toEqual(['memory'])
    const now = (await readVm(host, 'alpha')).revision
    const rename = await edit.plan(context(), { vm: 'alpha', revision: now, name: 'other' })
    expect(rename.refused?.detail?.field).toBe('name')
    await carryOut(forceOff, { vm: 'alpha' })
  })
})

describe('clone', () => {
  test('of a snapshot: another identity, the same bytes, a screen of its own', async () => {
    await carryOut(clone, { vm: 'alpha', tag: 'first', name: 'alpha2', network: true })
    const [old, made] = [await readVm(host, 'alpha'), await readVm(host, 'alpha2')]
    expect(made).toMatchObject({ problems: [], disks: [{ dataset: 'tank/vms/alpha2/disk0' }] })
    expect(made.nics[0]?.mac).not.toBe(old.nics[0]?.mac)
    expect(made.conf).not.toContain('3f0c9c0a-91f1-11ef-9b2a-3cecef127a04')
    expect(await sh('zfs get -H -o value origin tank/vms/alpha2/disk0')).toBe('tank/vms/alpha/disk0@first\n')
    expect(await sh('zfs get -H -o value volmode tank/vms/alpha2/disk0')).toBe('dev\n')
  })

  test('each step failing in turn leaves nothing behind, not even its snapshot', async () => {
    const before = await world()
    const input = { vm: 'alpha', tag: null, name: 'alpha2', network: false }
    const plan = await clone.plan(context(), input)
    expect(plan.steps.length).toBeGreaterThan(3)
    for (const step of plan.steps.filter(each => each.argv)) {
      await host.run(['fault', 'add', ...(step.argv ?? []), '--', 'exit', '1', 'broken', 'once'])
      expect((await failureOf(clone.run(context(), plan, input))).message).toMatch(/Nothing of it is left/)
      expect(await world()).toBe(before)
    }
  })
})

describe('destroy', () => {
  const all = { vm: 'alpha', zvols: ['tank/vms/alpha/disk0'] }

  test('names every victim and destroys exactly these', async () => {
    await host.run(['sysrc', 'vm_list=beta alpha'])
    const plan = await carryOut(destroy, all)
    expect(plan.victims.map(victim => `${victim.kind} ${victim.name}`)).toEqual([
      'vm alpha',
      'volume tank/vms/alpha/disk0',
      'snapshot tank/vms/alpha/disk0@first',
      'snapshot tank/vms/alpha/disk0@second',
      'filesystem tank/vms/alpha',
      'file /vm/alpha/alpha.conf',
    ])
    expect((await readVms(host)).map(vm => [vm.name, vm.autostart])).toEqual([['beta', 1]])
    expect(await sh('zfs list -H -o name -r tank/vms')).not.toContain('alpha')
    expect(await destroy.settle(context(), plan, [])).toMatchObject({ state: 'done' })
  })

  test('without its volumes keeps them with their snapshots', async () => {
    await carryOut(destroy, { vm: 'alpha', zvols: [] })
    expect((await readVms(host)).map(vm => vm.name)).toEqual(['beta'])
    expect(await sh('zfs list -H -o name -t all -r tank/vms/alpha')).toContain('tank/vms/alpha/disk0@second')
    expect(await host.list('/vm/alpha')).toEqual([])
  })

  test('is refused while it runs, for a clone, for a hold, for another volume', async () => {
    expect(
      (await destroy.plan(context(), { vm: 'alpha', zvols: ['tank/vms/beta/disk0'] })).refused?.code,
    ).toBe('refused')
    await sh('zfs hold keep tank/vms/alpha/disk0@first')
    expect((await destroy.plan(context(), all)).refused?.code).toBe('held')
    await sh('zfs release keep tank/vms/alpha/disk0@first')
    await sh('zfs clone tank/vms/alpha/disk0@first tank/copy')
    expect((await destroy.plan(context(), all)).refused).toMatchObject({ code: 'has_clones' })
    await sh('zfs destroy tank/copy')
    await carryOut(start, { vm: 'alpha' })
    expect((await destroy.plan(context(), all)).refused?.code).toBe('refused')
    await carryOut(forceOff, { vm: 'alpha' })
  })

  test('each step failing in turn says what is gone, and the rest is still a guest', async () => {
    const plan = await destroy.plan(context(), all)
    const gone: string[] = []
    for (const step of plan.steps.filter(each => each.argv)) {
      await host.run(['fault', 'add', ...(step.argv ?? []), '--', 'exit', '1', 'broken', 'once'])
      const now = await destroy.plan(context(), { vm: 'alpha', zvols: gone.length < 2 ? all.zvols : [] })
      const error = await failureOf(destroy.run(context(), now, all))
      expect(error.message).toMatch(/Nothing was destroyed|Done before that/)
      expect((await readVms(host)).map(vm => vm.name)).toContain('alpha')
      expect(await destroy.settle(context(), plan, [])).toMatchObject({ state: 'interrupted' })
      await host.run(step.argv ?? [])
      gone.push(step.title)
    }
    expect((await readVms(host)).map(vm => vm.name)).toEqual(['beta'])
  })
})
