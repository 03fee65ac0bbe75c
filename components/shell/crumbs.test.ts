import { expect, test } from 'vitest'
import { crumbsOf, treeHref } from './crumbs.ts'
import { paths } from './paths.ts'

const labels = (path: string) => crumbsOf(path).map(crumb => crumb.label)

test('from the outermost thing to the page', () => {
  expect(labels('/')).toEqual(['Overview'])
  expect(labels('/datasets/tank/my%20vms/debian/@snapshots')).toEqual(['tank', 'my vms', 'debian'])
  expect(crumbsOf('/datasets/tank/a')[0]?.href).toBe('/pools/tank')
  expect(labels('/pools/tank/properties')).toEqual(['Pools', 'tank'])
  expect(labels('/vms/debian01/console')).toEqual(['Virtual machines', 'debian01'])
  expect(labels('/tasks/12')).toEqual(['Tasks', 'Task 12'])
  expect(labels('/nowhere')).toEqual([])
})

test("a thing's tabs are the thing in the tree", () => {
  expect(treeHref('/vms/debian01/console')).toBe(paths.vm('debian01'))
  expect(treeHref('/datasets/tank/vms/@properties')).toBe(paths.dataset('tank/vms'))
  expect(treeHref('/datasets/tank/@properties')).toBe(paths.pool('tank'))
  expect(treeHref('/tasks/12')).toBe(paths.tasks())
  expect(treeHref('/')).toBe('/')
})
