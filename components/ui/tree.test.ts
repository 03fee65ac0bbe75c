import { describe, expect, test } from 'vitest'
import { ancestorsOf, flatten, type TreeNode, treeMove } from './tree.ts'

const nodes: TreeNode[] = [
  {
    id: 's',
    label: 'Storage',
    children: [
      { id: 't', label: 'tank', href: '/t', children: [{ id: 'u', label: 'vms', href: '/t/u' }] },
      { id: 'b', label: 'backup', href: '/b', children: [] },
    ],
  },
  { id: 'v', label: 'Guests' },
]
const ids = (open: string[]) => flatten(nodes, new Set(open)).map(row => row.node.id)

test('children of closed nodes are not drawn', () => {
  expect(ids([])).toEqual(['s', 'v'])
  expect(ids(['s'])).toEqual(['s', 't', 'b', 'v'])
  expect(ids(['s', 't'])).toEqual(['s', 't', 'u', 'b', 'v'])
  // Open below a closed node: remembered, not drawn.
  expect(ids(['t'])).toEqual(['s', 'v'])
})

test('rows know what ARIA wants to hear', () => {
  const rows = flatten(nodes, new Set(['s', 't']))
  expect(rows[2]).toMatchObject({ level: 3, parent: 't', position: 1, siblings: 1, expandable: false })
  expect(rows[3]).toMatchObject({ level: 2, parent: 's', position: 2, siblings: 2, expandable: false })
})

test('the way to a page', () => {
  expect(ancestorsOf(nodes, '/t/u')).toEqual(['s', 't'])
  expect(ancestorsOf(nodes, '/t')).toEqual(['s'])
  expect(ancestorsOf(nodes, '/nowhere')).toBeNull()
})

describe('keys', () => {
  const rows = flatten(nodes, new Set(['s', 't']))
  test('right opens, then goes in; left closes, then goes out', () => {
    const closed = flatten(nodes, new Set(['s']))
    expect(treeMove('ArrowRight', closed, 1)).toEqual({ open: 't' })
    expect(treeMove('ArrowRight', rows, 1)).toEqual({ focus: 2 })
    expect(treeMove('ArrowRight', rows, 2)).toBeNull()
    expect(treeMove('ArrowLeft', rows, 2)).toEqual({ focus: 1 })
    expect(treeMove('ArrowLeft', rows, 1)).toEqual({ close: 't' })
    expect(treeMove('ArrowLeft', rows, 4)).toBeNull()
  })
  test('up, down, ends, first letters', () => {
    expect(treeMove('ArrowDown', rows, 4)).toEqual({ focus: 4 })
    expect(treeMove('ArrowUp', rows, 0)).toEqual({ focus: 0 })
    expect(treeMove('End', rows, 0)).toEqual({ focus: 4 })
    expect(treeMove('b', rows, 0)).toEqual({ focus: 3 })
    expect(treeMove('s', rows, 4)).toEqual({ focus: 0 })
    expect(treeMove('z', rows, 0)).toBeNull()
    expect(treeMove(' ', rows, 0)).toBeNull()
  })
})
