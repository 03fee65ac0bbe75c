import { expect, test } from 'vitest'
import { type Stage, stage } from '../actions.testing.ts'
import { filesystem, snapshot, volume } from '../datasets/testing.ts'
import { failureOf } from '../testing.ts'
import { vmRow } from '../vms/row.testing.ts'
import { createPool, destroyPool, exportPool, importable, importPool } from './actions.life.ts'
import type { CreatePoolInput, ImportPoolInput } from './input.ts'
import { aboutLayout, type Disk, type ImportablePool, type Pool, usableBytes } from './model.ts'
import { planCreatePool } from './plan.create.ts'
import { planDestroyPool, planExport, planImport } from './plan.life.ts'

const pool = (change: Partial<Pool> = {}): Pool => ({
  name: 'tank',
  guid: '7',
  health: 'ONLINE',
  sizeBytes: 100,
  allocatedBytes: 40,
  freeBytes: 60,
  capacityPercent: 40,
  fragmentationPercent: 0,
  dedupRatio: 1,
  readonly: false,
  ...change,
})
const datasets = [
  filesystem('zroot', { mountpoint: '/' }),
  filesystem('tank', { mounted: true }),
  volume('tank/web1'),
]
const web1 = (state: 'running' | 'stopped', destroy = false) =>
  vmRow('web1', {
    state,
    directory: '/elsewhere/web1',
    disks: [
      {
        index: 0,
        emulation: 'virtio-blk',
        backing: 'custom',
        path: '/dev/zvol/tank/web1',
        dataset: 'tank/web1',
      },
    ],
    protection: { stop: false, destroy },
  })
const facts = (change: { pools?: Pool[]; vms?: ReturnType<typeof web1>[] } = {}) => ({
  pools: [pool()],
  datasets,
  vms: [web1('stopped')],
  snapshots: [snapshot('tank@a', 3), snapshot('tank@b', 4)],
  ...change,
})
const argv = (plan: { steps: { argv?: string[] }[] }) => plan.steps.map(step => step.argv?.join(' '))

test('export says who is left without disks, and is never by force', () => {
  const plan = planExport('tank', facts())
  expect(argv(plan)).toEqual(['zpool export tank'])
  expect(plan.warnings[0]).toContain('web1 has its disk')
  expect(plan.subjects).toEqual([{ name: 'tank', guid: '7' }])
  expect(plan.locks).toEqual(['pool:tank', 'dataset:tank/**', 'vm:web1'])
})

test.each<[string, Parameters<typeof facts>[0], string, RegExp]>([
  ['a guest runs on it', { vms: [web1('running')] }, 'tank', /web1 is running and uses tank/],
  ['it is suspended', { pools: [pool({ health: 'SUSPENDED' })] }, 'tank', /suspended/],
  ['the system runs from it', { pools: [pool({ name: 'zroot' })] }, 'zroot', /system runs from/],
  ['it is not there', { pools: [] }, 'tank', /no pool tank/],
])('neither export nor destroy: %s', (_, change, name, why) => {
  expect(planExport(name, facts(change)).refused?.message).toMatch(why)
  expect(planDestroyPool(name, facts(change)).refused?.message).toMatch(why)
})

test('destroying names every dataset and every snapshot', () => {
  const plan = planDestroyPool('tank', facts())
  expect(argv(plan)).toEqual(['zpool destroy tank'])
  expect(plan.victims.map(each => each.name)).toEqual(['tank', 'tank/web1', 'tank@a', 'tank@b'])
  // Another snapshot is another plan, also under the same name.
  const other = planDestroyPool('tank', {
    ...facts(),
    snapshots: [snapshot('tank@a', 3), snapshot('tank@b', 5)],
  })
  expect(other.digest).not.toBe(plan.digest)
})

test('destroying is refused where something in it is to stay', () => {
  expect(planDestroyPool('tank', facts({ vms: [web1('stopped', true)] })).refused?.message).toContain(
    'protected',
  )
  expect(planDestroyPool('tank', facts({ pools: [pool({ readonly: true })] })).refused?.message).toContain(
    'read-only',
  )
  const held = { ...facts(), snapshots: [snapshot('tank@a', 3, { holds: 1 })] }
  expect(planDestroyPool('tank', held).refused).toMatchObject({ code: 'held' })
})

