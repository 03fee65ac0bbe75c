/** Scrubs and resilvers over time: they end when the machine's clock says so, also while the kernel was away. */
import type { PoolState } from '../state.ts'
import type { World } from '../world.ts'
import { endReplacing } from './replacing.ts'
import { changePace, finishTime, settleScan } from './scan.ts'
import { activeLeaves } from './vdevs.ts'

/** What one disk gives when it is read in order. */
const DISK_BYTES_PER_SECOND = 180 * 1024 * 1024
const LONGEST_TIMER_MS = 2 ** 31 - 1

/** The module's switch that lets scans stand still. */
export const HOLD_SCANS = 'vfs.zfs.scan_suspend_progress'

/** What the pool's disks give together; nothing while scans are held. */
export function scanRate(world: World, pool: PoolState): number {
  if (world.state.sysctls[HOLD_SCANS] === '1') return 0
  const disks = activeLeaves(pool).filter(leaf => leaf.role === 'data').length
  return DISK_BYTES_PER_SECOND * Math.max(1, disks)
}

/** Ends every scan whose time has come, and tells. */
export function settleScans(world: World): void {
  const now = world.now()
  for (const pool of Object.values(world.state.pools)) {
    if (pool.scan?.state === 'scanning') changePace(pool.scan, scanRate(world, pool), now)
    if (!settleScan(pool, now)) continue
    const kind = pool.scan?.kind ?? 'scrub'
    if (kind === 'resilver') {
      for (const leaf of activeLeaves(pool)) leaf.resilvering = false
      endReplacing(world, pool)
    }
    world.history(pool, 'scan done', { text: `errors=${pool.scan?.errors ?? 0}` })
    world.emitPool(
      `sysevent.fs.zfs.${kind}_finish`,
      pool,
      kind === 'resilver' ? { resilver_type: 'healing' } : {},
    )
  }
}

/** Watches the clock for scans that end. Returns the way to stop. */
export function watchScans(world: World): () => void {
  let timer: NodeJS.Timeout | null = null
  let busy = false
  const arm = () => {
    if (busy) return
    busy = true
    if (timer) clearTimeout(timer)
    timer = null
    settleScans(world)
    const ends = Object.values(world.state.pools).flatMap(pool => {
      const at = pool.scan ? finishTime(pool.scan) : null
      return at === null ? [] : [at]
    })
    if (ends.length > 0) {
      const wait = Math.min(LONGEST_TIMER_MS, Math.max(1, Math.min(...ends) - world.now()))
      timer = setTimeout(arm, wait)
      timer.unref()
    }
    busy = false
  }
  const stop = world.onChange(arm)
  arm()
  return () => {
    stop()
    if (timer) clearTimeout(timer)
  }
}

/** A short resilver of what a device missed while it was away. */
export function startResilver(world: World, pool: PoolState, missedBytes: number): void {
  const now = world.now()
  pool.scan = {
    kind: 'resilver',
    state: 'scanning',
    startedAt: now,
    endedAt: null,
    pausedAt: null,
    issuedBefore: 0,
    passStartedAt: now,
    totalBytes: missedBytes,
    bytesPerSecond: scanRate(world, pool),
    repairedBytes: missedBytes,
    errors: 0,
  }
  world.emitPool('sysevent.fs.zfs.resilver_start', pool, { resilver_type: 'healing' })
  world.history(pool, 'scan setup', { text: `func=2 mintxg=3 maxtxg=${world.state.txg}` })
}
