import { expect, test } from 'vitest'
import { currentTab, type Tab } from './Tabs.tsx'

const tabs: Tab[] = [
  { label: 'Overview', href: '/vms/a' },
  { label: 'Console', href: '/vms/a/console' },
]

test('the current tab is the longest that holds the path, by whole segments', () => {
  expect(currentTab(tabs, '/vms/a')?.label).toBe('Overview')
  expect(currentTab(tabs, '/vms/a/console/window')?.label).toBe('Console')
  expect(currentTab(tabs, '/vms/ab')).toBeUndefined()
  expect(
    currentTab([{ label: 'x', href: '/datasets/a%20b/@snapshots' }], '/datasets/a b/@snapshots')?.label,
  ).toBe('x')
})
