import type { HostEvent } from './effects.ts'

/** The event channel of a host, as the inventory needs it. */
export type EventSource = {
  /** The newest eid the kernel holds now, 0 when it holds none. */
  newestEid: () => Promise<number>
  /** Events as they come; first those the kernel still holds. Ends when the program ends. */
  open: () => Promise<{ events: AsyncIterable<HostEvent>; ended: Promise<string>; kill: () => void }>
}

export type StreamListener = {
  /** The stream is open: from now on every change is told, all that was read before may be old. */
  opened: () => void
  event: (event: HostEvent) => void
  /** Events were lost: anything may have changed. */
  gap: () => void
  /** The stream ended or could not be opened. */
  lost: (error: unknown) => void
}

const FIRST_RETRY_MS = 1000
const LAST_RETRY_MS = 30_000

/** Keeps one event stream open, with back-off after it was lost, until `stop`. */
export function keepStream(source: EventSource, listener: StreamListener): { stop: () => void } {
  let stopped = false
  let kill: (() => void) | null = null
  let timer: NodeJS.Timeout | null = null
  let retryMs = FIRST_RETRY_MS

  const follow = async (): Promise<void> => {
    const newest = await source.newestEid()
    const stream = await source.open()
    kill = stream.kill
    if (stopped) return stream.kill()
    listener.opened()
    let last = newest
    for await (const event of stream.events) {
      if (stopped) return
      retryMs = FIRST_RETRY_MS
      // What the kernel held before we looked is in what is read from now on.
      if (event.eid !== null && event.eid <= newest && last === newest) continue
      if (event.eid !== last + 1) listener.gap()
      last = event.eid ?? last
      listener.event(event)
    }
    throw new Error(await stream.ended)
  }

  const attempt = (): void => {
    follow()
      .catch((error: unknown) => {
        if (!stopped) listener.lost(error)
      })
      .finally(() => {
        kill = null
        if (stopped) return
        timer = setTimeout(attempt, retryMs)
        timer.unref()
        retryMs = Math.min(retryMs * 2, LAST_RETRY_MS)
      })
  }
  attempt()

  return {
    stop() {
      stopped = true
      if (timer) clearTimeout(timer)
      kill?.()
    },
  }
}
