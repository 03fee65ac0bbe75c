import { describe, expect, it } from 'vitest'
import { filesystem, snapshot, TANK, volume } from '../datasets/testing.ts'
import type { Property } from '../pools/model.ts'
import type { RollbackInput } from './input.ts'
import { asideOf, cloneOptions, planKeep, roomNeeded } from './plan.keep.ts'
import { mountWarnings, type RollbackHostFacts } from './plan.rollback.ts'

const set = (name: string, value: string, source: Property['source'] = 'local'): Property => ({
  name,
  value,
  source,
  inheritedFrom: null,
  received: null,
})

describe('what the clone is given', () => {
  const thick = volume('tank/v', { refreservationBytes: 70_000_000 })

  it.each([
    ['local settings, as they are', [set('compression', 'zstd')], [['compression', 'zstd']]],
    ['received ones too', [set('sync', 'always', 'received')], [['sync', 'always']]],
    ['user properties, also empty ones', [set('org.example:x', '')], [['org.example:x', '']]],
    [
      'nothing inherited, default or temporary',
      [set('a', '1', 'inherited'), set('b', '2', 'default'), set('c', '3', 'temporary')],
      [],
    ],
    [
      'no figure shown as a setting',
      [set('volsize', '1'), set('snapshot_count', '3'), set('filesystem_count', '1')],
      [],
    ],
    [
      'nothing fixed at creation',
      [set('volblocksize', '16384'), set('encryption', 'on'), set('keylocation', 'prompt')],
      [],
    ],
    ['none of our own notes', [set('skep:kept-from', 'tank/x')], []],
    ['a full reservation as auto', [set('refreservation', '70000000')], [['refreservation', 'auto']]],
    ['a part of it as a number', [set('refreservation', '1000')], [['refreservation', '1000']]],
    ['no reservation of a sparse volume', [set('refreservation', '0')], []],
  ] as const)('%s', (_, properties, expected) => {
    expect(cloneOptions(thick, properties)).toEqual(expected)
  })

  it('says none where a filesystem says 0', () => {
    expect(cloneOptions(filesystem('tank/f'), [set('quota', '0')])).toEqual([['quota', 'none']])
  })
})

describe('who has the filesystem open', () => {
  const home = filesystem('tank/home')

  it.each([
    [
      'changes',
      [],
      ['tank/home is mounted at /tank/home: whoever has files open there has to open them anew.'],
    ],
    [
      'changes',
      [set('sharenfs', 'on'), set('sharesmb', '-ro')],
      [/at \/tank\/home and shared by NFS and SMB: whoever/],
    ],
    ['moves', [set('sharenfs', 'off')], [/at \/tank\/home: it is unmounted and mounted again/]],
  ] as const)('is told where it %s', (way, properties, expected) => {
    const told = mountWarnings({ dataset: home, properties: [...properties] }, way)
    expect(told).toEqual(
      expected.map(each => (typeof each === 'string' ? each : expect.stringMatching(each))),
    )
  })

  it('is nobody where it is not mounted, and of a volume the guests are told', () => {
    const unmounted = { ...home, mounted: false }
    expect(mountWarnings({ dataset: unmounted, properties: [] }, 'changes')).toEqual([])
    expect(mountWarnings({ dataset: volume('tank/v'), properties: [] }, 'moves')).toEqual([])
  })
})

describe('keep', () => {
  const dataset = volume('tank/vms/v', { refreservationBytes: 2 ** 20 })
  const facts = (more: Partial<RollbackHostFacts> = {}): RollbackHostFacts => ({
    datasets: [filesystem('tank'), filesystem('tank/vms'), dataset],
    dataset,
    target: snapshot('tank/vms/v@a', 11),
    snapshots: [snapshot('tank/vms/v@a', 11), snapshot('tank/vms/v@b', 12, { holds: 1, clones: ['tank/c'] })],
    bookmarks: [],
    holds: [],
    properties: [],
    writtenBytes: 5,
    freedBytes: null,
    pool: TANK,
    guests: [],
    runningBelow: [],
    now: Date.UTC(2026, 10, 22, 12),
    ...more,
  })
  const input: RollbackInput = { snapshot: 'tank/vms/v@a', way: 'keep' }

  it('does not mind holds and clones of what is newer: they stay with the kept state', () => {
    expect(planKeep(input, facts())).toMatchObject({
      victims: [],
      facts: { target: 'tank/vms/v.before-2026-11-22' },
    })
  })

  it.each([
    ['its own encryption root', { properties: [set('encryptionroot', 'tank/vms/v', 'none')] }, 'unsupported'],
    ['a guest below it', { runningBelow: ['web1'] }, 'in_use'],
    [
      'no room for a second reservation',
      { dataset: { ...dataset, refreservationBytes: 2 ** 31 } },
      'no_space',
    ],
    ['a suspended pool', { pool: { ...TANK, health: 'SUSPENDED' as const } }, 'refused'],
  ])('is refused for %s', (_, more, code) => {
    expect(planKeep(input, facts(more)).refused?.code).toBe(code)
  })

  it.each([
    ['tank/elsewhere', 'invalid'],
    ['tank/vms/v', 'exists'],
    [`tank/vms/${'x'.repeat(250)}`, 'invalid'],
    [`tank/vms/${'x'.repeat(245)}`, 'invalid'],
  ])('does not keep as %s', (keepAs, code) => {
    expect(planKeep({ ...input, keepAs }, facts()).refused).toMatchObject({
      code,
      detail: { field: 'keepAs' },
    })
  })

  it('counts both reservations of a filesystem', () => {
    const own = filesystem('tank/f', { refreservationBytes: 10 })
    expect(roomNeeded(own, [set('reservation', '5'), set('refreservation', '10')])).toBe(15)
  })

  it('moves a mount point aside under the name of the kept one', () => {
    expect(asideOf('/srv/data', 'tank/data.before-2026-11-22-2')).toBe('/srv/data.before-2026-11-22-2')
    expect(asideOf('/srv/data', 'tank/old')).toBe('/srv/data.old')
  })
})
