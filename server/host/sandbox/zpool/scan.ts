import type { PoolState, Scan } from '../state.ts'
import { ctime, duration, niceBytes } from './figures.ts'

/** A scan never shows a time left below this rate (zpool_main.c, print_scan_scrub_resilver_status). */
const SLOWEST_ESTIMATE = 10 * 1024 * 1024
/** Metadata is read faster than data is issued: the scanned figure runs ahead. */
const SCAN_AHEAD = 4
/** It goes on in the transaction group after the one it was begun in. */
const SHORTEST_PASS_MS = 20

/** Bytes issued by now. A pass counts from its start; a paused scan stands still. */
export function issuedBytes(scan: Scan, now: number): number {
  if (scan.state !== 'scanning' || scan.pausedAt !== null) return Math.min(scan.issuedBefore, scan.totalBytes)
  const seconds = Math.max(0, now - scan.passStartedAt) / 1000
  return Math.min(scan.totalBytes, Math.floor(scan.issuedBefore + seconds * scan.bytesPerSecond))
}

/** Unix ms at which a running scan will have read everything, null when it does not run. */
export function finishTime(scan: Scan): number | null {
  if (scan.state !== 'scanning' || scan.pausedAt !== null || scan.bytesPerSecond === 0) return null
  const left = scan.totalBytes - scan.issuedBefore
  return scan.passStartedAt + Math.max(SHORTEST_PASS_MS, Math.ceil((left / scan.bytesPerSecond) * 1000))
}

/** The `scan:` lines of `zpool status`, without the label; null for a pool never scanned. */
export function scanText(scan: Scan | null, now: number): string | null {
  if (scan === null) return null
  if (scan.state === 'canceled') return `${scan.kind} canceled on ${ctime(scan.endedAt ?? now)}`
  const done = scan.kind === 'scrub' ? 'repaired' : 'resilvered'
  if (scan.state === 'finished') {
    const took = duration(((scan.endedAt ?? now) - scan.startedAt) / 1000)
    const what = scan.kind === 'scrub' ? 'scrub repaired' : 'resilvered'
    const at = ctime(scan.endedAt ?? now)
    return `${what} ${niceBytes(scan.repairedBytes)} in ${took} with ${scan.errors} errors on ${at}`
  }
  const issued = issuedBytes(scan, now)
  const seconds = Math.max(1, Math.floor((now - scan.passStartedAt) / 1000))
  const rate = scan.pausedAt === null ? (issued - scan.issuedBefore) / seconds : 0
  const scanned = Math.min(scan.totalBytes, issued * SCAN_AHEAD)
  const scanRate = scan.pausedAt === null && scanned < scan.totalBytes ? rate * SCAN_AHEAD : 0
  const total = niceBytes(scan.totalBytes)
  const lines =
    scan.pausedAt === null
      ? [`${scan.kind} in progress since ${ctime(scan.startedAt)}`]
      : [
          `${scan.kind} paused since ${ctime(scan.pausedAt)}`,
          `\t${scan.kind} started on ${ctime(scan.startedAt)}`,
        ]
  const at = (value: number) => (value >= 1 ? ` at ${niceBytes(Math.floor(value))}/s` : '')
  lines.push(
    `\t${niceBytes(scanned)} / ${total} scanned${at(scanRate)}, ${niceBytes(issued)} / ${total} issued${at(rate)}`,
  )
  const percent = scan.totalBytes === 0 ? 100 : (issued / scan.totalBytes) * 100
  lines.push(
    `\t${niceBytes(Math.min(scan.repairedBytes, issued))} ${done}, ${percent.toFixed(2)}% done${timeLeft(scan, issued, rate)}`,
  )
  return lines.join('\n')
}

function timeLeft(scan: Scan, issued: number, rate: number): string {
  if (scan.pausedAt !== null) return ''
  if (rate < SLOWEST_ESTIMATE) return ', no estimated completion time'
  return `, ${duration((scan.totalBytes - issued) / rate)} to go`
}

export type ScanRefusal = { verb: string; reason: string }

/**
 * Starts or resumes a scrub. Returns what it did, or the reason for a refusal in zpool's words.
 * `bytesPerSecond` is what the pool's disks give together.
 */
export function startScrub(
  pool: PoolState,
  now: number,
  totalBytes: number,
  bytesPerSecond: number,
): 'started' | 'resumed' | ScanRefusal {
  const scan = pool.scan
  if (scan?.state === 'scanning') {
    if (scan.kind === 'resilver') return { verb: 'scrub', reason: 'currently resilvering' }
    if (scan.pausedAt === null)
      return {
        verb: 'scrub',
        reason: "currently scrubbing; use 'zpool scrub -s' to cancel current scrub",
      }
    scan.pausedAt = null
    scan.passStartedAt = now
    return 'resumed'
  }
  pool.scan = {
    kind: 'scrub',
    state: 'scanning',
    startedAt: now,
    endedAt: null,
    issuedBefore: 0,
    passStartedAt: now,
    pausedAt: null,
    totalBytes,
    bytesPerSecond,
    repairedBytes: 0,
    errors: 0,
  }
  return 'started'
}

export function pauseScrub(pool: PoolState, now: number): 'paused' | ScanRefusal {
  const scan = pool.scan
  if (scan?.state !== 'scanning') return { verb: 'pause scrubbing', reason: 'there is no active scrub' }
  if (scan.kind === 'resilver') return { verb: 'pause scrubbing', reason: 'currently resilvering' }
  if (scan.pausedAt !== null)
    return { verb: 'pause scrubbing', reason: "scrub is paused; use 'zpool scrub' to resume" }
  scan.issuedBefore = issuedBytes(scan, now)
  scan.pausedAt = now
  return 'paused'
}

export function stopScrub(pool: PoolState, now: number): 'stopped' | ScanRefusal {
  const scan = pool.scan
  if (scan?.state !== 'scanning') return { verb: 'cancel scrubbing', reason: 'there is no active scrub' }
  if (scan.kind === 'resilver') return { verb: 'cancel scrubbing', reason: 'currently resilvering' }
  scan.issuedBefore = issuedBytes(scan, now)
  scan.state = 'canceled'
  scan.endedAt = now
  scan.pausedAt = null
  return 'stopped'
}

/** Scans are held, or let go again: what is read by now counts from here. */
export function changePace(scan: Scan, bytesPerSecond: number, now: number): void {
  if ((scan.bytesPerSecond === 0) === (bytesPerSecond === 0)) return
  scan.issuedBefore = issuedBytes(scan, now)
  scan.passStartedAt = now
  scan.bytesPerSecond = bytesPerSecond
}

/** Ends a scan whose time has come. True when it ended just now. */
export function settleScan(pool: PoolState, now: number): boolean {
  const scan = pool.scan
  const finish = scan ? finishTime(scan) : null
  if (!scan || finish === null || finish > now) return false
  scan.state = 'finished'
  scan.endedAt = finish
  scan.issuedBefore = scan.totalBytes
  return true
}
