/** sysctl(8): the kernel's state by name. Settings live in the world; figures are worked out when they are asked for. */
import { getopt } from './getopt.ts'
import { fail, type Program } from './programs.ts'
import type { World } from './world.ts'
import { ctime } from './zpool/figures.ts'
import { HOLD_SCANS } from './zpool/scans.ts'

const PAGE_BYTES = 4096
const STATHZ = 127
const KERNEL_BYTES = 3 * 1024 ** 3
const MEGABYTE = 1024 ** 2

/** Names that may be set on a running machine. */
const WRITABLE = new Set([
  'kern.hostname',
  'net.link.tap.up_on_open',
  'net.link.tap.user_open',
  'net.link.bridge.member_ifaddrs',
  'net.inet.ip.forwarding',
  'vfs.usermount',
  'vfs.zfs.arc.max',
  'vfs.zfs.arc_max',
  HOLD_SCANS,
  'vm.max_user_wired',
  'security.bsd.see_other_uids',
])

const number = (world: World, name: string) => Number(world.state.sysctls[name] ?? 0)

function arcBytes(world: World): number {
  const most = number(world, 'hw.physmem') * 0.3
  const minutes = (world.now() - world.state.bootedAt) / 60_000
  return Math.floor(most * (0.93 + 0.02 * Math.sin(minutes / 7)))
}

function memoryPages(world: World) {
  const pages = (bytes: number) => Math.floor(bytes / PAGE_BYTES)
  const total = pages(number(world, 'hw.physmem'))
  const guests = Object.values(world.state.processes).reduce((sum, process) => sum + process.rssBytes, 0)
  const wired = pages(KERNEL_BYTES + arcBytes(world))
  const active = pages(900 * MEGABYTE + guests)
  const inactive = pages(2200 * MEGABYTE)
  const laundry = pages(24 * MEGABYTE)
  const free = Math.max(0, total - wired - active - inactive - laundry)
  return { total, wired, active, inactive, laundry, free }
}

/**
 * Ticks of one CPU since boot: user, nice, system, interrupt, idle. Load waves over minutes; what is counted is its
 * integral, so that the counters never go back.
 */
function cpuTicks(world: World, cpu: number): number[] {
  const seconds = Math.max(0, (world.now() - world.state.bootedAt) / 1000)
  const spent = (mean: number, swing: number, period: number) =>
    mean * seconds + swing * period * (Math.cos(cpu) - Math.cos(seconds / period + cpu))
  const user = spent(0.05, 0.035, 97)
  const system = spent(0.025, 0.015, 61)
  const interrupt = seconds * 0.002
  const ticks = (value: number) => Math.floor(value * STATHZ)
  const busy = [ticks(user), 0, ticks(system), ticks(interrupt)]
  return [...busy, Math.max(0, ticks(seconds) - busy.reduce((sum, value) => sum + value, 0))]
}

const cpus = (world: World) => Math.max(1, number(world, 'hw.ncpu'))

function cpuSums(world: World): number[] {
  const each = Array.from({ length: cpus(world) }, (_, cpu) => cpuTicks(world, cpu))
  return [0, 1, 2, 3, 4].map(index => each.reduce((sum, ticks) => sum + (ticks[index] ?? 0), 0))
}

const FIGURES: Record<string, (world: World) => string> = {
  'kern.hostname': world => world.state.hostname,
  'kern.boottime': world => {
    const seconds = Math.floor(world.state.bootedAt / 1000)
    return `{ sec = ${seconds}, usec = 431265 } ${ctime(seconds * 1000)}`
  },
  'kern.cp_time': world => cpuSums(world).join(' '),
  'kern.cp_times': world =>
    Array.from({ length: cpus(world) }, (_, cpu) => cpuTicks(world, cpu).join(' ')).join(' '),
  'kern.disks': world => Object.keys(world.state.disks).reverse().join(' '),
  'vm.loadavg': world => {
    const minutes = (world.now() - world.state.bootedAt) / 60_000
    const load = (period: number) => (0.42 + 0.25 * Math.sin(minutes / period)).toFixed(2)
    return `{ ${load(3)} ${load(7)} ${load(19)} }`
  },
  'vm.stats.vm.v_page_size': () => String(PAGE_BYTES),
  'vm.stats.vm.v_page_count': world => String(memoryPages(world).total),
  'vm.stats.vm.v_free_count': world => String(memoryPages(world).free),
  'vm.stats.vm.v_active_count': world => String(memoryPages(world).active),
  'vm.stats.vm.v_inactive_count': world => String(memoryPages(world).inactive),
  'vm.stats.vm.v_laundry_count': world => String(memoryPages(world).laundry),
  'vm.stats.vm.v_wire_count': world => String(memoryPages(world).wired),
  'vm.stats.vm.v_user_wire_count': () => '0',
  'kstat.zfs.misc.arcstats.size': world => String(arcBytes(world)),
  'kstat.zfs.misc.arcstats.c': world => String(Math.floor(number(world, 'hw.physmem') * 0.3)),
  'kstat.zfs.misc.arcstats.c_min': world => String(Math.floor(number(world, 'hw.physmem') / 32)),
  'kstat.zfs.misc.arcstats.c_max': world => String(Math.floor(number(world, 'hw.physmem') * 0.9)),
  'kstat.zfs.misc.arcstats.hits': world => String(Math.floor((world.now() - world.state.bootedAt) * 3.1)),
  'kstat.zfs.misc.arcstats.misses': world => String(Math.floor((world.now() - world.state.bootedAt) * 0.07)),
}

