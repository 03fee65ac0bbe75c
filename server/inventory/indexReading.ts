/** When the index of snapshots is read, and how long a page waits for it. */
import { isInTime, isSilence, type Trouble, UNTRUSTED_MS } from './cell.ts'
import type { SnapshotIndex } from './snapshotIndex.ts'

/** How long a list of datasets waits for its counts of snapshots. */
const COUNTS_PATIENCE_MS = 400

type Options = {
  index: SnapshotIndex
  now: () => number
  patienceMs: number
  /** Events of the host arrive: what is kept stays true until one says otherwise. */
  isStreaming: () => boolean
  /** The host did not answer when it was last asked for snapshots. */
  isSilent: () => boolean
  trouble: Trouble
  heard: () => void
  /** The counts that a list went without are there. */
  counted: () => void
}

export function createIndexReading(options: Options) {
  const { index, now, patienceMs, isStreaming, isSilent, trouble } = options
  let checkedAt = 0

  async function load(): Promise<void> {
    try {
      await index.ensure()
      options.heard()
      trouble.ends()
    } catch (error) {
      if (!isSilence(error)) {
        trouble.ends()
        throw error
      }
      trouble.begins(error)
      if (!index.isLoaded) throw error
    } finally {
      checkedAt = now()
    }
  }

  /** Brings the index up to date; on a silent host an index once read is shown at once and asked for again behind it. */
  async function ensure(): Promise<void> {
    if (!isStreaming() && !index.isReadingAll && now() - checkedAt > UNTRUSTED_MS) index.invalidateAll()
    if (!index.isDirty) return
    if (index.isLoaded && isSilent()) {
      if (now() - checkedAt > UNTRUSTED_MS) void load().catch(() => undefined)
      return
    }
    const loading = load()
    if (await isInTime(loading, patienceMs)) return
    trouble.late()
    if (!index.isLoaded) await loading
  }

  return {
    load,

    /** Counts are shown once the index is there; a page of datasets never waits for 100 000 names. */
    async countsSoon(): Promise<void> {
      if (index.isLoaded && !index.isDirty && isStreaming()) return
      const loading = ensure().catch(() => undefined)
      if (index.isLoaded) return loading
      if (!(await isInTime(loading, COUNTS_PATIENCE_MS))) void loading.then(options.counted)
    },

    async from<T>(get: () => Promise<T>): Promise<{ value: T; heardAt: number }> {
      await ensure()
      const value = await get()
      return { value, heardAt: index.heardAt }
    },
  }
}
