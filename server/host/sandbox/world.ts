/** The machine's memory: one World a sandbox directory, held by the one kernel that runs on it. */
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import {
  type DatasetState,
  type EventRecord,
  type EventValue,
  emptyState,
  type PoolState,
  type WorldState,
} from './state.ts'

const KEPT_EVENTS = 512
const SAVE_AFTER_MS = 40

/** What an engine's process can be told: `power` is what bhyvectl asks of the guest. */
export type ProcessMessage = { kind: 'poweroff' | 'reset' | 'nmi' } | { kind: string; [key: string]: unknown }

/** Records of a pool's history that are kept. */
export const MOST_RECORDS = 4000

export type VolumeIo = { reads: number; readBytes: number; writes: number; writtenBytes: number }

export class World {
  readonly dir: string
  readonly state: WorldState
  /** Counts every change; caches compare it. */
  version = 0
  /** Counts the changes beyond bytes written to volumes: which datasets and snapshots there are. */
  structure = 0
  /** Removes chunk files that no saved state refers to any more. */
  readonly doomed: string[] = []
  /** Open block devices: dataset guid to the number of handles. */
  readonly opened = new Map<string, number>()
  /** What was read and written of volumes since the machine's start, by guid. */
  readonly volumeIo = new Map<string, VolumeIo>()
  /** Set by the kernel: delivers to a registered process; false when there is none. */
  tell: (pid: number, message: ProcessMessage) => boolean = () => false
  /** Set by the kernel: ends the machine (`shutdown -p now`). */
  powerOff: () => void = () => {}
  #listeners = new Set<(event: EventRecord) => void>()
  #changes = new Set<() => void>()
  readonly #byGuid = new Map<string, string>()
  #timer: NodeJS.Timeout | null = null
  /** A large world is written less often: at most a tenth of the time goes into it. */
  #saveAfterMs = SAVE_AFTER_MS
  #closed = false

  constructor(dir: string) {
    this.dir = path.resolve(dir)
    for (const name of ['root', 'chunks', 'fs', 'trees'])
      mkdirSync(path.join(this.dir, name), { recursive: true })
    this.state = load(this.dir)
  }

  /** Unix ms of the machine's clock. */
  now(): number {
    return Date.now() + this.state.clockOffsetMs
  }

  nowSeconds(): number {
    return Math.floor(this.now() / 1000)
  }

  /** Sets the machine's clock; it runs on from there. */
  setClock(unixMs: number): void {
    this.state.clockOffsetMs = unixMs - Date.now()
    this.changed()
  }

  /** The transaction group that writes of this moment belong to. */
  openTxg(): number {
    return this.state.txg + 1
  }

  /** Ends the open transaction group and returns its number. */
  commit(): number {
    this.state.txg += 1
    this.changed()
    return this.state.txg
  }

  /** A 64-bit number as decimal text; deterministic. */
  guid(): string {
    this.state.guidCount += 1
    const hash = createHash('sha256').update(`${this.state.guidSeed}:${this.state.guidCount}`).digest()
    return (hash.readBigUInt64BE(0) | 1n).toString()
  }

  objectId(): number {
    this.state.nextObject += 1
    return this.state.nextObject
  }

  /** Call after every change of `state`: it is written soon, atomically. */
  changed(): void {
    this.structure += 1
    this.wrote()
  }

