import { describe, expect, test } from 'vitest'
import { AppError } from '../../errors.ts'
import { answering } from '../golden/answering.testing.ts'
import { holdArgv, releaseArgv, renameArgv, rollbackArgv } from './change.ts'
import { cloneArgv, createFilesystemArgv, createSnapshotsArgv, createVolumeArgv } from './create.ts'
import { destroyArgv, destroyDryRun, destroyDryRunArgv, parseDestroyDryRun } from './destroy.ts'
import { inheritPropertyArgv, setPropertyArgv } from './properties.ts'
import { listHolds, parseHolds } from './snapshots.ts'
import { CASES, KEEP } from './testing.ts'
import { parseZfsVersion } from './version.ts'

describe('zfs holds', () => {
  test.each(
    [...CASES, ...KEEP].filter(
      each =>
        each.argv[1] === 'holds' && each.exit === 0 && each.stdout !== '' && /^-H/.test(each.argv[2] ?? ''),
    ),
  )('$name', each => {
    const holds = parseHolds(each.stdout)
    expect(holds).toHaveLength(each.stdout.split('\n').length - 1)
    for (const hold of holds) {
      expect(hold.snapshot).toContain('@')
      expect(new Date(hold.createdAt).getUTCFullYear()).toBe(2026)
    }
  })

  test('before 2.3 there is no -p', async () => {
    const refused = CASES.find(each => each.name === '2.1.11/hold.list-p')
    const listed = CASES.find(each => each.name === '2.1.11/hold.list')
    const host = answering(
      { exit: refused?.exit ?? 0, stderr: refused?.stderr ?? '' },
      { stdout: listed?.stdout ?? '' },
    )
    const holds = await listHolds(host, ['tank/data@s1'])
    expect(host.asked.map(argv => argv[2])).toEqual(['-Hp', '-H'])
    expect(holds.map(hold => hold.tag)).toEqual(['keep', 'backup job 7'])
  })

  test('a tag may begin with a hyphen', () => {
    expect(holdArgv({ snapshots: ['t@a'], tag: '-r' })).toEqual(['zfs', 'hold', '--', '-r', 't@a'])
    expect(releaseArgv({ snapshots: ['t@a', 't@b'], tag: 'x', recursive: true })).toEqual(
      'zfs release -r -- x t@a t@b'.split(' '),
    )
  })
})

describe('zfs destroy -nvp', () => {
  const runs = [...CASES, ...KEEP].filter(
    each => each.argv[1] === 'destroy' && /^-nvp/.test(each.argv[2] ?? ''),
  )

  test.each(runs)('$name', each => {
    const told = parseDestroyDryRun(each.stdout)
    const rows = each.stdout.match(/^destroy\t.*$/gm) ?? []
    expect(told.victims).toEqual([...new Set(rows.map(row => row.slice('destroy\t'.length)))])
    const sum = /^reclaim\t(\d+)$/m.exec(each.stdout)
    expect(told.reclaimBytes).toBe(sum ? Number(sum[1]) : null)
  })

  test('rows before a refusal are no answer', async () => {
    const each = CASES.find(known => known.name === '2.4.4/dry.range')
    const host = answering({ exit: 1, stdout: each?.stdout ?? '', stderr: each?.stderr ?? '' })
    await expect(destroyDryRun(host, { dataset: 'tank/data', tags: ['a', 's2'] })).rejects.toMatchObject({
      code: 'has_clones',
      detail: { names: ['tank/clone1'] },
    })
  })

  test('damaged rows are refused', () => {
    for (const text of [
      'destroy\ttank@a',
      'destroy\t\n',
      'reclaim\t-1\n',
      'reclaim\t1\nreclaim\t2\n',
      'destroy\ta\tb\n',
      '\n',
    ]) {
      expect(() => parseDestroyDryRun(text)).toThrow(AppError)
    }
  })

  test('only what was asked for by name is recursive', () => {
    expect(destroyArgv({ dataset: 'tank/a', tags: ['b', 'c d'] })).toEqual(['zfs', 'destroy', 'tank/a@b,c d'])
    expect(destroyArgv({ bookmark: 'tank/a#b' })).toEqual(['zfs', 'destroy', 'tank/a#b'])
    expect(destroyArgv({ dataset: 'tank/a', recursive: 'nothing else' })).toEqual([
      'zfs',
      'destroy',
      'tank/a',
    ])
    expect(destroyArgv({ dataset: 'tank/a', recursive: 'snapshots and children' })).toEqual([
      'zfs',
      'destroy',
      '-r',
      'tank/a',
    ])
    expect(destroyDryRunArgv({ dataset: 'tank/a', recursive: 'clones too' })).toEqual([
      'zfs',
      'destroy',
      '-nvp',
      '-R',
      'tank/a',
    ])
  })
})

describe('argv of changes', () => {
  test('options and names are words of their own, exact', () => {
    expect(
      createVolumeArgv({
        dataset: 'tank/vm/d 1',
        sizeBytes: 42949672960,
        sparse: true,
        volblocksizeBytes: 16384,
        options: [['compression', 'zstd']],
      }),
    ).toEqual([
      'zfs',
      'create',
      '-s',
      '-b',
      '16384',
      '-o',
      'compression=zstd',
      '-V',
      '42949672960',
      'tank/vm/d 1',
    ])
    expect(createFilesystemArgv({ dataset: 'tank/f' })).toEqual(['zfs', 'create', 'tank/f'])
    expect(
      createSnapshotsArgv({
        snapshots: ['t/a@x', 't/b@x'],
        recursive: true,
        options: [['skep:conf', 'YQ==']],
      }),
    ).toEqual('zfs snapshot -r -o skep:conf=YQ== t/a@x t/b@x'.split(' '))
    expect(cloneArgv({ snapshot: 't@a', target: 't/c', options: [['a:b', 'c = d']] })).toEqual([
      'zfs',
      'clone',
      '-o',
      'a:b=c = d',
      't@a',
      't/c',
    ])
    expect(renameArgv({ from: 't/a', to: 't/b' })).toEqual(['zfs', 'rename', 't/a', 't/b'])
    expect(rollbackArgv('t/a@b')).toEqual(['zfs', 'rollback', 't/a@b'])
    expect(setPropertyArgv('t', 'a:b', '-x')).toEqual(['zfs', 'set', 'a:b=-x', 't'])
    expect(inheritPropertyArgv('t', 'quota', { received: true })).toEqual([
      'zfs',
      'inherit',
      '-S',
      'quota',
      't',
    ])
  })
})

describe('zfs version', () => {
  test.each([
    ['zfs-2.4.4-1~bpo13+1\nzfs-kmod-2.4.4-1~bpo13+1\n', '2.4.4-1~bpo13+1'],
    ['zfs-2.2.4-FreeBSD_g256659204\nzfs-kmod-2.2.4-FreeBSD_g256659204\n', '2.2.4-FreeBSD_g256659204'],
    ['zfs-2.1.11-1\n', null],
  ])('%j', (text, kernel) => {
    expect(parseZfsVersion(text).kernel).toBe(kernel)
  })
  test('anything else is none', () => {
    expect(() => parseZfsVersion('zfs\n')).toThrow(AppError)
  })
})