/** What is counted of each volume, in the order of the kernel (dataset_kstats.c). */
function volumeKstats(world: World): [string, string][] {
  const volumes = Object.values(world.state.datasets).filter(dataset => dataset.volsize !== null)
  return volumes.flatMap(({ name, guid, objsetId }): [string, string][] => {
    const io = world.volumeIo.get(guid)
    const node = `kstat.zfs.${name.split('/')[0]}.dataset.objset-0x${objsetId.toString(16)}`
    return [
      [`${node}.dataset_name`, name],
      [`${node}.writes`, String(io?.writes ?? 0)],
      [`${node}.nwritten`, String(io?.writtenBytes ?? 0)],
      [`${node}.reads`, String(io?.reads ?? 0)],
      [`${node}.nread`, String(io?.readBytes ?? 0)],
    ]
  })
}

/** Every name and value, sorted by name. */
function all(world: World): Map<string, string> {
  const names = [...new Set([...Object.keys(world.state.sysctls), ...Object.keys(FIGURES)])].sort()
  const figures = names.map((name): [string, string] => [
    name,
    FIGURES[name]?.(world) ?? world.state.sysctls[name] ?? '',
  ])
  return new Map([...figures, ...volumeKstats(world)])
}

export const sysctl: Program = (world, argv) => {
  const options = getopt(argv.slice(1), 'abdeiNnoqTWxB:f:htlM:')
  if ('bad' in options) return fail(1, usage(`sysctl: illegal option -- ${options.bad}\n`))
  const everything = options.has('a')
  if (options.operands.length === 0 && !everything) return fail(1, usage(''))
  const known = all(world)
  const quiet = options.has('q')
  let stdout = ''
  let stderr = ''
  let exit = 0
  const show = (name: string, value: string) => {
    if (options.has('N')) stdout += `${name}\n`
    else if (options.has('n')) stdout += `${value}\n`
    else stdout += `${name}${options.has('e') ? '=' : ': '}${value}\n`
  }
  const unknown = (name: string) => {
    if (options.has('i')) return
    if (!quiet) stderr += `sysctl: unknown oid '${name}'\n`
    exit = 1
  }
  if (everything) for (const [name, value] of known) show(name, value)
  for (const word of everything ? [] : options.operands) {
    const equals = word.indexOf('=')
    const name = equals < 0 ? word : word.slice(0, equals)
    if (equals >= 0) {
      const before = known.get(name)
      if (before === undefined) unknown(name)
      else if (!WRITABLE.has(name)) {
        stderr += `sysctl: oid '${name}' is read only\n`
        exit = 1
      } else {
        const value = word.slice(equals + 1)
        if (name === 'kern.hostname') world.state.hostname = value
        else world.state.sysctls[name] = value
        world.changed()
        stdout += options.has('n') ? `${before} -> ${value}\n` : `${name}: ${before} -> ${value}\n`
      }
      continue
    }
    const value = known.get(name)
    const below = [...known].filter(([each]) => each.startsWith(`${name.replace(/\.$/, '')}.`))
    if (value !== undefined) show(name, value)
    else if (below.length > 0) for (const [each, text] of below) show(each, text)
    else unknown(name)
  }
  return { exit, stdout, stderr }
}

function usage(complaint: string): string {
  return `${complaint}usage: sysctl [-bdehiJlNnoqTtWx] [-j jail] [ -B <bufsize> ] [-f filename] name[=value] ...\n       sysctl [-bdehJlNnoqTtWx] [-j jail] [ -B <bufsize> ] -a\n`
}
