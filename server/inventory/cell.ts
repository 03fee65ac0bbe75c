import { AppError } from '../errors.ts'
import type { Aged } from './inventory.ts'

/** What a cell needs to know about the host it reads from. */
export type Watcher = {
  /** Unix ms. */
  now: () => number
  /** Whether events would tell of a change: then a clean value is true however old it is. */
  trusted: () => boolean
}

/** Told by a cell about silence (`unreachable`, `timeout`) and its end, and about an answer that lets people wait. */
export type Trouble = { begins: (error: unknown) => void; late: () => void; ends: () => void }

/** One thing read from the host: single-flight, with its age, read again only after `invalidate`. */
export type Cell<T> = {
  /**
   * The value as the host said it to a question asked after the last `invalidate`. From a host that does not answer: the
   * old value with its age at once, while the question is repeated behind it; the error where there is no old value.
   * From one that takes too long: the old value too, while its answer is awaited.
   */
  read(): Promise<Aged<T>>
  /** An answer to a question asked after this moment, also when nothing says the value has changed. */
  reread(): Promise<Aged<T>>
  peek(): Aged<T> | null
  /** The value is no longer to be trusted, nor is the answer to a question that is under way. */
  invalidate(): void
}

/** Without events to tell of changes a value is good for this long: one page asks for it several times. */
export const UNTRUSTED_MS = 500
/** A silent host is asked again at most this often. */
const REST_MS = 2000
/** A program that hangs is given up much later: nobody should look at an empty page until then. */
export const PATIENCE_MS = 6000

export function isSilence(error: unknown): boolean {
  return error instanceof AppError && (error.code === 'unreachable' || error.code === 'timeout')
}

/** Whether it ends within so many ms. Its error is this one's too. */
export async function isInTime(promise: Promise<unknown>, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const impatience = new Promise<boolean>(resolve => {
    timer = setTimeout(() => resolve(false), ms)
  })
  return Promise.race([promise.then(() => true), impatience]).finally(() => clearTimeout(timer))
}

export type CellOptions<T> = {
  trouble?: Trouble
  /**
   * Called with a value and the one before it, when no `invalidate` had said that it would change: what one reader
   * found by chance is news to all others.
   */
  found?: (before: T, after: T) => void
  patienceMs?: number
}

/**
 * Every `invalidate` is a mark with a number, and every answer counts for the marks that were there when its question
 * was asked. An answer never passes for what the host says after a mark that came while it was under way, and whoever
 * reads meanwhile waits for it instead of taking the old value.
 */
export function createCell<T>(
  watcher: Watcher,
  load: () => Promise<T>,
  { trouble, found, patienceMs = PATIENCE_MS }: CellOptions<T> = {},
): Cell<T> {
  let kept: Aged<T> | null = null
  let marked = 1
  /** The newest mark that `kept` answers. */
  let covered = 0
  /** The question under way, and the newest mark when it was asked. */
  let current: { mark: number; promise: Promise<Aged<T>> } | null = null
  let next: Promise<Aged<T>> | null = null
  /** Unix ms of the question that `kept` answers. */
  let askedAt = 0
  let failed = false
  /** Unix ms of the last question without an answer, null when the last one was answered. */
  let silentAt: number | null = null
  /** Somebody has lost patience with the question under way. */
  let late = false

  const ask = async (mark: number): Promise<Aged<T>> => {
    const at = watcher.now()
    try {
      const value = await load()
      const before = kept
      const isUnforeseen = covered === marked
      kept = { value, heardAt: watcher.now() }
      covered = mark
      askedAt = at
      failed = false
      if (before && isUnforeseen) found?.(before.value, value)
      if (silentAt !== null || late) trouble?.ends()
      silentAt = null
      return kept
    } catch (error) {
      failed = true
      if (!isSilence(error)) {
        if (late) trouble?.ends()
        throw error
      }
      silentAt = watcher.now()
      trouble?.begins(error)
      if (!kept) throw error
      return kept
    } finally {
      late = false
    }
  }

  const begin = (): Promise<Aged<T>> => {
    const mark = marked
    const promise = ask(mark).finally(() => {
      current = null
    })
    current = { mark, promise }
    return promise
  }

  /** A question asked after this moment: at once, or when the one under way has ended. */
  const afresh = (): Promise<Aged<T>> => {
    if (!current) return begin()
    next ??= current.promise.then(ignore, ignore).then(() => {
      next = null
      return begin()
    })
    return next
  }

  /** A question asked after the newest mark. */
  const answer = (): Promise<Aged<T>> => (current?.mark === marked ? current.promise : afresh())

  /** The answer, or what is kept when it takes too long; where nothing is kept, one waits on, but it is told. */
  const patiently = async (answered: Promise<Aged<T>>): Promise<Aged<T>> => {
    if (await isInTime(answered, patienceMs)) return answered
    if (!late) trouble?.late()
    late = true
    return kept ?? answered
  }

  return {
    async read() {
      if (!kept) return patiently(answer())
      if (silentAt !== null) {
        if (!current && watcher.now() - silentAt > REST_MS) begin().catch(ignore)
        return kept
      }
      const isYoung = watcher.trusted() || watcher.now() - askedAt < UNTRUSTED_MS
      if (covered === marked && !failed && isYoung) return kept
      return late ? kept : patiently(answer())
    },
    reread: afresh,
    peek: () => kept,
    invalidate() {
      marked += 1
    },
  }
}

function ignore(): void {
  // Who waited for that question has been told how it ended.
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
