import type { Vm } from '../vms/model.ts'
import type { DatasetRow } from './model.ts'

/** States in which a bhyve process (or its loader) has the guest's disks open. */
const RUNNING: ReadonlySet<Vm['state']> = new Set(['running', 'starting', 'stopping', 'waiting', 'firmware'])

export function isRunning(vm: Vm): boolean {
  return RUNNING.has(vm.state)
}

type Place = Pick<DatasetRow, 'name' | 'mountpoint'>

/** The filesystem a path lies on: the one with the longest mount point above it; null when none is known. */
export function datasetOfPath(datasets: readonly Place[], path: string): string | null {
  let found: Place | null = null
  for (const each of datasets) {
    const at = each.mountpoint
    if (!at?.startsWith('/')) continue
    if (path !== at && !path.startsWith(at === '/' ? '/' : `${at}/`)) continue
    if (at.length >= (found?.mountpoint?.length ?? 0)) found = each
  }
  return found?.name ?? null
}

/** All datasets a guest cannot do without: its zvols, the filesystems of its disk files and of its directory. */
function datasetsOf(vm: Vm, datasets: readonly Place[]): string[] {
  const named = vm.disks.map(disk => disk.dataset ?? datasetOfPath(datasets, disk.path))
  return [...new Set([...named, datasetOfPath(datasets, vm.directory)].filter(name => name !== null))]
}

export function isBelow(name: string, parent: string): boolean {
  return name.startsWith(`${parent}/`)
}

/** Guests that use this very dataset with any of their disks or their directory. */
export function usersOf(vms: readonly Vm[], datasets: readonly Place[], dataset: string): Vm[] {
  return vms.filter(vm => datasetsOf(vm, datasets).includes(dataset))
}

/** Guests that use this dataset or anything below it. */
export function usersBelow(vms: readonly Vm[], datasets: readonly Place[], dataset: string): Vm[] {
  return vms.filter(vm => datasetsOf(vm, datasets).some(name => name === dataset || isBelow(name, dataset)))
}

/** "debian01", "debian01 and win11", "debian01, win11 and 3 others". */
export function inWords(names: readonly string[], most = 3): string {
  const [first = '', ...rest] = names
  if (rest.length === 0) return first
  const shown = names.length > most ? names.slice(0, most - 1) : names.slice(0, -1)
  const last = names.length > most ? `${names.length - shown.length} others` : names.at(-1)
  return `${shown.join(', ')} and ${last}`
}

/** "1 snapshot", "3 snapshots". */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}
