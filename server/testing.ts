import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import pino from 'pino'
import type { PasswordCost } from './accounts/password.ts'
import { type Database, openDatabase } from './db/database.ts'
import { AppError } from './errors.ts'
import type { Host, RunResult } from './host/host.ts'
import { createMachine } from './hosts/machine.ts'
import type { Change, Inventory } from './inventory/inventory.ts'
import { createServices } from './services.ts'
import type { HostFacts } from './system/model.ts'
import type { Vm } from './vms/model.ts'

/** A hash that costs nothing; what it costs in earnest is tested in password.test.ts. */
export const CHEAP: PasswordCost = { logN: 4, r: 1, p: 1 }

/** A clock that stands still until it is moved. */
export function fakeClock(at = Date.UTC(2026, 0, 1)) {
  return {
    now: () => at,
    advance(ms: number) {
      at += ms
    },
  }
}

/** A directory below the system's temporary one, and how to remove it. */
export async function temporaryDirectory(): Promise<{ dir: string; remove: () => Promise<void> }> {
  const dir = await mkdtemp(path.join(tmpdir(), 'skep-test-'))
  return { dir, remove: () => rm(dir, { recursive: true, force: true }) }
}

/** What a machine tells of itself. */
const A_MACHINE: HostFacts = {
  system: 'FreeBSD',
  whyNoGuests: null,
  hostname: 'test',
  kernelVersion: '14.5-RELEASE-p2',
  userlandVersion: '14.5-RELEASE-p2',
  architecture: 'amd64',
  cpuModel: 'a processor',
  cpus: 4,
  memoryBytes: 2 ** 34,
  bootedAt: 0,
  zfsVersion: '2.2.7',
}

/** A machine made of one function that answers programs and a Map of files. */
export function scriptedHost(
  answer: (argv: readonly string[]) => Promise<RunResult> | RunResult = () => ({
    exit: 0,
    stdout: '',
    stderr: '',
  }),
  connect: Host['connect'] = () => Promise.reject(new AppError('unreachable', 'Nothing listens there.')),
): Host & { files: Map<string, string> } {
  const files = new Map<string, string>()
  const entry = (name: string, text: string) => ({
    name,
    type: 'file' as const,
    sizeBytes: text.length,
    mtimeMs: 0,
  })
  return {
    id: 'scripted',
    kind: 'sandbox',
    files,
    run: async argv => answer(argv),
    async stream(argv) {
      const { exit, stdout, stderr } = await answer(argv)
      async function* lines() {
        yield* stdout.split('\n').slice(0, -1)
      }
      return { lines: lines(), done: Promise.resolve({ exit, stderr }), kill: () => undefined }
    },
    connect,
    async read(file) {
      const text = files.get(file)
      if (text === undefined) throw new AppError('not_found', `There is no file ${file}.`)
      return text
    },
    async write(file, text) {
      files.set(file, text)
    },
    async list(directory) {
      return [...files]
        .filter(([file]) => path.dirname(file) === directory)
        .map(([file, text]) => entry(path.basename(file), text))
    },
    async stat(file) {
      const text = files.get(file)
      return text === undefined ? null : entry(path.basename(file), text)
    },
    async remove(file) {
      files.delete(file)
    },
    mkdir: async () => undefined,
    async readBytes(file, offset, length) {
      return Buffer.from(await this.read(file)).subarray(offset, offset + length)
    },
    async writeBytes(file, offset, bytes) {
      const before = Buffer.from(files.get(file) ?? '')
      const after = Buffer.alloc(Math.max(before.length, offset + bytes.length))
      before.copy(after)
      after.set(bytes, offset)
      files.set(file, after.toString())
    },
    async rename(from, to) {
      if (files.has(to)) throw new AppError('refused', `There is a file ${to} already.`)
      files.set(to, await this.read(from))
      files.delete(from)
    },
    close: async () => undefined,
  }
}

/** The door to `host` with some of its calls replaced. */
export function doorTo(host: Host, changes: Partial<Host>): Host {
  return {
    id: host.id,
    kind: host.kind,
    run: (...call) => host.run(...call),
    stream: (...call) => host.stream(...call),
    connect: (...call) => host.connect(...call),
    read: (...call) => host.read(...call),
    write: (...call) => host.write(...call),
    list: (...call) => host.list(...call),
    stat: (...call) => host.stat(...call),
    remove: (...call) => host.remove(...call),
    mkdir: (...call) => host.mkdir(...call),
    readBytes: (...call) => host.readBytes(...call),
    writeBytes: (...call) => host.writeBytes(...call),
    rename: (...call) => host.rename(...call),
    close: () => host.close(),
    ...changes,
  }
}

/** The error with which `work` has to fail. */
export async function failureOf(work: Promise<unknown>): Promise<AppError> {
  const error = await work.then(
    () => null,
    (caught: unknown) => caught,
  )
  if (error instanceof AppError) return error
  throw new Error(`It should have failed with an AppError, not with ${String(error)}`)
}

/** An inventory of a machine with nothing on it but `vms`; `tell` is the machine changing by itself. */
export function quietInventory(vms: Vm[] = []) {
  const listeners = new Set<(changes: Change[]) => void>()
  const aged = async <T>(value: T) => ({ value, heardAt: 0 })
  const absent = async (): Promise<never> => {
    throw new AppError('not_found', 'There is no such thing on this machine.')
  }
  const inventory: Inventory = {
    pools: () => aged([]),
    pool: absent,
    datasets: () => aged([]),
    propertiesOf: () => aged([]),
    snapshotPage: absent,
    snapshotDays: () => aged([]),
    holdsOf: () => aged([]),
    snapshots: () => aged([]),
    snapshotsOf: () => aged([]),
    bookmarksOf: () => aged([]),
    vms: () => aged(vms),
    networks: absent,
    images: absent,
    facts: () => aged(A_MACHINE),
    status: () => ({
      id: 'scripted',
      kind: 'sandbox',
      state: 'online',
      heardAt: 0,
      reason: null,
      refusedKey: null,
    }),
    watch(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    refresh: async () => undefined,
    close: () => listeners.clear(),
  }
  return {
    ...inventory,
    tell: (changes: Change[]) => {
      for (const listener of listeners) listener(changes)
    },
    watched: () => listeners.size > 0,
  }
}

/**
 * All services with one scripted machine (opened anew after its host was shut), a database in memory and a clock
 * that stands still.
 */
export function testServices(parts: { host?: Host; inventory?: Inventory; vms?: Vm[]; db?: Database } = {}) {
  const clock = fakeClock()
  const host = parts.host ?? scriptedHost()
  const services = createServices({
    first: { id: host.id, name: host.id, address: 'sandbox:/scripted', signIn: null },
    ownKey: () => ({ path: '/nowhere/id_ed25519', publicKeyLine: 'ssh-ed25519 AAAA skep' }),
    open: async () => firsts.pop() ?? anew(),
    db: parts.db ?? openDatabase(':memory:'),
    log: pino({ level: 'silent' }),
    now: clock.now,
    passwordCost: CHEAP,
  })
  const inventory = parts.inventory ?? quietInventory(parts.vms)
  const anew = () => createMachine({ ...services, host, inventory, onStatus: () => undefined })
  const machine = anew()
  const firsts = [machine]
  return { ...services, ...machine, clock }
}
