/** Reads what a start needs to know of the host, and says what a start would run. */
import { createHash } from 'node:crypto'
import { holdsDisks } from '../datasets/users.ts'
import { AppError } from '../errors.ts'
import type { Host } from '../host/host.ts'
import { freeLink } from '../host/ngctl.ts'
import { buildLaunch, type LaunchResult } from './command.ts'
import { type Conf, confText, editConf, parseConf } from './conf.ts'
import type { GuestPlace } from './devices.ts'
import { bootrom, FIRMWARE_DIRECTORY } from './firmware.ts'
import type { Vm } from './model.ts'
import { type NicPlan, planNics } from './nics.ts'
import { type GuestRead, readGuests } from './read.ts'
import { runScript } from './run-script.ts'
import { markedTaps } from './shell-words.ts'
import { type GuestFiles, type HostView, toVm, writtenDisks } from './state.ts'
import { switchNamed } from './system-conf.ts'

export type StartFacts = {
  read: GuestRead
  /** NAME.conf as it will be: uuid and MACs that were missing are written into it. */
  conf: string
  nics: NicPlan[]
  /** With taps named as they would be made now, for showing. */
  shown: LaunchResult
  /** With marks in place of taps, for the script. */
  marked: LaunchResult
  /** Text of the run script, null when the start is refused. */
  script: string | null
  /** The run script that is there now. */
  oldScript: string | null
  oldStartedConf: string | null
  /** Modules of the kernel that are not there: vmm, nmdm, ... */
  missingModules: string[]
  /** Disks that are not there, with their paths. */
  missingDisks: { index: number; path: string }[]
  memoryOfHostBytes: number | null
  /** Other guests that run, or may run elsewhere, with a disk of this one: two writers would ruin what is on it. */
  sharing: { guest: string; path: string }[]
}

/** A uuid and MACs that are the same however often the plan is made, and differ between guests and machines. */
export function madeUp(seed: string): { uuid: string; mac: (index: number) => string } {
  const digest = (text: string) => createHash('sha256').update(`${seed}\u0000${text}`).digest('hex')
  const hex = digest('uuid')
  const variant = '89ab'[Number.parseInt(hex[16] ?? '0', 16) % 4]
  const uuid = `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`
  return {
    uuid,
    // vm-bhyve's range: 58:9c:fc:0x:xx:xx, never all zero.
    mac: index => {
      const tail = digest(`mac${index}`).slice(0, 5)
      return `58:9c:fc:0${tail[0]}:${tail.slice(1, 3)}:${tail === '00000' ? '01' : tail.slice(3, 5)}`
    },
  }
}

/** What makes up values differ between machines: kern.hostuuid. */
export async function readHostSeed(host: Pick<Host, 'run'>): Promise<string> {
  const result = await host.run(['sysctl', '-n', 'kern.hostuuid'])
  return result.exit === 0 ? result.stdout.trim() : ''
}

/**
 * Ports something listens on, by `netstat -an` as vm-bhyve asks, and the ports other guests' screens are promised.
 * What a guest `itself` has while it runs is free for its next start.
 */
export async function readBusyPorts(
  host: Pick<Host, 'run'>,
  others: readonly GuestFiles[],
  itself?: GuestFiles,
): Promise<Set<number>> {
  const own = itself ? ownPort(itself) : null
  const busy = new Set<number>()
  try {
    const result = await host.run(['netstat', '-an'])
    for (const line of result.stdout.split('\n')) {
      if (!line.includes('LISTEN')) continue
      const local = line.trim().split(/\s+/)[3] ?? ''
      const port = Number(local.slice(local.lastIndexOf('.') + 1))
      if (Number.isInteger(port) && port > 0 && port !== own) busy.add(port)
    }
  } catch (error) {
    if (!(error instanceof AppError && error.code === 'unsupported')) throw error
  }
  for (const guest of others) {
    const promised = Number(confText(parseConf(guest.conf ?? ''), 'graphics_port'))
    for (const port of [promised, ownPort(guest)]) if (port !== null && port > 0) busy.add(port)
  }
  return busy
}

/** Port of a running guest's screen. */
function ownPort(guest: GuestFiles): number | null {
  return Number(/^vnc=.*:(\d+)$/m.exec(guest.console ?? '')?.[1]) || null
}

/** The interfaces as they will be when the guest is off: its own taps are gone. */
function withoutItsOwn(guest: GuestFiles, view: HostView): Pick<HostView, 'interfaces'> {
  const mark = `vmnet/${guest.place.name}/`
  return { interfaces: view.interfaces.filter(one => !one.description.startsWith(mark)) }
}