const found: ImportablePool = {
  name: 'old',
  guid: '18027694189143447123',
  state: 'ONLINE',
  isDestroyed: false,
  statusText: null,
  actionText: null,
  messageId: null,
  vdevs: [],
}
const asked: ImportPoolInput = {
  guid: found.guid,
  newName: null,
  readonly: false,
  force: false,
  unmounted: false,
}
const planned = (change: Partial<ImportPoolInput>, of: Partial<ImportablePool> = {}) =>
  planImport({ ...asked, ...change }, { pools: [pool()], importable: [{ ...found, ...of }] })

test('import goes by the id, and says where it mounts', () => {
  expect(argv(planned({}))).toEqual([`zpool import ${found.guid}`])
  expect(planned({}).warnings.join()).toContain('mounted')
  expect(argv(planned({ newName: 'new', readonly: true, unmounted: true }))).toEqual([
    `zpool import -N -o readonly=on ${found.guid} new`,
  ])
  expect(planned({ unmounted: true }).warnings).toEqual([])
})

test('import by force only where another system had it, and somebody has said that it has it no more', () => {
  const foreign = { messageId: 'ZFS-8000-EY' }
  expect(planned({}, foreign).refused?.detail?.field).toBe('force')
  expect(argv(planned({ force: true }, foreign))).toEqual([`zpool import -f ${found.guid}`])
  expect(argv(planned({ force: true }))).toEqual([`zpool import ${found.guid}`])
  expect(planned({ force: true }, foreign).warnings.join()).toContain('Two machines')
})

test('import is refused where it cannot be', () => {
  expect(planned({ newName: 'tank' }).refused).toMatchObject({ code: 'exists', detail: { field: 'newName' } })
  expect(planned({ guid: '1' }).refused?.code).toBe('not_found')
  const lost = { state: 'UNAVAIL', statusText: 'Devices are missing.' } as const
  expect(planned({}, lost).refused?.message).toContain('Devices are missing.')
  expect(planned({}, { state: 'DEGRADED', actionText: 'Its tolerance suffers.' }).warnings).toContain(
    'Its tolerance suffers.',
  )
  expect(argv(planned({}, { isDestroyed: true }))).toEqual([`zpool import -D ${found.guid}`])
})

const disk = (name: string, change: Partial<Disk> = {}): Disk => ({
  name,
  takenBy: null,
  sizeBytes: 2 ** 40,
  ...change,
})
const wanted = (change: Partial<CreatePoolInput> = {}): CreatePoolInput => ({
  name: 'new',
  groups: [{ layout: 'mirror', disks: ['da1', 'da2'] }],
  extras: [],
  ashift: 12,
  compression: 'lz4',
  mountpoint: '/new',
  ...change,
})
const disks = ['da1', 'da2', 'da3', 'da4', 'da5', 'da6'].map(name => disk(name))
const created = (change: Partial<CreatePoolInput> = {}, of: readonly Disk[] = disks) =>
  planCreatePool(wanted(change), { pools: [pool()], disks: of })

test('a pool of groups and what stands beside them', () => {
  expect(argv(created())).toEqual(['zpool create -o ashift=12 -O compression=lz4 -m /new new mirror da1 da2'])
  const plan = created({
    groups: [{ layout: 'raidz1', disks: ['da1', 'da2', 'da3'] }],
    extras: [
      { role: 'log', isMirror: true, disks: ['da4', 'da5'] },
      { role: 'spare', isMirror: false, disks: ['da6'] },
    ],
    ashift: null,
    mountpoint: null,
  })
  expect(argv(plan)).toEqual([
    'zpool create -O compression=lz4 -m none new raidz1 da1 da2 da3 log mirror da4 da5 spare da6',
  ])
  expect(plan.victims.map(each => each.name)).toContain('/dev/da6')
  expect(created({ groups: [{ layout: 'stripe', disks: ['da1'] }] }).warnings.join()).toContain(
    'Without redundancy',
  )
  const unequal = [disk('da1'), disk('da2', { sizeBytes: 2 ** 39 })]
  expect(created({}, unequal).warnings.join()).toContain('differ in size')
})

