import type { Change } from './inventory.ts'

/** Changes of one moment travel together: an event storm is one message. */
const GATHER_MS = 20

/** Collects changes, drops doubles, and delivers them to every listener at most every `GATHER_MS`. */
export class Announcer {
  readonly #listeners = new Set<(changes: Change[]) => void>()
  #pending = new Map<string, Change>()
  #timer: NodeJS.Timeout | null = null

  get listeners(): number {
    return this.#listeners.size
  }

  add(listener: (changes: Change[]) => void): () => void {
    // Each call is a listener of its own, also when the same function comes twice.
    const own = (changes: Change[]): void => listener(changes)
    this.#listeners.add(own)
    return () => {
      this.#listeners.delete(own)
    }
  }

  tell(changes: readonly Change[]): void {
    for (const change of changes) this.#pending.set(JSON.stringify(change), change)
    if (this.#pending.size === 0 || this.#timer) return
    this.#timer = setTimeout(() => this.#deliver(), GATHER_MS)
    this.#timer.unref()
  }

  #deliver(): void {
    this.#timer = null
    const all = [...this.#pending.values()]
    this.#pending = new Map()
    const everything = all.find(change => change.topic === 'everything')
    const told = everything ? [everything] : all
    for (const listener of this.#listeners) listener(told)
  }

  close(): void {
    if (this.#timer) clearTimeout(this.#timer)
    this.#timer = null
    this.#listeners.clear()
  }
}
