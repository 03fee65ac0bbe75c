/** Mounting: `zfs mount`, `zfs unmount`, and what other verbs do to mounts. */
import { getopt } from '../getopt.ts'
import { ok, type ProgramResult } from '../programs.ts'
import type { DatasetState } from '../state.ts'
import { mountFiles, removeMountpoint, unmountFiles } from '../store-trees.ts'
import type { World } from '../world.ts'
import { cannotOpen, misuse, refused } from './output.ts'
import { datasetOfPath } from './select.ts'
import { familyOf, openTarget } from './targets.ts'

/** Whether `zfs mount -a` would mount it. */
export function mountsItself(world: World, dataset: DatasetState): boolean {
  if (dataset.type !== 'filesystem' || (dataset.props.canmount ?? 'on') !== 'on') return false
  return world.mountpoint(dataset.name) !== null
}

/** Mounts what mounts itself; parents first. */
export function mountFamily(world: World, family: readonly DatasetState[]): void {
  for (const dataset of family)
    if (!dataset.mounted && mountsItself(world, dataset)) mountFiles(world, dataset)
}

/** Unmounts, children first, and tells what was mounted. */
export function unmountFamily(world: World, family: readonly DatasetState[]): DatasetState[] {
  const mounted = family.filter(each => each.mounted)
  for (const dataset of [...mounted].reverse()) {
    const mountpoint = world.mountpoint(dataset.name)
    unmountFiles(world, dataset)
    if (mountpoint !== null) removeMountpoint(world, mountpoint)
  }
  return mounted
}

/** Does something that moves mount points: unmounts the family before and mounts it again after. */
export function whileUnmounted(world: World, dataset: DatasetState, act: () => void): void {
  const before = unmountFamily(world, familyOf(world, dataset.name))
  act()
  for (const each of familyOf(world, dataset.name)) {
    const again = before.includes(each) && each.props.canmount !== 'off'
    if ((again && world.mountpoint(each.name) !== null) || mountsItself(world, each)) mountFiles(world, each)
  }
}

export function mount(world: World, words: readonly string[]): ProgramResult {
  const options = getopt(words, 'aflvOo:')
  if ('bad' in options) return misuse('mount', `invalid option '${options.bad}'`)
  const filesystems = Object.values(world.state.datasets).filter(each => each.type === 'filesystem')
  filesystems.sort((a, b) => (a.name < b.name ? -1 : 1))
  if (options.has('a')) {
    mountFamily(world, filesystems)
    return ok()
  }
  const [name] = options.operands
  if (name === undefined) {
    const lines = filesystems
      .filter(each => each.mounted)
      .map(each => `${each.name.padEnd(30)}  ${world.mountpoint(each.name) ?? ''}\n`)
    return ok(lines.join(''))
  }
  const delimiter = /[@#]/.exec(name)?.[0]
  if (delimiter !== undefined) {
    const kind = delimiter === '@' ? 'snapshot' : 'bookmark'
    return cannotOpen(name, `${kind} delimiter '${delimiter}' is not expected here`)
  }
  const target = openTarget(world, name)
  if (typeof target === 'string') return cannotOpen(name, target)
  const { dataset } = target
  if (target.kind !== 'dataset' || dataset.type !== 'filesystem') {
    return cannotOpen(name, 'operation not applicable to datasets of this type')
  }
  const mountpoint = world.mountpoint(name)
  if (mountpoint === null) {
    const legacy = inheritedMountpoint(world, name) === 'legacy'
    if (legacy)
      return refused(`cannot mount '${name}': legacy mountpoint\nuse mount(8) to mount this filesystem`)
    return refused(`cannot mount '${name}': no mountpoint set`)
  }
  if (dataset.props.canmount === 'off')
    return refused(`cannot mount '${name}': 'canmount' property is set to 'off'`)
  if (dataset.mounted) return refused(`cannot mount '${name}': filesystem already mounted`)
  mountFiles(world, dataset)
  return ok()
}

function inheritedMountpoint(world: World, name: string): string | null {
  for (let at = name; at !== ''; at = at.slice(0, Math.max(0, at.lastIndexOf('/')))) {
    const value = world.state.datasets[at]?.props.mountpoint
    if (value !== undefined) return value
  }
  return null
}

export function unmount(world: World, words: readonly string[]): ProgramResult {
  const options = getopt(words, 'afu')
  if ('bad' in options) return misuse('unmount', `invalid option '${options.bad}'`)
  if (options.has('a')) {
    unmountFamily(
      world,
      Object.values(world.state.datasets).sort((a, b) => (a.name < b.name ? -1 : 1)),
    )
    return ok()
  }
  const [given] = options.operands
  if (given === undefined) return misuse('unmount', 'missing filesystem argument')
  const name = datasetOfPath(world, given)
  const target = openTarget(world, name)
  if (typeof target === 'string') return cannotOpen(name, target)
  if (target.kind !== 'dataset' || target.dataset.type !== 'filesystem') {
    return cannotOpen(name, 'operation not applicable to datasets of this type')
  }
  if (!target.dataset.mounted) return refused(`cannot unmount '${name}': not currently mounted`)
  unmountFamily(world, familyOf(world, name))
  return ok()
}
