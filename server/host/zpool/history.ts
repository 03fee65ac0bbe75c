/** zpool-history(8): what was done to a pool, as the pool itself keeps it. */
import { AppError } from '../../errors.ts'
import { commandError, runOrThrow, unreadable } from '../answer.ts'
import type { Host } from '../host.ts'
import { zpoolRecognisers } from './errors.ts'

/** With the internal events (-i) in long format (-l); no dataset's name is taken for an option. */
export function poolHistoryArgv(pool: string): string[] {
  return ['zpool', 'history', '-il', pool]
}

/** `2026-11-22.09:50:08 [txg:1175] clone swap tank/data/%rollback (927) parent=data [on zlab]` */
const INTERNAL_EVENT = /^\d{4}-\d\d-\d\d\.\d\d:\d\d:\d\d \[txg:\d+\] (.+)$/

/**
 * Whether a dataset was rolled back after one of these snapshots was destroyed; null when the history does not (or no
 * longer: it is a ring) tell of the destroying. The order of the records is the order of the acts, whatever the clock
 * and its zone are. Seen alike on OpenZFS 2.1, 2.3 and 2.4.
 */
export function rolledBackAfter(
  history: string,
  dataset: string,
  destroyed: readonly string[],
): boolean | null {
  const acts = history.split('\n').flatMap(line => INTERNAL_EVENT.exec(line)?.[1] ?? [])
  const destroys = destroyed.map(name => `destroy ${name} (`)
  const last = acts.findLastIndex(act => destroys.some(each => act.startsWith(each)))
  if (last < 0) return null
  return acts.slice(last + 1).some(act => act.startsWith(`clone swap ${dataset}/%rollback (`))
}

/** The same, asked of the host. AppError `failed`, `timeout`, `unreachable`. */
export async function wasRolledBackAfter(
  host: Host,
  dataset: string,
  destroyed: readonly string[],
): Promise<boolean | null> {
  if (destroyed.length === 0) return null
  const pool = dataset.split('/')[0] ?? dataset
  return rolledBackAfter(await runOrThrow(host, poolHistoryArgv(pool), []), dataset, destroyed)
}

/** One command that was run on a pool, as the pool keeps it. */
export type PoolCommand = {
  /** `2026-11-22 10:17:05`: the host's own clock and zone, which the record does not name. */
  at: string
  /** zfs's or zpool's command line, its words joined by blanks as they are: no shell line. */
  command: string
  /** Name, or number where it has none; null where the record does not say. */
  user: string | null
}

/** With the users (-l) and without the internal events. */
function poolCommandsArgv(pool: string): string[] {
  return ['zpool', 'history', '-l', pool]
}

const RECORD = /^(\d{4}-\d\d-\d\d)\.(\d\d:\d\d:\d\d) (.+)$/
/** ` [user 0 (root) on zlab:linux]` */
const BY_WHOM = /^([\s\S]*) \[user (\d+) (?:\(([^)]*)\) )?on [^\]]*\]$/

/**
 * Records in their order from the lines of `zpool history -l`, at most the newest `keep`. A command may hold line breaks:
 * what begins without a time belongs to the record before it. AppError `unreadable`.
 */
export async function readPoolCommands(
  lines: AsyncIterable<string> | Iterable<string>,
  pool: string,
  keep: number,
): Promise<{ commands: PoolCommand[]; older: number }> {
  let kept: { at: string; text: string }[] = []
  let older = 0
  let isFirst = true
  for await (const line of lines) {
    const record = RECORD.exec(line)
    const last = kept.at(-1)
    if (isFirst) {
      if (line !== `History for '${pool}':`) throw unreadable('zpool history', line, 'it has another head')
      isFirst = false
    } else if (record) {
      kept.push({ at: `${record[1]} ${record[2]}`, text: record[3] ?? '' })
      // Cut seldom, not at each line: histories have a hundred thousand of them.
      if (kept.length >= keep * 2) {
        older += kept.length - keep
        kept = kept.slice(-keep)
      }
    } else if (last) last.text += `\n${line}`
    else if (line !== '') throw unreadable('zpool history', line, 'it begins without a time')
  }
  older += Math.max(0, kept.length - keep)
  return { commands: kept.slice(-keep).map(({ at, text }) => ({ at, ...byWhom(text.trimEnd()) })), older }
}

function byWhom(text: string): Pick<PoolCommand, 'command' | 'user'> {
  const match = BY_WHOM.exec(text)
  return match
    ? { command: match[1] ?? '', user: match[3] ?? match[2] ?? null }
    : { command: text, user: null }
}

/** A pool whose disks are gone makes it wait for ever. */
const LONGEST_MS = 60_000

/** The newest commands of a pool, the oldest of them first. AppError as for `host.stream`, `failed`, `timeout`. */
export async function listPoolCommands(host: Host, pool: string, keep: number) {
  const argv = poolCommandsArgv(pool)
  const signal = AbortSignal.timeout(LONGEST_MS)
  const { lines, done, kill } = await host.stream(argv, { signal })
  try {
    const found = await readPoolCommands(lines, pool, keep)
    const ended = await done
    if (signal.aborted) throw new AppError('timeout', 'The host did not tell the history within a minute.')
    if (ended.exit !== 0) throw commandError(argv, { ...ended, stdout: '' }, zpoolRecognisers(pool))
    return found
  } finally {
    kill()
  }
}
