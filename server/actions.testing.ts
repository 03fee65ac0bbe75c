/** Every action that is served, on a machine that is ready for it. */
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type * as z from 'zod/mini'
import type { Action, ActionContext } from './action.ts'
import { mount, unmount } from './datasets/actions.mount.ts'
import * as datasets from './datasets/actions.ts'
import { AppError } from './errors.ts'
import { readMachineFacts } from './host/machine.ts'
import { sandboxForTest, type TestHost } from './host/sandbox/testing.ts'
import * as images from './images/actions.ts'
import type { UploadInput } from './images/input.ts'
import { uploadPart } from './images/plan.ts'
import { readImages } from './images/read.ts'
import { createInventory } from './inventory/live.ts'
import { createReader } from './inventory/reader.ts'
import * as networks from './networks/actions.ts'
import { readNetworks } from './networks/read.ts'
import * as poolLife from './pools/actions.life.ts'
import * as poolProperty from './pools/actions.property.ts'
import * as pools from './pools/actions.ts'
import { rollbackGuestAction } from './snapshots/actions.group.ts'
import { rollbackAction, swapBackAction } from './snapshots/actions.rollback.ts'
import * as snapshots from './snapshots/actions.ts'
import { guestRoom } from './snapshots/guest-room.ts'
import type { Plan } from './tasks/model.ts'
import type { TaskEngine } from './tasks/task.ts'
import { operator } from './tasks/testing.ts'
import { clone } from './vms/actions/clone.ts'
import { create } from './vms/actions/create.ts'
import { destroy } from './vms/actions/destroy.ts'
import { edit } from './vms/actions/edit.ts'
import { growDisk } from './vms/actions/grow.ts'
import * as hardware from './vms/actions/hardware.ts'
import * as life from './vms/actions/life.ts'
import { setUp } from './vms/actions/set-up.ts'
import { readStartOrder, setStartOrder } from './vms/actions/start-order.ts'
import { readVm } from './vms/detail.ts'
import type {
  AddDeviceInput,
  ChangeDeviceInput,
  RemoveDeviceInput,
  ShareInput,
} from './vms/input.hardware.ts'
import { readVms } from './vms/read.ts'

/** A machine, and what the action under test sees of it. */
export type Stage = { host: TestHost; context: ActionContext; sh: (line: string) => Promise<string> }

export async function stage(): Promise<Stage & AsyncDisposable> {
  const host = await sandboxForTest({ seed: 'small' })
  const inventory = createInventory({
    host,
    read: createReader(host, {
      vms: () => readVms(host),
      networks: () => readNetworks(host),
      images: () => readImages(host, []),
      facts: () => readMachineFacts(host),
    }),
  })
  return {
    host,
    context: {
      host,
      inventory,
      now: Date.now,
      taskId: 1,
      progress: () => undefined,
      nudged: new AbortController().signal,
    },
    async sh(line) {
      const result = await host.run(line.split(' '))
      if (result.exit !== 0) throw new Error(`${line}: ${result.stderr}`)
      return result.stdout
    },
    async [Symbol.asyncDispose]() {
      inventory.close()
      await host.close()
    },
  }
}

async function carriedOut<Schema extends z.core.$ZodType, Result>(
  { context }: Stage,
  action: Action<Schema, Result>,
  input: z.core.output<Schema>,
): Promise<Plan> {
  const plan = await action.plan(context, input)
  if (plan.refused) throw new AppError(plan.refused.code, plan.refused.message, plan.refused.detail)
  await action.run(context, plan, input)
  return plan
}

export type Case = {
  name: string
  /** Plans on a machine that is ready for it, and gives what carries the plan out and what settles it. */
  prepare: (on: Stage) => Promise<{
    plan: Plan
    run: (context: ActionContext) => Promise<unknown>
    settle: () => ReturnType<Action['settle']>
    /** Carries it out as a task. */
    asTask: (tasks: TaskEngine) => Promise<unknown>
  }>
}

function scenario<Schema extends z.core.$ZodType, Result>(
  action: Action<Schema, Result>,
  input: z.core.output<Schema> | ((on: Stage) => Promise<z.core.output<Schema>>),
  ...setUp: (string | ((on: Stage) => Promise<unknown>))[]
): Case {
  return {
    name: action.name,
    async prepare(on) {
      for (const one of setUp) await (typeof one === 'string' ? on.sh(one) : one(on))
      const given = isFunction(input) ? await input(on) : input
      const plan = await action.plan(on.context, given)
      if (plan.refused) throw new Error(`${action.name} is refused: ${plan.refused.message}`)
      return {
        plan,
        run: context => action.run(context, plan, given),
        settle: () => action.settle(on.context, plan, []),
        asTask: tasks => tasks.run(action, given, plan.digest, operator),
      }
    },
  }
}

