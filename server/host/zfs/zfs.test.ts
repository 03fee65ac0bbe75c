import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { AppError } from '../../errors.ts'
import { factsFile, type GoldenCase, goldenCases, reshape } from '../golden/cases.testing.ts'
import type { Host } from '../host.ts'
import { holdArgv, releaseArgv, renameArgv, rollback, rollbackArgv } from './change.ts'
import { cloneArgv, createFilesystemArgv, createSnapshotsArgv, createVolumeArgv } from './create.ts'
import { destroyArgv, destroyDryRun, destroyDryRunArgv, parseDestroyDryRun } from './destroy.ts'
import { zfsRecognisers } from './errors.ts'
import { getDataset, listDatasetsArgv, parseDatasets } from './list.ts'
import {
  getProperties,
  getPropertyArgv,
  getWrittenSince,
  inheritPropertyArgv,
  parseFigures,
  parseOneProperty,
  parseProperties,
  parseUserProperty,
  setPropertyArgv,
} from './properties.ts'
import {
  listHolds,
  listSnapshotIndex,
  listSnapshotIndexArgv,
  listSnapshotsArgv,
  parseBookmarks,
  parseHolds,
  parseSnapshotIndex,
  parseSnapshots,
} from './snapshots.ts'
import { parseZfsVersion } from './version.ts'

const VERSIONS = ['2.1.11', '2.3.9', '2.4.4']
const CASES = goldenCases('zfs')
const KEEP = goldenCases('keep').filter(each => each.argv[0] === 'zfs')

function columnsOf(argv: readonly string[]): string[] {
  const at = argv.indexOf('-o')
  return at < 0 ? [] : (argv[at + 1]?.split(',') ?? [])
}

/** Listings in the machine's form that show all these columns. */
function listings(needed: readonly string[]): GoldenCase[] {
  return [...CASES, ...KEEP].filter(
    each =>
      each.argv[1] === 'list' &&
      each.argv.includes('-Hp') &&
      needed.every(column => columnsOf(each.argv).includes(column)),
  )
}

/** A host that gives these answers in turn and keeps what it was asked. */
function answering(
  ...answers: { exit?: number; stdout?: string; stderr?: string }[]
): Host & { asked: string[][] } {
  const asked: string[][] = []
  const refuse = (): never => {
    throw new Error('not asked for')
  }
  return {
    asked,
    id: 'one',
    kind: 'local',
    run: argv => {
      asked.push([...argv])
      return Promise.resolve({ exit: 0, stdout: '', stderr: '', ...answers.shift() })
    },
    stream: refuse,
    connect: refuse,
    read: refuse,
    write: refuse,
    list: refuse,
    stat: refuse,
    remove: refuse,
    mkdir: refuse,
    close: refuse,
  }
}

const DATASET_COLUMNS = listDatasetsArgv()[4]?.split(',') ?? []
const SNAPSHOT_COLUMNS = listSnapshotsArgv('all').at(-1)?.split(',') ?? []
const INDEX_COLUMNS = listSnapshotIndexArgv('all').at(-1)?.split(',') ?? []

/** The rows of one kind, as our own listing would have shown them (`checksum` is in none of the cases). */
function rowsOf(each: GoldenCase, kind: 'dataset' | 'snapshot' | 'bookmark'): string {
  const columns = columnsOf(each.argv)
  const to = kind === 'dataset' ? DATASET_COLUMNS : kind === 'snapshot' ? SNAPSHOT_COLUMNS : INDEX_COLUMNS
  const rows = each.stdout.split('\n').filter(line => {
    const type = line.split('\t')[columns.indexOf('type')]
    return kind === 'dataset' ? type === 'filesystem' || type === 'volume' : type === kind
  })
  return reshape(rows.map(row => `${row}\n`).join(''), columns, to, { checksum: 'on' })
}

