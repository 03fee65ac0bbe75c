import { readdirSync, readFileSync } from 'node:fs'

/** USER_HZ of Linux: proc_pid_stat(5) counts in hundredths of a second. */
const TICK_MS = 10

type Facts = { parent: number; ticks: number }

/** Null for a process that is gone. */
function factsOf(pid: string): Facts | null {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
    const [, parent = ''] = fields
    // utime, stime, and those of children that have ended.
    const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0)
    return { parent: Number(parent), ticks }
  } catch {
    return null
  }
}

/** Milliseconds of processor that a process and all below it have used. */
export function processorMs(pid: number): number {
  const all = new Map<number, Facts>()
  for (const name of readdirSync('/proc')) {
    const facts = /^\d+$/.test(name) ? factsOf(name) : null
    if (facts) all.set(Number(name), facts)
  }
  const below = (id: number): number =>
    (all.get(id)?.ticks ?? 0) +
    [...all].filter(([, { parent }]) => parent === id).reduce((sum, [child]) => sum + below(child), 0)
  return below(pid) * TICK_MS
}