async function has(host: Host, argv: readonly string[]): Promise<boolean> {
  try {
    return (await host.run(argv)).exit === 0
  } catch (error) {
    if (error instanceof AppError && error.code === 'unsupported') return false
    throw error
  }
}

async function missingModules(host: Host, modules: readonly string[]): Promise<string[]> {
  const found = await Promise.all(modules.map(module => has(host, ['kldstat', '-q', '-m', module])))
  return modules.filter((_, index) => !found[index])
}

/** Package sysutils/grub2-bhyve. It is called by its bare name, like every program. */
const GRUB_BHYVE = '/usr/local/sbin/grub-bhyve'

/** AMD's CPUs have no such setting: they run everything. */
async function isUnrestricted(host: Host): Promise<boolean> {
  const result = await host.run(['sysctl', '-n', 'hw.vmm.vmx.cap.unrestricted_guest'])
  return result.exit !== 0 || result.stdout.trim() !== '0'
}

/** What is not there of a guest's disks. A zvol counts when its dataset is there: its node may come a moment later. */
async function missingDisks(host: Host, read: GuestRead): Promise<{ index: number; path: string }[]> {
  const missing: { index: number; path: string }[] = []
  for (const disk of read.vm.disks) {
    // A shared directory is written as name=/path; a name that only the guest's loader knows is none of ours.
    const path = disk.emulation === 'virtio-9p' ? disk.path.replace(/^[^/=]*=/, '') : disk.path
    const there =
      disk.dataset === null
        ? path !== '' && (await host.stat(path)) !== null
        : await has(host, ['zfs', 'list', '-H', '-o', 'name', '-t', 'volume', disk.dataset])
    if (!there && disk.backing !== '9p') missing.push({ index: disk.index, path: disk.path })
  }
  return missing
}

/** Everything a start depends on, read now. AppError `not_found` for an unknown guest. */
export async function readStartFacts(host: Host, name: string, now: number): Promise<StartFacts> {
  const { setup, guests, view } = await readGuests(host, now)
  const guest = guests.find(one => one.place.name === name)
  if (!guest) throw new AppError('not_found', `There is no guest named ${name}.`, { names: [name] })
  return readStart(host, { setup, guest, view, guests })
}

type Known = { setup: GuestRead['setup']; guest: GuestFiles; view: HostView; guests: readonly GuestFiles[] }

async function readStart(host: Host, known: Known): Promise<StartFacts> {
  const { setup, guest, view } = known
  const read: GuestRead = { setup, guest, view, vm: toVm(guest, view) }
  const text = guest.conf ?? ''
  const made = madeUp(`${await readHostSeed(host)} ${guest.place.directory}`)
  const conf = withIdentity(text, made)
  const parsed = parseConf(conf)
  const nics = planNics(parsed, view.system, {
    interfaces: view.interfaces,
    macs: new Map(),
    freeLink: await freeLinks(host, parsed, view.system),
  })
  const loader = confText(parsed, 'loader')
  const rom = bootrom(loader, guest.place)
  const paths = [rom, `${FIRMWARE_DIRECTORY}/BHYVE_UEFI_VARS.fd`, `${guest.place.directory}/uefi-vars.fd`]
  const entries = await Promise.all(paths.map(path => host.stat(path)))
  const there = new Set(paths.filter((_, index) => entries[index] !== null))
  const others = known.guests.filter(one => one !== guest)
  const free = withoutItsOwn(guest, view)
  const modules = [
    'vmm',
    'nmdm',
    ...(nics.some(nic => nic.backend.kind === 'tap') ? ['if_tuntap', 'if_bridge'] : []),
  ]
  const [busyPorts, lacking, gone, memory, unrestrictedGuest, grub, oldScript] = await Promise.all([
    readBusyPorts(host, others, guest),
    missingModules(host, modules),
    missingDisks(host, read),
    host.run(['sysctl', '-n', 'hw.physmem']),
    isUnrestricted(host),
    host.stat(GRUB_BHYVE),
    host
      .stat(`${guest.place.directory}/.skep/run.sh`)
      .then(entry => (entry ? host.read(`${guest.place.directory}/.skep/run.sh`) : null)),
  ])
  const build = (taps: ReadonlyMap<number, string>) =>
    buildLaunch({
      place: guest.place,
      conf: parsed,
      uuid: confText(parsed, 'uuid'),
      nics,
      taps,
      busyPorts,
      iso: null,
      exists: path => there.has(path),
      iscsi: view.iscsi,
      unrestrictedGuest,
      iommu: true,
      grubBhyve: grub === null ? null : 'grub-bhyve',
      resume: false,
    })
  const marked = build(markedTaps(nics))
  const script = marked.launch
    ? runScript({ place: guest.place, conf: parsed, launch: marked.launch, nics, hostname: view.hostname })
    : null
  return {
    read,
    conf,
    nics,
    shown: build(likelyTaps(nics, free)),
    marked,
    script,
    oldScript,
    oldStartedConf: guest.startedConf,
    missingModules: lacking,
    missingDisks: gone,
    sharing: sharedDisks(
      read.vm,
      others.map(one => toVm(one, view)),
    ),
    memoryOfHostBytes: memory.exit === 0 ? Number(memory.stdout.trim()) || null : null,
  }
}

