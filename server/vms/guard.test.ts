/** What may come in between a guest's plan and its commands, and what never belonged to the guest. */
import { realpathSync, symlinkSync } from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { ActionContext } from '../action.ts'
import { AppError } from '../errors.ts'
import { sandboxForTest, type TestHost } from '../host/sandbox/testing.ts'
import { doorTo, failureOf, quietInventory } from '../testing.ts'
import { clone } from './actions/clone.ts'
import { create } from './actions/create.ts'
import { destroy } from './actions/destroy.ts'
import { edit } from './actions/edit.ts'
import { forceOff, start } from './actions/life.ts'
import { readVm, withoutPasswords } from './detail.ts'
import type { CreateVmInput } from './input.ts'

let host: TestHost
beforeEach(async () => {
  host = await sandboxForTest({ seed: 'small' })
})
afterEach(() => host.close())

/** `before` is called before every program that the action runs. */
function context(before: (argv: readonly string[]) => Promise<void> = async () => {}): ActionContext {
  const door = doorTo(host, {
    run: async (argv, options) => {
      await before(argv)
      return host.run(argv, options)
    },
  })
  return {
    host: door,
    inventory: quietInventory(),
    now: Date.now,
    taskId: 1,
    progress: () => undefined,
    nudged: new AbortController().signal,
  }
}

async function sh(line: string): Promise<string> {
  const result = await host.run(line.split(' '))
  if (result.exit !== 0) throw new Error(`${line}: ${result.stderr}`)
  return result.stdout
}

/** Where a file of the machine really is. */
const real = (file: string) => realpathSync(path.join(host.dir, 'root', file))

const all = { vm: 'alpha', zvols: ['tank/vms/alpha/disk0'] }

describe('destroying a guest', () => {
  test('never follows a link out of its directory', async () => {
    await host.mkdir('/etc/isos')
    await host.write('/etc/isos/precious.iso', 'bytes')
    symlinkSync(real('/etc/isos'), path.join(real('/vm/alpha'), 'isos'))
    const plan = await destroy.plan(context(), { vm: 'alpha', zvols: [] })
    const files = plan.victims.filter(each => each.kind === 'file').map(each => each.name)
    expect(files).toContain('/vm/alpha/isos')
    expect(files.join(' ')).not.toContain('precious')
    await destroy.run(context(), plan, { vm: 'alpha', zvols: [] })
    expect(await host.read('/etc/isos/precious.iso')).toBe('bytes')
    expect(await host.list('/vm/alpha')).toEqual([])
  })

  test('is refused while another filesystem is mounted inside its directory', async () => {
    await sh('zfs create tank/vms/alpha/data')
    await host.write('/vm/alpha/data/precious', 'bytes')
    expect((await destroy.plan(context(), { vm: 'alpha', zvols: [] })).refused).toMatchObject({
      code: 'refused',
      detail: { names: ['tank/vms/alpha/data'] },
    })
  })

  test('is refused while a disk of another guest lies in its directory', async () => {
    await host.write('/vm/alpha/lent.img', 'bytes of beta')
    const conf = await host.read('/vm/beta/beta.conf')
    const lent = 'disk1_type="virtio-blk"\ndisk1_dev="custom"\ndisk1_name="/vm/alpha/lent.img"\n'
    await host.write('/vm/beta/beta.conf', conf + lent)
    expect((await destroy.plan(context(), { vm: 'alpha', zvols: [] })).refused).toMatchObject({
      code: 'in_use',
      detail: { names: ['beta'] },
    })
  })

  test.each([[all.zvols], [[]]])('keeps a file that came after the plan, with volumes %j', async zvols => {
    const input = { vm: 'alpha', zvols }
    const plan = await destroy.plan(context(), input)
    await host.write('/vm/alpha/notes.txt', 'of today')
    expect(await failureOf(destroy.run(context(), plan, input))).toMatchObject({ code: 'changed' })
    expect(await host.read('/vm/alpha/notes.txt')).toBe('of today')
  })

  test('destroys nothing of a guest that was started by hand', async () => {
    const plan = await destroy.plan(context(), all)
    await start.run(context(), await start.plan(context(), { vm: 'alpha' }), { vm: 'alpha' })
    const before = await sh('zfs list -Hp -t all -r -o name,guid tank')
    expect(await failureOf(destroy.run(context(), plan, all))).toMatchObject({ code: 'in_use' })
    expect(await sh('zfs list -Hp -t all -r -o name,guid tank')).toBe(before)
    await forceOff.run(context(), await forceOff.plan(context(), { vm: 'alpha' }), { vm: 'alpha' })
  })

  test('spares a volume made anew under the same name', async () => {
    const plan = await destroy.plan(context(), all)
    await sh('zfs destroy -r tank/vms/alpha/disk0')
    await sh('zfs create -V 8M tank/vms/alpha/disk0')
    expect(await failureOf(destroy.run(context(), plan, all))).toMatchObject({ code: 'changed' })
    expect(await sh('zfs list -H -o name -r tank/vms/alpha')).toContain('tank/vms/alpha/disk0\n')
  })

  test('names the bookmarks of its volumes, and refuses one that another guest has by a roundabout path', async () => {
    await sh('zfs bookmark tank/vms/alpha/disk0@first tank/vms/alpha/disk0#mark')
    const plan = await destroy.plan(context(), all)
    expect(plan.victims.map(each => `${each.kind} ${each.name}`)).toContain(
      'bookmark tank/vms/alpha/disk0#mark',
    )
    const text = await host.read('/vm/beta/beta.conf')
    const taken =
      'disk1_type="virtio-blk"\ndisk1_dev="custom"\ndisk1_name="/dev/zvol//tank/vms/alpha/disk0p1"\n'
    await host.write('/vm/beta/beta.conf', `${text}${taken}`)
    expect((await destroy.plan(context(), all)).refused).toMatchObject({ code: 'in_use' })
  })

  test('leaves in vm_list what somebody else put there meanwhile', async () => {
    await host.run(['sysrc', 'vm_list=alpha beta'])
    const plan = await destroy.plan(context(), all)
    await host.run(['sysrc', 'vm_list=alpha beta gamma'])
    await destroy.run(context(), plan, all)
    expect(await sh('sysrc -n vm_list')).toBe('beta gamma\n')
  })
})

