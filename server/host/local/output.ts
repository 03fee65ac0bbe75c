/** What programs print: gathered whole up to a limit, or line by line. */
import { once } from 'node:events'
import type { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'

/** Gathers a stream as text, at most `mostBytes`; the rest is let go. */
export class OutputBuffer {
  readonly mostBytes: number
  readonly #stream: Readable | null
  readonly #chunks: Buffer[] = []
  #bytes = 0
  #overflow: (() => void) | null = null

  constructor(stream: Readable | null, mostBytes: number) {
    this.mostBytes = mostBytes
    this.#stream = stream
    stream?.on('data', (chunk: Buffer) => {
      const room = mostBytes - this.#bytes
      if (room > 0) this.#chunks.push(chunk.length > room ? chunk.subarray(0, room) : chunk)
      this.#bytes += chunk.length
      if (this.#bytes > mostBytes) this.#overflow?.()
    })
    // A pipe that breaks ends the output; how the program ended is told by its exit.
    stream?.on('error', () => undefined)
  }

  /** Called when more than `mostBytes` came. */
  onOverflow(listener: () => void): void {
    this.#overflow = listener
  }

  /** Resolves when the stream has ended, or after `atMostMs`. */
  async ended(atMostMs: number): Promise<void> {
    if (!this.#stream || this.#stream.closed) return
    await Promise.race([once(this.#stream, 'close'), sleep(atMostMs, undefined, { ref: false })])
  }

  bytes(): Buffer {
    return Buffer.concat(this.#chunks)
  }

  text(): string {
    return this.bytes().toString('utf8')
  }
}

/** A line longer than this is cut: nothing Skep follows prints one. */
const LONGEST_LINE = 1024 * 1024

/**
 * Lines without their newline. The stream is read only as fast as the lines are taken, so a slow reader slows the
 * program instead of filling memory. A last line without newline counts.
 */
export async function* lines(stream: Readable): AsyncIterable<string> {
  stream.setEncoding('utf8')
  let rest = ''
  for await (const chunk of stream) {
    rest += String(chunk)
    let from = 0
    for (let end = rest.indexOf('\n'); end >= 0; end = rest.indexOf('\n', from)) {
      yield rest.slice(from, end)
      from = end + 1
    }
    rest = rest.slice(from)
    if (rest.length > LONGEST_LINE) rest = rest.slice(0, LONGEST_LINE)
  }
  if (rest !== '') yield rest
}

/** The reader who leaves the loop early has no more use for the program. */
export async function* killedWhenLeft<T>(items: AsyncIterable<T>, kill: () => void): AsyncIterable<T> {
  let isWhole = false
  try {
    yield* items
    isWhole = true
  } finally {
    if (!isWhole) kill()
  }
}
