import { describe, expect, it } from 'vitest'
import type { Property } from '../pools/model.ts'
import { guest } from '../snapshots/testing.ts'
import type { Plan } from '../tasks/model.ts'
import { planDestroy } from './plan.destroy.ts'
import { planInheritProperty, planSetProperty } from './plan.property.ts'
import { planCreateFilesystem, planCreateVolume, planPromote, planRename } from './plan.ts'
import { reservationOf } from './properties.ts'
import { filesystem, snapshot, TANK, volume } from './testing.ts'

const datasets = [filesystem('tank'), filesystem('tank/vms'), volume('tank/vms/web1')]
const facts = { datasets, pool: TANK }
const commands = (plan: Plan): string[] => plan.steps.map(each => each.argv?.join(' ') ?? '')
const code = (plan: Plan): string | undefined => plan.refused?.code

describe('create', () => {
  it('shows the exact command', () => {
    const input = { dataset: 'tank/data', compression: 'zstd', checksum: 'blake3', quotaBytes: 2 ** 30 }
    const pool = { ...TANK, features: { ...TANK.features, 'feature@zstd_compress': 'active' } }
    expect(commands(planCreateFilesystem(input, { ...facts, pool }))).toEqual([
      'zfs create -o compression=zstd -o checksum=blake3 -o quota=1073741824 tank/data',
    ])
    const zvol = { dataset: 'tank/vms/debian', sizeBytes: 2 ** 26, volblocksizeBytes: 16_384, sparse: true }
    expect(commands(planCreateVolume(zvol, facts))).toEqual([
      'zfs create -s -b 16384 -V 67108864 tank/vms/debian',
    ])
  })

  it.each([
    ['tank/vms', 'exists'],
    ['tank/nosuch/deep', 'not_found'],
    ['tank/vms/web1/below', 'invalid'],
    ['tank', 'invalid'],
    ['tank/a%b', 'invalid'],
    ['tank//a', 'invalid'],
    [`tank/${'x'.repeat(255)}`, 'invalid'],
  ])('%s is refused as %s', (dataset, expected) => {
    expect(code(planCreateFilesystem({ dataset }, facts))).toBe(expected)
  })

  it.each([
    [{ health: 'SUSPENDED' as const }, 'refused'],
    [{ readonly: true }, 'refused'],
  ])('a pool that cannot be written to is left alone: %j', (state, expected) => {
    expect(code(planCreateFilesystem({ dataset: 'tank/a' }, { datasets, pool: { ...TANK, ...state } }))).toBe(
      expected,
    )
  })

  it('takes blake3 only where the pool has it', () => {
    const input = { dataset: 'tank/a', checksum: 'blake3' }
    const old = { datasets, pool: { ...TANK, features: { 'feature@blake3': 'disabled' } } }
    expect(planCreateFilesystem(input, old).refused).toMatchObject({
      code: 'unsupported',
      detail: { next: expect.stringContaining('zpool set feature@blake3=enabled tank') },
    })
    expect(code(planCreateFilesystem(input, facts))).toBeUndefined()
  })

  it('sets aside what libzfs would, and refuses what does not fit before zfs is asked', () => {
    expect(reservationOf(268_435_456, 16_384)).toBe(274_726_912)
    const input = { dataset: 'tank/vms/big', sizeBytes: 2 ** 30, sparse: false }
    expect(code(planCreateVolume(input, facts))).toBe('no_space')
    const sparse = planCreateVolume({ ...input, sizeBytes: 2 ** 31, sparse: true }, facts)
    expect(code(sparse)).toBeUndefined()
    expect(sparse.warnings).toHaveLength(1)
  })

  it.each([
    [{ sizeBytes: 16_385 }, 'sizeBytes'],
    [{ volblocksizeBytes: 3000 }, 'volblocksizeBytes'],
  ])('%j is nonsense', (more, field) => {
    const input = { dataset: 'tank/v', sizeBytes: 2 ** 26, sparse: true, ...more }
    expect(planCreateVolume(input, facts).refused).toMatchObject({ code: 'invalid', detail: { field } })
  })
})

describe('rename', () => {
  it('tells the guests whose conf will not find it', () => {
    const plan = planRename(
      { dataset: 'tank/vms/web1', to: 'tank/vms/web2' },
      { ...facts, vms: [guest('web', ['tank/vms/web1'])] },
    )
    expect(commands(plan)).toEqual(['zfs rename tank/vms/web1 tank/vms/web2'])
    expect(plan.warnings).toEqual(['web has it in /vm/web/web.conf and will not find it under its new name.'])
  })

  it.each([
    ['tank/vms', 'tank/vms/below', 'invalid'],
    ['tank/vms', 'other/vms', 'refused'],
    ['tank/vms', 'tank/vms', 'invalid'],
    ['tank', 'tank2', 'refused'],
    ['tank/nix', 'tank/nox', 'not_found'],
  ])('%s to %s is refused as %s', (dataset, to, expected) => {
    expect(code(planRename({ dataset, to }, { ...facts, vms: [] }))).toBe(expected)
  })

  it('does not take the disk from under a running guest, also not with its parent', () => {
    const vms = [guest('web', ['tank/vms/web1'], 'running')]
    const plan = planRename({ dataset: 'tank/vms', to: 'tank/guests' }, { ...facts, vms })
    expect(plan.refused).toMatchObject({ code: 'in_use', detail: { names: ['web'] } })
  })
})

