/** A call of zpool, as its verbs get it. */
import type { Options } from '../getopt.ts'
import type { Output, ProgramIo, ProgramResult } from '../programs.ts'
import type { World } from '../world.ts'
import { logCommand } from './history.ts'

export type Answer = ProgramResult | Promise<ProgramResult> | AsyncGenerator<Output, number>

export type Call = {
  world: World
  /** The whole command line, for the pool's history. */
  argv: readonly string[]
  options: Options
  io: ProgramIo
}

export type Verb = { spec: string; run: (call: Call) => Answer }

/** Writes the command into its pool's history. */
export function log({ world, argv, options }: Call): void {
  const pool = options.operands.map(word => world.state.pools[word]).find(each => each !== undefined)
  if (pool) logCommand(world, pool, argv)
}
