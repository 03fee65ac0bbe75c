import type { ListSnapshotsInput, SnapshotDaysInput } from '../snapshots/input.ts'
import type { Snapshot, SnapshotDay, SnapshotSort } from '../snapshots/model.ts'
import { OUTDATED, type SnapshotFigures, type SnapshotRow, SnapshotTable, TagStore } from './snapshotTable.ts'

/** How the index reads the host. A dataset that is not there is simply missing from the answer. */
export type SnapshotReader = {
  /** Names, guids and times of all snapshots (`null`) or of these datasets, by dataset. */
  rows: (datasets: readonly string[] | null) => Promise<Map<string, SnapshotRow[]>>
  /** The dearer columns of exactly these snapshots (`names`) or of all of a dataset, by full name. */
  figures: (what: FiguresOf) => Promise<Map<string, SnapshotFigures>>
}
export type FiguresOf = { names: readonly string[] } | { dataset: string } | 'all'

const DAY_MS = 86_400_000
type Ref = { table: SnapshotTable; row: number }

/** Beyond this many changed datasets one reading of everything is cheaper than asking for each. */
const MOST_DATASETS_AT_ONCE = 100
/** Used space of a snapshot changes as its neighbours and the dataset change, without an event. */
const FIGURES_GOOD_FOR_MS = 10_000
/** Of everything at once they are asked for rarely: on a large host that reading takes seconds. */
const ALL_FIGURES_GOOD_FOR_MS = 300_000
/** An order of 100 000 rows is 4 MiB. */
const MOST_ORDERS = 4
/** How often one answer is begun again because the host changed while it was put together. */
const MOST_ROUNDS = 3
/** A dataset with this many snapshots is read whole; of a larger one only the rows on the screen. */
const WHOLE_DATASET_BELOW = 400

/**
 * Every snapshot of the host, compactly: what a listing of 100 000 needs stays in memory, the rest is read for what is
 * looked at. An event re-reads only the dataset concerned.
 */
export class SnapshotIndex {
  readonly #reader: SnapshotReader
  readonly #now: () => number
  readonly #isSilent: () => boolean
  readonly #tags = new TagStore()
  readonly #tables = new Map<string, SnapshotTable>()
  readonly #dirty = new Set<string>()
  #allDirty = true
  /**
   * Every `invalidate…` is a mark with a number. A reading counts for the marks that were there when it began: one that
   * comes meanwhile makes it old before it ends, and whoever asks meanwhile waits for the reading that counts for them.
   */
  #marked = 1
  #covered = 0
  #heardAt = 0
  #flight: Promise<void> | null = null
  /** What the reading under way asks for: these datasets, `null` = all. */
  #reading: readonly string[] | null = []
  /** The same for figures: the newest mark, and the newest of each dataset. */
  #figuresMark = 0
  readonly #figuresMarked = new Map<string, number>()
  /** Orders already worked out: scrolling asks for the same one page by page. */
  readonly #orders = new Map<string, Ref[]>()

  /** `isSilent`: the host does not answer, and what is there is shown without asking again. */
  constructor(reader: SnapshotReader, now: () => number, isSilent: () => boolean = () => false) {
    this.#reader = reader
    this.#now = now
    this.#isSilent = () => this.isLoaded && isSilent()
  }

  get isLoaded(): boolean {
    return this.#heardAt > 0
  }

  /** True when a read would have to wait for the host: also while a reading that others asked for is under way. */
  get isDirty(): boolean {
    return this.#covered < this.#marked
  }

  /** True while everything is being read. */
  get isReadingAll(): boolean {
    return this.#reading === null
  }

  get heardAt(): number {
    return this.#heardAt
  }

