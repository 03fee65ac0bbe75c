import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { AppError } from '../../errors.ts'
import { answering } from '../golden/answering.testing.ts'
import { factsFile, reshape } from '../golden/cases.testing.ts'
import { getDataset, listDatasetsArgv, parseDatasets } from './list.ts'
import {
  listSnapshotIndex,
  listSnapshotIndexArgv,
  parseBookmarks,
  parseSnapshotIndex,
  parseSnapshots,
} from './snapshots.ts'
import { DATASET_COLUMNS, INDEX_COLUMNS, listings, rowsOf, SNAPSHOT_COLUMNS, VERSIONS } from './testing.ts'

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
