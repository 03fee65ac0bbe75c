/** Calls of one kind never pile up. */

export type Flight<T> = {
  /** Joins the call under way, or begins one. */
  join(): Promise<T>
  /** An answer that was begun after this moment: at once, or one more call when the one under way has ended. */
  fresh(): Promise<T>
}

/**
 * However many ask, `work` runs at most once at a time and at most once more waits behind it. A failure goes to those
 * who waited for that call, and to nobody else.
 */
export function singleFlight<T>(work: () => Promise<T>): Flight<T> {
  let current: Promise<T> | null = null
  let next: Promise<T> | null = null

  function begin(): Promise<T> {
    const flight = Promise.resolve()
      .then(work)
      .finally(() => {
        if (current === flight) current = null
      })
    current = flight
    return flight
  }

  function fresh(): Promise<T> {
    if (current === null) return begin()
    next ??= current.then(ignore, ignore).then(() => {
      next = null
      return begin()
    })
    return next
  }

  return { join: () => next ?? current ?? begin(), fresh }
}

function ignore(): void {
  // The one before has told its own callers how it ended.
}
