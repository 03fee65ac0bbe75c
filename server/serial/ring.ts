/** The last bytes of a stream, never more than `most`. */
export class Ring {
  readonly #most: number
  #parts: Buffer[] = []
  #bytes = 0

  constructor(most: number) {
    this.#most = most
  }

  push(bytes: Buffer): void {
    this.#parts.push(bytes)
    this.#bytes += bytes.length
    // Joined now and then: a guest that says a byte at a time would fill it with objects.
    if (this.#parts.length > 4096 || this.#bytes > this.#most * 2) this.#parts = [this.#joined()]
  }

  get bytes(): Buffer {
    const all = this.#joined()
    this.#parts = [all]
    return all
  }

  #joined(): Buffer {
    const all = Buffer.concat(this.#parts)
    // Copied, so that what was let go is let go.
    const kept = all.length > this.#most ? Buffer.from(all.subarray(all.length - this.#most)) : all
    this.#bytes = kept.length
    return kept
  }
}