const NEW: CreateVmInput = {
  name: 'delta',
  datastore: 'default',
  kind: 'linux',
  cpus: 1,
  memoryMiB: 64,
  disk: {
    from: 'existing',
    dataset: 'tank/vms/delta',
    emulation: 'virtio-blk',
  },
  switchName: null,
  resolution: null,
  iso: null,
}

test('a directory that somebody else makes meanwhile is neither filled nor taken away', async () => {
  await sh('zfs create -V 8M tank/vms/delta')
  const plan = await create.plan(context(), NEW)
  expect(plan.refused).toBeUndefined()
  await host.mkdir('/vm/delta')
  await host.write('/vm/delta/delta.conf', 'of somebody else\n')
  expect(await failureOf(create.run(context(), plan, NEW))).toMatchObject({ code: 'exists' })
  expect(await host.read('/vm/delta/delta.conf')).toBe('of somebody else\n')
})

test('what somebody else makes in the place of a new zvol is not taken away when the creation fails', async () => {
  const input: CreateVmInput = {
    ...NEW,
    disk: {
      from: 'new',
      dataset: 'tank/vms/other',
      sizeBytes: 8 * 1024 ** 2,
      sparse: true,
      volblocksizeBytes: null,
      emulation: 'virtio-blk',
    },
  }
  const plan = await create.plan(context(), input)
  const meanwhile = doorTo(host, {
    write: async () => {
      await sh('zfs destroy tank/vms/other')
      await sh('zfs create -V 8M tank/vms/other')
      throw new AppError('no_space', 'The disk is full.')
    },
  })
  const error = await failureOf(create.run({ ...context(), host: meanwhile }, plan, input))
  expect(error.message).toMatch(/could not be taken away again: tank\/vms\/other\./)
  expect(await sh('zfs list -H -o name tank/vms/other')).toBe('tank/vms/other\n')
  await sh('zfs destroy tank/vms/other')
})

test('a snapshot taken anew is another one to clone', async () => {
  const input = { vm: 'alpha', tag: 'second', name: 'alpha2', network: false }
  const plan = await clone.plan(context(), input)
  await sh('zfs destroy tank/vms/alpha/disk0@second')
  await sh('zfs snapshot tank/vms/alpha/disk0@second')
  expect((await clone.plan(context(), input)).digest).not.toBe(plan.digest)
  expect(await failureOf(clone.run(context(), plan, input))).toMatchObject({ code: 'changed' })
  expect(await sh('zfs list -H -o name -r tank')).not.toContain('alpha2')
})

test('a rename keeps what an editor wrote meanwhile', async () => {
  const { revision, conf } = await readVm(host, 'beta')
  const input = { vm: 'beta', revision, name: 'gamma' }
  const plan = await edit.plan(context(), input)
  await host.write('/vm/beta/beta.conf', `${conf}# mine\n`)
  expect(await failureOf(edit.run(context(), plan, input))).toMatchObject({ code: 'changed' })
  expect(await host.read('/vm/beta/beta.conf')).toBe(`${conf}# mine\n`)
})

test('the password of a screen is not for viewers', async () => {
  const text = await host.read('/vm/beta/beta.conf')
  await host.write('/vm/beta/beta.conf', `${text}vnc_password="secret" # ours\n  vnc_password=secret\n`)
  const seen = withoutPasswords(await readVm(host, 'beta'))
  expect(JSON.stringify(seen)).not.toContain('secret')
  expect(seen.conf).toContain('vnc_password="••••••••"')
})

test('a guest does not start on a disk that another one writes to', async () => {
  const text = await host.read('/vm/beta/beta.conf')
  await host.write(
    '/vm/beta/beta.conf',
    `${text}disk1_type="virtio-blk"\ndisk1_dev="custom"\ndisk1_name="/dev/zvol/tank/vms/alpha/disk0"\n`,
  )
  const [one, two] = [
    await start.plan(context(), { vm: 'alpha' }),
    await start.plan(context(), { vm: 'beta' }),
  ]
  // Started at once, the second one waits for the first.
  expect(one.locks.filter(lock => two.locks.includes(lock))).toEqual(['disk:/dev/zvol/tank/vms/alpha/disk0'])
  await start.run(context(), one, { vm: 'alpha' })
  expect((await start.plan(context(), { vm: 'beta' })).refused).toMatchObject({ code: 'in_use' })
  const roundabout = '/dev/zvol/tank/vms/../vms//alpha/disk0'
  await host.write(
    '/vm/beta/beta.conf',
    (await host.read('/vm/beta/beta.conf')).replace('/dev/zvol/tank/vms/alpha/disk0', roundabout),
  )
  expect((await start.plan(context(), { vm: 'beta' })).refused).toMatchObject({ code: 'in_use' })
  await forceOff.run(context(), await forceOff.plan(context(), { vm: 'alpha' }), { vm: 'alpha' })
})
