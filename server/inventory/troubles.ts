import { AppError, type RefusedKey } from '../errors.ts'
import type { Trouble } from './cell.ts'

export type Troubles = {
  /** What one reading tells of its silence. `heardAt`: when what is shown of it was said, where it keeps something. */
  of(what: string, heardAt?: () => number | null): Trouble
  has(what: string): boolean
  /** The one to tell people of, null while everything answers. */
  worst(): { reason: string; refusedKey: RefusedKey | null } | null
  /** Unix ms: the oldest of what is shown although its reading does not answer; null where nothing is kept. */
  oldest(): number | null
}

/** What does not answer, and why: the host counts as lost while there is any. */
export function createTroubles(on: {
  changed: () => void
  /** All of the host answers again after silence. */
  back: () => void
  /** What had only taken long is there. */
  arrived: () => void
}): Troubles {
  type Known = {
    reason: string
    refusedKey: RefusedKey | null
    isLate: boolean
    heardAt: () => number | null
  }
  const known = new Map<string, Known>()
  return {
    of(what, heardAt = () => null) {
      const begins = (trouble: Omit<Known, 'heardAt'>) => {
        if (known.get(what)?.reason === trouble.reason) return
        known.set(what, { ...trouble, heardAt })
        on.changed()
      }
      return {
        begins(error) {
          const reason = error instanceof Error ? error.message : String(error)
          const refusedKey = error instanceof AppError ? (error.detail.refusedKey ?? null) : null
          begins({ reason, refusedKey, isLate: false })
        },
        late() {
          const reason = `The host takes long to tell its ${what}.`
          if (!known.has(what)) begins({ reason, refusedKey: null, isLate: true })
        },
        ends() {
          const was = known.get(what)
          if (!was) return
          known.delete(what)
          if (was.isLate) on.arrived()
          else if (known.size === 0) on.back()
        },
      }
    },
    has: what => known.has(what),
    worst() {
      const all = [...known.values()]
      // A key that is refused explains everything else.
      return all.find(each => each.refusedKey) ?? all[0] ?? null
    },
    oldest() {
      const ages = [...known.values()].flatMap(each => each.heardAt() ?? [])
      return ages.length === 0 ? null : Math.min(...ages)
    },
  }
}
