import { createTRPCClient } from '@trpc/client'
import { expect, test, vi } from 'vitest'
import type { Dataset } from '../../server/datasets/model.ts'
import { filesystem } from '../../server/datasets/testing.ts'
import type { Pool } from '../../server/pools/model.ts'
import type { AppRouter } from '../../server/router.ts'
import { vmRow } from '../../server/vms/row.testing.ts'
import type { Tools } from './actions.ts'
import { alertsOf } from './alerts.ts'
import { allThings, paletteEntries } from './things.ts'
import { openAtFirst, type ThingNode, treeNodes } from './treeNodes.ts'

const dataset = (name: string, extra: Partial<Dataset> = {}): Dataset => ({
  ...filesystem(name),
  usedByVm: null,
  snapshotCount: 0,
  ...extra,
})
const pool = (name: string, extra: Partial<Pool> = {}): Pool => ({
  name,
  guid: name,
  health: 'ONLINE',
  sizeBytes: 100,
  allocatedBytes: 50,
  freeBytes: 50,
  capacityPercent: 50,
  fragmentationPercent: 0,
  dedupRatio: 1,
  readonly: false,
  ...extra,
})

const names = (node: ThingNode | undefined) => node?.children?.map(child => child.label)
const find = (nodes: ThingNode[], id: string): ThingNode | undefined => {
  for (const node of nodes) {
    const found = node.id === id ? node : find(node.children ?? [], id)
    if (found) return found
  }
}

test('the tree: pools, what is in them, and the guest on a zvol', () => {
  const web = vmRow('web1', { state: 'running' })
  const nodes = treeNodes({
    pools: [pool('tank'), pool('backup')],
    datasets: [
      dataset('tank'),
      dataset('tank/vms'),
      dataset('tank/vms/disk10'),
      dataset('tank/vms/disk2', { type: 'volume', usedByVm: 'web1' }),
      dataset('tankard'),
    ],
    vms: [vmRow('win11'), web],
  })
  expect(names(find(nodes, 'storage'))).toEqual(['backup', 'tank', 'All datasets', 'All snapshots'])
  expect(names(find(nodes, 'pool tank'))).toEqual(['vms'])
  expect(names(find(nodes, 'dataset tank/vms'))).toEqual(['disk2', 'disk10'])
  expect(find(nodes, 'dataset tank/vms/disk2')?.thing).toMatchObject({ kind: 'dataset', vm: web })
  expect(names(find(nodes, 'vms'))).toEqual(['web1', 'win11'])
  expect(openAtFirst([pool('tank')])).toContain('pool tank')
})

test('what is not known yet is not called empty', () => {
  const nodes = treeNodes({ pools: null, datasets: null, vms: null })
  expect(names(find(nodes, 'vms'))).toEqual(['Reading the guests'])
  expect(names(find(treeNodes({ pools: [], datasets: [], vms: [] }), 'vms'))).toEqual(['None yet'])
})

const tools = (go = vi.fn()): Tools => ({
  api: createTRPCClient<AppRouter>({ links: [] }),
  role: 'administrator',
  whyNoGuests: null,
  open: () => undefined,
  act: async () => null,
  go,
})
const things = allThings({
  pools: [pool('tank')],
  datasets: [dataset('tank'), dataset('tank/vms'), dataset('tank/vms/win11', { type: 'volume' })],
  vms: [vmRow('win11'), vmRow('debian01', { state: 'running', pid: 5 })],
})
const titles = (query: string) => paletteEntries(query, things, tools()).map(entry => entry.title)

test('the palette finds a thing by any part of its name, the guest first', () => {
  expect(titles('win11')[0]).toBe('win11')
  expect(titles('win11')).toContain('tank/vms/win11')
  expect(titles('nothing like this')).toEqual([])
})

test('and an action by verb and name, in any order', () => {
  expect(titles('start win11')[0]).toBe('Start win11')
  expect(titles('WIN11 start')[0]).toBe('Start win11')
  expect(titles('start')).toContain('Start win11')
})

test('what cannot be done now says why and comes last', () => {
  const entries = paletteEntries('start', things, tools())
  const place = (title: string) => entries.findIndex(entry => entry.title === title)
  expect(entries[place('Start debian01')]?.disabled).toBeTruthy()
  expect(place('Start debian01')).toBeGreaterThan(place('Start win11'))
})

test('an entry goes where it says', () => {
  const go = vi.fn()
  paletteEntries('debian01', things, tools(go))[0]?.run()
  expect(go).toHaveBeenCalledWith('/vms/debian01')
})

test('alerts name what is not well, worst first', () => {
  const alerts = alertsOf({
    pools: [pool('tank', { capacityPercent: 90 }), pool('backup', { health: 'DEGRADED' }), pool('fine')],
    vms: [vmRow('win11', { state: 'crashed', stateReason: 'It ended with a triple fault.' }), vmRow('ok')],
    capabilities: [
      { id: 'vmm', title: 'vmm', state: 'ok', reason: 'It is loaded.', mend: null },
      {
        id: 'fw',
        title: 'Firmware',
        state: 'missing',
        reason: 'There is no firmware.',
        mend: 'pkg install x',
      },
    ],
    status: { id: 'x', kind: 'local', state: 'online', heardAt: 1, reason: null },
  })
  expect(alerts.map(alert => alert.text)).toEqual([
    'win11: It ended with a triple fault.',
    'There is no firmware.',
    'The pool tank is 90 % full.',
    'The pool backup is degraded.',
  ])
  expect(alertsOf({ pools: [], vms: [], capabilities: [], status: null })).toEqual([])
})
