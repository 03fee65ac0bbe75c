import { expect, test } from 'vitest'
import { stage } from '../actions.testing.ts'
import { filesystem, TANK, volume } from '../datasets/testing.ts'
import { failureOf } from '../testing.ts'
import { setUp } from './actions/set-up.ts'
import { mountOf, planSetUp, type SetUpFacts } from './plan.set-up.ts'
import { readSetup, readVms } from './read.ts'

const facts = (more: Partial<SetUpFacts> = {}): SetUpFacts => ({
  vmDir: null,
  vmDirSetting: '',
  enabled: false,
  newName: {
    datasets: [
      filesystem('tank'),
      filesystem('tank/vm', { mounted: false }),
      filesystem('tank/none', { mountpoint: 'none' }),
      filesystem('tank/a b'),
      volume('tank/disk'),
    ],
    pool: TANK,
  },
  there: new Set(),
  hasExample: false,
  missingModules: [],
  ...more,
})

test.each([
  ['tank/disk', {}, 'invalid'],
  ['tank/vm', {}, 'refused'],
  ['tank/none/x', {}, 'refused'],
  ['tank/a b/x', {}, 'refused'],
  ['tank/@', {}, 'invalid'],
  ['nopool/x', {}, 'not_found'],
  ['tank/new', { vmDir: '/vm', vmDirSetting: '/vm', enabled: true }, 'exists'],
  ['tank/new', { vmDir: '/vm', vmDirSetting: '/vm' }, 'exists'],
  // It is there, and only not mounted: its guests must not be left behind.
  ['tank/new', { vmDirSetting: 'zfs:tank/vm' }, 'refused'],
] as const)('%s with %o is refused as %s', (dataset, more, code) => {
  expect(planSetUp(dataset, facts(more)).refused?.code).toBe(code)
})

test('a dataset is where its mount point is, or will be below that of its parent', () => {
  const { datasets } = facts().newName
  expect(mountOf('tank', datasets)).toBe('/tank')
  expect(mountOf('tank/new', datasets)).toBe('/tank/new')
  expect(mountOf('tank/vm', datasets)).toBe(null)
  expect(mountOf('tank/none/x', datasets)).toBe(null)
  expect(mountOf('x', [filesystem('x', { mountpoint: '/' })])).toBe('/')
})

test('a setting that leads nowhere is named before it is replaced', () => {
  const plan = planSetUp('tank/new', facts({ vmDirSetting: 'zfs:gone/vms' }))
  expect(plan.refused).toBe(undefined)
  expect(plan.warnings).toEqual([expect.stringContaining('zfs:gone/vms')])
})

test('only what is missing is done', () => {
  const there = new Set(['.config', '.iso', '.img', '.config/system.conf'].map(name => `/tank/new/${name}`))
  const more = { there, hasExample: true, missingModules: ['nmdm'], enabled: true }
  const { newName } = facts()
  const plan = planSetUp('tank/new', {
    ...facts(more),
    newName: { ...newName, datasets: [...newName.datasets, filesystem('tank/new')] },
  })
  expect(plan.steps.map(step => step.argv?.join(' ') ?? step.file?.path ?? step.note)).toEqual([
    'mkdir -p /tank/new/.templates',
    'cp /usr/local/share/examples/vm-bhyve/default.conf /tank/new/.templates/default.conf',
    'kldload -n nmdm',
    'sysrc kld_list+=nmdm',
    'sysrc vm_dir=zfs:tank/new',
  ])
})

test('a machine without a place for guests gets one, also in two goes, and vm-bhyve’s files are read there', async () => {
  await using on = await stage()
  await on.sh('sysrc -x vm_dir')
  await on.sh('sysrc vm_enable=NO')
  expect(await readVms(on.host)).toEqual([])
  const input = { dataset: 'tank/guests' }
  const first = await setUp.plan(on.context, input)
  await on.host.run(['fault', 'add', 'sysrc', '--', 'exit', '1', 'broken', 'once'])
  const failure = await failureOf(setUp.run(on.context, first, input))
  expect(failure.message).toContain('Done before that: Create the dataset tank/guests')
  expect(await setUp.settle(on.context, first, [])).toMatchObject({ state: 'interrupted' })

  const second = await setUp.plan(on.context, input)
  expect(second.steps.length).toBeLessThan(first.steps.length)
  await setUp.run(on.context, second, input)
  const setup = await readSetup(on.host)
  expect(setup).toMatchObject({ vmDir: '/tank/guests', system: '', rc: { enabled: true } })
  expect((await on.host.list('/tank/guests')).map(each => each.name)).toEqual([
    '.config',
    '.img',
    '.iso',
    '.templates',
  ])
  expect(await setUp.settle(on.context, second, [])).toMatchObject({ state: 'done' })
  expect((await setUp.plan(on.context, input)).refused).toMatchObject({ code: 'exists' })
})
