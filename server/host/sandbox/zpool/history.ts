import { fail, ok, type ProgramResult } from '../programs.ts'
import type { HistoryEntry, PoolState } from '../state.ts'
import { MOST_RECORDS, type World } from '../world.ts'
import { historyTime } from './figures.ts'

/** Adds a command that succeeded to the pool's history, as zfs and zpool do. */
export function logCommand(world: World, pool: PoolState, argv: readonly string[]): void {
  pool.commands.push({ atMs: world.now(), command: argv.join(' ') })
  if (pool.commands.length > MOST_RECORDS) pool.commands.splice(1, pool.commands.length - MOST_RECORDS)
  world.changed()
}

/** `zpool history [-il] [POOL...]` */
export function historyText(
  world: World,
  pools: string[],
  options: { internal: boolean; long: boolean },
): ProgramResult {
  const names = pools.length > 0 ? pools : Object.keys(world.state.pools).sort()
  let stdout = ''
  let stderr = ''
  for (const name of names) {
    const pool = world.state.pools[name]
    if (!pool) {
      stderr += `cannot open '${name}': no such pool\n`
      continue
    }
    const lines = pool.commands.flatMap(entry => line(world, entry, options))
    stdout += `History for '${name}':\n${lines.map(text => `${text}\n`).join('')}\n`
  }
  return stderr === '' ? ok(stdout) : fail(1, stderr, stdout)
}

function line(world: World, entry: HistoryEntry, options: { internal: boolean; long: boolean }): string[] {
  const at = historyTime(entry.atMs)
  const who = options.long ? ` [user 0 (root) on ${world.state.hostname}]` : ''
  if ('command' in entry) return [`${at} ${entry.command}${who}`]
  const where = options.long ? ` [on ${world.state.hostname}]` : ''
  return options.internal ? [`${at} [txg:${entry.txg}] ${entry.text}${where}`] : []
}
