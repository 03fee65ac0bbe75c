/** What guests said, kept on disk: a restart of Skep does not lose it. Two files a guest, so that neither grows. */
import { appendFile, mkdir, readFile, rename, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import { BUFFER_BYTES } from './model.ts'

export type SerialRecord = {
  /** What was kept, oldest first, no more than `BUFFER_BYTES`, and when the last of it came; null where nothing was. */
  read(): Promise<{ bytes: Buffer; writtenAt: number | null }>
  /** Never rejects: a full disk costs the record, not the console. */
  append(bytes: Buffer): void
  /** Resolves when all that was appended is written. */
  settled(): Promise<void>
}

/** A machine that keeps nothing. */
export const noRecord: SerialRecord = {
  read: async () => ({ bytes: Buffer.alloc(0), writtenAt: null }),
  append: () => undefined,
  settled: async () => undefined,
}

/** `name` is of the port. `directory` is made when something is written. Output may hold secrets: it is this account's alone. */
export function serialRecord(
  directory: string,
  name: string,
  onTrouble: (error: unknown) => void,
): SerialRecord {
  const now = path.join(directory, `${encodeURIComponent(name)}.log`)
  const before = `${now}.1`
  let waiting: Buffer[] = []
  let waitingBytes = 0
  let writing: Promise<void> | null = null
  let said = false

  async function flush(): Promise<void> {
    try {
      await mkdir(directory, { recursive: true, mode: 0o700 })
      while (waiting.length > 0) {
        const bytes = Buffer.concat(waiting)
        waiting = []
        waitingBytes = 0
        await appendFile(now, bytes, { mode: 0o600 })
        if ((await stat(now)).size >= BUFFER_BYTES) {
          await rm(before, { force: true })
          await rename(now, before)
        }
      }
    } catch (error) {
      waiting = []
      waitingBytes = 0
      if (!said) onTrouble(error)
      said = true
    } finally {
      writing = null
    }
  }

  return {
    async read() {
      const files = await Promise.all([before, now].map(file => readFile(file).catch(() => Buffer.alloc(0))))
      const all = Buffer.concat(files)
      const times = await Promise.all([before, now].map(file => stat(file).catch(() => null)))
      return {
        bytes: all.subarray(Math.max(0, all.length - BUFFER_BYTES)),
        writtenAt: times.findLast(each => each !== null)?.mtimeMs ?? null,
      }
    },
    append(bytes) {
      // A disk that does not keep up costs what it could not take.
      if (waitingBytes > BUFFER_BYTES) return
      waiting.push(bytes)
      waitingBytes += bytes.length
      writing ??= flush()
    },
    async settled() {
      await writing
    },
  }
}
