/** Who the machine is and how busy it is: on FreeBSD from sysctl(8), uname(1) and zfs-version(8). */
import { AppError } from '../errors.ts'
import { freebsdVersion } from './freebsd-version.ts'
import type { Host } from './host.ts'
import { readLinuxFacts, readLinuxLoad } from './machine/linux.ts'
import type { LoadReading, MachineFacts } from './machine/model.ts'
import { busyFraction, parseBootTime, parseCpuTime, readSysctls } from './sysctl.ts'
import { systemOf, uname } from './uname.ts'
import { zfsVersion } from './zfs/version.ts'

export type { LoadReading, MachineFacts } from './machine/model.ts'

const FACTS = [
  'kern.hostname',
  'hw.machine_arch',
  'hw.model',
  'hw.ncpu',
  'hw.physmem',
  'kern.boottime',
] as const

/** A whole number out of a sysctl. AppError `unreadable`. */
function wholeNumber(values: Map<string, string>, name: string): number {
  const value = values.get(name) ?? ''
  const number = Number(value)
  if (!/^\d+$/.test(value) || !Number.isSafeInteger(number)) {
    throw new AppError('unreadable', `The host’s ${name} says “${value}”, which is no number.`, {
      output: value,
    })
  }
  return number
}

/** Facts that change at a reboot at most. AppError `unreadable`, `unsupported` (no such system), `timeout`. */
export async function readMachineFacts(host: Host): Promise<MachineFacts> {
  const running = await uname(host)
  if (running.system === 'Linux') return readLinuxFacts(host, running.release)
  if (running.system !== 'FreeBSD')
    throw new AppError('unsupported', `This machine runs ${running.system}; Skep knows FreeBSD and Linux.`)
  const [values, installed, zfs] = await Promise.all([
    readSysctls(host, FACTS),
    freebsdVersion(host),
    zfsVersion(host),
  ])
  const bootedAt = parseBootTime(values.get('kern.boottime') ?? '')
  if (bootedAt === null) {
    const output = values.get('kern.boottime') ?? ''
    throw new AppError('unreadable', `The host’s kern.boottime says “${output}”, which is no time.`, {
      output,
    })
  }
  return {
    system: 'FreeBSD',
    whyNoGuests: null,
    hostname: values.get('kern.hostname') ?? '',
    kernelVersion: running.release,
    userlandVersion: installed.userland,
    architecture: values.get('hw.machine_arch') ?? '',
    cpuModel: values.get('hw.model') ?? '',
    cpus: wholeNumber(values, 'hw.ncpu'),
    memoryBytes: wholeNumber(values, 'hw.physmem'),
    bootedAt,
    zfsVersion: zfs.kernel ?? zfs.userland,
  }
}

const LOAD = [
  'kern.cp_time',
  'vm.stats.vm.v_page_size',
  'vm.stats.vm.v_page_count',
  'vm.stats.vm.v_free_count',
  'vm.stats.vm.v_inactive_count',
  'vm.stats.vm.v_laundry_count',
  'kstat.zfs.misc.arcstats.size',
] as const

/** One reading: one command. AppError `unreadable`, `timeout`. */
export async function readLoad(host: Host): Promise<LoadReading> {
  return (await systemOf(host)) === 'Linux' ? readLinuxLoad(host) : parseLoad(await readSysctls(host, LOAD))
}

export function parseLoad(values: Map<string, string>): LoadReading {
  const text = values.get('kern.cp_time') ?? ''
  const ticks = parseCpuTime(text)
  if (!ticks) throw new AppError('unreadable', `The host’s kern.cp_time says “${text}”.`, { output: text })
  const pageBytes = wholeNumber(values, 'vm.stats.vm.v_page_size')
  const pages = (name: string): number => wholeNumber(values, `vm.stats.vm.v_${name}_count`) * pageBytes
  const freeBytes = pages('free') + pages('inactive') + pages('laundry')
  // Without zfs there is no ARC. It lies within the wired pages.
  const arcBytes = values.has('kstat.zfs.misc.arcstats.size')
    ? wholeNumber(values, 'kstat.zfs.misc.arcstats.size')
    : 0
  return {
    ticks,
    memoryUsedBytes: Math.max(0, pages('page') - freeBytes - arcBytes),
    arcBytes,
    memoryFreeBytes: freeBytes,
  }
}

/** How busy all CPUs were between two readings, 0 to 1. */
export function cpuLoad(before: LoadReading, after: LoadReading): number {
  return busyFraction(before.ticks, after.ticks)
}
