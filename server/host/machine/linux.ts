/** A Linux machine with OpenZFS, from proc(5) and os-release(5): Skep manages its storage, not guests. */
import { AppError } from '../../errors.ts'
import { runOrThrow, unreadable, wholeLines } from '../answer.ts'
import type { Host } from '../host.ts'
import { zfsVersion } from '../zfs/version.ts'
import type { LoadReading, MachineFacts } from './model.ts'

/** A program, not a file read: files of /proc tell no size, which not every way of reading survives. */
function catArgv(files: readonly string[]): string[] {
  return ['cat', ...files]
}

const FACTS = ['/proc/stat', '/proc/meminfo', '/proc/cpuinfo'] as const

/** `KEY: value`, `KEY=value` or `KEY value` in a text of several files; AppError `unreadable` where it is missing. */
function found(text: string, pattern: RegExp, what: string): string {
  const value = pattern.exec(text)?.[1]
  if (value === undefined) throw unreadable('cat', text, `it does not tell ${what}`)
  return value
}

function kibibytes(text: string, name: string): number {
  return Number(found(text, new RegExp(`^${name}: +(\\d{1,12}) kB$`, 'm'), name)) * 1024
}

/** `cat /proc/stat /proc/meminfo /proc/cpuinfo`. AppError `unreadable`. */
export function parseLinuxFacts(
  text: string,
): Pick<MachineFacts, 'cpus' | 'cpuModel' | 'memoryBytes' | 'bootedAt'> {
  wholeLines('cat', text)
  const cpus = [...text.matchAll(/^cpu\d+ /gm)].length
  if (cpus === 0) throw unreadable('cat', text, 'it tells of no processor')
  return {
    cpus,
    // Not every architecture names its processor there.
    cpuModel: /^model name\s*: (.+)$/m.exec(text)?.[1] ?? 'unknown',
    memoryBytes: kibibytes(text, 'MemTotal'),
    bootedAt: Number(found(text, /^btime (\d{1,12})$/m, 'when it was started')) * 1000,
  }
}

/** `uname -nm`: name and architecture. AppError `unreadable`. */
function parseNode(text: string): { hostname: string; architecture: string } {
  const match = /^(\S+) (\S+)\n$/.exec(text)
  if (!match) throw unreadable('uname', text, 'it is not a name and an architecture')
  return { hostname: match[1] ?? '', architecture: match[2] ?? '' }
}

/** PRETTY_NAME of os-release(5); null where the file does not tell. */
export function parseOsRelease(text: string): string | null {
  return /^PRETTY_NAME=(["']?)(.+)\1$/m.exec(text)?.[2] ?? null
}

/** AppError `unreadable`, `unsupported` (no zfs), `timeout`. */
export async function readLinuxFacts(host: Host, release: string): Promise<MachineFacts> {
  const [numbers, node, name, zfs] = await Promise.all([
    runOrThrow(host, catArgv(FACTS), []),
    runOrThrow(host, ['uname', '-nm'], []),
    host.read('/etc/os-release').catch(missingFile),
    zfsVersion(host),
  ])
  return {
    system: 'Linux',
    whyNoGuests:
      'This machine runs Linux. Guests of bhyve need FreeBSD with vmm(4); its storage is managed in full.',
    kernelVersion: release,
    userlandVersion: (name === null ? null : parseOsRelease(name)) ?? 'unknown',
    ...parseNode(node),
    ...parseLinuxFacts(numbers),
    zfsVersion: zfs.kernel ?? zfs.userland,
  }
}

function missingFile(error: unknown): null {
  if (error instanceof AppError && error.code === 'not_found') return null
  throw error
}

const LOAD = ['/proc/stat', '/proc/meminfo', '/proc/spl/kstat/zfs/arcstats'] as const

/** One reading: one command. AppError `unreadable`, `timeout`. */
export async function readLinuxLoad(host: Host): Promise<LoadReading> {
  // Without the module there are no arcstats, and cat says so beside what it printed of the others.
  return parseLinuxLoad((await host.run(catArgv(LOAD))).stdout)
}

/** `cat /proc/stat /proc/meminfo /proc/spl/kstat/zfs/arcstats`: the ARC lies within what is used. AppError `unreadable`. */
export function parseLinuxLoad(text: string): LoadReading {
  wholeLines('cat', text)
  const ticks = found(text, /^cpu +([\d ]+)$/m, 'the ticks of its processors')
    .trim()
    .split(/ +/)
    .map(Number)
  const [user = 0, nice = 0, system = 0, idle = 0, wait = 0, interrupts = 0, soft = 0, stolen = 0] = ticks
  if (ticks.length < 4 || !ticks.every(Number.isSafeInteger))
    throw unreadable('cat', text, 'the ticks of its processors are no numbers')
  const total = kibibytes(text, 'MemTotal')
  const free = kibibytes(text, 'MemAvailable')
  const arcBytes = Number(/^size +4 +(\d{1,16})$/m.exec(text)?.[1] ?? 0)
  return {
    // In the order of kern.cp_time: user, nice, system, interrupt, idle.
    ticks: [user, nice, system + stolen, interrupts + soft, idle + wait],
    memoryUsedBytes: Math.max(0, total - free - arcBytes),
    arcBytes,
    memoryFreeBytes: free,
  }
}
