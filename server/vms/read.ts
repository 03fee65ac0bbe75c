/** Guests as the host shows them now: datastores, confs, processes, locks. Looks only. */
import { createHash } from 'node:crypto'
import { AppError } from '../errors.ts'
import { commandError, unreadable } from '../host/answer.ts'
import type { FileEntry, Host } from '../host/host.ts'
import { listInterfaces } from '../host/ifconfig.ts'
import { iscsiDevice, iscsiListArgv } from '../host/iscsictl.ts'
import { listProcesses } from '../host/ps.ts'
import { readSetting } from '../host/sysrc.ts'
import { systemOf } from '../host/uname.ts'
import { parseConf } from './conf.ts'
import type { Vm } from './model.ts'
import { parseRuns } from './runs.ts'
import { type GuestFiles, type HostView, toVm } from './state.ts'
import {
  type Datastore,
  datastores,
  parseShellAssignments,
  type RcConf,
  rcConf,
  resolveVmDir,
} from './system-conf.ts'

/** The revision an edit carries: a conf that was changed meanwhile has another one. */
export function revisionOf(conf: string): string {
  return createHash('sha256').update(conf).digest('hex')
}

/** Where vm-bhyve keeps things on this host. */
export type Setup = {
  rc: RcConf
  /** vm_dir as a path, null where it is not set or its dataset is not mounted. */
  vmDir: string | null
  /** Text of .config/system.conf. */
  system: string
  stores: Datastore[]
  /** Mount point to dataset. */
  datasetAt: ReadonlyMap<string, string>
}

const RC_FILES = ['/etc/rc.conf', '/etc/rc.conf.local', '/etc/rc.conf.d/vm', '/usr/local/etc/rc.conf.d/vm']

/** Text of a file, null where there is none. */
export async function readIfThere(host: Pick<Host, 'read'>, path: string): Promise<string | null> {
  try {
    return await host.read(path)
  } catch (error) {
    if (error instanceof AppError && error.code === 'not_found') return null
    throw error
  }
}

export async function listIfThere(host: Pick<Host, 'list'>, path: string): Promise<FileEntry[]> {
  try {
    return await host.list(path)
  } catch (error) {
    if (error instanceof AppError && error.code === 'not_found') return []
    throw error
  }
}

/** A host without ZFS may keep its guests in plain directories: then `whyNone` says why nothing can be mounted. */
type MountsRead = { mounts: Map<string, string>; whyNone: AppError | null }

/** `zfs list -H -o name,mountpoint,mounted -t filesystem`: mounted filesystems. */
async function readMounts(host: Host): Promise<MountsRead> {
  const argv = ['zfs', 'list', '-H', '-o', 'name,mountpoint,mounted', '-t', 'filesystem']
  let text: string
  try {
    const result = await host.run(argv)
    if (result.exit !== 0) {
      const error = commandError(argv, result, [])
      // Only a kernel without ZFS is a host without it; any other failure must not hide its guests.
      if (!/libzfs library|ZFS library/i.test(result.stderr)) throw error
      return { mounts: new Map(), whyNone: error }
    }
    text = result.stdout
  } catch (error) {
    if (!(error instanceof AppError && error.code === 'unsupported')) throw error
    return { mounts: new Map(), whyNone: error }
  }
  const mounts = new Map<string, string>()
  for (const line of text.split('\n').filter(Boolean)) {
    const [name, mountpoint, mounted, ...more] = line.split('\t')
    if (mounted === undefined || more.length > 0) {
      throw unreadable('zfs list', text, `a row has ${line.split('\t').length} fields where 3 were asked for`)
    }
    if (name && mountpoint?.startsWith('/') && mounted === 'yes') mounts.set(name, mountpoint)
  }
  return { mounts, whyNone: null }
}

