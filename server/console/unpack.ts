import { constants, createInflate } from 'node:zlib'
import { AppError } from '../errors.ts'

const CHUNK_BYTES = 256 * 1024

/** A guest's zlib stream: one for the life of a connection, cut after each rectangle (bhyve's rfb.c). */
export function createUnpacker() {
  const inflate = createInflate({ flush: constants.Z_SYNC_FLUSH, chunkSize: CHUNK_BYTES })
  let failure: Error | null = null
  inflate.on('error', error => {
    failure ??= error
  })

  return {
    /** AppError when not exactly `length` bytes come out: a stream that is out of step would never be right again. */
    unpack(packed: Buffer, length: number): Promise<Buffer> {
      return new Promise((resolve, reject) => {
        const parts: Buffer[] = []
        let got = 0
        const end = (error: Error | null) => {
          inflate.off('data', collect)
          inflate.off('error', fail)
          failure ??= error
          if (error)
            reject(new AppError('unreadable', 'The screen sent packed pixels that cannot be unpacked.'))
          else resolve(Buffer.concat(parts, got))
        }
        const fail = (error: Error) => end(error)
        const collect = (part: Buffer) => {
          parts.push(part)
          got += part.length
          if (got <= length) return
          // A few bytes that would fill the memory are not unpacked to their end.
          inflate.destroy(new Error('more pixels than the rectangle has'))
        }
        if (failure) return end(failure)
        inflate.on('data', collect)
        inflate.on('error', fail)
        inflate.write(packed, error => {
          if (error) return
          end(got === length ? null : new Error('fewer pixels than the rectangle has'))
        })
      })
    },
    close: () => inflate.close(),
  }
}