function isFunction<Input>(
  input: Input | ((on: Stage) => Promise<Input>),
): input is (on: Stage) => Promise<Input> {
  return typeof input === 'function'
}

const started = (vm: string) => (on: Stage) => carriedOut(on, life.start, { vm })
const wentBack = (on: Stage) =>
  carriedOut(on, rollbackAction(guestRoom), { snapshot: 'tank/a@x', way: 'keep' })
const ONE = 'zfs create tank/a'
const written = (name: string) => (on: Stage) => on.host.write(`/tank/a/${name}`, name)
const WITH_SNAPSHOT = [ONE, written('old'), 'zfs snapshot tank/a@x'] as const
const CHANGED_SINCE = [...WITH_SNAPSHOT, 'zfs snapshot tank/a@y', written('new')] as const

const SECOND_DISK = [
  'zfs create -V 8M tank/d1',
  async (on: Stage) => {
    const conf = await on.host.read('/vm/alpha/alpha.conf')
    const disk = 'disk1_type="virtio-blk"\ndisk1_dev="custom"\ndisk1_name="/dev/zvol/tank/d1"\n'
    await on.host.write('/vm/alpha/alpha.conf', `${conf}${disk}`)
  },
] as const

const NEW_DISK: AddDeviceInput['device'] = {
  kind: 'disk',
  emulation: 'nvme',
  source: {
    from: 'new',
    dataset: 'tank/vms/alpha/disk1',
    sizeBytes: 64 * 1024 ** 2,
    sparse: true,
    volblocksizeBytes: null,
  },
  options: '',
}
const MORE_MEMORY: ChangeDeviceInput['device'] = { kind: 'memory', memoryMiB: 96, wired: true }
const FIRST_CARD: RemoveDeviceInput['device'] = { kind: 'network', index: 0 }
const SHARED_HOME: ShareInput['device'] = {
  kind: 'directory',
  path: '/tank/home',
  tag: 'home',
  readonly: true,
}

/** An edit of alpha's conf as it is. */
const onAlpha =
  <Edit extends object>(edit: Edit) =>
  async (on: Stage) => ({ vm: 'alpha', revision: (await readVm(on.host, 'alpha')).revision, ...edit })

const ISO = 'x'.repeat(5000)
const SHA256_OF_ISO = createHash('sha256').update(ISO).digest('hex')
const IN_LIBRARY = { datastore: 'default', kind: 'iso', name: 'new.iso', sha256: SHA256_OF_ISO } as const
const UPLOAD: UploadInput = { ...IN_LIBRARY, sizeBytes: ISO.length, lastModified: 1 }

/** A server of the web that has one file. It must keep no test from ending. */
async function mirror(): Promise<string> {
  const server = createServer((request, response) => {
    response.writeHead(200, { 'Content-Length': ISO.length })
    response.end(request.method === 'HEAD' ? undefined : ISO)
  })
  server.unref()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('It listens to no port.')
  return `http://127.0.0.1:${address.port}/new.iso`
}

/** A disk that nobody has. */
function withFreeDisk(on: Stage): Promise<void> {
  const { da0 } = on.host.world.state.disks
  if (da0) on.host.world.state.disks.da9 = { ...da0, name: 'da9' }
  return Promise.resolve()
}
/** Made by a ZFS that knew less. */
function withOldPool(on: Stage): Promise<void> {
  const { tank } = on.host.world.state.pools
  if (tank) tank.features.blake3 = 'disabled'
  return Promise.resolve()
}
const EXTRA = [withFreeDisk, 'zpool create extra da9'] as const

