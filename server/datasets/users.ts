import type { Vm } from '../vms/model.ts'
import type { DatasetRow } from './model.ts'

/** States in which a bhyve process (or its loader) has the guest's disks open. */
const RUNNING: ReadonlySet<Vm['state']> = new Set(['running', 'starting', 'stopping', 'waiting', 'firmware'])

export function isRunning(vm: Vm): boolean {
  return RUNNING.has(vm.state)
}

/** Nobody may take its disks away: it runs, or another machine holds its lock and may run it. */
export function holdsDisks(vm: Vm): boolean {
  return isRunning(vm) || vm.state === 'locked'
}

type Place = Pick<DatasetRow, 'name' | 'mountpoint'> & Partial<Pick<DatasetRow, 'mounted'>>

/** The filesystem a path lies on: the one with the longest mount point above it; null when none is known. */
export function datasetOfPath(datasets: readonly Place[], path: string): string | null {
  let found: Place | null = null
  for (const each of datasets) {
    const at = each.mountpoint
    // Boot environments share a mount point; only the one that is mounted has the file.
    if (!at?.startsWith('/') || each.mounted === false) continue
    if (path !== at && !path.startsWith(at === '/' ? '/' : `${at}/`)) continue
    if (at.length >= (found?.mountpoint?.length ?? 0)) found = each
  }
  return found?.name ?? null
}

const ZVOLS = '/dev/zvol/'

/** The volume behind a device, also behind a partition of it or a roundabout path; null for another path. */
function volumeOfDevice(datasets: readonly Place[], path: string): string | null {
  const device = normalized(path)
  if (!device.startsWith(ZVOLS)) return null
  const name = device.slice(ZVOLS.length)
  // tank/d1p2, tank/d1s1a: partitions of tank/d1, unless a volume has that very name. geom(4).
  const whole = [name, name.replace(/(?:p\d+|s\d+[a-h]?)$/, '')]
  return whole.find(each => datasets.some(dataset => dataset.name === each)) ?? name
}

/** The path without `//`, `.` and `..`. */
function normalized(path: string): string {
  const parts: string[] = []
  for (const part of path.split('/')) {
    if (part === '..') parts.pop()
    else if (part !== '' && part !== '.') parts.push(part)
  }
  return `/${parts.join('/')}`
}

/** All datasets a guest cannot do without: its zvols, the filesystems of its disk files and of its directory. */
function datasetsOf(vm: Vm, datasets: readonly Place[]): string[] {
  const named = vm.disks.map(
    disk => volumeOfDevice(datasets, disk.path) ?? datasetOfPath(datasets, disk.path),
  )
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
