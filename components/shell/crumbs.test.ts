import { expect, test } from 'vitest'
import { crumbsOf, treeHref } from './crumbs.ts'
import { paths, pathsOf } from './paths.ts'

const nas = pathsOf('nas')

const labels = (path: string) => crumbsOf(path).map(crumb => crumb.label)

test('from the outermost thing to the page', () => {
  expect(labels('/')).toEqual(['Overview'])
  expect(labels('/nas/datasets/tank/my%20vms/debian/@snapshots')).toEqual(['tank', 'my vms', 'debian'])
  expect(crumbsOf('/nas/datasets/tank/a')[0]?.href).toBe('/nas/pools/tank')
  expect(labels('/nas/pools/tank/properties')).toEqual(['Pools', 'tank'])
  expect(labels('/nas/vms/debian01/console')).toEqual(['Virtual machines', 'debian01'])
  expect(labels('/tasks/12')).toEqual(['Tasks', 'Task 12'])
  expect(labels('/nas')).toEqual(['Overview'])
  expect(labels('/nas/nonsense')).toEqual([])
})

test("a thing's tabs are the thing in the tree", () => {
  expect(treeHref('/nas/vms/debian01/console')).toBe(nas.vm('debian01'))
  expect(treeHref('/nas/datasets/tank/vms/@properties')).toBe(nas.dataset('tank/vms'))
  expect(treeHref('/nas/datasets/tank/@properties')).toBe(nas.pool('tank'))
  expect(treeHref('/tasks/12')).toBe(paths.tasks())
  expect(treeHref('/')).toBe('/')
})
