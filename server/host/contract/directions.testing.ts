/** What a story needs of the machine beside zfs: scans that stand still, and patience. */
import { setTimeout as pause } from 'node:timers/promises'
import type { Host } from '../host.ts'

const DEADLINE_MS = 60_000
const BETWEEN_MS = 250
/** The module's own switch, on Linux and on FreeBSD: a scrub of a small pool is over before anybody can look. */
const LINUX_SWITCH = '/sys/module/zfs/parameters/zfs_scan_suspend_progress'
const FREEBSD_SWITCH = 'vfs.zfs.scan_suspend_progress'

async function holdScans(host: Host, on: boolean): Promise<void> {
  const { stdout } = await host.run(['uname', '-s'])
  const value = on ? '1' : '0'
  // The file is no file that could be replaced by another one: it is written to.
  const { exit, stderr } =
    stdout.trim() === 'Linux'
      ? await host.run(['dd', `of=${LINUX_SWITCH}`, 'status=none'], { stdin: `${value}\n` })
      : await host.run(['sysctl', `${FREEBSD_SWITCH}=${value}`])
  if (exit !== 0) throw new Error(stderr)
}

/** Waits until a pool is in a state: nothing tells of a pool that is suspended. */
async function until(host: Host, pool: string, state: string): Promise<void> {
  const deadline = Date.now() + DEADLINE_MS
  for (;;) {
    const { stdout } = await host.run(['zpool', 'list', '-H', '-o', 'health', pool])
    if (stdout.trim() === state) return
    if (Date.now() > deadline) throw new Error(`${pool} is ${stdout.trim()}, not ${state}`)
    await pause(BETWEEN_MS)
  }
}

/** `hold scans`, `let scans go`, `until POOL is STATE`. */
export async function direct(host: Host, direction: string): Promise<void> {
  if (direction === 'hold scans') return holdScans(host, true)
  if (direction === 'let scans go') return holdScans(host, false)
  const [, pool, state] = /^until (\S+) is (\S+)$/.exec(direction) ?? []
  if (pool === undefined || state === undefined) throw new Error(`no direction: ${direction}`)
  return until(host, pool, state)
}

/** Whether steps touch more of the machine than the suite's own pools. */
export function isFarReaching(steps: readonly { text: string }[]): boolean {
  return steps.some(
    ({ text }) => text === '- hold scans' || text === 'zpool events -c' || text.startsWith('zinject '),
  )
}

/** Takes back what far-reaching steps may have left behind. */
export async function release(host: Host): Promise<void> {
  await holdScans(host, false)
  await host.run(['zinject', '-c', 'all'])
}