test.each<[string, Partial<CreatePoolInput>, string, RegExp]>([
  ['a name that is there', { name: 'tank' }, 'name', /already/],
  ['a name that is a word of zpool', { name: 'mirror1' }, 'name', /means something else/],
  ['a name ZFS refuses', { name: '1st' }, 'name', /begins with a letter/],
  ['too few disks', { groups: [{ layout: 'raidz2', disks: ['da1', 'da2'] }] }, 'groups', /3 disks/],
  ['a disk twice', { groups: [{ layout: 'mirror', disks: ['da1', 'da1'] }] }, 'groups', /named twice/],
  ['a disk that is gone', { groups: [{ layout: 'stripe', disks: ['da9'] }] }, 'groups', /no disk da9/],
  [
    'groups of another kind',
    {
      groups: [
        { layout: 'mirror', disks: ['da1', 'da2'] },
        { layout: 'raidz1', disks: ['da3', 'da4', 'da5'] },
      ],
    },
    'groups',
    /bear different losses/,
  ],
  [
    'a mirrored spare',
    { extras: [{ role: 'spare', isMirror: true, disks: ['da3', 'da4'] }] },
    'extras',
    /no mirror/,
  ],
])('not created: %s', (_, change, field, why) => {
  const { refused } = created(change)
  expect(refused?.detail?.field).toBe(field)
  expect(refused?.message).toMatch(why)
})

test('a disk that somebody has is not taken', () => {
  expect(created({}, [disk('da1'), disk('da2', { takenBy: 'pool x' })]).refused?.code).toBe('in_use')
})

test('what fits and what may fail', () => {
  expect(usableBytes('raidz2', [4, 4, 4, 3])).toBe(6)
  expect(usableBytes('mirror', [4, 3])).toBe(3)
  expect(usableBytes('stripe', [4, 3])).toBe(7)
  expect(usableBytes('stripe', [4, null])).toBeNull()
  expect(aboutLayout('mirror', 3).mayFail).toBe(2)
})

async function withDisks(): Promise<Stage & AsyncDisposable> {
  const on = await stage()
  const { da0 } = on.host.world.state.disks
  for (const name of ['da8', 'da9']) if (da0) on.host.world.state.disks[name] = { ...da0, name, ident: name }
  return on
}

test('made, exported, imported under another name, destroyed: each as the host shows', async () => {
  await using on = await withDisks()
  const groups: CreatePoolInput['groups'] = [{ layout: 'mirror', disks: ['da8', 'da9'] }]
  const input = wanted({ name: 'extra', groups, mountpoint: '/extra' })
  const create = await createPool.plan(on.context, input)
  await createPool.run(on.context, create, input)
  expect(await on.sh('zpool list -H -o name,health extra')).toBe('extra\tONLINE\n')
  expect(await createPool.settle(on.context, create, [])).toMatchObject({ state: 'done' })
  expect((await createPool.plan(on.context, { ...input, name: 'more' })).refused?.code).toBe('in_use')
  await on.sh('zfs create extra/a')

  const away = await exportPool.plan(on.context, { pool: 'extra' })
  await exportPool.run(on.context, away, { pool: 'extra' })
  expect(await exportPool.settle(on.context, away, [])).toMatchObject({ state: 'done' })
  const [one] = await importable(on.host)
  expect(one).toMatchObject({ name: 'extra', state: 'ONLINE' })

  const back: ImportPoolInput = { ...asked, guid: one?.guid ?? '', newName: 'again' }
  const comes = await importPool.plan(on.context, back)
  await importPool.run(on.context, comes, back)
  expect(await on.sh('zfs list -H -o name again/a')).toBe('again/a\n')

  const die = await destroyPool.plan(on.context, { pool: 'again' })
  expect(die.victims.map(each => each.name)).toEqual(['again', 'again/a'])
  // Another pool of that name has come meanwhile.
  const stranger = { ...die, facts: { pool: 'again', guid: '99' } }
  expect((await failureOf(destroyPool.run(on.context, stranger, { pool: 'again' }))).message).toContain(
    'not the pool',
  )
  await destroyPool.run(on.context, die, { pool: 'again' })
  expect((await on.host.run(['zpool', 'list', 'again'])).exit).not.toBe(0)
  expect(await destroyPool.settle(on.context, die, [])).toMatchObject({ state: 'done' })
})
