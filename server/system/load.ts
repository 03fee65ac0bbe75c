import type { Host } from '../host/host.ts'
import { cpuLoad, type LoadReading, readLoad } from '../host/machine.ts'
import type { HostLoad } from './model.ts'

/** Time between two samples. */
export const SAMPLE_EVERY_MS = 10_000
/** The first load is known this soon after somebody begins to look. */
const FIRST_AFTER_MS = 1000
const KEPT_MS = 3_600_000

export type LoadSampler = {
  /** Samples of the last hour, oldest first; gaps where nobody looked. */
  samples(): HostLoad[]
  /** Samples while at least one watcher is there. Returns how to stop. */
  watch(): () => void
}

/** Reads the machine's counters now and then, one reading at a time, and only while somebody looks. */
export function createLoadSampler(options: { host: Host; now: () => number }): LoadSampler {
  const { host, now } = options
  let kept: HostLoad[] = []
  let watchers = 0
  let before: LoadReading | null = null
  let timer: NodeJS.Timeout | undefined
  /** Changes with every start and stop: a reading that comes back after that is nobody's. */
  let turn = 0

  async function sample(mine: number) {
    // A machine that does not answer has no load; that it is lost is told by its status.
    const reading = await readLoad(host).catch(() => null)
    if (mine !== turn) return
    const first = before === null
    if (reading && before) {
      const { memoryUsedBytes, arcBytes, memoryFreeBytes } = reading
      const at = now()
      kept = kept.filter(one => one.at > at - KEPT_MS)
      kept.push({ at, cpu: cpuLoad(before, reading), memoryUsedBytes, arcBytes, memoryFreeBytes })
    }
    before = reading
    timer = setTimeout(() => void sample(mine), first && reading ? FIRST_AFTER_MS : SAMPLE_EVERY_MS)
  }

  return {
    samples: () => kept.filter(one => one.at > now() - KEPT_MS),
    watch() {
      if (++watchers === 1) void sample(++turn)
      return () => {
        if (--watchers > 0) return
        clearTimeout(timer)
        turn++
        before = null
      }
    },
  }
}
