/** The bytes of zvols: what open handles read and write. */
import { KernelError } from './protocol.ts'
import type { DatasetState } from './state.ts'
import type { World } from './world.ts'

export type VolumeHandle = {
  /** By guid: a rename moves the device away under its user, as ZFS does. */
  guid: string
  sizeBytes: number
  volblocksize: number
  mode: 'read' | 'write'
}

/** KernelError ENOENT, EACCES. */
export function openVolume(world: World, machinePath: string, mode: 'read' | 'write'): VolumeHandle {
  const dataset = world.volumeAt(machinePath)
  if (!dataset) throw new KernelError('ENOENT', `${machinePath}: No such file or directory`)
  if (mode === 'write' && dataset.props.readonly === 'on') {
    throw new KernelError('EACCES', `${machinePath}: Permission denied`)
  }
  world.opened.set(dataset.guid, (world.opened.get(dataset.guid) ?? 0) + 1)
  return {
    guid: dataset.guid,
    sizeBytes: dataset.volsize ?? 0,
    volblocksize: dataset.volblocksize ?? 16384,
    mode,
  }
}

export function closeVolume(world: World, handle: VolumeHandle): void {
  const left = (world.opened.get(handle.guid) ?? 1) - 1
  if (left > 0) world.opened.set(handle.guid, left)
  else world.opened.delete(handle.guid)
}

export function flushVolume(world: World, _handle: VolumeHandle): void {
  world.save()
}

export function readVolume(world: World, handle: VolumeHandle, at: number, bytes: number): Uint8Array {
  const dataset = datasetOf(world, handle)
  return Buffer.alloc(Math.max(0, Math.min(bytes, (dataset.volsize ?? 0) - at)))
}

export function writeVolume(world: World, handle: VolumeHandle, _at: number, _bytes: Uint8Array): void {
  datasetOf(world, handle)
}

function datasetOf(world: World, handle: VolumeHandle): DatasetState {
  const found = Object.values(world.state.datasets).find(each => each.guid === handle.guid)
  if (!found) throw new KernelError('ENXIO', 'the volume is gone')
  return found
}