export async function readSetup(host: Host): Promise<Setup> {
  const texts = await Promise.all(RC_FILES.map(path => readIfThere(host, path)))
  const values = parseShellAssignments(texts.map(text => text ?? ''))
  for (const [key, value] of values) {
    if (value === null && /^vm_(enable|dir|list|delay)$/.test(key))
      values.set(key, await readSetting(host, key))
  }
  const rc = rcConf(values)
  const { mounts, whyNone } = await readMounts(host)
  // Guests in datasets that cannot be asked for are not gone.
  if (whyNone && rc.vmDir.startsWith('zfs:')) throw whyNone
  const vmDir = resolveVmDir(rc.vmDir, mounts)?.path ?? null
  const system = vmDir === null ? '' : ((await readIfThere(host, `${vmDir}/.config/system.conf`)) ?? '')
  const conf = parseConf(system)
  if (whyNone && conf.entries.some(({ key, value }) => /^path_/.test(key) && value.startsWith('zfs:')))
    throw whyNone
  return {
    rc,
    vmDir,
    system,
    stores: datastores(rc.vmDir, conf, mounts),
    datasetAt: new Map([...mounts].map(([name, path]) => [path, name])),
  }
}

/** Names of the machines in the kernel. */
export async function listVmm(host: Pick<Host, 'list'>): Promise<string[]> {
  return (await listIfThere(host, '/dev/vmm')).map(entry => entry.name)
}

/** Whose lock a guest's run.lock is hangs on it: no word is taken for a name that is none. */
async function readHostname(host: Pick<Host, 'run'>): Promise<string> {
  const argv = ['sysctl', '-n', 'kern.hostname']
  const result = await host.run(argv)
  if (result.exit !== 0) throw commandError(argv, result, [])
  const name = result.stdout.replace(/\n$/, '')
  if (!/^[\x21-\x7e]*$/.test(name)) throw unreadable('sysctl', result.stdout, 'it is no name of a machine')
  return name
}

/** Directories with a NAME.conf, with what is in them; the first datastore that has a name owns it. */
async function findGuests(
  host: Host,
  setup: Setup,
): Promise<{ store: Datastore; name: string; files: FileEntry[] }[]> {
  const found = new Map<string, { store: Datastore; name: string; files: FileEntry[] }>()
  for (const store of setup.stores) {
    const directories = (await listIfThere(host, store.path)).filter(
      entry => entry.type === 'directory' && !entry.name.startsWith('.'),
    )
    await Promise.all(
      directories.map(async ({ name }) => {
        const files = await listIfThere(host, `${store.path}/${name}`)
        const isGuest = files.some(file => file.name === `${name}.conf` && file.type === 'file')
        if (isGuest && !found.has(name)) found.set(name, { store, name, files })
      }),
    )
  }
  return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
}

async function readGuest(
  host: Host,
  setup: Setup,
  found: { store: Datastore; name: string; files: readonly FileEntry[] },
): Promise<GuestFiles> {
  const { store, name, files } = found
  const directory = `${store.path}/${name}`
  const entry = (leaf: string) => files.find(file => file.name === leaf)
  const text = (leaf: string) =>
    entry(leaf) ? readIfThere(host, `${directory}/${leaf}`) : Promise.resolve(null)
  const skep = (leaf: string) =>
    entry('.skep') ? readIfThere(host, `${directory}/.skep/${leaf}`) : Promise.resolve(null)
  const [conf, lock, console, startedConf] = await Promise.all([
    text(`${name}.conf`).then(
      value => ({ value, error: null }),
      error => ({ value: null, error: error instanceof Error ? error.message : String(error) }),
    ),
    text('run.lock'),
    text('console'),
    skep('started.conf'),
  ])
  // Last: a supervisor writes down how its guest ended before it removes the lock. The other way round a guest could
  // look as if it had stopped without a reason.
  const runs = await skep('runs.jsonl')
  return {
    place: {
      name,
      directory,
      datastorePath: store.path,
      dataset: store.dataset,
      vmDir: setup.vmDir ?? store.path,
    },
    datastore: store.name,
    conf: conf.value,
    confError: conf.error,
    lock: lock === null ? null : (lock.split('\n', 1)[0] ?? ''),
    lockedAt: entry('run.lock')?.mtimeMs ?? null,
    console,
    saved: entry(`${name}.save`) !== undefined,
    runs: parseRuns(runs ?? ''),
    startedConf,
  }
}

async function iscsiOf(host: Host, guests: readonly GuestFiles[]): Promise<HostView['iscsi']> {
  if (!guests.some(guest => /^disk\d+_dev="?iscsi"?/m.test(guest.conf ?? ''))) return () => null
  const listing = await host.run(iscsiListArgv())
  return target => iscsiDevice(listing.stdout, target)
}

