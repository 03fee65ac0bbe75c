import type { DatasetRow } from '../datasets/model.ts'
import type { HostStatus } from '../system/model.ts'
import { Announcer } from './announcer.ts'
import { createCell, createCells, PATIENCE_MS, type Watcher } from './cell.ts'
import { changesOf, effectOf, type HostEvent } from './effects.ts'
import { createHeartbeat } from './heartbeat.ts'
import type { HostReader } from './hostReader.ts'
import { createIndexReading } from './indexReading.ts'
import type { Change, Inventory } from './inventory.ts'
import { Origins } from './origins.ts'
import {
  changedDatasets,
  changedImages,
  changedMarks,
  changedNetworks,
  changedPools,
  changedVms,
} from './polling.ts'
import { createRounds } from './rounds.ts'
import { SnapshotIndex } from './snapshotIndex.ts'
import { keepStream } from './stream.ts'
import { createTroubles } from './troubles.ts'

export type InventoryOptions = {
  host: { id: string; kind: HostStatus['kind'] }
  read: HostReader
  now?: () => number
  /** How long the stream stays open after the last viewer left. */
  graceMs?: number
  vmPollMs?: number
  figuresPollMs?: number
  scanPollMs?: number
  heartbeatMs?: number
  patienceMs?: number
}

/** The index among what may not answer. */
const SNAPSHOTS = 'snapshots'