describe('destroy', () => {
  const tree = [filesystem('tank'), filesystem('tank/a'), filesystem('tank/a/b'), volume('tank/a/b/v')]
  const snapshots = [snapshot('tank/a@x', 11), snapshot('tank/a/b/v@x', 12), snapshot('tank/a/b/v@y', 13)]
  const all = { datasets: tree, snapshots, bookmarks: [], vms: [] }

  it('names each thing and destroys it by its own name, children first, never with -r', () => {
    const plan = planDestroy('tank/a', all)
    expect(commands(plan)).toEqual([
      'zfs destroy tank/a/b/v@x,y',
      'zfs destroy tank/a/b/v',
      'zfs destroy tank/a/b',
      'zfs destroy tank/a@x',
      'zfs destroy tank/a',
    ])
    expect(plan.victims.map(each => each.name)).toEqual([
      'tank/a/b/v@x',
      'tank/a/b/v@y',
      'tank/a/b/v',
      'tank/a/b',
      'tank/a@x',
      'tank/a',
    ])
  })

  it('is blocked by a clone elsewhere, with the sentence that says what to do', () => {
    const cloned = snapshots.map(each => (each.name === 'tank/a@x' ? { ...each, clones: ['tank/c'] } : each))
    const plan = planDestroy('tank/a', { ...all, snapshots: cloned })
    expect(plan.refused?.message).toBe(
      'tank/a@x has a clone, tank/c. Promote the clone first, or destroy it.',
    )
  })

  it('destroys a clone inside the tree before the snapshot it stands on', () => {
    const inside = [...tree, filesystem('tank/a/clone', { origin: 'tank/a/b/v@x' })]
    const cloned = snapshots.map(each =>
      each.name === 'tank/a/b/v@x' ? { ...each, clones: ['tank/a/clone'] } : each,
    )
    const lines = commands(planDestroy('tank/a', { ...all, datasets: inside, snapshots: cloned }))
    expect(lines.indexOf('zfs destroy tank/a/clone')).toBeLessThan(
      lines.indexOf('zfs destroy tank/a/b/v@x,y'),
    )
  })

  it.each([
    ['tank', 'refused'],
    ['tank/nix', 'not_found'],
  ])('%s is refused as %s', (dataset, expected) => {
    expect(code(planDestroy(dataset, all))).toBe(expected)
  })

  it('is refused for holds and running guests, and warns of stopped ones', () => {
    const held = snapshots.map(each => ({ ...each, holds: 1 }))
    expect(code(planDestroy('tank/a', { ...all, snapshots: held }))).toBe('held')
    expect(code(planDestroy('tank/a', { ...all, vms: [guest('g', ['tank/a/b/v'], 'running')] }))).toBe(
      'in_use',
    )
    expect(planDestroy('tank/a', { ...all, vms: [guest('g', ['tank/a/b/v'])] }).warnings).toHaveLength(1)
  })
})

describe('properties', () => {
  const property = (name: string, source: Property['source'], value = '1'): Property => ({
    name,
    value,
    source,
    inheritedFrom: null,
    received: null,
  })
  const properties = [
    property('compression', 'local'),
    property('atime', 'inherited'),
    property('used', 'none'),
  ]
  const own = { ...facts, properties, vms: [] }
  const set = (name: string, value: string, dataset = 'tank/vms/web1') =>
    planSetProperty({ dataset, name, value }, own)

  it.each([
    ['compression', 'lz5', 'invalid'],
    ['compression', 'lz4', undefined],
    ['checksum', 'skein', 'unsupported'],
    ['volsize', '32M', 'invalid'],
    ['volsize', '128M', undefined],
    ['volsize', '100000001', 'invalid'],
    ['quota', 'abc', 'invalid'],
    ['quota', '-5', 'invalid'],
    ['quota', '1K', 'invalid'],
    ['refreservation', '500G', 'invalid'],
    ['used', '5', 'refused'],
    ['volblocksize', '8K', 'refused'],
    ['nosuch', 'x', 'invalid'],
    ['org.example:note', 'any text = here', undefined],
    ['skep:kept-from', 'tank/x', 'refused'],
  ])('set %s=%s: %s', (name, value, expected) => {
    expect(code(set(name, value))).toBe(expected === 'unsupported' ? 'unsupported' : expected)
  })

  it('gives zfs sizes in bytes', () => {
    expect(commands(set('volsize', '128 MiB'))).toEqual(['zfs set volsize=134217728 tank/vms/web1'])
  })

  it.each([
    ['compression', undefined],
    ['atime', 'refused'],
    ['quota', 'refused'],
    ['used', 'refused'],
    ['nosuch', 'invalid'],
  ])('inherit %s: %s', (name, expected) => {
    expect(code(planInheritProperty({ dataset: 'tank/vms/web1', name }, own))).toBe(expected)
  })
})

describe('promote', () => {
  const rows = [...datasets, volume('tank/vms/clone', { origin: 'tank/vms/web1@b' })]
  const originSnapshots = [
    snapshot('tank/vms/web1@a', 11),
    snapshot('tank/vms/web1@b', 12),
    snapshot('tank/vms/web1@c', 13),
  ]

  it('shows which snapshots change over', () => {
    const plan = planPromote('tank/vms/clone', { datasets: rows, own: [], originSnapshots })
    expect(plan.facts).toMatchObject({ moves: ['tank/vms/web1@a', 'tank/vms/web1@b'] })
  })

  it('is refused where two snapshots would have one name, and where there is nothing to promote', () => {
    const own = [snapshot('tank/vms/clone@a', 20)]
    expect(code(planPromote('tank/vms/clone', { datasets: rows, own, originSnapshots }))).toBe('exists')
    expect(code(planPromote('tank/vms/web1', { datasets: rows, own: [], originSnapshots: [] }))).toBe(
      'refused',
    )
  })
})
