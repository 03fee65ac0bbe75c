import { createTRPCClient } from '@trpc/client'
import { expect, test, vi } from 'vitest'
import type { Dataset } from '../../server/datasets/model.ts'
import { filesystem } from '../../server/datasets/testing.ts'
import type { Pool } from '../../server/pools/model.ts'
import type { HostRouter } from '../../server/router.ts'
import { vmRow } from '../../server/vms/row.testing.ts'
import type { Tools } from './actions.ts'
import { alertsOf } from './alerts.ts'
import { pathsOf } from './paths.ts'
import { consoleThings, paletteEntries, soughtIn, thingsOfHost } from './things.ts'
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
  const nodes = treeNodes('nas', {
    pools: [pool('tank'), pool('backup')],
    datasets: [
      dataset('tank'),
      dataset('tank/vms'),
      dataset('tank/vms/disk10'),
      dataset('tank/vms/disk2', { type: 'volume', usedByVm: 'web1' }),
      dataset('tankard'),
    ],
    vms: [vmRow('win11'), web],
    unreadable: [],
  })
  expect(names(find(nodes, 'nas storage'))).toEqual(['backup', 'tank', 'All datasets', 'All snapshots'])
  expect(names(find(nodes, 'nas pool tank'))).toEqual(['vms'])
  expect(names(find(nodes, 'nas dataset tank/vms'))).toEqual(['disk2', 'disk10'])
  expect(find(nodes, 'nas dataset tank/vms/disk2')?.thing).toMatchObject({ kind: 'dataset', vm: web })
  expect(names(find(nodes, 'nas vms'))).toEqual(['web1', 'win11'])
  expect(openAtFirst('nas', [pool('tank')])).toContain('nas pool tank')
})

test('what is not known yet is not called empty', () => {
  const nothing = { pools: null, datasets: null, vms: null }
  const nodes = treeNodes('nas', { ...nothing, unreadable: [] })
  expect(names(find(nodes, 'nas vms'))).toEqual(['Reading the guests'])
  const empty = treeNodes('nas', { pools: [], datasets: [], vms: [], unreadable: [] })
  expect(names(find(empty, 'nas vms'))).toEqual(['None'])
})

test('what could not be read is not said to be read for ever', () => {
  const nodes = treeNodes('nas', {
    pools: [pool('tank')],
    datasets: null,
    vms: null,
    unreadable: ['datasets', 'vms'],
  })
  expect(names(find(nodes, 'nas vms'))).toEqual(['The guests cannot be read'])
  expect(names(find(nodes, 'nas storage'))).toContain('The datasets cannot be read')
})

const tools = (host = 'nas'): Tools => ({
  api: createTRPCClient<HostRouter>({ links: [] }),
  role: 'administrator',
  paths: pathsOf(host),
  whyNoGuests: null,
  open: () => undefined,
  act: async () => null,
  go: () => undefined,
})
const nas = { id: 'nas', name: 'nas' }
const things = [
  ...thingsOfHost(nas, {
    pools: [pool('tank')],
    datasets: [dataset('tank'), dataset('tank/vms'), dataset('tank/vms/win11', { type: 'volume' })],
    vms: [vmRow('win11'), vmRow('debian01', { state: 'running', pid: 5 })],
    unreadable: [],
  }),
  ...consoleThings(),
]
const entriesFor = (query: string, go = vi.fn()) =>
  paletteEntries(soughtIn(query, [nas]), things, { toolsOf: () => tools(), here: nas, several: false, go })
const titles = (query: string) => entriesFor(query).map(entry => entry.title)

test('the palette finds a thing by any part of its name, the guest first', () => {
  expect(titles('win11')[0]).toBe('win11')
  expect(titles('win11')).toContain('tank/vms/win11')
  expect(titles('nothing like this')).toEqual([])
})

test('and an action by verb and name, in any order', () => {
  expect(titles('start win11')[0]).toBe('Start win11')
  expect(titles('WIN11 start')[0]).toBe('Start win11')
  expect(titles('start')).toContain('Start win11')
  expect(titles('stop win11').toSorted()).toEqual(['Force off win11', 'Shut down win11'])
  expect(titles('reboot win11')).toEqual(['Reset win11'])
  expect(titles('start win11')).not.toContain('Reset win11')
  expect(titles('delete tank/vms/win11')).toContain('Destroy tank/vms/win11')
})

test('what cannot be done now says why and comes last', () => {
  const entries = entriesFor('start')
  const place = (title: string) => entries.findIndex(entry => entry.title === title)
  expect(entries[place('Start debian01')]?.disabled).toBeTruthy()
  expect(place('Start debian01')).toBeGreaterThan(place('Start win11'))
})

test('an entry goes where it says', () => {
  const go = vi.fn()
  entriesFor('debian01', go)[0]?.run()
  expect(go).toHaveBeenCalledWith('/nas/vms/debian01')
})

test('alerts name what is not well, worst first', () => {
  const alerts = alertsOf(
    {
      pools: [pool('tank', { capacityPercent: 90 }), pool('backup', { health: 'DEGRADED' }), pool('fine')],
      datasets: [
        dataset('tank', { availableBytes: 0 }),
        dataset('tank/a', { availableBytes: 0 }),
        dataset('fine', { availableBytes: 1 }),
      ],
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
      status: { id: 'x', kind: 'local', state: 'online', heardAt: 1, reason: null, refusedKey: null },
    },
    pathsOf('nas'),
  )
  expect(alerts.map(alert => alert.text)).toEqual([
    'The pool tank has no room left: nothing can be written outside of what is reserved.',
    'win11: It ended with a triple fault.',
    'There is no firmware.',
    'The pool tank is 90 % full.',
    'The pool backup is degraded.',
  ])
  expect(
    alertsOf({ pools: [], datasets: [], vms: [], capabilities: [], status: null }, pathsOf('nas')),
  ).toEqual([])
})

test('with several hosts the palette finds things on each, and says on which', () => {
  const hosts = [nas, { id: 'nas2', name: 'NAS 2' }]
  const lists = { pools: [], datasets: [], vms: [vmRow('win11')], unreadable: [] }
  const all = hosts.flatMap(host => thingsOfHost(host, lists))
  const asked: string[] = []
  const toolsOf = (host: string) => {
    asked.push(host)
    return tools(host)
  }
  const entries = (query: string) =>
    paletteEntries(soughtIn(query, hosts), all, { toolsOf, here: nas, several: true, go: vi.fn() })
  const started = entries('start win11').filter(entry => entry.title === 'Start win11')
  expect(started.map(entry => entry.note)).toEqual(['Virtual machine on nas', 'Virtual machine on NAS 2'])
  asked.length = 0
  expect(entries('start win11 on nas2')[0]).toMatchObject({
    title: 'Start win11',
    note: 'Virtual machine on NAS 2',
  })
  expect(new Set(asked)).toEqual(new Set(['nas2']))
})

test('a word is a host only where it cannot be part of a name', () => {
  const hosts = [nas, { id: 'web', name: 'web' }]
  expect(soughtIn('start win11 on we', hosts)).toEqual({ words: ['start', 'win11'], host: hosts[1] })
  expect(soughtIn('web1', hosts)).toEqual({ words: ['web1'], host: null })
  expect(soughtIn('web datasets', hosts)).toEqual({ words: ['datasets'], host: hosts[1] })
  expect(soughtIn('nas', [nas])).toEqual({ words: ['nas'], host: null })
})
