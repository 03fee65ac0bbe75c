/** sysctl(8): the kernel's state by name. */
import { unreadable, wholeLines } from './answer.ts'
import type { Host } from './host.ts'

/** `-e` prints name=value, so that an unknown name (`-i`: passed over) cannot shift the values of the others. */
function sysctlArgv(names: readonly string[]): string[] {
  return ['sysctl', '-ie', ...names]
}

/** `sysctl -ie NAME…`: values by name; unknown names are missing. AppError `unreadable`. */
export function parseSysctl(text: string): Map<string, string> {
  const values = new Map<string, string>()
  for (const line of wholeLines('sysctl', text)) {
    if (line === '') continue
    const match = /^([A-Za-z0-9_.%-]+)=(.*)$/.exec(line)
    if (!match || values.has(match[1] ?? ''))
      throw unreadable('sysctl', text, `“${line.slice(0, 80)}” is no name=value`)
    values.set(match[1] ?? '', match[2] ?? '')
  }
  return values
}

/** Values of these names; those the kernel does not know are missing. */
export async function readSysctls(host: Host, names: readonly string[]): Promise<Map<string, string>> {
  // Exit 1 only says that a name is unknown.
  return parseSysctl((await host.run(sysctlArgv(names))).stdout)
}

/** kern.boottime, `{ sec = 1700000000, usec = 123456 } Tue Nov 14 22:13:20 2023`, as Unix ms; null where it is not that. */
export function parseBootTime(value: string): number | null {
  const match = /^\{ sec = (\d{1,12}), usec = (\d{1,6}) \}/.exec(value)
  return match ? Number(match[1]) * 1000 + Math.floor(Number(match[2]) / 1000) : null
}

/** kern.cp_time: ticks of user, nice, system, interrupt and idle since boot; null where it is not five numbers. */
export function parseCpuTime(value: string): number[] | null {
  const words = value.trim().split(/ +/)
  return words.length === 5 && words.every(word => /^\d{1,15}$/.test(word)) ? words.map(Number) : null
}

/** The busy part, 0 to 1, between two readings of kern.cp_time. */
export function busyFraction(before: readonly number[], after: readonly number[]): number {
  const spent = after.map((ticks, index) => Math.max(0, ticks - (before[index] ?? 0)))
  const all = spent.reduce((sum, ticks) => sum + ticks, 0)
  return all === 0 ? 0 : 1 - (spent[4] ?? 0) / all
}
