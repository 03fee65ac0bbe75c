import type { DatasetRow } from '../datasets/model.ts'
import type { HostEvent } from './effects.ts'

/**
 * Which dataset each clone hangs on, kept true by the events themselves: a destroyed or promoted clone concerns the
 * snapshots of the other one too, and by the time the list is read again the tie is gone.
 */
export class Origins {
  readonly #of = new Map<string, string>()

  take(rows: readonly DatasetRow[]): void {
    this.#of.clear()
    for (const row of rows) if (row.origin) this.#of.set(row.name, row.origin.split('@')[0] ?? '')
  }

  /** Takes an event over, and names the datasets that a clone ties to the one it is about. */
  follow(event: HostEvent): string[] {
    const dataset = event.dataset
    if (!dataset || dataset.includes('@')) return []
    const origin = this.#of.get(dataset)
    switch (event.verb) {
      case 'clone': {
        const from = /origin=([^@]+)@/.exec(event.text ?? '')?.[1]
        if (from) this.#of.set(dataset, from)
        return from ? [from] : []
      }
      case 'destroy':
        this.#of.delete(dataset)
        return origin ? [origin] : []
      case 'rename': {
        const to = /^-> (.+)$/.exec(event.text ?? '')?.[1]
        const related = [...(origin ? [origin] : []), ...this.#clonesOf(dataset)]
        if (to) this.#rename(dataset, to)
        return related
      }
      case 'promote': {
        // The list may have been read after the promote already: then the former parent is a clone of this one.
        const related = [...(origin ? [origin] : []), ...this.#clonesOf(dataset)]
        if (origin) {
          const above = this.#of.get(origin)
          if (above) this.#of.set(dataset, above)
          else this.#of.delete(dataset)
          this.#of.set(origin, dataset)
        }
        return related
      }
      default:
        return []
    }
  }

  #clonesOf(dataset: string): string[] {
    return [...this.#of].filter(([, origin]) => origin === dataset).map(([clone]) => clone)
  }

  #rename(from: string, to: string): void {
    const renamed = (name: string): string =>
      name === from || name.startsWith(`${from}/`) ? to + name.slice(from.length) : name
    const all = [...this.#of].map(([clone, origin]) => [renamed(clone), renamed(origin)] as const)
    this.#of.clear()
    for (const [clone, origin] of all) this.#of.set(clone, origin)
  }
}
