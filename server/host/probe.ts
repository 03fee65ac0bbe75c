/** What this host can do for Skep, and the command that would mend what it cannot. Looks only; changes nothing. */
import { AppError } from '../errors.ts'
import { advisoryState, freebsdVersion, isMaintained, parseRelease } from './freebsd-version.ts'
import type { Host } from './host.ts'
import { absent, type Finding, missing, ok, warning } from './probe/finding.ts'
import { firmwareCapability, moduleCapability, tapCapability, wiredCapability } from './probe/guests.ts'
import { cpuCapability, vmmCapability } from './probe/hypervisor.ts'
import { systemOf, uname } from './uname.ts'
import { majorMinor, zfsVersion } from './zfs/version.ts'

/** `id` never changes; `mend` is text for a shell. */
export type ProbedCapability = Finding & { id: string; title: string }

type Check = { id: string; title: string; look: (host: Host) => Promise<Finding> }

/** Words that make a program print its usage or version and do nothing else. */
const PROGRAMS: readonly { argv: readonly string[]; what: string; mend: string }[] = [
  {
    argv: ['bhyvectl'],
    what: 'Guests cannot be reset or cleaned up without it.',
    mend: 'freebsd-update install',
  },
  { argv: ['daemon'], what: 'Guests cannot be started without it.', mend: 'freebsd-update install' },
  {
    argv: ['ifconfig', '-l'],
    what: 'Guests cannot be put on a network without it.',
    mend: 'freebsd-update install',
  },
  {
    argv: ['sysrc', '-n', 'hostname'],
    what: 'Autostart cannot be changed without it.',
    mend: 'freebsd-update install',
  },
]

const CHECKS: readonly Check[] = [
  { id: 'system', title: 'FreeBSD', look: systemCapability },
  { id: 'advisories', title: 'Security advisories', look: advisoryCapability },
  { id: 'zfs', title: 'OpenZFS', look: zfsCapability },
  { id: 'bhyve', title: 'bhyve', look: bhyveCapability },
  { id: 'cpu', title: 'Processor', look: cpuCapability },
  { id: 'vmm', title: 'Hypervisor module', look: vmmCapability },
  {
    id: 'nmdm',
    title: 'Serial consoles',
    look: host =>
      moduleCapability(host, 'nmdm', 'Serial consoles of guests work.', 'Guests have no serial console.'),
  },
  {
    id: 'if_bridge',
    title: 'Bridges',
    look: host => moduleCapability(host, 'if_bridge', 'Switches for guests work.', 'Guests have no switch.'),
  },
  {
    id: 'if_tuntap',
    title: 'Network taps',
    look: host =>
      moduleCapability(host, 'if_tuntap', 'Network cards of guests work.', 'Guests have no network.'),
  },
  { id: 'tap_up', title: 'Taps come up by themselves', look: tapCapability },
  { id: 'firmware', title: 'UEFI firmware', look: firmwareCapability },
  { id: 'wired', title: 'Wired memory', look: wiredCapability },
  { id: 'programs', title: 'Programs', look: programsCapability },
]

/** A machine of another system has storage alone: what guests would need is no fault of it and is not asked for. */
const STORAGE_CHECKS: readonly Check[] = [
  { id: 'zfs', title: 'OpenZFS', look: zfsCapability },
  {
    id: 'bhyve',
    title: 'Virtual machines',
    look: async host =>
      absent(`This machine runs ${await systemOf(host)}; guests of bhyve need FreeBSD with vmm(4).`),
  },
]

/** Every capability; a look that fails is a warning that says why, never an error of the whole. */
export async function probeHost(host: Host): Promise<ProbedCapability[]> {
  // A machine that does not even tell its system is asked everything: each look says what it met.
  const system = await systemOf(host).catch(() => 'FreeBSD')
  return Promise.all(
    (system === 'FreeBSD' ? CHECKS : STORAGE_CHECKS).map(async ({ id, title, look }) => {
      const finding = await look(host).catch((error: unknown) => {
        if (error instanceof AppError && error.code === 'unsupported') return missing(error.message)
        return warning(error instanceof Error ? error.message : String(error))
      })
      return { id, title, ...finding }
    }),
  )
}

