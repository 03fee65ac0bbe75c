/** Thrown by `read` when the other side ended before all the bytes came. */
export class StreamEnded extends Error {}

/** Exactly so many bytes at a time out of a stream that comes in chunks of any size. */
export type ByteReader = { read(length: number): Promise<Buffer> }

export function createByteReader(source: AsyncIterable<Buffer>): ByteReader {
  const chunks = source[Symbol.asyncIterator]()
  let buffered: Buffer[] = []
  let length = 0

  return {
    async read(wanted) {
      while (length < wanted) {
        const next = await chunks.next()
        if (next.done) throw new StreamEnded('the stream ended')
        buffered.push(next.value)
        length += next.value.length
      }
      const all = buffered.length === 1 ? (buffered[0] ?? Buffer.alloc(0)) : Buffer.concat(buffered, length)
      const rest = all.subarray(wanted)
      buffered = rest.length > 0 ? [rest] : []
      length = rest.length
      return all.subarray(0, wanted)
    },
  }
}
