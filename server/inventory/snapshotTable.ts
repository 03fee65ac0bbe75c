import type { Snapshot } from '../snapshots/model.ts'

/** What the fast listing says of one snapshot. */
export type SnapshotRow = { tag: string; guid: string; createtxg: string; createdAt: number }

/** What costs more to ask: read for what is looked at. Bytes. */
export type SnapshotFigures = {
  usedBytes: number
  referencedBytes: number
  holds: number
  clones: string[]
}

/** In place of a time: figures that were heard once, and may have changed since. */
export const OUTDATED = -1

/**
 * Tags recur over datasets, and a piece cut out of a long text keeps that text alive: each tag is kept once, as its own
 * string.
 */
export class TagStore {
  #tags = new Map<string, string>()

  keep(tag: string): string {
    const found = this.#tags.get(tag)
    if (found !== undefined) return found
    const own = Buffer.from(tag).toString()
    this.#tags.set(own, own)
    return own
  }

  clear(): void {
    this.#tags.clear()
  }
}

/** The snapshots of one dataset in columns: about 60 bytes a snapshot beside its tag. */
export class SnapshotTable {
  readonly dataset: string
  readonly tags: string[]
  readonly createtxg: Float64Array
  readonly createdAt: Float64Array
  readonly #guids: BigUint64Array
  readonly #used: Float64Array
  readonly #referenced: Float64Array
  readonly #holds: Int32Array
  /** When the figures of a row were heard; 0 = never, or OUTDATED. */
  readonly #heardAt: Float64Array
  readonly #clones = new Map<number, string[]>()
  #rows: Map<string, number> | null = null

  constructor(dataset: string, rows: readonly SnapshotRow[], tags: TagStore) {
    this.dataset = dataset
    this.tags = rows.map(row => tags.keep(row.tag))
    this.createtxg = Float64Array.from(rows, row => Number(row.createtxg))
    this.createdAt = Float64Array.from(rows, row => row.createdAt)
    this.#guids = BigUint64Array.from(rows, row => BigInt(row.guid))
    this.#used = new Float64Array(rows.length)
    this.#referenced = new Float64Array(rows.length)
    this.#holds = new Int32Array(rows.length)
    this.#heardAt = new Float64Array(rows.length)
  }

  get size(): number {
    return this.tags.length
  }

  name(row: number): string {
    return `${this.dataset}@${this.tags[row]}`
  }

  guid(row: number): string {
    return (this.#guids[row] ?? 0n).toString()
  }

  usedBytes(row: number): number {
    return this.#used[row] ?? 0
  }

  referencedBytes(row: number): number {
    return this.#referenced[row] ?? 0
  }

  /** Row of a tag, -1 when there is none. */
  rowOf(tag: string): number {
    this.#rows ??= new Map(this.tags.map((each, row) => [each, row]))
    return this.#rows.get(tag) ?? -1
  }

  /** Unix ms at which the figures of a row were heard, 0 when never, OUTDATED where they are no longer to be trusted. */
  heardAt(row: number): number {
    return this.#heardAt[row] ?? 0
  }

  setFigures(row: number, figures: SnapshotFigures, heardAt: number): void {
    this.#used[row] = figures.usedBytes
    this.#referenced[row] = figures.referencedBytes
    this.#holds[row] = figures.holds
    this.#heardAt[row] = heardAt
    if (figures.clones.length > 0) this.#clones.set(row, figures.clones)
    else this.#clones.delete(row)
  }

  /** The figures are no longer to be trusted; they stay readable. */
  forgetFigures(): void {
    for (let row = 0; row < this.size; row += 1) if (this.heardAt(row) > 0) this.#heardAt[row] = OUTDATED
  }

  /** Takes over figures of the snapshots an older reading of the same dataset had too. They are OUTDATED. */
  inherit(older: SnapshotTable): void {
    for (let row = 0; row < this.size; row += 1) {
      const before = older.rowOf(this.tags[row] ?? '')
      if (before < 0 || older.guid(before) !== this.guid(row)) continue
      this.#used[row] = older.#used[before] ?? 0
      this.#referenced[row] = older.#referenced[before] ?? 0
      this.#holds[row] = older.#holds[before] ?? 0
      this.#heardAt[row] = older.heardAt(before) === 0 ? 0 : OUTDATED
      const clones = older.#clones.get(before)
      if (clones) this.#clones.set(row, clones)
    }
  }

  snapshot(row: number): Snapshot {
    const tag = this.tags[row] ?? ''
    return {
      name: `${this.dataset}@${tag}`,
      dataset: this.dataset,
      tag,
      guid: this.guid(row),
      createtxg: String(this.createtxg[row] ?? 0),
      createdAt: this.createdAt[row] ?? 0,
      usedBytes: this.usedBytes(row),
      referencedBytes: this.referencedBytes(row),
      holds: this.#holds[row] ?? 0,
      clones: this.#clones.get(row) ?? [],
    }
  }
}
