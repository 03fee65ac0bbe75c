/** zpool-history(8): what was done to a pool, as the pool itself keeps it. */
import { runOrThrow } from '../answer.ts'
import type { Host } from '../host.ts'

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