async function systemCapability(host: Host): Promise<Finding> {
  const { release } = await uname(host)
  const { kernel, userland } = await freebsdVersion(host)
  if (release !== kernel) {
    return warning(`The machine runs kernel ${release}, but ${kernel} is installed.`, 'shutdown -r now')
  }
  const known = parseRelease(userland)
  if (!known) return warning(`“${userland}” is no release Skep knows.`)
  if (!isMaintained(known)) {
    return warning(
      `FreeBSD ${userland} gets no security fixes any more.`,
      'freebsd-update -r 14.5-RELEASE upgrade',
    )
  }
  return ok(`FreeBSD ${userland} is maintained.`)
}

async function advisoryCapability(host: Host): Promise<Finding> {
  const { userland } = await freebsdVersion(host)
  const known = parseRelease(userland)
  const state = known ? advisoryState(known) : null
  if (state === 'fixed') return ok(`${userland} has the fixes of FreeBSD-SA-26:72 (bhyve).`)
  if (state === null) {
    return warning(
      `Whether FreeBSD-SA-26:72 (bhyve: guests can reach the host) concerns ${userland} is not known.`,
    )
  }
  return warning(
    `FreeBSD-SA-26:72: a guest can reach the host through bhyve’s devices; ${state.mendedIn} mends it, ${userland} is here.`,
    'freebsd-update fetch install',
  )
}

/** The oldest version whose texts Skep was tried against. */
const OLDEST_ZFS = [2, 1] as const

async function zfsCapability(host: Host): Promise<Finding> {
  const { userland, kernel } = await zfsVersion(host)
  const isFreebsd = (await systemOf(host)) === 'FreeBSD'
  if (kernel === null)
    return missing(
      'The ZFS module is not loaded.',
      isFreebsd ? 'kldload zfs && sysrc zfs_enable=YES' : 'modprobe zfs',
    )
  const known = majorMinor(userland)
  if (!known || known[0] < OLDEST_ZFS[0] || (known[0] === OLDEST_ZFS[0] && known[1] < OLDEST_ZFS[1])) {
    return warning(`OpenZFS ${userland} is older than 2.1, the oldest Skep was tried with.`)
  }
  const inKernel = majorMinor(kernel)
  if (inKernel?.[0] !== known[0] || inKernel[1] !== known[1]) {
    return warning(
      `The programs are of OpenZFS ${userland}, the kernel’s module of ${kernel}.`,
      'shutdown -r now',
    )
  }
  return ok(`OpenZFS ${kernel}.`)
}

async function bhyveCapability(host: Host): Promise<Finding> {
  const { stdout, stderr } = await host.run(['bhyve', '-h'])
  const usage = stdout + stderr
  if (!/^Usage: bhyve/m.test(usage)) return warning('bhyve is here, but does not tell its options.')
  const monitors = /^ +-M: monitor mode/m.test(usage)
  return ok(monitors ? 'bhyve is installed and has monitor mode.' : 'bhyve is installed.')
}

async function programsCapability(host: Host): Promise<Finding> {
  const absent = await Promise.all(
    PROGRAMS.map(async program => {
      try {
        await host.run(program.argv, { timeoutMs: 5_000 })
        return []
      } catch (error) {
        if (error instanceof AppError && error.code === 'unsupported') return [program]
        throw error
      }
    }),
  )
  const [first, ...others] = absent.flat()
  if (!first) return ok('Every program Skep runs is installed.')
  const names = [first, ...others].map(program => program.argv[0]).join(', ')
  return missing(`Not installed: ${names}. ${first.what}`, first.mend)
}
