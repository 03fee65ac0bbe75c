/**
 * The bytes of zvols: chunks of 128 KiB, one file each under `<dir>/chunks`. A chunk a snapshot knows is never written
 * again: the writer makes a new one, and the old one goes to the deadlist. A chunk that is not there reads as zeros.
 */
import { closeSync, openSync, readFileSync, readSync, writeFileSync } from 'node:fs'
import { KernelError } from './protocol.ts'
import { lastTxg, spaceOf } from './space.ts'
import type { Block, DatasetState } from './state.ts'
import { chunkFile, killBlock } from './store-blocks.ts'
import type { VolumeIo, World } from './world.ts'

export const CHUNK_BYTES = 128 * 1024

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
  if (mode === 'write' && isReadonly(world, dataset)) {
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

function isReadonly(world: World, dataset: DatasetState): boolean {
  const parts = dataset.name.split('/')
  for (let depth = parts.length; depth > 0; depth--) {
    const value = world.state.datasets[parts.slice(0, depth).join('/')]?.props.readonly
    if (value !== undefined) return value === 'on'
  }
  return world.state.pools[parts[0] ?? '']?.readonly ?? false
}

export function closeVolume(world: World, handle: VolumeHandle): void {
  const left = (world.opened.get(handle.guid) ?? 1) - 1
  if (left > 0) world.opened.set(handle.guid, left)
  else world.opened.delete(handle.guid)
}

/** What was written so far outlives a kill -9 of the kernel. */
export function flushVolume(world: World, _handle: VolumeHandle): void {
  world.save()
}

/** Short at the end of the volume. */
export function readVolume(world: World, handle: VolumeHandle, at: number, bytes: number): Uint8Array {
  const dataset = datasetOf(world, handle)
  const wanted = Math.max(0, Math.min(bytes, (dataset.volsize ?? 0) - at))
  const out = Buffer.alloc(wanted)
  const chunks = chunksOf(dataset)
  for (let done = 0; done < wanted; ) {
    const number = Math.floor((at + done) / CHUNK_BYTES)
    const inside = (at + done) % CHUNK_BYTES
    const length = Math.min(CHUNK_BYTES - inside, wanted - done)
    const block = chunks.get(number)
    if (block && block.chunk !== 0) readChunk(world, block.chunk, out.subarray(done, done + length), inside)
    done += length
  }
  const io = ioOf(world, handle)
  io.reads += 1
  io.readBytes += wanted
  return out
}

/** All of it, or KernelError ENOSPC with nothing changed. Beyond the end: EINVAL. */
export function writeVolume(world: World, handle: VolumeHandle, at: number, bytes: Uint8Array): void {
  const dataset = datasetOf(world, handle)
  if (handle.mode !== 'write') throw new KernelError('EBADF', 'Bad file descriptor')
  if (at + bytes.length > (dataset.volsize ?? 0)) throw new KernelError('EINVAL', 'Invalid argument')
  const chunks = chunksOf(dataset)
  const last = lastTxg(world, dataset)
  const changes: { number: number; old: Block | undefined; content: Buffer; used: number }[] = []
  let growth = 0
  for (let done = 0; done < bytes.length; ) {
    const number = Math.floor((at + done) / CHUNK_BYTES)
    const inside = (at + done) % CHUNK_BYTES
    const length = Math.min(CHUNK_BYTES - inside, bytes.length - done)
    const old = chunks.get(number)
    const content = Buffer.alloc(CHUNK_BYTES)
    if (old && length < CHUNK_BYTES) readChunk(world, old.chunk, content, 0)
    content.set(bytes.subarray(done, done + length), inside)
    const used = usedBlocks(content, dataset.volblocksize ?? 16384)
    growth += used - (old && old.birth > last ? old.bytes : 0)
    changes.push({ number, old, content, used })
    done += length
  }
  takeRoom(world, dataset, growth)
  for (const { number, old, content, used } of changes) {
    if (used === 0) {
      if (old) dropChunk(world, dataset, chunks, number, old)
    } else if (old && old.birth > last) {
      writeFileSync(chunkFile(world, old.chunk), content)
      Object.assign(old, { bytes: used, logical: used })
    } else {
      if (old) dropChunk(world, dataset, chunks, number, old)
      const chunk = world.state.nextChunk++
      writeFileSync(chunkFile(world, chunk), content)
      const block: Block = { at: number, chunk, birth: world.openTxg(), bytes: used, logical: used }
      dataset.live.push(block)
      chunks.set(number, block)
    }
  }
  const io = ioOf(world, handle)
  io.writes += 1
  io.writtenBytes += bytes.length
  wrote(world, dataset)
}

function ioOf(world: World, { guid }: VolumeHandle): VolumeIo {
  const io = world.volumeIo.get(guid) ?? { reads: 0, readBytes: 0, writes: 0, writtenBytes: 0 }
  world.volumeIo.set(guid, io)
  return io
}

function dropChunk(
  world: World,
  dataset: DatasetState,
  chunks: Map<number, Block>,
  number: number,
  block: Block,
): void {
  const index = dataset.live.indexOf(block)
  const end = dataset.live.pop()
  // Order does not matter: the last one fills the gap.
  if (end && end !== block) dataset.live[index] = end
  chunks.delete(number)
  killBlock(world, dataset, block)
}

/** A smaller volsize: what lies beyond it is gone. */
export function truncateVolume(world: World, dataset: DatasetState, bytes: number): void {
  const chunks = chunksOf(dataset)
  for (const [number, block] of [...chunks]) {
    if (number * CHUNK_BYTES >= bytes) dropChunk(world, dataset, chunks, number, block)
  }
  world.changed()
}

const indexes = new WeakMap<Block[], Map<number, Block>>()

/** Chunk number to block; follows `live` as long as that is the same array. */
function chunksOf(dataset: DatasetState): Map<number, Block> {
  const before = indexes.get(dataset.live)
  if (before) return before
  const index = new Map<number, Block>()
  for (const block of dataset.live) if (typeof block.at === 'number') index.set(block.at, block)
  indexes.set(dataset.live, index)
  return index
}

function readChunk(world: World, chunk: number, into: Buffer, at: number): void {
  const file = openSync(chunkFile(world, chunk), 'r')
  try {
    readSync(file, into, 0, into.length, at)
  } finally {
    closeSync(file)
  }
}

const ZEROS = Buffer.alloc(CHUNK_BYTES)

/** Bytes of the volume blocks in a chunk that are not all zero. */
function usedBlocks(content: Buffer, volblocksize: number): number {
  const step = Math.min(volblocksize, CHUNK_BYTES)
  let used = 0
  for (let at = 0; at < CHUNK_BYTES; at += step) {
    if (content.compare(ZEROS, at, at + step, at, at + step) !== 0) used += step
  }
  return used
}

type Room = { version: number; bytes: number }
const rooms = new WeakMap<DatasetState, Room>()

/** KernelError ENOSPC when the pool, a quota or a reservation leaves no room. */
function takeRoom(world: World, dataset: DatasetState, growth: number): void {
  let room = rooms.get(dataset)
  if (room?.version !== world.version) {
    room = { version: world.version, bytes: spaceOf(world, dataset.name).available }
    rooms.set(dataset, room)
  }
  if (growth > 0 && growth > room.bytes) throw new KernelError('ENOSPC', 'No space left on device')
  room.bytes -= growth
}

/** A write alone does not make the room be measured anew. */
function wrote(world: World, dataset: DatasetState): void {
  world.wrote()
  const room = rooms.get(dataset)
  if (room) room.version = world.version
}

function datasetOf(world: World, handle: VolumeHandle): DatasetState {
  const found = world.datasetByGuid(handle.guid)
  if (!found) throw new KernelError('ENXIO', 'Device not configured')
  return found
}

/** For tests: the whole content of a small volume. */
export function volumeBytes(world: World, name: string): Buffer {
  const dataset = world.state.datasets[name]
  const out = Buffer.alloc(dataset?.volsize ?? 0)
  for (const block of dataset?.live ?? []) {
    if (typeof block.at === 'number')
      readFileSync(chunkFile(world, block.chunk)).copy(out, block.at * CHUNK_BYTES)
  }
  return out
}
