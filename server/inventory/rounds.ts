/** Work that is done again and again while somebody watches. */

export type Rounds = {
  /** Calls `work` every `everyMs` until it answers false or nobody watches; a failed round is only a missed one. */
  begin(name: string, everyMs: number, work: () => Promise<boolean>): void
  /** Ends all of them, also those whose work is under way. */
  end(): void
}

export function createRounds(isWatched: () => boolean): Rounds {
  const timers = new Map<string, NodeJS.Timeout>()
  /** What is begun after an end is another time: work of the time before must not go on in it. */
  let time = 0

  return {
    begin(name, everyMs, work) {
      const begun = time
      if (timers.has(name)) return
      const round = async (): Promise<void> => {
        // The last viewer may have left since this round was arranged.
        const goOn = isWatched() && (await work().catch(() => true))
        if (time !== begun) return
        timers.delete(name)
        if (goOn && isWatched()) arm()
      }
      const arm = (): void => {
        const timer = setTimeout(() => void round(), everyMs)
        timer.unref()
        timers.set(name, timer)
      }
      arm()
    },
    end() {
      time += 1
      for (const timer of timers.values()) clearTimeout(timer)
      timers.clear()
    },
  }
}