describe('zfs list', () => {
  const full = listings(DATASET_COLUMNS.filter(column => column !== 'checksum'))

  test('there are listings of every version', () => {
    for (const version of VERSIONS) expect(full.some(each => each.name.startsWith(version))).toBe(true)
  })

  test.each(full)('$name: datasets, whose figures add up', each => {
    const text = rowsOf(each, 'dataset')
    const datasets = parseDatasets(text)
    expect(datasets).toHaveLength(text.split('\n').length - 1)
    for (const dataset of datasets) {
      expect(dataset.usedBytes).toBe(
        dataset.usedByDataBytes +
          dataset.usedBySnapshotsBytes +
          dataset.usedByChildrenBytes +
          dataset.usedByReservationBytes,
      )
      expect(dataset.volsizeBytes === null).toBe(dataset.type === 'filesystem')
      expect(dataset.mountpoint === null).toBe(dataset.type === 'volume')
      expect(dataset.createdAt % 1000).toBe(0)
      if (dataset.volsizeBytes !== null)
        expect(dataset.volsizeBytes % (dataset.volblocksizeBytes ?? 0)).toBe(0)
    }
  })

  test.each(full)('$name: snapshots and bookmarks', each => {
    const text = rowsOf(each, 'snapshot')
    const snapshots = parseSnapshots(text)
    expect(snapshots).toHaveLength(text.split('\n').length - 1)
    const index = parseSnapshotIndex(reshape(text, SNAPSHOT_COLUMNS, INDEX_COLUMNS))
    expect(index).toEqual(
      snapshots.map(({ usedBytes: _u, referencedBytes: _r, holds: _h, clones: _c, ...identity }) => identity),
    )
    for (const snapshot of snapshots) expect(`${snapshot.dataset}@${snapshot.tag}`).toBe(snapshot.name)
    for (const bookmark of parseBookmarks(rowsOf(each, 'bookmark'))) expect(bookmark.name).toMatch(/^.+#.+$/)
  })

  test.each(VERSIONS)('%s: the facts written down', async version => {
    const each = full.find(known => known.name === `${version}/final.list-all`)
    if (!each) throw new Error('no listing')
    const facts = {
      datasets: parseDatasets(rowsOf(each, 'dataset')),
      snapshots: parseSnapshots(rowsOf(each, 'snapshot')),
      bookmarks: parseBookmarks(rowsOf(each, 'bookmark')),
    }
    await expect(`${JSON.stringify(facts, null, 1)}\n`).toMatchFileSnapshot(
      factsFile(`zfs/${version}`, 'list'),
    )
  })

  test('argv', () => {
    expect(listDatasetsArgv({ below: 'tank/a b' }).slice(-2)).toEqual(['-r', 'tank/a b'])
    expect(listDatasetsArgv({ dataset: 'tank' }).at(-1)).toBe('tank')
    expect(listSnapshotIndexArgv({ datasets: ['tank/a', 'tank/b'] })).toEqual(
      'zfs list -Hp -t snapshot -s name -o name,guid,createtxg,creation -d 1 tank/a tank/b'.split(' '),
    )
  })

  test('one dataset, and only that one', async () => {
    const each = full.find(known => known.name.endsWith('fs.list-Hp-o'))
    const stdout = rowsOf(each ?? { name: '', argv: [], exit: 0, stdout: '', stderr: '' }, 'dataset')
    const [line = ''] = stdout.split('\n')
    const name = line.split('\t')[0] ?? ''
    expect((await getDataset(answering({ stdout: `${line}\n` }), name)).name).toBe(name)
    await expect(getDataset(answering({ stdout: `${line}\n` }), 'other')).rejects.toMatchObject({
      code: 'unreadable',
    })
    await expect(getDataset(answering({ stdout }), name)).rejects.toMatchObject({ code: 'unreadable' })
  })

  test('names that are gone are left out, any other failure is one', async () => {
    const stdout = 'tank/a@x\t1\t2\t3\n'
    const missing = "cannot open 'tank/b': dataset does not exist\n"
    const asked = { datasets: ['tank/a', 'tank/b'] }
    expect(await listSnapshotIndex(answering({ exit: 1, stdout, stderr: missing }), asked)).toHaveLength(1)
    const other = "cannot open 'tank/c': dataset does not exist\n"
    const suspended = "cannot open 'tank/b': pool I/O is currently suspended\n"
    await expect(listSnapshotIndex(answering({ exit: 1, stderr: other }), asked)).rejects.toMatchObject({
      code: 'failed',
    })
    await expect(
      listSnapshotIndex(answering({ exit: 1, stdout, stderr: missing + suspended }), asked),
    ).rejects.toBeInstanceOf(AppError)
    const idle = answering()
    expect(await listSnapshotIndex(idle, { datasets: [] })).toEqual([])
    expect(idle.asked).toEqual([])
  })
})

describe('zfs get', () => {
  const all = [...CASES, ...KEEP].filter(
    each =>
      each.argv[1] === 'get' && each.argv.includes('-Hp') && each.exit === 0 && !each.argv.includes('-j'),
  )

  test('every row of every listing', () => {
    let rows = 0
    for (const each of all) {
      const from =
        columnsOf(each.argv).length > 0 ? columnsOf(each.argv) : ['name', 'property', 'value', 'source']
      if (!each.argv.includes('all') || !from.includes('property') || !from.includes('source')) continue
      const byName = new Map<string, string>()
      for (const line of each.stdout.split('\n').slice(0, -1)) {
        const name = line.split('\t')[from.indexOf('name')] ?? ''
        const ours = reshape(`${line}\n`, from, ['property', 'value', 'received', 'source'])
        byName.set(name, (byName.get(name) ?? '') + ours)
      }
      for (const text of byName.values()) {
        const { properties, userNames } = parseProperties(text)
        expect(properties.length + userNames.length).toBe(text.split('\n').length - 1)
        rows += properties.length
      }
    }
    expect(rows).toBeGreaterThan(500)
  })

  test('sources, inheritance and received values', () => {
    const text = [
      'compression\tzstd\tzstd\treceived',
      'recordsize\t32768\t65536\tlocal',
      'mountpoint\t/tank/a b\t-\tinherited from tank/a b',
      'used\t98304\t-\t-',
      'quota\t0\t-\tdefault',
      'atime\toff\t-\ttemporary',
      'org.x:u\tone\ttwo\nthree\t\t-\tlocal',
      'org.x:empty\t\t-\tlocal',
      '',
    ].join('\n')
    expect(parseProperties(text)).toEqual({
      properties: [
        { name: 'compression', value: 'zstd', source: 'received', inheritedFrom: null, received: 'zstd' },
        { name: 'recordsize', value: '32768', source: 'local', inheritedFrom: null, received: '65536' },
        {
          name: 'mountpoint',
          value: '/tank/a b',
          source: 'inherited',
          inheritedFrom: 'tank/a b',
          received: null,
        },
        { name: 'used', value: '98304', source: 'none', inheritedFrom: null, received: null },
        { name: 'quota', value: '0', source: 'default', inheritedFrom: null, received: null },
        { name: 'atime', value: 'off', source: 'temporary', inheritedFrom: null, received: null },
      ],
      userNames: ['org.x:u', 'org.x:empty'],
    })
    const row = 'used\t1\t-\t-\n'
    for (const damaged of ['used\t1\t-\n', row.slice(0, -1), 'used\t1\t-\tsomewhere\n', row + row]) {
      expect(() => parseProperties(damaged)).toThrow(AppError)
    }
  })

  test('one property, whatever its value holds', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.constantFrom('local', 'received'), (value, source) => {
        expect(parseOneProperty(`${source}\t${value}\n`)).toEqual({ value, source, inheritedFrom: null })
        const inherited = { value, source: 'inherited', inheritedFrom: 'tank/a b' }
        expect(parseOneProperty(`inherited from tank/a b\t${value}\n`)).toEqual(inherited)
      }),
    )
    expect(parseOneProperty('-\t-\n')).toBeNull()
    expect(parseOneProperty('local\t-\n')).toEqual({ value: '-', source: 'local', inheritedFrom: null })
    expect(() => parseOneProperty('zfs: what?\n')).toThrow(AppError)
    expect(getPropertyArgv('skep:conf', 'tank@a')).toEqual(
      'zfs get -Hp -o source,value skep:conf tank@a'.split(' '),
    )
  })

  test('properties with any value are read back or refused, never as another value', async () => {
    const value = fc.oneof(
      fc.string({ unit: fc.constantFrom(...'ab:-\t\n') }),
      fc.constantFrom('v\t-\tlocal\norg.x:c\tforged', 'v\t-\tlocal\nquota\t1\t-\tlocal\norg.x:d\tw', '-'),
    )
    await fc.assert(
      fc.asyncProperty(value, value, async (first, second) => {
        const real = new Map([
          ['org.x:a', first],
          ['org.x:b', second],
        ])
        const text = `used\t1\t-\t-\n${[...real].map(([name, own]) => `${name}\t${own}\t-\tlocal\n`).join('')}`
        const host: Host = {
          ...answering(),
          run: argv => {
            const own = real.get(argv[5] ?? '')
            const one = own === undefined ? '-\t-\n' : `local\t${own}\n`
            const isAll = argv[5] === 'all'
            return Promise.resolve({ exit: 0, stderr: '', stdout: isAll ? text : one })
          },
        }
        const properties = await getProperties(host, 'tank').catch((error: unknown) => {
          expect(error).toMatchObject({ code: 'unreadable' })
          return null
        })
        if (!properties) return
        expect(properties[0]).toMatchObject({ name: 'used', value: '1' })
        expect(new Map(properties.slice(1).map(each => [each.name, each.value]))).toEqual(real)
      }),
      { numRuns: 500 },
    )
  })

  test('figures and where a user property is set', async () => {
    expect(parseFigures('written@T\t3244032\nwritten@old1\t5341184\n').get('written@old1')).toBe(5341184)
    expect(() => parseFigures('written@T\t3.2M\n')).toThrow(AppError)
    expect(await getWrittenSince(answering({ stdout: 'written@a b\t7\n' }), 'tank', 'a b')).toBe(7)
    await expect(getWrittenSince(answering({ stdout: 'written@b\t7\n' }), 'tank', 'a')).rejects.toMatchObject(
      {
        code: 'unreadable',
      },
    )
    expect(parseUserProperty('tank/a.before\ttank/a\n')).toEqual(new Map([['tank/a.before', 'tank/a']]))
  })
})

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

