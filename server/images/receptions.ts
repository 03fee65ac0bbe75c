/**
 * Files on their way from a browser to a machine. The task of an upload opens a reception and waits until all of it has
 * arrived; requests of the browser bring the pieces, each where the last one ended. What has arrived lies on the machine:
 * nothing is lost with a connection, a browser or Skep itself.
 */
import { AppError, isUnheard } from '../errors.ts'
import type { Host } from '../host/host.ts'
import { MOST_WRITTEN_BYTES } from '../host/local/files.ts'

/** A browser that crashed does not come back; a network that was away does, and is asked for once a minute at least. */
const SILENCE_MS = 3 * 60_000

export type Reception = {
  /** How much has arrived and is on the machine. */
  readonly offset: number
  readonly totalBytes: number
  /**
   * Takes what comes from `offset` on, up to the end of `bytes`. AppError `changed` where the next piece begins somewhere
   * else, `locked` while another request brings one; of the machine.
   */
  receive(offset: number, bytes: AsyncIterable<Uint8Array>): Promise<void>
  /** The person does not want it any more. */
  stop(): void
}

const open = new Map<string, Reception>()

const keyOf = (hostId: string, digest: string): string => `${hostId}/${digest}`

/** The reception of a plan that is being carried out; null where none is. `digest`: of the plan. */
export function receptionOf(hostId: string, digest: string): Reception | null {
  return open.get(keyOf(hostId, digest)) ?? null
}

/**
 * Waits until a file has arrived in whole. AppError `timeout` where nothing comes any more, `refused` when it was stopped,
 * or the machine's where it does not take it.
 */
export async function receive(options: {
  /** Every write is recorded in the task. */
  host: Host
  digest: string
  part: string
  /** Bytes that are there from an earlier attempt. */
  offset: number
  totalBytes: number
  progress: (received: number) => void
  stopped: AbortSignal
  silenceMs?: number
}): Promise<void> {
  const { host, digest, part, totalBytes, progress, stopped, silenceMs = SILENCE_MS } = options
  const key = keyOf(host.id, digest)
  let offset = options.offset
  let busy = false
  let isOver = false
  let writing: Promise<void> = Promise.resolve()
  let timer: NodeJS.Timeout | undefined
  let end: (error: AppError | null) => void = () => {}
  const ended = new Promise<void>((resolve, reject) => {
    end = error => (error ? reject(error) : resolve())
  })
  const arrived = () => `${offset} of ${totalBytes} bytes have arrived and stay`
  const onStop = () => end(new AppError('refused', `The upload was stopped. ${arrived()}.`, { next: AGAIN }))
  const waitOn = () => {
    clearTimeout(timer)
    timer = setTimeout(() => {
      const message = `Nothing came from the browser for ${Math.round(silenceMs / 60_000)} minutes. ${arrived()}.`
      end(new AppError('timeout', message, { next: AGAIN }))
    }, silenceMs)
  }

  async function write(piece: Uint8Array): Promise<void> {
    // A request that still comes in writes nothing any more: the file may be somebody else's to remove by now.
    if (isOver) throw new AppError('refused', 'This upload has ended.')
    await host.writeBytes(part, offset, piece)
    offset += piece.length
    progress(offset)
    waitOn()
  }

  const reception: Reception = {
    get offset() {
      return offset
    },
    totalBytes,
    async receive(at, bytes) {
      if (busy) throw new AppError('locked', 'Another request brings a piece of this file.')
      if (at !== offset) throw new AppError('changed', `The next piece begins at ${offset}.`)
      busy = true
      try {
        for await (const piece of gathered(bytes, totalBytes - offset)) {
          writing = write(piece)
          await writing
        }
      } catch (error) {
        // A browser or a machine that went away comes again, and the same piece is written once more; a machine that
        // refuses does not think better of it.
        if (error instanceof AppError && !isUnheard(error)) end(error)
        throw error
      } finally {
        busy = false
      }
      if (offset === totalBytes) end(null)
    },
    stop: onStop,
  }

  open.set(key, reception)
  stopped.addEventListener('abort', onStop, { once: true })
  if (stopped.aborted) onStop()
  waitOn()
  try {
    await ended
  } finally {
    isOver = true
    open.delete(key)
    stopped.removeEventListener('abort', onStop)
    // The piece that is being written is not called off; its own error was told to who brought it.
    await writing.catch(() => undefined)
    clearTimeout(timer)
  }
}

const AGAIN = 'Upload the same file again: it goes on where it stopped.'

/** Pieces as large as the machine takes them at once; what came before a cut is given too. AppError `invalid` for too much. */
async function* gathered(bytes: AsyncIterable<Uint8Array>, most: number): AsyncGenerator<Uint8Array> {
  let held: Uint8Array[] = []
  let length = 0
  let total = 0
  const taken = () => {
    const piece = Buffer.concat(held)
    held = []
    length = 0
    return piece
  }
  try {
    for await (const chunk of bytes) {
      total += chunk.length
      if (total > most) throw new AppError('invalid', 'More came than was announced.')
      for (let rest = chunk; rest.length > 0; ) {
        const part = rest.subarray(0, MOST_WRITTEN_BYTES - length)
        held.push(part)
        length += part.length
        rest = rest.subarray(part.length)
        if (length === MOST_WRITTEN_BYTES) yield taken()
      }
    }
  } catch (error) {
    if (length > 0 && !(error instanceof AppError)) yield taken()
    throw error
  }
  if (length > 0) yield taken()
}
