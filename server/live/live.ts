import type { Change } from '../inventory/inventory.ts'

/** What changed in Skep itself, as named on the wire. A task belongs to a host, or to none. */
export type ConsoleChange =
  | { topic: 'task'; key: string; host: string | null }
  /** A host came, went, or answers otherwise than it did. */
  | { topic: 'hosts' }
  | { topic: 'everything' }

/** Changes that come within this time go out together. */
const COALESCE_MS = 40
/** Batches kept for browsers that come back; older ones get `everything`. */
const KEPT_BATCHES = 512
/** Batches a slow browser may be behind before it is told `everything` instead. */
const MOST_QUEUED = 64

/** `id` grows by one each batch and starts with the process's own mark: another process's ids are unknown, never wrong. */
export type Batch<Told> = { id: string; changes: (Told | Everything)[] }

type Everything = { topic: 'everything' }

/** Tells every open browser what changed on one host, or in Skep. */
export type LiveHub<Told> = {
  /** Tells every subscriber; the same change twice within a moment goes out once. */
  publish(changes: readonly (Told | Everything)[]): void
  /** The batches one browser gets, from what it missed to the end of `signal` or of the hub. */
  batches(lastId: string | null, signal: AbortSignal): AsyncGenerator<Batch<Told>>
  /** Browsers that listen. */
  readonly listeners: number
  /** Ends what every browser gets: who still listens has to ask for the hub that comes after. */
  close(): void
}

type Named = Change | ConsoleChange

/** Carries what changed to every open browser. `watch` is called with the first listener, and what it returned after the last. */
export function createLiveHub<Told extends Named>(options: {
  watch: (publish: (changes: readonly (Told | Everything)[]) => void) => () => void
  mark: string
  kept?: number
}): LiveHub<Told> {
  const { watch, mark, kept: mostKept = KEPT_BATCHES } = options
  const subscribers = new Set<(batch: Batch<Told>) => void>()
  const kept: Batch<Told>[] = []
  let pending = new Map<string, Told | Everything>()
  let timer: NodeJS.Timeout | undefined
  let unwatch: (() => void) | undefined
  const closing = new AbortController()
  let count = 0
  /** Batches up to this number are not among `kept` any more. */
  let forgotten = 0

  const idOf = (n: number) => `${mark}.${n}`

  function flush() {
    timer = undefined
    const changes = [...pending.values()]
    pending = new Map()
    const everything = changes.find(change => change.topic === 'everything')
    const batch: Batch<Told> = { id: idOf(++count), changes: everything ? [everything] : changes }
    kept.push(batch)
    if (kept.length > mostKept) {
      kept.shift()
      forgotten++
    }
    for (const subscriber of subscribers) subscriber(batch)
  }

  function publish(changes: readonly (Told | Everything)[]) {
    for (const change of changes)
      pending.set('key' in change ? `${change.topic}:${change.key}` : change.topic, change)
    if (pending.size > 0) timer ??= setTimeout(flush, COALESCE_MS)
  }

  /**
   * What a browser that has seen `lastId` missed; `everything` when that is not known any more. So it is for a new
   * browser: what its page has asked for before this moment may be old, and nobody told it.
   */
  function since(lastId: string | null): Batch<Told>[] {
    const [sender, digits = ''] = lastId?.split('.') ?? []
    const number = sender === mark && /^\d+$/.test(digits) ? Number(digits) : -1
    if (number >= forgotten && number <= count) return kept.slice(number - forgotten)
    return [{ id: idOf(count), changes: [{ topic: 'everything' }] }]
  }

  function subscribe(subscriber: (batch: Batch<Told>) => void): () => void {
    subscribers.add(subscriber)
    unwatch ??= watch(publish)
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

  async function* batches(lastId: string | null, left: AbortSignal): AsyncGenerator<Batch<Told>> {
    const signal = AbortSignal.any([left, closing.signal])
    if (signal.aborted) return
    let wake = () => {}
    let queue: Batch<Told>[] = since(lastId)
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
    get listeners() {
      return subscribers.size
    },
    close() {
      clearTimeout(timer)
      closing.abort()
      unwatch?.()
      unwatch = undefined
    },
  }
}