describe('what zfs refuses', () => {
  const VERBS = [
    'create',
    'destroy',
    'snapshot',
    'rollback',
    'clone',
    'promote',
    'rename',
    'hold',
    'release',
    'set',
    'inherit',
    'list',
    'get',
    'holds',
    'bookmark',
    'mount',
  ]
  const refused = [...CASES, ...KEEP].filter(each => each.exit !== 0 && VERBS.includes(each.argv[1] ?? ''))

  function recognised(each: GoldenCase): AppError | undefined {
    const words = each.argv.slice(2)
    const snapshots = words
      .filter(word => word.includes('@'))
      .flatMap(word => (word.split('@')[1] ?? '').split(',').map(tag => `${word.split('@')[0]}@${tag}`))
    const names = [...words, ...snapshots, ...words.map(word => word.split(/[@#]/)[0] ?? '')]
    const isRecursive =
      words.some(word => /^-[a-z]*[rR]/.test(word)) || words.some(word => word.includes('%'))
    return (
      zfsRecognisers({ names, below: isRecursive ? names : [] })
        .map(recognise => recognise(each.stderr))
        .find(error => error !== null) ?? undefined
    )
  }

  test.each([...VERSIONS, 'keep'])('%s: the codes and sentences written down', async version => {
    const own = refused.filter(each =>
      version === 'keep' ? KEEP.includes(each) : each.name.startsWith(`${version}/`),
    )
    const verdicts = own.map(each => {
      const known = recognised(each)
      return [
        version === 'keep' ? each.name : each.name.slice(version.length + 1),
        known ? { code: known.code, message: known.message, names: known.detail.names } : null,
      ]
    })
    expect(verdicts.length).toBeGreaterThan(20)
    const directory = version === 'keep' ? 'keep' : `zfs/${version}`
    await expect(`${JSON.stringify(Object.fromEntries(verdicts), null, 1)}\n`).toMatchFileSnapshot(
      factsFile(directory, 'refusals'),
    )
  })

  test('nearly all are recognised', () => {
    const unknown = refused.filter(each => !recognised(each))
    expect(unknown.length / refused.length).toBeLessThan(0.1)
  })

  test('the same words about another object are not recognised', () => {
    for (const each of refused) {
      const known = zfsRecognisers({ names: ['else/where'] })
        .slice(0, 1)
        .map(recognise => recognise(each.stderr))
        .find(error => error !== null)
      expect(known).toBeUndefined()
    }
  })

  test('a roll back names everything newer, snapshots and bookmarks', async () => {
    const each = KEEP.find(known => known.name.startsWith('exact.22-rollback.sneaked'))
    const host = answering({ exit: 1, stderr: each?.stderr ?? '' })
    await expect(rollback(host, 'k/x@T')).rejects.toMatchObject({
      code: 'newer_snapshots',
      message: '“k/x@T” is not the newest: there are 3 newer snapshots or bookmarks.',
      detail: { argv: ['zfs', 'rollback', 'k/x@T'], exit: 1, names: ['k/x@b', 'k/x@sneak', 'k/x#bm'] },
    })
  })

  test('held, busy and cloned snapshots of an exact selection', () => {
    const of = (name: string) => KEEP.find(each => each.name === name)
    for (const [name, code] of [
      ['exact.03-held', 'held'],
      ['exact.10-cloned', 'has_clones'],
      ['room.05-clone', 'no_space'],
      ['collide.05-promote', 'exists'],
      ['fs.24-busy.rename', 'in_use'],
      ['undo.19-open.destroy-vol', 'in_use'],
    ] as const) {
      const each = of(name)
      expect(each, name).toBeDefined()
      expect(each && recognised(each)?.code, name).toBe(code)
    }
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

describe('damaged answers', () => {
  const rows = listings(DATASET_COLUMNS.filter(column => column !== 'checksum'))
    .flatMap(each => [
      { text: rowsOf(each, 'dataset'), parse: parseDatasets },
      { text: rowsOf(each, 'snapshot'), parse: parseSnapshots },
    ])
    .filter(each => each.text !== '')

  test('a lost or doubled byte run never gives a row of other names in silence', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...rows),
        fc.nat(),
        fc.integer({ min: 1, max: 40 }),
        fc.string({ maxLength: 3 }),
        (each, at, cut, put) => {
          const from = at % each.text.length
          const text = each.text.slice(0, from) + put + each.text.slice(from + cut)
          try {
            const parsed = each.parse(text)
            // What is read is what stands there, row by row.
            expect(parsed.map(row => row.name)).toEqual(
              text
                .split('\n')
                .slice(0, -1)
                .map(line => line.split('\t')[0]),
            )
            expect(parsed.map(row => row.guid)).toEqual(
              text
                .split('\n')
                .slice(0, -1)
                .map(
                  line =>
                    line.split('\t')[
                      DATASET_COLUMNS.indexOf('guid') === 2 && each.parse === parseDatasets ? 2 : 1
                    ],
                ),
            )
          } catch (error) {
            expect(error).toMatchObject({ code: 'unreadable' })
          }
        },
      ),
      { numRuns: 1000 },
    )
  })
})