  /** Call in place of `changed` when only blocks of a volume came, went or grew. */
  wrote(): void {
    this.version += 1
    for (const listener of this.#changes) listener()
    if (this.#timer || this.#closed) return
    this.#timer = setTimeout(() => {
      this.#timer = null
      this.save()
    }, this.#saveAfterMs)
    this.#timer.unref()
  }

  save(): void {
    if (!existsSync(this.dir)) return
    const file = path.join(this.dir, 'state.json')
    const startedAt = performance.now()
    const doomed = this.doomed.splice(0)
    writeFileSync(`${file}.new`, JSON.stringify(this.state))
    renameSync(`${file}.new`, file)
    this.#saveAfterMs = Math.max(SAVE_AFTER_MS, 10 * (performance.now() - startedAt))
    for (const name of doomed) rmSync(name, { recursive: true, force: true })
  }

  close(): void {
    if (this.#closed) return
    this.#closed = true
    if (this.#timer) clearTimeout(this.#timer)
    this.save()
  }

  /** Adds to the kernel's event queue, which `zpool events` reads. `class` is the whole name (`sysevent.fs.zfs.…`). */
  emit(eventClass: string, fields: Record<string, EventValue>): EventRecord {
    const atMs = this.now()
    const event: EventRecord = {
      eid: this.state.nextEid,
      atMs,
      nanoseconds: (((atMs % 1000) + 1000) % 1000) * 1_000_000 + (this.state.nextEid % 1000) * 1000,
      class: eventClass,
      fields,
    }
    this.state.nextEid += 1
    this.state.events.push(event)
    if (this.state.events.length > KEPT_EVENTS)
      this.state.events.splice(0, this.state.events.length - KEPT_EVENTS)
    // Listeners first: what a change sets off may emit as well, and events must reach everyone in their order.
    for (const listener of this.#listeners) listener(event)
    this.changed()
    return event
  }

  /** An event of a pool: adds the fields every one of them carries. */
  emitPool(eventClass: string, pool: PoolState, fields: Record<string, EventValue> = {}): EventRecord {
    return this.emit(eventClass, {
      version: 0,
      class: eventClass,
      pool: pool.name,
      pool_guid: { raw: `0x${BigInt(pool.guid).toString(16)}` },
      pool_state: 0,
      pool_context: 0,
      ...fields,
    })
  }

  /** The `history_event` of an act on a dataset or a pool. */
  history(pool: PoolState, act: string, what: { dsname?: string; dsid?: number; text: string }): EventRecord {
    const of = what.dsname === undefined ? '' : ` ${what.dsname} (${what.dsid ?? 0})`
    pool.commands.push({ atMs: this.now(), txg: this.state.txg, text: `${act}${of} ${what.text}` })
    // The pool's history is a ring whose first record, its creation, stays.
    if (pool.commands.length > MOST_RECORDS) pool.commands.splice(1, pool.commands.length - MOST_RECORDS)
    return this.emitPool('sysevent.fs.zfs.history_event', pool, {
      history_hostname: this.state.hostname,
      ...(what.dsname === undefined ? {} : { history_dsname: what.dsname }),
      history_internal_str: what.text,
      history_internal_name: act,
      ...(what.dsid === undefined ? {} : { history_dsid: what.dsid }),
      history_txg: this.state.txg,
      history_time: this.nowSeconds(),
    })
  }

  /** Calls back with every new event; returns the way to stop. */
  onEvent(listener: (event: EventRecord) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Call after a file below a path changed: the space of its filesystem is measured again. */
  touched(_machinePath: string): void {
    this.version += 1
    for (const listener of this.#changes) listener()
  }

  /** Calls back after every change of the state. */
  onChange(listener: () => void): () => void {
    this.#changes.add(listener)
    return () => this.#changes.delete(listener)
  }

  /**
   * The real file behind a path of the machine. Mounted filesystems are symbolic links below `<dir>/root`, so a real
   * shell can walk there too; `<mountpoint>/.zfs/snapshot/TAG` leads to the files a snapshot keeps.
   */
  resolve(machinePath: string): string {
    const clean = path.posix.normalize(`/${machinePath}`)
    const inSnapshot = /^(.*?)\/\.zfs\/snapshot\/([^/]+)(\/.*)?$/.exec(clean)
    if (inSnapshot) {
      const dataset = this.mountedAt(inSnapshot[1] || '/')
      const snapshot = dataset?.snapshots.find(each => each.tag === inSnapshot[2])
      if (snapshot) return path.join(this.dir, 'trees', snapshot.tree ?? 'none', inSnapshot[3] ?? '')
    }
    return path.join(this.dir, 'root', clean)
  }

  /** The path of the machine behind a real one; as it is when it lies outside the sandbox. */
  unresolve(realPath: string): string {
    const below = path.relative(path.join(this.dir, 'root'), realPath)
    if (!below.startsWith('..') && !path.isAbsolute(below)) return `/${below}`
    const inFilesystem = /^fs\/(\d+)(\/.*)?$/.exec(path.relative(this.dir, realPath))
    const dataset =
      inFilesystem && Object.values(this.state.datasets).find(each => each.guid === inFilesystem[1])
    if (!dataset) return realPath
    const mountpoint = this.mountpoint(dataset.name)
    return mountpoint ? path.posix.join(mountpoint, inFilesystem[2] ?? '') : realPath
  }

  /** Where a filesystem is (or would be) mounted; null for `none`, `legacy` and volumes. */
  mountpoint(name: string): string | null {
    const dataset = this.state.datasets[name]
    if (!dataset || dataset.type === 'volume') return null
    const below = this.state.pools[name.split('/', 1)[0] ?? '']?.props.altroot ?? '/'
    for (let at = name; ; ) {
      const local = this.state.datasets[at]?.props.mountpoint
      if (local === 'none' || local === 'legacy') return null
      if (local !== undefined) return path.posix.join(below, local, name.slice(at.length)) || '/'
      const slash = at.lastIndexOf('/')
      if (slash < 0) return path.posix.join(below, `/${name}`)
      at = at.slice(0, slash)
    }
  }

  mountedAt(machinePath: string) {
    for (const dataset of Object.values(this.state.datasets)) {
      if (dataset.mounted && this.mountpoint(dataset.name) === machinePath) return dataset
    }
    return null
  }

  datasetByGuid(guid: string): DatasetState | null {
    const before = this.#byGuid.get(guid)
    if (before !== undefined && this.state.datasets[before]?.guid === guid)
      return this.state.datasets[before] ?? null
    const found = Object.values(this.state.datasets).find(each => each.guid === guid) ?? null
    if (found) this.#byGuid.set(guid, found.name)
    return found
  }

  /** The volume behind `/dev/zvol/NAME`; null when the path is none. */
  volumeAt(machinePath: string) {
    const clean = path.posix.normalize(`/${machinePath}`)
    if (!clean.startsWith('/dev/zvol/')) return null
    const dataset = this.state.datasets[clean.slice('/dev/zvol/'.length)]
    return dataset?.type === 'volume' ? dataset : null
  }
}

function load(dir: string): WorldState {
  const file = path.join(dir, 'state.json')
  if (!existsSync(file)) return emptyState(Date.now())
  const state: WorldState = { ...emptyState(Date.now()), ...JSON.parse(readFileSync(file, 'utf8')) }
  for (const process of Object.values(state.processes)) {
    if (process.real && !isAlive(process.pid)) delete state.processes[String(process.pid)]
  }
  return state
}

/** Whether a real process of that number exists. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
