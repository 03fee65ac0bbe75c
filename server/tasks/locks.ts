import { AppError } from '../errors.ts'

/** Which task holds a lock, in words for the one who is refused. */
export type LockHolder = { taskId: number; title: string; userName: string }

/**
 * Locks by resource name: `vm:web1`, `dataset:tank/vms/web1`, `pool:tank`. A name that ends in `/**` also covers
 * everything below it: `dataset:tank/vms/**` and `dataset:tank/vms/web1` exclude each other.
 */
export type Locks = {
  /** Takes all or none. AppError `locked` names the task that holds one of them. */
  take(names: readonly string[], holder: LockHolder): () => void
  /** Whether any of these was held at some moment since `mark` was read. */
  touchedSince(names: readonly string[], mark: number): boolean
  /** Nobody holds any. */
  free(): boolean
  /** A moment, to hand to `touchedSince`. */
  mark(): number
}

export function createLocks(): Locks {
  const held = new Map<string, LockHolder>()
  /** When a lock was last let go, in steps of `clock`; enough to see that somebody was there in between. */
  const released = new Map<string, number>()
  let clock = 0

  return {
    take(names, holder) {
      for (const name of names) {
        for (const [other, by] of held) {
          if (!collide(name, other)) continue
          const what = other.replace(/\/\*\*$/, '').replace(/^\w+:/, '')
          throw new AppError('locked', `${what} is in use by the task "${by.title}" of ${by.userName}.`, {
            names: [what],
            taskId: by.taskId,
            next: 'Wait for that task to end, then try again.',
          })
        }
      }
      for (const name of names) held.set(name, holder)
      return () => {
        for (const name of names) {
          if (held.get(name) !== holder) continue
          held.delete(name)
          released.set(name, ++clock)
        }
      }
    },
    free: () => held.size === 0,
    mark: () => clock,
    touchedSince(names, mark) {
      return [...released].some(([other, at]) => at > mark && names.some(name => collide(name, other)))
    },
  }
}

function collide(a: string, b: string): boolean {
  return covers(a, b) || covers(b, a)
}

function covers(a: string, b: string): boolean {
  if (a === b) return true
  if (!a.endsWith('/**')) return false
  const root = a.slice(0, -3)
  return b === root || b.startsWith(`${root}/`)
}