/** The in-memory copy of one host. Nothing is read before somebody asks, nothing is polled before somebody watches. */
export function createInventory(options: InventoryOptions): Inventory {
  const { read, graceMs = 30_000, vmPollMs = 500, figuresPollMs = 10_000, scanPollMs = 2000 } = options
  const { heartbeatMs = 2000, patienceMs = PATIENCE_MS } = options
  const now = options.now ?? Date.now
  const announcer = new Announcer()
  const rounds = createRounds(() => announcer.listeners > 0)

  let heardAt: number | null = null
  let streaming = false
  let stream: { stop: () => void } | null = null
  let grace: NodeJS.Timeout | null = null

  const watcher: Watcher = { now, trusted: () => streaming }

  function noteHeard(): void {
    if (heardAt === null) announcer.tell([{ topic: 'system' }])
    heardAt = now()
  }

  /** Runs a reading and notes that the host was heard. */
  const heard =
    <T>(load: () => Promise<T>) =>
    async (): Promise<T> => {
      const value = await load()
      noteHeard()
      return value
    }

  const troubles = createTroubles({
    changed: () => announcer.tell([{ topic: 'system' }]),
    back() {
      distrustAll()
      announcer.tell([{ topic: 'everything' }])
    },
    // It was never away: what is kept of everything else is as true as before.
    arrived: () => announcer.tell([{ topic: 'everything' }]),
  })

  const pools = createCell(watcher, heard(read.pools), {
    patienceMs,
    trouble: troubles.of('pools', (): number | null => pools.peek()?.heardAt ?? null),
    found: (before, after) => announcer.tell(changedPools(before, after)),
  })
  const pool = createCells(watcher, async name => {
    const detail = await heard(() => read.pool(name))()
    if (detail.scan.state === 'running') followScan(name)
    return detail
  })
  const origins = new Origins()
  const readRows = async (): Promise<DatasetRow[]> => {
    const moment = origins.moment
    const list = await read.datasets()
    origins.take(list, moment)
    return list
  }
  const rows = createCell(watcher, heard(readRows), {
    patienceMs,
    trouble: troubles.of('datasets', (): number | null => rows.peek()?.heardAt ?? null),
    found: (before, after) => announcer.tell(changedDatasets(before, after)),
  })
  const properties = createCells(watcher, read.properties)
  const bookmarks = createCells(watcher, read.bookmarks)
  const holds = createCells(watcher, read.holds)
  const vms = createCell(watcher, heard(read.vms), {
    patienceMs,
    trouble: troubles.of('guests', (): number | null => vms.peek()?.heardAt ?? null),
    found: (before, after) => announcer.tell(changedVms(before, after)),
  })
  const networks = createCell(watcher, heard(read.networks), {
    found: (before, after) => announcer.tell(changedNetworks(before, after)),
  })
  const images = createCell(watcher, heard(read.images), {
    found: (before, after) => announcer.tell(changedImages(before, after)),
  })
  /** A guest that starts or stops brings its taps along, and the media it has. */
  const guests = [vms, networks, images]
  const facts = createCell(watcher, heard(read.facts))
  const index = new SnapshotIndex(read.snapshots, now, () => troubles.has(SNAPSHOTS))
  const indexReading = createIndexReading({
    index,
    now,
    patienceMs,
    isStreaming: () => streaming,
    isSilent: () => troubles.has(SNAPSHOTS),
    trouble: troubles.of(SNAPSHOTS, () => (index.isLoaded ? index.heardAt : null)),
    heard() {
      heardAt = now()
    },
    counted: () => announcer.tell([{ topic: 'datasets' }]),
  })
  const streamTrouble = troubles.of('events')

  function distrustAll(): void {
    for (const cell of [pools, rows, vms, networks, images, facts]) cell.invalidate()
    for (const cells of [pool, properties, bookmarks, holds]) cells.invalidate()
    index.invalidateAll()
  }

  function distrustSnapshotsOf(dataset: string): void {
    bookmarks.invalidate(dataset)
    for (const key of holds.keys()) if (key.startsWith(`${dataset}@`)) holds.invalidate(key)
    index.invalidateFigures(dataset)
  }

  /** The dataset and all below it: gone, or under another name. */
  function distrustBelow(dataset: string): void {
    index.invalidateBelow(dataset)
    const isBelow = (key: string): boolean => key.startsWith(`${dataset}/`)
    for (const key of bookmarks.keys()) if (isBelow(key)) bookmarks.invalidate(key)
    for (const key of holds.keys()) if (isBelow(key)) holds.invalidate(key)
  }

  function apply(event: HostEvent): void {
    const effect = effectOf(event)
    const related = origins.follow(event)
    if (effect.everything) distrustAll()
    for (const name of effect.pools) pool.invalidate(name)
    if (effect.pools.length > 0 || effect.list) pools.invalidate()
    if (effect.list || effect.datasets.length > 0) rows.invalidate()
    if (effect.list) properties.invalidate()
    for (const dataset of effect.datasets) properties.invalidate(dataset)
    for (const dataset of effect.below) distrustBelow(dataset)
    if (effect.renamed) index.moved(effect.renamed.from, effect.renamed.to)
    for (const dataset of effect.snapshots) index.invalidate(dataset)
    // A promote moves snapshots between the clone and what it hung on; where that is not known, all may have moved.
    if (event.verb === 'promote' && related.length === 0) index.invalidateAll()
    if (event.verb === 'promote') for (const dataset of related) index.invalidate(dataset)
    const touched = [...effect.snapshots, ...effect.figures, ...effect.below, ...related]
    for (const dataset of touched) distrustSnapshotsOf(dataset)
    announcer.tell(changesOf(effect, related))
  }

  function distrust(change: Change): void {
    if (change.topic === 'everything') distrustAll()
    if (change.topic === 'system') facts.invalidate()
    if (change.topic === 'networks') networks.invalidate()
    if (change.topic === 'images') images.invalidate()
    if (change.topic === 'vm' || change.topic === 'vms') for (const cell of guests) cell.invalidate()
    if (change.topic === 'pool') {
      pools.invalidate()
      pool.invalidate(change.key)
    }
    if (change.topic === 'datasets') {
      rows.invalidate()
      properties.invalidate()
    }
    if (change.topic === 'dataset' || change.topic === 'snapshots') {
      rows.invalidate()
      properties.invalidate(change.key)
      index.invalidate(change.key)
      distrustSnapshotsOf(change.key)
    }
  }

  function followScan(name: string): void {
    rounds.begin(`scan:${name}`, scanPollMs, async () => {
      const before = JSON.stringify(pool.peek(name)?.value.scan)
      const detail = await pool.at(name).reread()
      if (JSON.stringify(detail.value.scan) !== before) announcer.tell([{ topic: 'pool', key: name }])
      return detail.value.scan.state === 'running'
    })
  }

  let marks: ReadonlyMap<string, string> | null = null

  async function pollVms(): Promise<boolean> {
    const watched = stream
    const seen = marks
    const found = read.vmMarks ? await heard(read.vmMarks)() : null
    if (stream !== watched) return false
    marks = found
    if (found && seen) {
      const changes = changedMarks(seen, found)
      if (changes.length > 0) for (const cell of guests) cell.invalidate()
      announcer.tell(changes)
    } else if (vms.peek()) await vms.reread()
    return true
  }

  /** What changes without an event. One after the other, or a program that hangs would hang for each at once. */
  async function pollFigures(): Promise<boolean> {
    // Nobody may ask for snapshots any more: then nothing else would notice that they are told again.
    if (troubles.has(SNAPSHOTS)) void indexReading.load().catch(() => undefined)
    const asked = [pools, rows, vms, networks, images].filter(cell => cell.peek())
    for (const cell of asked) await cell.reread().catch(() => undefined)
    return true
  }

  const beat = createHeartbeat({
    ask: read.heartbeat,
    now,
    heardAt: () => heardAt,
    heard: noteHeard,
    quietMs: heartbeatMs,
    trouble: troubles.of('heartbeat'),
  })

  async function pollHeartbeat(): Promise<boolean> {
    // What did not answer in the silence is asked again at once, not when its own turn comes.
    if ((await beat()) === 'back') await pollFigures()
    return true
  }

  function startPolling(): void {
    rounds.begin('heartbeat', heartbeatMs, pollHeartbeat)
    rounds.begin('vms', vmPollMs, pollVms)
    rounds.begin('figures', figuresPollMs, pollFigures)
    for (const name of pool.keys()) if (pool.peek(name)?.value.scan.state === 'running') followScan(name)
  }

  function startWatching(): void {
    if (grace) clearTimeout(grace)
    grace = null
    if (!stream) {
      stream = keepStream(read.events, {
        opened() {
          streaming = true
          heardAt = now()
          streamTrouble.ends()
          distrustAll()
          announcer.tell([{ topic: 'everything' }])
        },
        event: apply,
        gap() {
          distrustAll()
          announcer.tell([{ topic: 'everything' }])
        },
        lost(error) {
          streaming = false
          streamTrouble.begins(error)
        },
      })
    }
    startPolling()
  }

  function stopWatching(): void {
    stream?.stop()
    stream = null
    streaming = false
    marks = null
    rounds.end()
  }

  return {
    pools: () => pools.read(),
    pool: name => pool.at(name).read(),
    async datasets() {
      const [list, guests] = await Promise.all([
        rows.read(),
        vms.read().catch(() => null), // A broken guest directory must not hide the storage.
        indexReading.countsSoon(),
      ])
      const users = new Map<string, string>()
      for (const vm of guests?.value ?? []) {
        const own = list.value.find(row => row.mountpoint === vm.directory)
        if (own) users.set(own.name, vm.name)
        for (const disk of vm.disks) if (disk.dataset) users.set(disk.dataset, vm.name)
      }
      const value = list.value.map(row => ({
        ...row,
        usedByVm: users.get(row.name) ?? null,
        snapshotCount: index.countOf(row.name),
      }))
      return { value, heardAt: list.heardAt }
    },
    propertiesOf: dataset => properties.at(dataset).read(),
    snapshots: () => indexReading.from(() => index.all()),
    snapshotsOf: dataset => indexReading.from(() => index.of(dataset)),
    async snapshotPage(query) {
      const page = await indexReading.from(() => index.page(query))
      return { ...page.value, heardAt: page.heardAt }
    },
    snapshotDays: query => indexReading.from(() => index.days(query)),
    holdsOf: snapshot => holds.at(snapshot).read(),
    bookmarksOf: dataset => bookmarks.at(dataset).read(),
    vms: ({ fresh = false } = {}) => (fresh ? vms.reread() : vms.read()),
    networks: ({ fresh = false } = {}) => (fresh ? networks.reread() : networks.read()),
    images: () => images.read(),
    facts: () => facts.read(),
    status() {
      const { reason, refusedKey } = troubles.worst() ?? { reason: null, refusedKey: null }
      const state = reason !== null ? 'lost' : heardAt === null ? 'connecting' : 'online'
      // The host itself may answer while one of its programs hangs: what is shown is as old as the oldest of it.
      const oldest = heardAt === null ? null : Math.min(heardAt, troubles.oldest() ?? heardAt)
      return { id: options.host.id, kind: options.host.kind, state, heardAt: oldest, reason, refusedKey }
    },
    watch(listener) {
      const remove = announcer.add(listener)
      startWatching()
      return () => {
        remove()
        if (announcer.listeners > 0 || grace) return
        grace = setTimeout(stopWatching, graceMs)
        grace.unref()
      }
    },
    async refresh(changes) {
      for (const change of changes) distrust(change)
      announcer.tell(changes)
    },
    close() {
      if (grace) clearTimeout(grace)
      stopWatching()
      announcer.close()
    },
  }
}
