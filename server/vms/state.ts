/** What a guest is doing, from everything the host shows of it. Pure: facts in, Vm out. */
import { posix } from 'node:path'
import type { NetworkInterface } from '../host/ifconfig.ts'
import type { Process } from '../host/ps.ts'
import { type Conf, changedKeys, confText, confTrue, confValue, memoryBytes, parseConf } from './conf.ts'
import { comPorts, diskEntries, diskPath, type GuestPlace } from './devices.ts'
import { isOrderly } from './exits.ts'
import { isUefi } from './firmware.ts'
import type { Vm, VmDisk, VmNic, VmState } from './model.ts'
import { PROTECTION, protectionOf } from './policy.ts'
import type { RecordedRun } from './runs.ts'
import { confProblems } from './validate.ts'

/** What lies in a guest's directory. */
export type GuestFiles = {
  place: GuestPlace
  datastore: string
  /** Text of NAME.conf; null when it could not be read, then `confError` says why. */
  conf: string | null
  confError: string | null
  /** First line of run.lock, null without one. */
  lock: string | null
  /** Unix ms of run.lock. */
  lockedAt: number | null
  /** Text of the console file, null without one. */
  console: string | null
  /** NAME.save is there. */
  saved: boolean
  runs: readonly RecordedRun[]
  /** The conf the present run was started with, when Skep started it. */
  startedConf: string | null
}

/** What the host shows beside guests' directories. */
export type HostView = {
  hostname: string
  /** Unix ms. */
  now: number
  processes: readonly Process[]
  /** Names below /dev/vmm. */
  vmm: readonly string[]
  interfaces: readonly NetworkInterface[]
  vmList: readonly string[]
  system: Conf
  /** Mount point to dataset. */
  datasetAt: ReadonlyMap<string, string>
  /** Device of an iscsi disk, null when it is not connected. */
  iscsi: (target: string) => string | null
}

/** The processes of one guest. */
export type GuestProcesses = {
  /** bhyve under its title `bhyve: NAME`: every device is up. */
  running: Process | null
  /** bhyve that still shows its command line: devices are being made, or it waits for a viewer. */
  preparing: Process | null
  loader: Process | null
  supervisor: { process: Process; kind: 'skep' | 'vm-bhyve' } | null
}

