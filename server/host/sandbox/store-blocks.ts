/** Blocks that come and go. */
import path from 'node:path'
import { lastTxg } from './space.ts'
import type { Block, DatasetState } from './state.ts'
import type { World } from './world.ts'

/** A block leaves the live dataset: to the deadlist when a snapshot knows it, else to the free space. */
export function killBlock(world: World, dataset: DatasetState, block: Block): void {
  if (block.birth > lastTxg(world, dataset)) freeBlocks(world, [block])
  else dataset.dead.push(block)
}

export function freeBlocks(world: World, blocks: readonly Block[]): void {
  for (const block of blocks) if (block.chunk !== 0) world.doomed.push(chunkFile(world, block.chunk))
}

export function chunkFile(world: World, chunk: number): string {
  return path.join(world.dir, 'chunks', String(chunk))
}
