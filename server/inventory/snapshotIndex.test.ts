import { beforeEach, describe, expect, it } from 'vitest'
import { SnapshotIndex } from './snapshotIndex.ts'
import type { SnapshotFigures, SnapshotRow } from './snapshotTable.ts'

/** A host of made-up snapshots that notes what it was asked. */
let host: Map<string, SnapshotRow[]>
let asked: string[]
let clock: number
let index: SnapshotIndex

const figures = (tag: string): SnapshotFigures => ({
  usedBytes: tag.length,
  referencedBytes: 1000 - tag.length,
  holds: 0,
  clones: [],
})

function fill(datasets: number, each: number): void {
  for (let d = 0; d < datasets; d += 1) {
    const rows = Array.from({ length: each }, (_, s) => ({
      tag: `auto-${String(s).padStart(5, '0')}`,
      guid: String(10_000_000_000_000_000n + BigInt(d * each + s)),
      createtxg: String(100 + s),
      createdAt: s * 1000,
    }))
    host.set(`tank/d${String(d).padStart(4, '0')}`, rows)
  }
}

beforeEach(() => {
  host = new Map()
  asked = []
  clock = 1_000_000
  index = new SnapshotIndex(
    {
      async rows(datasets) {
        asked.push(datasets ? `rows ${datasets.join(',')}` : 'rows all')
        if (!datasets) return new Map(host)
        return new Map(datasets.flatMap(name => (host.has(name) ? [[name, host.get(name) ?? []]] : [])))
      },
      async figures(of) {
        const names =
          of === 'all'
            ? [...host].flatMap(([name, rows]) => rows.map(row => `${name}@${row.tag}`))
            : 'names' in of
              ? [...of.names]
              : (host.get(of.dataset) ?? []).map(row => `${of.dataset}@${row.tag}`)
        asked.push(`figures ${names.length}`)
        return new Map(names.map(name => [name, figures(name.split('@')[1] ?? '')]))
      },
    },
    () => clock,
  )
})

describe('a page', () => {
  it('waits for the reading that somebody else has begun', async () => {
    fill(1, 2)
    await index.page({ offset: 0, limit: 10 })
    host.get('tank/d0000')?.pop()
    index.invalidate('tank/d0000')
    const totals = await Promise.all([
      index.page({ offset: 0, limit: 10 }),
      index.page({ offset: 0, limit: 10 }),
    ])
    expect(totals.map(page => page.total)).toEqual([1, 1])
    expect(asked.filter(each => each.startsWith('rows'))).toEqual(['rows all', 'rows tank/d0000'])
  })

  it('filters and sorts over everything, and asks figures for the rows shown only', async () => {
    fill(3, 1000)
    const page = await index.page({
      filter: 'd0001 00',
      sort: 'created',
      descending: true,
      offset: 0,
      limit: 5,
    })
    expect(page.total).toBe(1000)
    expect(page.rows.map(row => row.name)).toEqual(
      ['00999', '00998', '00997', '00996', '00995'].map(tag => `tank/d0001@auto-${tag}`),
    )
    expect(page.rows[0]).toMatchObject({ guid: '10000000000001999', usedBytes: 10, referencedBytes: 990 })
    expect(asked).toEqual(['rows all', 'figures 5'])
  })

  it('reads everything only to sort by a figure', async () => {
    fill(2, 10)
    host.get('tank/d0001')?.push({ tag: 'longer-than-all', guid: '7', createtxg: '900', createdAt: 0 })
    const page = await index.page({ sort: 'used', descending: true, offset: 0, limit: 1 })
    expect(page.rows[0]?.tag).toBe('longer-than-all')
    expect(asked).toEqual(['rows all', 'figures 21'])
  })

  it('keeps figures for a while, and asks again later', async () => {
    fill(1, 5)
    const page = () => index.page({ offset: 0, limit: 5 })
    await page()
    await page()
    expect(asked).toEqual(['rows all', 'figures 5'])
    clock += 10_000
    await page()
    expect(asked).toHaveLength(3)
  })
})