export function processesOf(guest: GuestPlace, processes: readonly Process[]): GuestProcesses {
  const { name } = guest
  const found: GuestProcesses = { running: null, preparing: null, loader: null, supervisor: null }
  for (const process of processes) {
    const { args } = process
    const program = (args.split(' ', 1)[0] ?? '').replace(/^.*\//, '')
    const last = args.slice(args.lastIndexOf(' ') + 1)
    if (args === `bhyve: ${name}` || args === `bhyve: ${name} (bhyve)`) found.running = process
    else if (program === 'bhyve' && last === name) found.preparing = process
    else if ((program === 'bhyveload' || program === 'grub-bhyve') && last === name) found.loader = process
    else if (args.endsWith(`${guest.directory}/.skep/run.sh`) && /^(\S*\/)?sh /.test(args)) {
      found.supervisor = { process, kind: 'skep' }
    } else if (/\/vm _run( -\w+)* /.test(args) && args.split(' ').includes(name)) {
      found.supervisor = { process, kind: 'vm-bhyve' }
    }
  }
  return found
}

export type Leftover =
  | { kind: 'vmm'; name: string }
  | { kind: 'lock'; path: string }
  | { kind: 'tap'; name: string }
  | { kind: 'console'; path: string }

/** What a dead run left behind: only where no process of the guest is there. */
export function leftoversOf(guest: GuestFiles, host: HostView, processes: GuestProcesses): Leftover[] {
  if (processes.running || processes.preparing || processes.loader || processes.supervisor) return []
  const { name, directory } = guest.place
  const found: Leftover[] = []
  if (host.vmm.includes(name)) found.push({ kind: 'vmm', name })
  if (guest.lock !== null && guest.lock === host.hostname)
    found.push({ kind: 'lock', path: `${directory}/run.lock` })
  for (const one of host.interfaces) {
    const isTap = one.groups.includes('vm-port') || /^tap[0-9]+$/.test(one.name)
    if (
      isTap &&
      one.openedBy === null &&
      one.description.startsWith(`vmnet/${name}/`) &&
      !isGiven(guest, one.name)
    ) {
      found.push({ kind: 'tap', name: one.name })
    }
  }
  if (found.length > 0 && guest.console !== null)
    found.push({ kind: 'console', path: `${directory}/console` })
  return found
}

/** A tap that the conf names (networkN_device) is somebody else's: it stays. */
function isGiven(guest: GuestFiles, tap: string): boolean {
  const conf = parseConf(guest.conf ?? '')
  return conf.entries.some(({ key, value }) => /^network\d+_device$/.test(key) && value === tap)
}

export function leftoverWords(leftovers: readonly Leftover[]): string[] {
  return leftovers.map(one => {
    if (one.kind === 'vmm') return `the kernel's machine /dev/vmm/${one.name} with its memory`
    if (one.kind === 'lock') return `the lock ${one.path}`
    return one.kind === 'tap' ? `the network interface ${one.name}` : `the file ${one.path}`
  })
}

export function sentenceList(items: readonly string[]): string {
  return items.length < 2 ? (items[0] ?? '') : `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`
}

type StateWords = { state: VmState; stateReason: string | null }

/** The state and, where one is needed, the sentence that explains it. */
function stateOf(guest: GuestFiles, host: HostView, processes: GuestProcesses): StateWords {
  const { name } = guest.place
  if (processes.running) return { state: 'running', stateReason: null }
  if (processes.preparing) {
    const waits = /,fbuf,[^ ]*,wait(,| |$)/.test(processes.preparing.args)
    return waits
      ? { state: 'waiting', stateReason: 'It waits for a first viewer before it boots: open its screen.' }
      : { state: 'starting', stateReason: 'bhyve makes its devices.' }
  }
  if (processes.loader) {
    return { state: 'firmware', stateReason: `It is in its boot loader (${processes.loader.command}).` }
  }
  if (processes.supervisor) return betweenRuns(guest, host, processes.supervisor)
  if (guest.lock !== null && guest.lock !== host.hostname) {
    const owner = guest.lock === '' ? 'a host that left no name' : `the host ${guest.lock}`
    return {
      state: 'locked',
      stateReason: `Its lock (${guest.place.directory}/run.lock) is held by ${owner}.`,
    }
  }
  const leftovers = leftoversOf(guest, host, processes)
  const last = lastExitOf(guest.runs)
  if (leftovers.length > 0) {
    const died = diedUnrecorded(guest.runs) ? ' Its supervisor died with it.' : ''
    const what = sentenceList(leftoverWords(leftovers))
    return {
      state: 'leftover',
      stateReason: `No process of ${name} is there, but a dead run left ${what}.${died}`,
    }
  }
  if (guest.saved)
    return { state: 'suspended', stateReason: 'Its memory was saved to the disk; a start resumes it.' }
  // SIGTERM is somebody's wish, also when it came before the guest had taken over the power button.
  if (last?.signal === 'SIGTERM') return { state: 'stopped', stateReason: last.words }
  if (last && !isOrderly(last)) return { state: 'crashed', stateReason: last.words }
  if (last && /usage\.$/.test(last.words)) return { state: 'crashed', stateReason: last.words }
  return { state: 'stopped', stateReason: null }
}

function lastExitOf(runs: readonly RecordedRun[]) {
  return runs.at(-1)?.exit ?? null
}

/** The last run has no end: the run script was killed, or the machine went down. */
function diedUnrecorded(runs: readonly RecordedRun[]): boolean {
  const last = runs.at(-1)
  return last !== undefined && last.endedAt === null
}

/** How long vm-bhyve's supervisor needs at most before its first bhyve, or between two. */
const VM_BHYVE_START_SECONDS = 5
/** ps(1) and the record count whole seconds, each in its own way. */
const CLOCK_SLACK_MS = 2000

/** What the guest's supervisor is at when nothing of bhyve is there: before the first run, between two, after the last. */
function betweenRuns(
  guest: GuestFiles,
  host: HostView,
  supervisor: NonNullable<GuestProcesses['supervisor']>,
): StateWords {
  const { elapsedSeconds } = supervisor.process
  if (supervisor.kind === 'vm-bhyve') {
    if (elapsedSeconds < VM_BHYVE_START_SECONDS)
      return { state: 'starting', stateReason: 'Its supervisor (vm-bhyve) prepares the start.' }
    return { state: 'stopping', stateReason: 'Its bhyve has ended; its supervisor (vm-bhyve) tidies up.' }
  }
  const last = guest.runs.at(-1)
  const isOfThisOne =
    last !== undefined && last.startedAt >= host.now - elapsedSeconds * 1000 - CLOCK_SLACK_MS
  if (!isOfThisOne || last.exit === null)
    return { state: 'starting', stateReason: 'Its supervisor prepares the start.' }
  const { words, status } = last.exit
  if (last.isLast) return { state: 'stopping', stateReason: `${words} Its supervisor tidies up.` }
  if (status === 0) {
    const stateReason =
      'It restarted itself within seconds; its supervisor waits a little before the next try.'
    return { state: 'starting', stateReason }
  }
  return { state: 'starting', stateReason: `${words} Its supervisor starts it again.` }
}

/** Everything a list or a page shows of a guest. */
export function toVm(guest: GuestFiles, host: HostView): Vm {
  const conf = parseConf(guest.conf ?? '')
  const processes = processesOf(guest.place, host.processes)
  const process = processes.running ?? processes.preparing ?? processes.loader
  // A tab before a comment stays in the value; bhyve's command line is cut at it.
  const cpus = confText(conf, 'cpu').trim()
  const lives = process !== null || processes.supervisor !== null
  const place = host.vmList.indexOf(guest.place.name)
  const run = guest.runs.at(-1)
  const started = run && run.endedAt === null ? run.startedAt : guest.lockedAt
  const problems =
    guest.conf === null
      ? [guest.confError ?? `${guest.place.name}.conf cannot be read.`]
      : confProblems(guest.place, conf, host.system).map(problem => problem.message)
  return {
    name: guest.place.name,
    datastore: guest.datastore,
    directory: guest.place.directory,
    dataset:
      host.datasetAt.get(guest.place.directory) ?? host.datasetAt.get(guest.place.datastorePath) ?? null,
    loader: confText(conf, 'loader'),
    cpus: /^[1-9][0-9]*$/.test(cpus) ? Number(cpus) : null,
    memoryBytes: memoryBytes(confText(conf, 'memory').trim()),
    vnc: lives ? (/^vnc=(.+)$/m.exec(guest.console ?? '')?.[1] ?? null) : null,
    graphics: confTrue(conf, 'graphics') && isUefi(confText(conf, 'loader')),
    autostart: place < 0 ? null : place + 1,
    ...stateOf(guest, host, processes),
    pid: process?.pid ?? null,
    startedAt: process ? (started ?? host.now - process.elapsedSeconds * 1000) : null,
    residentBytes: process?.residentBytes ?? null,
    cpuPercent: process?.cpuPercent ?? null,
    disks: disksOf(guest.place, conf, host.iscsi),
    nics: nicsOf(conf),
    comPorts: comPorts(guest.place, conf).flatMap(({ port }) => (/^com[1-4]$/.test(port) ? [port] : [])),
    pending:
      lives && guest.startedConf !== null
        ? changedKeys(parseConf(guest.startedConf), conf).filter(key => key !== PROTECTION)
        : [],
    lastExit: [...guest.runs].reverse().find(one => one.exit !== null)?.exit ?? null,
    supervisor: !lives ? null : (processes.supervisor?.kind ?? 'unknown'),
    problems,
    protection: protectionOf(conf),
  }
}

function disksOf(place: GuestPlace, conf: Conf, iscsi: HostView['iscsi']): VmDisk[] {
  return diskEntries(conf).map(disk => {
    const path = diskPath(place, disk.name, disk.backing, iscsi) ?? ''
    const zvol = /^\/dev\/zvol\/(.+)$/.exec(posix.normalize(path))?.[1] ?? null
    return {
      index: disk.index,
      emulation: disk.emulation,
      backing: disk.backing === '' ? 'file' : disk.backing,
      path,
      dataset: zvol,
    }
  })
}

/** Paths of what a guest writes to, as they are meant: `/dev/zvol//tank/a` is the disk of whoever wrote it with one slash. */
export function writtenDisks(vm: Pick<Vm, 'disks'>): string[] {
  return vm.disks
    .filter(disk => disk.emulation !== 'ahci-cd' && disk.path !== '')
    .map(disk => posix.normalize(disk.path))
}

function nicsOf(conf: Conf): VmNic[] {
  const nics: VmNic[] = []
  for (let index = 0; confText(conf, `network${index}_type`) !== ''; index += 1) {
    nics.push({
      index,
      emulation: confText(conf, `network${index}_type`),
      switchName: confValue(conf, `network${index}_switch`) || null,
      mac: confValue(conf, `network${index}_mac`) || null,
    })
  }
  return nics
}
