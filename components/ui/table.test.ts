import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  type Column,
  filterRows,
  fittingColumns,
  nextRow,
  nextSort,
  rangeOf,
  sortRows,
  withRange,
  withToggled,
} from './table.ts'

type Row = { name: string; size: number | null }
const columns: Column<Row>[] = [
  {
    id: 'name',
    header: 'Name',
    min: 200,
    always: true,
    cell: row => row.name,
    sort: row => row.name,
    text: row => row.name,
  },
  { id: 'size', header: 'Size', min: 100, cell: row => row.size, sort: row => row.size },
  { id: 'note', header: 'Note', min: 150, cell: () => '', text: row => (row.size === null ? 'empty' : '') },
  { id: 'guid', header: 'Guid', min: 150, hidden: true, cell: () => '' },
]
const rows: Row[] = [
  { name: 'disk10', size: 5 },
  { name: 'disk2', size: null },
  { name: 'Disk1', size: 40 },
]
const names = (list: readonly Row[]) => list.map(row => row.name)

describe('sorting', () => {
  test('text by its numbers, nulls last both ways', () => {
    expect(names(sortRows(rows, columns, { column: 'name', descending: false }))).toEqual([
      'Disk1',
      'disk2',
      'disk10',
    ])
    expect(names(sortRows(rows, columns, { column: 'size', descending: false }))).toEqual([
      'disk10',
      'Disk1',
      'disk2',
    ])
    expect(names(sortRows(rows, columns, { column: 'size', descending: true }))).toEqual([
      'Disk1',
      'disk10',
      'disk2',
    ])
  })
  test('keeps the rows and the order of equals', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ name: fc.string(), size: fc.option(fc.integer({ min: 0, max: 3 })) })),
        list => {
          const sorted = sortRows(list, columns, { column: 'size', descending: false })
          expect(sorted).toHaveLength(list.length)
          expect(new Set(sorted)).toEqual(new Set(list))
          for (const size of [null, 0, 1, 2, 3]) {
            expect(sorted.filter(row => row.size === size)).toEqual(list.filter(row => row.size === size))
          }
        },
      ),
    )
  })
  test('a header turns the order', () => {
    const first = nextSort(null, 'name')
    expect(first).toEqual({ column: 'name', descending: false })
    expect(nextSort(first, 'name').descending).toBe(true)
    expect(nextSort({ column: 'name', descending: true }, 'size')).toEqual({
      column: 'size',
      descending: false,
    })
  })
})

test('the filter wants every word, in any column', () => {
  expect(names(filterRows(rows, columns, 'DISK1'))).toEqual(['disk10', 'Disk1'])
  expect(names(filterRows(rows, columns, 'disk empty'))).toEqual(['disk2'])
  expect(filterRows(rows, columns, '  ')).toBe(rows)
})

describe('selection', () => {
  test('a range goes either way and includes both ends', () => {
    expect(rangeOf(2, 5)).toEqual({ first: 2, last: 6 })
    expect(rangeOf(5, 2)).toEqual({ first: 2, last: 6 })
    expect(rangeOf(3, 3)).toEqual({ first: 3, last: 4 })
  })
  test('toggling and ranges leave the old selection alone', () => {
    const old = new Set(['a'])
    expect([...withToggled(old, 'b')]).toEqual(['a', 'b'])
    expect([...withToggled(old, 'a')]).toEqual([])
    expect([...withRange(old, ['b', 'c'], true)]).toEqual(['a', 'b', 'c'])
    expect([...withRange(new Set(['a', 'b', 'c']), ['b', 'c'], false)]).toEqual(['a'])
    expect([...old]).toEqual(['a'])
  })
})

describe('columns', () => {
  const ids = (list: Column<Row>[]) => list.map(column => column.id)
  test('the last go first when it is narrow; what must stay stays', () => {
    expect(ids(fittingColumns(columns, {}, 1000))).toEqual(['name', 'size', 'note'])
    expect(ids(fittingColumns(columns, {}, 320))).toEqual(['name', 'size'])
    expect(ids(fittingColumns(columns, {}, 100))).toEqual(['name'])
  })
  test('what a person chose is kept whatever the width', () => {
    expect(ids(fittingColumns(columns, { guid: true, size: false }, 100))).toEqual(['name', 'guid'])
  })
})

test('keys move within the rows', () => {
  expect(nextRow('ArrowDown', 0, 10, 5)).toBe(1)
  expect(nextRow('ArrowUp', 0, 10, 5)).toBe(0)
  expect(nextRow('PageDown', 7, 10, 5)).toBe(9)
  expect(nextRow('End', 0, 10, 5)).toBe(9)
  expect(nextRow('Home', 9, 10, 5)).toBe(0)
  expect(nextRow('x', 0, 10, 5)).toBeNull()
  expect(nextRow('ArrowDown', 0, 0, 5)).toBeNull()
})