describe('a change', () => {
  it('re-reads the dataset concerned and nothing else', async () => {
    fill(50, 20)
    await index.page({ offset: 0, limit: 5 })
    asked.length = 0
    host.get('tank/d0007')?.push({ tag: 'fresh', guid: '5', createtxg: '999', createdAt: 5 })
    index.invalidate('tank/d0007')
    expect((await index.page({ dataset: 'tank/d0007', filter: 'fresh', offset: 0, limit: 5 })).total).toBe(1)
    expect(asked[0]).toBe('rows tank/d0007')
    expect(index.countOf('tank/d0007')).toBe(21)
  })

  it('drops what is gone, also below a dataset that is gone', async () => {
    fill(2, 3)
    host.set('tank/d0000/child', [{ tag: 'x', guid: '1', createtxg: '1', createdAt: 1 }])
    await index.ensure()
    host.delete('tank/d0000')
    host.delete('tank/d0000/child')
    index.invalidateBelow('tank/d0000')
    await index.ensure()
    expect(index.countOf('tank/d0000')).toBe(0)
    expect(index.countOf('tank/d0000/child')).toBe(0)
    expect(index.countOf('tank/d0001')).toBe(3)
  })

  it('that comes while it is being read is read for those who ask after it', async () => {
    fill(1, 1)
    const before = index.ensure()
    index.invalidate('tank/d0000')
    const after = index.ensure()
    await Promise.all([before, after])
    expect(asked).toEqual(['rows all', 'rows tank/d0000'])
  })

  it('is asked for again after a failure', async () => {
    fill(1, 1)
    const failing = new SnapshotIndex(
      { rows: () => Promise.reject(new Error('silent')), figures: async () => new Map() },
      () => clock,
    )
    await expect(failing.ensure()).rejects.toThrow('silent')
    expect(failing.isDirty).toBe(true)
    expect(failing.countOf('tank/d0000')).toBeNull()
  })
})

it('answers pages of 100 000 snapshots quickly', async () => {
  fill(100, 1000)
  await index.ensure()
  const before = performance.now()
  for (const offset of [0, 50_000, 99_000]) {
    const page = await index.page({ sort: 'created', offset, limit: 100 })
    expect(page.total).toBe(100_000)
    expect(page.rows).toHaveLength(100)
  }
  // The first page sorts, the others only cut; generous for a busy machine.
  expect(performance.now() - before).toBeLessThan(3000)
})

describe('the days of a timeline', () => {
  const DAY = 86_400_000
  const taken = (tag: string, createdAt: number): SnapshotRow => ({
    tag,
    guid: '1',
    createtxg: '1',
    createdAt,
  })

  it('counts by the days of the browser, oldest first, and leaves empty ones out', async () => {
    host.set('tank', [taken('a', 10 * DAY - 1), taken('b', 10 * DAY), taken('c', 12 * DAY + 5)])
    expect(await index.days({ utcOffsetMinutes: 0 })).toEqual([
      { at: 9 * DAY, count: 1 },
      { at: 10 * DAY, count: 1 },
      { at: 12 * DAY, count: 1 },
    ])
    expect(await index.days({ utcOffsetMinutes: 60 })).toEqual([
      { at: 10 * DAY - 3_600_000, count: 2 },
      { at: 12 * DAY - 3_600_000, count: 1 },
    ])
  })

  it('cuts a list to a period: its begin is in it, its end is not', async () => {
    host.set('tank', [taken('a', 10), taken('b', 20), taken('c', 30)])
    const { rows, total } = await index.page({ from: 10, to: 30, sort: 'created', offset: 0, limit: 10 })
    expect([rows.map(row => row.tag), total]).toEqual([['a', 'b'], 2])
  })
})