export const CASES: Case[] = [
  scenario(setUp, { dataset: 'tank/guests' }, 'sysrc -x vm_dir', 'sysrc vm_enable=NO', on => {
    on.host.world.state.modules = on.host.world.state.modules.filter(name => name !== 'nmdm')
    return Promise.resolve()
  }),
  // All of it has arrived already: what is left needs no browser.
  scenario(images.upload, UPLOAD, on => on.host.write(`/vm/.iso/${uploadPart(UPLOAD)}`, ISO)),
  scenario(images.fetch, async () => ({ ...IN_LIBRARY, url: await mirror() })),
  scenario(images.destroy, { path: '/vm/.iso/old.iso' }, on => on.host.write('/vm/.iso/old.iso', ISO)),
  scenario(datasets.createFilesystem, { dataset: 'tank/a', compression: 'zstd' }),
  scenario(datasets.createVolume, { dataset: 'tank/v', sizeBytes: 2 ** 23, sparse: false }),
  scenario(datasets.rename, { dataset: 'tank/a', to: 'tank/b' }, ONE),
  scenario(datasets.destroy, { dataset: 'tank/a' }, ONE, 'zfs create tank/a/b', 'zfs snapshot -r tank/a@x'),
  scenario(datasets.setProperty, { dataset: 'tank/a', name: 'compression', value: 'zstd' }, ONE),
  scenario(
    datasets.inheritProperty,
    { dataset: 'tank/a', name: 'compression' },
    'zfs create -o compression=zstd tank/a',
  ),
  scenario(datasets.promote, { dataset: 'tank/c' }, ...WITH_SNAPSHOT, 'zfs clone tank/a@x tank/c'),
  scenario(mount, { dataset: 'tank/a' }, ONE, 'zfs unmount tank/a'),
  scenario(unmount, { dataset: 'tank/a' }, ONE),
  scenario(pools.scrub, { pool: 'tank', verb: 'start' }),
  scenario(pools.offline, { pool: 'tank', device: 'da1' }),
  scenario(pools.online, { pool: 'tank', device: 'da1' }, 'zpool offline tank da1'),
  scenario(pools.clear, { pool: 'tank', device: null }, on => {
    const [mirror] = on.host.world.state.pools.tank?.vdevs ?? []
    Object.assign(mirror?.children[0] ?? {}, { checksumErrors: 3 })
    return Promise.resolve()
  }),
  scenario(pools.replace, { pool: 'tank', device: 'da1', by: 'da9' }, withFreeDisk),
  scenario(pools.attach, { pool: 'tank', device: 'da1', by: 'da9' }, withFreeDisk),
  scenario(pools.detach, { pool: 'tank', device: 'da1' }),
  scenario(poolProperty.setPoolProperty, { pool: 'tank', name: 'autotrim', value: 'on' }),
  scenario(poolProperty.upgradePool, { pool: 'tank' }, withOldPool),
  scenario(
    poolLife.createPool,
    {
      name: 'extra',
      groups: [{ layout: 'stripe', disks: ['da9'] }],
      extras: [],
      ashift: 12,
      compression: 'lz4',
      mountpoint: '/extra',
    },
    withFreeDisk,
  ),
  scenario(poolLife.exportPool, { pool: 'extra' }, ...EXTRA),
  scenario(poolLife.destroyPool, { pool: 'extra' }, ...EXTRA, 'zfs create extra/a', 'zfs snapshot extra/a@x'),
  scenario(
    poolLife.importPool,
    async on => {
      const [pool] = await poolLife.importable(on.host)
      return { guid: pool?.guid ?? '', newName: 'other', readonly: false, force: false, unmounted: false }
    },
    ...EXTRA,
    'zpool export extra',
  ),
  scenario(snapshots.create, { datasets: ['tank/a'], tag: 'x', recursive: false }, ONE),
  scenario(
    snapshots.destroy,
    { snapshots: ['tank/a@x', 'tank/b@x'] },
    ...WITH_SNAPSHOT,
    'zfs create tank/b',
    'zfs snapshot tank/b@x',
  ),
  scenario(snapshots.hold, { snapshots: ['tank/a@x'], tag: 'keep' }, ...WITH_SNAPSHOT),
  scenario(
    snapshots.release,
    { snapshots: ['tank/a@x'], tag: 'keep' },
    ...WITH_SNAPSHOT,
    'zfs hold keep tank/a@x',
  ),
  scenario(snapshots.clone, { snapshot: 'tank/a@x', target: 'tank/c' }, ...WITH_SNAPSHOT),
  scenario(rollbackAction(guestRoom), { snapshot: 'tank/a@x', way: 'go-back' }, ...CHANGED_SINCE),
  scenario(
    rollbackAction(guestRoom),
    { snapshot: 'tank/a@x', way: 'keep' },
    'zfs create tank/a',
    'zfs create tank/a/child',
    ...CHANGED_SINCE.slice(1),
  ),
  scenario(rollbackAction(guestRoom), { snapshot: 'tank/vms/alpha/disk0@first', way: 'keep' }),
  scenario(rollbackAction(guestRoom), { snapshot: 'tank/a@x', way: 'beside' }, ...WITH_SNAPSHOT),
  scenario(
    rollbackGuestAction(guestRoom),
    { vm: 'alpha', tag: 'x' },
    ...SECOND_DISK,
    'zfs snapshot tank/vms/alpha/disk0@x tank/d1@x',
    'zfs snapshot tank/d1@y',
    on =>
      on.host.run(['dd', 'of=/dev/zvol/tank/d1', 'bs=512', 'count=1'], { stdin: 'since then'.padEnd(512) }),
  ),
  scenario(swapBackAction(guestRoom), { dataset: 'tank/a' }, ...WITH_SNAPSHOT, wentBack),
  scenario(create, {
    name: 'web1',
    datastore: 'default',
    kind: 'freebsd',
    cpus: 1,
    memoryMiB: 64,
    disk: {
      from: 'new',
      dataset: 'tank/vms/web1/disk0',
      sizeBytes: 64 * 1024 ** 2,
      sparse: true,
      volblocksizeBytes: null,
      emulation: 'virtio-blk',
    },
    switchName: null,
    resolution: null,
    iso: null,
  }),
  scenario(clone, { vm: 'alpha', tag: null, name: 'alpha2', network: false }),
  scenario(life.start, { vm: 'alpha' }),
  scenario(life.shutdown, { vm: 'alpha', graceSeconds: 5 }, started('alpha')),
  scenario(life.forceOff, { vm: 'alpha' }, started('alpha')),
  scenario(life.reset, { vm: 'alpha' }, started('alpha')),
  scenario(life.nmi, { vm: 'alpha' }, started('alpha')),
  scenario(setStartOrder, async on => ({
    revision: (await readStartOrder(on.host)).revision,
    list: ['beta', 'alpha'],
    delaySeconds: 7,
  })),
  scenario(
    hardware.setPolicy,
    onAlpha({
      policy: { onRestart: 'shutdown', onFault: 'restart' },
      protection: { stop: true, destroy: true },
    }),
  ),
  scenario(life.cleanUp, { vm: 'alpha' }, 'bhyvectl --create --vm=alpha', on =>
    on.host.write('/vm/alpha/run.lock', 'skep-test\n'),
  ),
  scenario(edit, async on => ({
    vm: 'alpha',
    revision: (await readVm(on.host, 'alpha')).revision,
    name: 'omega',
    cpus: 2,
    autostart: true,
  })),
  scenario(hardware.addDevice, onAlpha({ device: NEW_DISK })),
  scenario(hardware.changeDevice, onAlpha({ device: MORE_MEMORY })),
  scenario(hardware.removeDevice, onAlpha({ device: FIRST_CARD })),
  scenario(hardware.share, onAlpha({ device: SHARED_HOME })),
  scenario(hardware.setOptions, onAlpha({ options: '-o lpc.fwcfg=qemu', tpm: null })),
  scenario(hardware.discardPending, onAlpha({}), started('alpha'), async on =>
    carriedOut(on, hardware.changeDevice, await onAlpha({ device: MORE_MEMORY })(on)),
  ),
  scenario(growDisk, { vm: 'alpha', index: 0, sizeBytes: 2 ** 33 }),
  scenario(networks.create, {
    name: 'dmz',
    ports: ['ix1'],
    vlan: 7,
    address: '198.51.100.1/24',
    isPrivate: true,
  }),
  scenario(
    networks.edit,
    {
      name: 'dmz',
      ports: ['ix1'],
      vlan: 8,
      address: '198.51.100.9/24',
      isPrivate: true,
      keepWithinSeconds: 60,
    },
    on =>
      carriedOut(on, networks.create, {
        name: 'dmz',
        ports: ['ix1'],
        vlan: 7,
        address: null,
        isPrivate: false,
      }),
  ),
  scenario(networks.destroy, { name: 'dmz' }, on =>
    carriedOut(on, networks.create, {
      name: 'dmz',
      ports: ['ix1'],
      vlan: 7,
      address: null,
      isPrivate: false,
    }),
  ),
  scenario(destroy, { vm: 'alpha', zvols: ['tank/vms/alpha/disk0'] }),
]
