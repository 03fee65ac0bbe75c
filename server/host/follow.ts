/** What a long command has done so far, where the command itself does not tell. */
import { setTimeout as sleep } from 'node:timers/promises'

const LOOK_MS = 1000

/** Waits for `work`, and looks once a second meanwhile. A look that fails is only a missed one. */
export async function followed<Result>(
  work: Promise<Result>,
  look: () => Promise<void>,
  everyMs = LOOK_MS,
): Promise<Result> {
  const done = new AbortController()
  const looking = (async () => {
    while (!done.signal.aborted) {
      await sleep(everyMs, undefined, { signal: done.signal }).catch(() => undefined)
      if (!done.signal.aborted) await look().catch(() => undefined)
    }
  })()
  try {
    return await work
  } finally {
    done.abort()
    await looking
  }
}
