import { AppError } from '../errors.ts'
import { singleFlight } from '../host/single-flight.ts'
import type { Aged } from './inventory.ts'

/** What a cell needs to know about the host it reads from. */
export type Watcher = {
  /** Unix ms. */
  now: () => number
  /** Whether events would tell of a change: then a clean value is true however old it is. */
  trusted: () => boolean
}

/** Told by a cell about silence (`unreachable`, `timeout`) and its end. */
export type Trouble = { begins: (error: unknown) => void; ends: () => void }

/** One thing read from the host: single-flight, with its age, read again only after `invalidate`. */
export type Cell<T> = {
  /**
   * The value as the host said it after the last `invalidate`. From a host that does not answer: the old value with its
   * age at once, while the question is repeated behind it; the error where there is no old value.
   */
  read(): Promise<Aged<T>>
  /** Asks the host even when nothing says the value has changed. */
  reread(): Promise<Aged<T>>
  peek(): Aged<T> | null
  /** The value is no longer to be trusted; a read under way does not count. */
  invalidate(): void
}

/** Without events to tell of changes a value is good for this long: one page asks for it several times. */
export const UNTRUSTED_MS = 500
/** A silent host is asked again at most this often. */
const REST_MS = 2000

export function isSilence(error: unknown): boolean {
  return error instanceof AppError && (error.code === 'unreachable' || error.code === 'timeout')
}

export function createCell<T>(watcher: Watcher, load: () => Promise<T>, trouble?: Trouble): Cell<T> {
  let kept: Aged<T> | null = null
  let dirty = true
  /** Unix ms of the last question without an answer, null when the last one was answered. */
  let silentAt: number | null = null
  /** The read that answers the last `invalidate`; until it ends the kept value is still the old one. */
  let renewal: Promise<Aged<T>> | null = null

  const ask = async (): Promise<Aged<T>> => {
    try {
      const value = await load()
      kept = { value, heardAt: watcher.now() }
      if (silentAt !== null) trouble?.ends()
      silentAt = null
      return kept
    } catch (error) {
      dirty = true
      if (!isSilence(error)) throw error
      silentAt = watcher.now()
      trouble?.begins(error)
      if (!kept) throw error
      return kept
    }
  }

  const flight = singleFlight(ask)
  /** A read under way that began before the last `invalidate` does not count. */
  const again = (): Promise<Aged<T>> => {
    if (!dirty) return flight.join()
    dirty = false
    const mine = flight.fresh()
    const done = (): void => {
      if (renewal === mine) renewal = null
    }
    renewal = mine
    mine.then(done, done)
    return mine
  }

  return {
    async read() {
      if (!kept) return again()
      if (silentAt !== null) {
        if (watcher.now() - silentAt > REST_MS) flight.join().catch(() => undefined)
        return kept
      }
      const isFresh =
        !dirty && renewal === null && (watcher.trusted() || watcher.now() - kept.heardAt < UNTRUSTED_MS)
      return isFresh ? kept : again()
    },
    async reread() {
      return again()
    },
    peek: () => kept,
    invalidate() {
      dirty = true
    },
  }
}

/** Cells by name; the ones not read for longest are forgotten beyond `limit`. */
export type Cells<T> = {
  at(key: string): Cell<T>
  peek(key: string): Aged<T> | null
  invalidate(key?: string): void
  keys(): string[]
}

export function createCells<T>(watcher: Watcher, load: (key: string) => Promise<T>, limit = 256): Cells<T> {
  const cells = new Map<string, Cell<T>>()
  return {
    at(key) {
      const found = cells.get(key) ?? createCell(watcher, () => load(key))
      cells.delete(key)
      cells.set(key, found)
      const oldest = cells.keys().next()
      if (cells.size > limit && !oldest.done) cells.delete(oldest.value)
      return found
    },
    peek: key => cells.get(key)?.peek() ?? null,
    invalidate(key) {
      if (key === undefined) for (const cell of cells.values()) cell.invalidate()
      else cells.get(key)?.invalidate()
    },
    keys: () => [...cells.keys()],
  }
}
