/** zfs-create(8), zfs-snapshot(8), zfs-clone(8). */
import type { Host } from '../host.ts'
import { runZfs } from './errors.ts'
import { splitSnapshot } from './names.ts'

/** Properties in the order given, each one `-o name=value`. */
type Options = readonly (readonly [name: string, value: string])[]

function optionArgs(options: Options): string[] {
  return options.flatMap(([name, value]) => ['-o', `${name}=${value}`])
}

export type CreateFilesystem = { dataset: string; options?: Options }

export function createFilesystemArgv(spec: CreateFilesystem): string[] {
  return ['zfs', 'create', ...optionArgs(spec.options ?? []), spec.dataset]
}

/** AppError `exists`, `not_found` (parent), `invalid`, `no_space`, `denied`. */
export async function createFilesystem(host: Host, spec: CreateFilesystem): Promise<void> {
  await runZfs(host, createFilesystemArgv(spec), [spec.dataset])
}

/** `sparse`: no room is reserved. Sizes are bytes; `volblocksizeBytes` is the pool's default where it is left out. */
export type CreateVolume = {
  dataset: string
  sizeBytes: number
  sparse: boolean
  volblocksizeBytes?: number
  options?: Options
}

export function createVolumeArgv(spec: CreateVolume): string[] {
  return [
    'zfs',
    'create',
    ...(spec.sparse ? ['-s'] : []),
    ...(spec.volblocksizeBytes === undefined ? [] : ['-b', String(spec.volblocksizeBytes)]),
    ...optionArgs(spec.options ?? []),
    '-V',
    String(spec.sizeBytes),
    spec.dataset,
  ]
}

/** AppError `exists`, `not_found` (parent), `invalid`, `no_space`, `denied`. */
export async function createVolume(host: Host, spec: CreateVolume): Promise<void> {
  await runZfs(host, createVolumeArgv(spec), [spec.dataset])
}

/** All snapshots of one call appear in one transaction or not at all. One dataset may be named only once. */
export type CreateSnapshots = { snapshots: readonly string[]; recursive?: boolean; options?: Options }

export function createSnapshotsArgv(spec: CreateSnapshots): string[] {
  return [
    'zfs',
    'snapshot',
    ...(spec.recursive ? ['-r'] : []),
    ...optionArgs(spec.options ?? []),
    ...spec.snapshots,
  ]
}

/** AppError `exists`, `not_found`, `invalid`, `no_space`, `denied`; then none was created. */
export async function createSnapshots(host: Host, spec: CreateSnapshots): Promise<void> {
  const datasets = spec.snapshots.map(name => splitSnapshot(name).dataset)
  await runZfs(host, createSnapshotsArgv(spec), {
    names: [...spec.snapshots, ...datasets],
    below: spec.recursive ? datasets : [],
  })
}

export type Clone = { snapshot: string; target: string; options?: Options }

export function cloneArgv(spec: Clone): string[] {
  return ['zfs', 'clone', ...optionArgs(spec.options ?? []), spec.snapshot, spec.target]
}

/**
 * AppError `exists`, `not_found`, `invalid`, `no_space`, `denied`. After `no_space` for a reservation given in `options`
 * the clone may exist without it (seen on OpenZFS 2.4.4): look before anything else is done.
 */
export async function clone(host: Host, spec: Clone): Promise<void> {
  await runZfs(host, cloneArgv(spec), [spec.snapshot, spec.target])
}
