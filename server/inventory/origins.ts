import type { DatasetRow } from '../datasets/model.ts'
import type { HostEvent } from './effects.ts'

/**
 * Which dataset each clone hangs on, kept true by the events themselves: a destroyed or promoted clone concerns the
 * snapshots of the other one too, and by the time the list is read again the tie is gone. Where a list and the events
 * that came while it was read disagree, both are believed: a tie too many costs one reading, one too few a wrong screen.
 */
export class Origins {
  readonly #of = new Map<string, Set<string>>()
  #moment = 0

  /** Before a list is asked for: what happens after this moment may be missing in it. */
  get moment(): number {
    return this.#moment
  }

  take(rows: readonly DatasetRow[], moment: number): void {
    if (moment === this.#moment) this.#of.clear()
    for (const row of rows) if (row.origin) this.#tie(row.name, row.origin.split('@')[0] ?? '')
  }

  /** Takes an event over, and names the datasets that a clone ties to the one it is about. */
  follow(event: HostEvent): string[] {
    const dataset = event.dataset
    if (!dataset || dataset.includes('@')) return []
    const origins = [...(this.#of.get(dataset) ?? [])]
    switch (event.verb) {
      case 'clone': {
        const from = /origin=([^@]+)@/.exec(event.text ?? '')?.[1]
        this.#moment += 1
        if (from) this.#tie(dataset, from)
        return from ? [from] : []
      }
      case 'destroy':
        this.#moment += 1
        this.#of.delete(dataset)
        return origins
      case 'rename': {
        const to = /^-> (.+)$/.exec(event.text ?? '')?.[1]
        // Snapshots name their clones: those of the clones below are named anew too.
        const below = [...this.#of].filter(([clone]) => clone.startsWith(`${dataset}/`))
        const named = below.flatMap(([, each]) => [...each])
        const related = [...new Set([...origins, ...this.#clonesOf(dataset), ...named])]
        this.#moment += 1
        if (to) this.#rename(dataset, to)
        return related
      }
      case 'promote': {
        // The list may have been read after the promote already: then the former parent is a clone of this one.
        const related = [...origins, ...this.#clonesOf(dataset)]
        this.#moment += 1
        this.#of.delete(dataset)
        for (const origin of origins) {
          for (const above of this.#of.get(origin) ?? []) this.#tie(dataset, above)
          this.#of.set(origin, new Set([dataset]))
        }
        return related
      }
      default:
        return []
    }
  }

  #tie(clone: string, origin: string): void {
    const known = this.#of.get(clone)
    if (known) known.add(origin)
    else this.#of.set(clone, new Set([origin]))
  }

  #clonesOf(dataset: string): string[] {
    return [...this.#of].filter(([, origins]) => origins.has(dataset)).map(([clone]) => clone)
  }

  #rename(from: string, to: string): void {
    const renamed = (name: string): string =>
      name === from || name.startsWith(`${from}/`) ? to + name.slice(from.length) : name
    const all = [...this.#of]
    this.#of.clear()
    for (const [clone, origins] of all) for (const each of origins) this.#tie(renamed(clone), renamed(each))
  }
}