  /** Number of snapshots, null until the index has been read. */
  countOf(dataset: string): number | null {
    return this.isLoaded ? (this.#tables.get(dataset)?.size ?? 0) : null
  }

  /** The dataset's snapshots may have changed. */
  invalidate(dataset: string): void {
    this.#marked += 1
    this.#dirty.add(dataset)
  }

  /** Only the figures (clones, holds, used) of the dataset's snapshots may have changed. */
  invalidateFigures(dataset: string): void {
    this.#figuresMarked.set(dataset, ++this.#figuresMark)
    this.#tables.get(dataset)?.forgetFigures()
  }

  /** A dataset and all below it are gone, or have another name. */
  invalidateBelow(dataset: string): void {
    this.invalidate(dataset)
    for (const name of this.#namesBelow(dataset)) this.#dirty.add(name)
  }

  /** A dataset and all below it have another name: what is below the new one was never heard of. */
  moved(from: string, to: string): void {
    this.invalidateBelow(from)
    this.invalidateBelow(to)
    for (const name of this.#namesBelow(from)) this.#dirty.add(to + name.slice(from.length))
  }

  invalidateAll(): void {
    this.#marked += 1
    this.#allDirty = true
  }

  /** Datasets below this one that are known or just being read; while all are read nobody knows which those are. */
  #namesBelow(dataset: string): string[] {
    if (this.#reading === null) this.#allDirty = true
    const known = new Set([...this.#tables.keys(), ...this.#dirty, ...(this.#reading ?? [])])
    return [...known].filter(name => name.startsWith(`${dataset}/`))
  }

  /** Reads what was dirty when this was called; single-flight. What becomes dirty meanwhile is for those who ask then. */
  async ensure(): Promise<void> {
    const wanted = this.#marked
    while (this.#covered < wanted) {
      this.#flight ??= this.#load().finally(() => {
        this.#flight = null
      })
      await this.#flight
    }
  }

  async #load(): Promise<void> {
    const mark = this.#marked
    const datasets = [...this.#dirty]
    const whole = this.#allDirty || datasets.length > MOST_DATASETS_AT_ONCE
    this.#allDirty = false
    this.#dirty.clear()
    this.#reading = whole ? null : datasets
    try {
      this.#take(this.#reading, await this.#reader.rows(this.#reading))
      this.#covered = mark
    } catch (error) {
      if (whole) this.#allDirty = true
      for (const dataset of datasets) this.#dirty.add(dataset)
      throw error
    } finally {
      this.#reading = []
    }
  }

  #take(datasets: readonly string[] | null, read: Map<string, SnapshotRow[]>): void {
    for (const name of datasets ?? [...this.#tables.keys()]) if (!read.has(name)) this.#tables.delete(name)
    if (!datasets) this.#tags.clear()
    for (const [dataset, rows] of read) {
      const older = this.#tables.get(dataset)
      if (rows.length === 0) {
        this.#tables.delete(dataset)
        continue
      }
      const table = new SnapshotTable(dataset, rows, this.#tags)
      if (older) table.inherit(older)
      this.#tables.set(dataset, table)
      // Figures that were asked for before count for the former rows.
      this.#figuresMarked.set(dataset, ++this.#figuresMark)
    }
    for (const name of this.#figuresMarked.keys())
      if (!this.#tables.has(name)) this.#figuresMarked.delete(name)
    this.#heardAt = this.#now()
    this.#orders.clear()
  }

  /** A page of the list: filtered and sorted over everything, figures read for the rows shown. */
  page(query: ListSnapshotsInput): Promise<{ rows: Snapshot[]; total: number }> {
    const { dataset, filter = '', sort = 'name', descending = false, offset, limit } = query
    return this.#settled(async () => {
      if (sort === 'used' || sort === 'referenced') await this.#fillScope(dataset)
      const order = withinPeriod(this.#order(dataset, filter, sort, descending), query.from, query.to)
      const refs = order.slice(offset, offset + limit)
      await this.#fill(refs)
      return () => ({ rows: refs.map(ref => ref.table.snapshot(ref.row)), total: order.length })
    })
  }

  /** How many of the listed snapshots were taken on each day of the browser's calendar, oldest day first. */
  async days(query: SnapshotDaysInput): Promise<SnapshotDay[]> {
    if (!this.#isSilent()) await this.ensure()
    const offset = query.utcOffsetMinutes * 60_000
    const counts = new Map<number, number>()
    for (const { table, row } of this.#order(query.dataset, query.filter ?? '', 'created', false)) {
      const day = Math.floor(((table.createdAt[row] ?? 0) + offset) / DAY_MS)
      counts.set(day, (counts.get(day) ?? 0) + 1)
    }
    return [...counts].map(([day, count]) => ({ at: day * DAY_MS - offset, count }))
  }

  /** All snapshots of a dataset with their figures, oldest first. */
  of(dataset: string): Promise<Snapshot[]> {
    return this.#settled(async () => {
      await this.#fillScope(dataset)
      return () => this.#order(dataset, '', 'created', false).map(ref => ref.table.snapshot(ref.row))
    })
  }

  /** Every snapshot with its figures, sorted by name: one long reading when none is cached. */
  all(): Promise<Snapshot[]> {
    return this.#settled(async () => {
      await this.#fillScope(undefined)
      return () => this.#order(undefined, '', 'name', false).map(ref => ref.table.snapshot(ref.row))
    })
  }

  /**
   * Reads rows and then figures, and begins again when the rows were read anew in between: figures find their rows by
   * name in the newest ones. After some rounds with a host that never rests, what is there is the answer.
   */
  async #settled<T>(read: () => Promise<() => T>): Promise<T> {
    for (let round = 1; ; round += 1) {
      if (!this.#isSilent()) await this.ensure()
      const taken = this.#covered
      const answer = await read()
      if (taken === this.#covered || round === MOST_ROUNDS) return answer()
    }
  }

  #order(dataset: string | undefined, filter: string, sort: SnapshotSort, descending: boolean): Ref[] {
    const key = JSON.stringify([dataset ?? null, filter, sort, descending])
    const known = this.#orders.get(key)
    if (known) return known
    const tables =
      dataset === undefined ? [...this.#tables.values()] : [this.#tables.get(dataset)].filter(isTable)
    const words = filter.toLowerCase().split(/\s+/).filter(Boolean)
    const found = tables.flatMap(rowsOf).filter(ref => {
      if (words.length === 0) return true
      const name = ref.table.name(ref.row).toLowerCase()
      return words.every(word => name.includes(word))
    })
    const compare = COMPARE[sort]
    found.sort(descending ? (a, b) => compare(b, a) : compare)
    // Figures drift without the rows changing.
    if (sort === 'used' || sort === 'referenced') return found
    for (const oldest of this.#orders.keys())
      if (this.#orders.size >= MOST_ORDERS) this.#orders.delete(oldest)
    this.#orders.set(key, found)
    return found
  }

  /** Reads the figures of these rows where they are unknown or old. */
  async #fill(refs: readonly Ref[]): Promise<void> {
    const wanted = refs.filter(ref => this.#isOld(ref))
    const names: string[] = []
    for (const table of new Set(wanted.map(ref => ref.table))) {
      const own = wanted.filter(ref => ref.table === table)
      // Rows of many datasets side by side are one command by their names, not one for each dataset.
      if (table.size < WHOLE_DATASET_BELOW && own.length > 20) await this.#fillScope(table.dataset)
      else names.push(...own.map(ref => table.name(ref.row)))
    }
    if (names.length > 0) await this.#ask({ names })
  }

  async #fillScope(dataset: string | undefined): Promise<void> {
    const tables =
      dataset === undefined ? [...this.#tables.values()] : [this.#tables.get(dataset)].filter(isTable)
    const goodFor = dataset === undefined ? ALL_FIGURES_GOOD_FOR_MS : FIGURES_GOOD_FOR_MS
    if (!tables.some(table => rowsOf(table).some(ref => this.#isOld(ref, goodFor)))) return
    await this.#ask(dataset === undefined ? 'all' : { dataset })
  }

  #isOld(ref: Ref, goodForMs = FIGURES_GOOD_FOR_MS): boolean {
    const heardAt = ref.table.heardAt(ref.row)
    return heardAt === 0 || (!this.#isSilent() && this.#now() - heardAt >= goodForMs)
  }

  /** Asks for figures. What a mark has made old meanwhile is taken where nothing is known, and asked for again. */
  async #ask(of: FiguresOf): Promise<void> {
    const mark = this.#figuresMark
    const figures = await this.#reader.figures(of)
    const heardAt = this.#now()
    for (const [name, each] of figures) {
      const at = name.indexOf('@')
      const dataset = name.slice(0, at)
      const table = this.#tables.get(dataset)
      const row = table?.rowOf(name.slice(at + 1)) ?? -1
      if (!table || row < 0) continue
      const isOld = (this.#figuresMarked.get(dataset) ?? 0) > mark
      if (!isOld) table.setFigures(row, each, heardAt)
      else if (table.heardAt(row) <= 0) table.setFigures(row, each, OUTDATED)
    }
  }
}

/** Those of an order that were taken in [from, to). */
function withinPeriod(order: Ref[], from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY): Ref[] {
  if (from === Number.NEGATIVE_INFINITY && to === Number.POSITIVE_INFINITY) return order
  return order.filter(({ table, row }) => {
    const at = table.createdAt[row] ?? 0
    return at >= from && at < to
  })
}

function isTable(table: SnapshotTable | undefined): table is SnapshotTable {
  return table !== undefined
}

function rowsOf(table: SnapshotTable): Ref[] {
  return Array.from({ length: table.size }, (_, row) => ({ table, row }))
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function byName(a: Ref, b: Ref): number {
  if (a.table !== b.table) return compareText(a.table.dataset, b.table.dataset)
  return compareText(a.table.tags[a.row] ?? '', b.table.tags[b.row] ?? '')
}

/** Creation has a second's grain; within a dataset the transaction group tells which came first. */
function byCreation(a: Ref, b: Ref): number {
  const time = (a.table.createdAt[a.row] ?? 0) - (b.table.createdAt[b.row] ?? 0)
  if (time !== 0) return time
  const txg = a.table === b.table ? (a.table.createtxg[a.row] ?? 0) - (b.table.createtxg[b.row] ?? 0) : 0
  return txg !== 0 ? txg : byName(a, b)
}

const COMPARE: Record<SnapshotSort, (a: Ref, b: Ref) => number> = {
  name: byName,
  created: byCreation,
  used: (a, b) => a.table.usedBytes(a.row) - b.table.usedBytes(b.row) || byName(a, b),
  referenced: (a, b) => a.table.referencedBytes(a.row) - b.table.referencedBytes(b.row) || byName(a, b),
}