function sharedDisks(vm: Vm, others: readonly Vm[]): StartFacts['sharing'] {
  const own = new Set(writtenDisks(vm))
  return others.filter(holdsDisks).flatMap(one =>
    writtenDisks(one)
      .filter(path => own.has(path))
      .map(path => ({ guest: one.name, path })),
  )
}

/** Free links of the netgraph bridges that a conf plugs into. */
async function freeLinks(host: Host, conf: Conf, system: Conf): Promise<(node: string) => number> {
  const nodes = new Set<string>()
  for (let index = 0; confText(conf, `network${index}_type`) !== ''; index += 1) {
    const name = confText(conf, `network${index}_switch`)
    if (switchNamed(system, name).type === 'netgraph') nodes.add(name)
  }
  const links = new Map<string, number>()
  for (const node of nodes) links.set(node, await freeLink(host, node))
  return node => links.get(node) ?? 2
}

/** The conf with a uuid and MACs where it has none, as vm-bhyve writes them at the first start. */
function withIdentity(text: string, made: ReturnType<typeof madeUp>): string {
  const conf = parseConf(text)
  const changes: Record<string, string> = {}
  if (confText(conf, 'uuid') === '') changes.uuid = made.uuid
  for (let index = 0; confText(conf, `network${index}_type`) !== ''; index += 1) {
    if (confText(conf, `network${index}_mac`) === '') changes[`network${index}_mac`] = made.mac(index)
  }
  return Object.keys(changes).length === 0 ? text : editConf(text, changes)
}

/**
 * The bhyve command a new conf would start with now, taps named as they would be made; empty where it cannot be told.
 * For showing: a start builds its own.
 */
export function firstCommand(
  place: GuestPlace,
  text: string,
  host: { view: HostView; busyPorts: ReadonlySet<number>; keepsVariables: boolean },
): string[] {
  const { view } = host
  const conf = parseConf(text)
  const nics = planNics(conf, view.system, {
    interfaces: view.interfaces,
    macs: new Map(),
    freeLink: () => 2,
  })
  const { launch } = buildLaunch({
    place,
    conf,
    uuid: confText(conf, 'uuid'),
    nics,
    taps: likelyTaps(nics, view),
    busyPorts: host.busyPorts,
    iso: null,
    exists: path => host.keepsVariables || !path.endsWith('_VARS.fd'),
    iscsi: view.iscsi,
    unrestrictedGuest: true,
    iommu: true,
    grubBhyve: 'grub-bhyve',
    resume: false,
  })
  return launch?.argv ?? []
}

/** The command that another conf of a guest that is there would start with once it is off; without passwords. */
export function commandOfGuest(
  guest: GuestFiles,
  text: string,
  host: Parameters<typeof firstCommand>[2] & { made: ReturnType<typeof madeUp> },
): string[] {
  const view = { ...host.view, ...withoutItsOwn(guest, host.view) }
  return withoutPassword(firstCommand(guest.place, withIdentity(text, host.made), { ...host, view }))
}

/** bhyve takes the password of a screen on its command line only; a page need not repeat it. */
export function withoutPassword(argv: readonly string[]): string[] {
  return argv.map(word => word.replace(/(,fbuf,(?:.*,)?password=)[^,]*/, '$1********'))
}

/** The names ifconfig would give to new taps now: the lowest free numbers. */
function likelyTaps(nics: readonly NicPlan[], view: Pick<HostView, 'interfaces'>): Map<number, string> {
  const taken = new Set(view.interfaces.map(one => one.name))
  const taps = new Map<number, string>()
  for (const nic of nics) {
    if (nic.backend.kind !== 'tap') continue
    let number = 0
    while (taken.has(`tap${number}`)) number += 1
    const tap = nic.backend.device ?? nic.backend.create?.[4] ?? `tap${number}`
    taken.add(tap)
    taps.set(nic.index, tap)
  }
  return taps
}
