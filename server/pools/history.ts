/** What was done to a pool, with Skep's own tasks joined in. */

import type { CommandOfTask } from '../db/tasks.ts'
import type { Host } from '../host/host.ts'
import { listPoolCommands, type PoolCommand } from '../host/zpool/history.ts'

/** Enough to look for what happened; all of it is a command away on the host. */
const MOST = 2000

export type PoolAct = PoolCommand & {
  /** Counted from the newest, which is 0. */
  index: number
  /** The task of Skep that ran it; null: somebody else did, or it is not known. */
  task: { id: number; userName: string } | null
}

/** The clocks of two machines are seldom further apart; records are whole seconds. */
const SLACK_MS = 5000
/** Every time zone is whole quarters of an hour away from UTC. */
const QUARTER_MS = 15 * 60_000
const FARTHEST_ZONE_MS = 15 * 3_600_000

const wallClock = (at: string): number => Date.parse(`${at.replace(' ', 'T')}Z`)

/** The record was written when the command had ended; in which zone is not told. */
function isOf({ startedAt, durationMs }: CommandOfTask, at: string): boolean {
  const offset = wallClock(at) - startedAt
  if (Math.abs(offset) > FARTHEST_ZONE_MS) return false
  const since = ((offset % QUARTER_MS) + QUARTER_MS) % QUARTER_MS
  return since <= durationMs + SLACK_MS || since >= QUARTER_MS - SLACK_MS
}

/** Each command of a task stands for one record: the same words at the same time. Newest first. */
export function withTasks(commands: readonly PoolCommand[], own: readonly CommandOfTask[]): PoolAct[] {
  const free = Map.groupBy(own, ({ argv }) => argv.join(' '))
  return commands.toReversed().map((command, index) => {
    const same = free.get(command.command) ?? []
    const found = same.findLastIndex(each => isOf(each, command.at))
    const [of] = found < 0 ? [] : same.splice(found, 1)
    return { ...command, index, task: of ? { id: of.taskId, userName: of.userName } : null }
  })
}

/**
 * Newest first; `older` records are not among them. `ownSince` tells what Skep's tasks ran on this host from a moment on
 * (Unix ms). AppError as for `listPoolCommands`.
 */
export async function poolHistory(
  host: Host,
  pool: string,
  ownSince: (from: number) => CommandOfTask[],
): Promise<{ acts: PoolAct[]; older: number }> {
  const { commands, older } = await listPoolCommands(host, pool, MOST)
  const [first] = commands
  return { acts: first ? withTasks(commands, ownSince(wallClock(first.at) - FARTHEST_ZONE_MS)) : [], older }
}
