import type { Change, Inventory } from '../inventory/inventory.ts'
import type { LoadSampler } from '../system/load.ts'

/** Changes that come within this time go out together. */
const COALESCE_MS = 40
/** Batches kept for browsers that come back; older ones get `everything`. */
const KEPT_BATCHES = 512
/** Batches a slow browser may be behind before it is told `everything` instead. */
const MOST_QUEUED = 64

/** `id` grows by one each batch and starts with the process's own mark: another process's ids are unknown, never wrong. */
export type Batch = { id: string; changes: Change[] }

export type LiveHub = ReturnType<typeof createLiveHub>

/**
 * Carries what changed, on the host or in Skep, to every open browser. The host is watched only while somebody listens.
 */
export function createLiveHub(options: {
  inventory: Pick<Inventory, 'watch'>
  /** Is sampled while somebody listens. */
  load?: Pick<LoadSampler, 'watch'>
  mark: string
  kept?: number
}) {
  const { inventory, load, mark, kept: mostKept = KEPT_BATCHES } = options
  const subscribers = new Set<(batch: Batch) => void>()
  const kept: Batch[] = []
  let pending = new Map<string, Change>()
  let timer: NodeJS.Timeout | undefined
  let unwatch: (() => void) | undefined
  let count = 0
  /** Batches up to this number are not among `kept` any more. */
  let forgotten = 0

  const idOf = (n: number) => `${mark}.${n}`

  function flush() {
    timer = undefined
    const changes = [...pending.values()]
    pending = new Map()
    const everything = changes.find(change => change.topic === 'everything')
    const batch = { id: idOf(++count), changes: everything ? [everything] : changes }
    kept.push(batch)
    if (kept.length > mostKept) {
      kept.shift()
      forgotten++
    }
    for (const subscriber of subscribers) subscriber(batch)
  }

  /** Tells every subscriber; the same change twice within a moment goes out once. */
  function publish(changes: Change[]) {
    for (const change of changes)
      pending.set('key' in change ? `${change.topic}:${change.key}` : change.topic, change)
    if (pending.size > 0) timer ??= setTimeout(flush, COALESCE_MS)
  }

  /**
   * What a browser that has seen `lastId` missed; `everything` when that is not known any more. So it is for a new
   * browser: what its page has asked for before this moment may be old, and nobody told it.
   */
  function since(lastId: string | null): Batch[] {
    const [sender, digits = ''] = lastId?.split('.') ?? []
    const number = sender === mark && /^\d+$/.test(digits) ? Number(digits) : -1
    if (number >= forgotten && number <= count) return kept.slice(number - forgotten)
    return [{ id: idOf(count), changes: [{ topic: 'everything' }] }]
  }

  function watch(): () => void {
    const stops = [inventory.watch(publish), load?.watch()]
    return () => {
      for (const stop of stops) stop?.()
    }
  }

  function subscribe(subscriber: (batch: Batch) => void): () => void {
    subscribers.add(subscriber)
    unwatch ??= watch()
    return () => {
      subscribers.delete(subscriber)
      if (subscribers.size > 0) return
      unwatch?.()
      unwatch = undefined
      // Nobody watched the host from here on: what a returning browser missed is not in the batches.
      kept.length = 0
      forgotten = ++count
    }
  }

  /** The batches one browser gets, from what it missed to the end of `signal`. */
  async function* batches(lastId: string | null, signal: AbortSignal): AsyncGenerator<Batch> {
    let wake = () => {}
    let queue: Batch[] = since(lastId)
    const stop = subscribe(batch => {
      queue.push(batch)
      if (queue.length > MOST_QUEUED) queue = [{ id: batch.id, changes: [{ topic: 'everything' }] }]
      wake()
    })
    const aborted = () => wake()
    signal.addEventListener('abort', aborted)
    try {
      while (!signal.aborted) {
        const next = queue.shift()
        if (next) yield next
        else
          await new Promise<void>(resolve => {
            wake = resolve
          })
      }
    } finally {
      signal.removeEventListener('abort', aborted)
      stop()
    }
  }

  return {
    publish,
    batches,
    close() {
      clearTimeout(timer)
      unwatch?.()
    },
  }
}
