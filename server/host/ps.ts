/** ps(1) and pgrep(1): the processes of the host, as far as guests are concerned. */

import { runOrThrow, unreadable, wholeLines } from './answer.ts'
import type { Host } from './host.ts'

export type Process = {
  pid: number
  ppid: number
  /** Resident memory. A guest's RAM counts as far as it was touched. */
  residentBytes: number
  cpuPercent: number
  elapsedSeconds: number
  /** Short name: `bhyve`. */
  command: string
  /** Title or full command line. */
  args: string
}

const COLUMNS = ['pid', 'ppid', 'uid', 'rss', 'vsz', 'pcpu', 'etimes', 'state', 'comm', 'args']

/** One `-o` a column: in FreeBSD's ps everything behind the first `=` of a word is that column's heading, commas too. */
export function psArgv(): string[] {
  return ['ps', '-axww', ...COLUMNS.flatMap(column => ['-o', `${column}=`])]
}

/**
 * Reads what `psArgv` prints; rss is KiB. ps(1) prints "-" for the age of a process that is swapped out (14.x) and a
 * negative one after the clock was set back (bin/ps/print.c, elapseds); kernel processes have blanks in their names
 * (`pf purge`), which only shifts words of theirs to args.
 */
export function parseProcesses(text: string): Process[] {
  const processes: Process[] = []
  const pids = new Set<string>()
  for (const line of wholeLines('ps', text)) {
    if (line.trim() === '') continue
    const match =
      /^ *(0|[1-9]\d{0,9}) +(\d{1,10}) +\d+ +(\d{1,12}) +\d+ +(\d{1,6}\.\d+) +(-|-?\d{1,12}) +[A-Z?][A-Za-z<>+]* +(\S+)(?: +(.*))?$/.exec(
        line,
      )
    if (!match) throw unreadable('ps', text, `the line ${JSON.stringify(line)} is not a process`)
    const [, pid = '', ppid, rss, cpu, elapsed, command = '', args = ''] = match
    if (pids.has(pid)) throw unreadable('ps', text, `the process ${pid} comes twice`)
    pids.add(pid)
    processes.push({
      pid: Number(pid),
      ppid: Number(ppid),
      residentBytes: Number(rss) * 1024,
      cpuPercent: Number(cpu),
      elapsedSeconds: elapsed === '-' ? 0 : Math.max(0, Number(elapsed)),
      command,
      args: args.trimEnd(),
    })
  }
  return processes
}

/** Every process of the host. AppError `unreadable`, `failed`. */
export async function listProcesses(host: Pick<Host, 'run'>): Promise<Process[]> {
  return parseProcesses(await runOrThrow(host, psArgv(), []))
}

export type ProcessTime = {
  pid: number
  /** Of all its threads together since it began, in hundredths. */
  cpuSeconds: number
  residentBytes: number
}

export function processTimesArgv(pids: readonly number[]): string[] {
  return ['ps', '-o', 'pid=', '-o', 'time=', '-o', 'rss=', '-p', pids.join(',')]
}

/** What `processTimesArgv` prints; the time is `minutes:seconds.hundredths` (bin/ps/print.c, cputime), rss is KiB. */
export function parseProcessTimes(text: string): ProcessTime[] {
  const times: ProcessTime[] = []
  const pids = new Set<string>()
  for (const line of wholeLines('ps', text)) {
    const match = /^ *(0|[1-9]\d{0,9}) +(\d{1,10}):([0-5]\d)\.(\d\d) +(\d{1,12})$/.exec(line)
    if (!match) throw unreadable('ps', text, `the line ${JSON.stringify(line)} is no process and its time`)
    const [, pid = '', minutes, seconds, hundredths, rss] = match
    if (pids.has(pid)) throw unreadable('ps', text, `the process ${pid} comes twice`)
    pids.add(pid)
    times.push({
      pid: Number(pid),
      cpuSeconds: Number(minutes) * 60 + Number(seconds) + Number(hundredths) / 100,
      residentBytes: Number(rss) * 1024,
    })
  }
  return times
}

/** Those of these processes that are there. AppError `unreadable`, `failed`. */
export async function readProcessTimes(
  host: Pick<Host, 'run'>,
  pids: readonly number[],
): Promise<ProcessTime[]> {
  if (pids.length === 0) return []
  const argv = processTimesArgv(pids)
  const result = await host.run(argv)
  // ps(1) ends with 1 where none of them is there.
  if (result.exit === 1 && result.stdout === '' && result.stderr === '') return []
  return parseProcessTimes(await runOrThrow({ run: async () => result }, argv, []))
}

/** The pid of the one process whose whole title is `title`, null where there is none. pgrep(1): 0 found, 1 none. */
export async function pidOfTitle(host: Pick<Host, 'run'>, title: string): Promise<number | null> {
  const pattern = title.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
  const argv = ['pgrep', '-fx', pattern]
  const result = await host.run(argv)
  if (result.exit === 1) return null
  const pid = /^(\d+)$/m.exec(result.stdout)?.[1]
  if (result.exit !== 0 || pid === undefined) await runOrThrow({ run: async () => result }, argv, [])
  return pid === undefined ? null : Number(pid)
}