/** What the host shows, for guests that are read already. */
async function readView(
  host: Host,
  setup: Setup,
  guests: readonly GuestFiles[],
  now: number,
): Promise<HostView> {
  const [hostname, processes, vmm, interfaces, iscsi] = await Promise.all([
    readHostname(host),
    listProcesses(host),
    listVmm(host),
    listInterfaces(host),
    iscsiOf(host, guests),
  ])
  return {
    hostname,
    now,
    processes,
    vmm,
    interfaces,
    vmList: setup.rc.vmList,
    system: parseConf(setup.system),
    datasetAt: setup.datasetAt,
    iscsi,
  }
}

export type GuestsRead = { setup: Setup; guests: GuestFiles[]; view: HostView }

/** Everything there is to know about guests, with the facts it came from. */
export async function readGuests(host: Host, now: number = Date.now()): Promise<GuestsRead> {
  const setup = await readSetup(host)
  const found = await findGuests(host, setup)
  const guests = await Promise.all(found.map(one => readGuest(host, setup, one)))
  return { setup, guests, view: await readView(host, setup, guests, now) }
}

/** A machine of another system has storage alone, and is not asked for guests again and again. */
async function hasNoGuests(host: Host): Promise<boolean> {
  return (await systemOf(host)) !== 'FreeBSD'
}

/** Every guest of the host, by name. Empty where there can be none. AppError of the host's programs. */
export async function readVms(host: Host): Promise<Vm[]> {
  if (await hasNoGuests(host)) return []
  const { guests, view } = await readGuests(host)
  return guests.map(guest => toVm(guest, view))
}

export type GuestRead = { setup: Setup; guest: GuestFiles; view: HostView; vm: Vm }

/** One guest with the facts it came from. AppError `not_found`. */
export async function readGuestNamed(host: Host, name: string, now: number = Date.now()): Promise<GuestRead> {
  const setup = await readSetup(host)
  for (const store of setup.stores) {
    const files = await listIfThere(host, `${store.path}/${name}`)
    if (!files.some(file => file.name === `${name}.conf`)) continue
    const guest = await readGuest(host, setup, { store, name, files })
    const view = await readView(host, setup, [guest], now)
    return { setup, guest, view, vm: toVm(guest, view) }
  }
  throw new AppError('not_found', `There is no guest named ${name}.`, { names: [name] })
}

/**
 * A cheap look for the poll of a watched host: per guest a text that changes when anything a screen shows of it may have
 * changed (processes, /dev/vmm, files of its directory). Load figures are left out. `setup` of an earlier readSetup saves
 * reading it again; without, it is read.
 */
export async function watchFacts(host: Host, known?: Setup): Promise<Map<string, string>> {
  const setup = known ?? (await readSetup(host))
  const [found, processes, vmm] = await Promise.all([
    findGuests(host, setup),
    listProcesses(host),
    listVmm(host),
  ])
  const marks = await Promise.all(
    found.map(async ({ store, name, files }): Promise<[string, string]> => {
      const runs = await host.stat(`${store.path}/${name}/.skep/runs.jsonl`)
      const shown = files.filter(file => file.type === 'file' && !/\.(img|raw|fd|log)$/.test(file.name))
      const own = processes.filter(({ args }) => args.includes(name)).map(({ pid, args }) => [pid, args])
      const stamp = (file: FileEntry) => [file.name, file.mtimeMs, file.sizeBytes]
      return [name, JSON.stringify([own, vmm.includes(name), shown.map(stamp), runs ? stamp(runs) : null])]
    }),
  )
  return new Map(marks)
}

/** Settings and mounts change rarely, and reading them starts a program each time. */
const SETUP_GOOD_FOR_MS = 10_000

/** `watchFacts` for a poll: what it needs to know of the host's settings is read again every ten seconds only. */
export function guestMarks(host: Host, now: () => number = Date.now): () => Promise<Map<string, string>> {
  let setup: Setup | null = null
  let readAt = 0
  return async () => {
    if (await hasNoGuests(host)) return new Map()
    if (!setup || now() - readAt >= SETUP_GOOD_FOR_MS) {
      setup = await readSetup(host)
      readAt = now()
    }
    return watchFacts(host, setup)
  }
}
