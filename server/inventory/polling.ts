import type { DatasetRow } from '../datasets/model.ts'
import type { ImageState } from '../images/model.ts'
import type { NetworkState } from '../networks/model.ts'
import type { Pool } from '../pools/model.ts'
import type { Vm } from '../vms/model.ts'
import type { Change } from './inventory.ts'

/** Guests whose state differs between two rounds. A name that came or went changes the list. */
export function changedVms(before: readonly Vm[], after: readonly Vm[]): Change[] {
  return compared(before, after, loadLeftOut, 'vms', key => ({ topic: 'vm', key }))
}

/** The same from two cheap looks, a text for each guest. */
export function changedMarks(
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): Change[] {
  const changed = [...after].filter(([name, mark]) => before.get(name) !== mark)
  const isSameList = before.size === after.size && [...after.keys()].every(name => before.has(name))
  const each = changed.map(([key]): Change => ({ topic: 'vm', key }))
  return isSameList ? each : [...each, { topic: 'vms' }]
}

/** Load drifts every second: on the screen it follows in steps a person can see. */
function loadLeftOut(vm: Vm): unknown {
  const cpu = vm.cpuPercent === null ? null : Math.round(vm.cpuPercent / 5)
  const memory = vm.residentBytes === null ? null : Math.round(vm.residentBytes / 2 ** 26)
  return { ...vm, cpuPercent: cpu, residentBytes: memory }
}

export function changedDatasets(before: readonly DatasetRow[], after: readonly DatasetRow[]): Change[] {
  return compared(
    before,
    after,
    row => row,
    'datasets',
    key => ({ topic: 'dataset', key }),
  )
}

export function changedNetworks(before: NetworkState, after: NetworkState): Change[] {
  return JSON.stringify(before) === JSON.stringify(after) ? [] : [{ topic: 'networks' }]
}

export function changedImages(before: ImageState, after: ImageState): Change[] {
  return JSON.stringify(before) === JSON.stringify(after) ? [] : [{ topic: 'images' }]
}

export function changedPools(before: readonly Pool[], after: readonly Pool[]): Change[] {
  return compared(
    before,
    after,
    pool => pool,
    'datasets',
    key => ({ topic: 'pool', key }),
  )
}

function compared<T extends { name: string }>(
  before: readonly T[],
  after: readonly T[],
  seen: (thing: T) => unknown,
  list: 'vms' | 'datasets',
  one: (key: string) => Change,
): Change[] {
  const known = new Map(before.map(thing => [thing.name, JSON.stringify(seen(thing))]))
  const changed = after
    .filter(thing => known.get(thing.name) !== JSON.stringify(seen(thing)))
    .map(thing => one(thing.name))
  const isSameList = before.length === after.length && after.every(thing => known.has(thing.name))
  return isSameList ? changed : [...changed, { topic: list }]
}
