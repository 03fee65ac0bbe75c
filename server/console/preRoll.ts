import type { Picture } from './picture.ts'
import { pngOf } from './png.ts'

/** Two pictures of the last second, and some seconds before. */
const EVERY_MS = 500
const MOST_FRAMES = 8
/** Pictures full of colours are large: rather fewer of them. */
const MOST_BYTES = 4 * 1024 * 1024

type Frame = { at: number; png: Buffer }
/** What a screen showed before it ended, oldest first; the last one is the very last picture. */
export type LastPictures = { endedAt: number; frames: Frame[] }

/** The last few pictures of one connection to a screen, packed, in memory only. */
export function createPreRoll(picture: Picture, now: () => number) {
  const frames: Frame[] = []
  let seen = picture.generation
  let changedAt = 0
  let takenAt = 0
  let taken = -1
  let packing: Promise<void> | null = null

  async function take() {
    taken = seen
    takenAt = changedAt
    frames.push({ at: changedAt, png: await pngOf(picture) })
    const size = () => frames.reduce((sum, { png }) => sum + png.length, 0)
    while (frames.length > MOST_FRAMES || (frames.length > 1 && size() > MOST_BYTES)) frames.shift()
    packing = null
  }

  return {
    /** There was an update. Resolves when no picture is being packed any more. */
    async note(): Promise<void> {
      if (changedAt === 0 || seen !== picture.generation) {
        seen = picture.generation
        changedAt = now()
        if (packing === null && changedAt - takenAt >= EVERY_MS) packing = take()
      }
      await packing
    },
    /** The connection has ended. Null when nothing was ever seen. */
    async end(): Promise<LastPictures | null> {
      const endedAt = now()
      const last = changedAt > 0 && taken !== seen ? { at: changedAt, png: pngOf(picture) } : null
      await packing
      if (last) frames.push({ at: last.at, png: await last.png })
      return frames.length > 0 ? { endedAt, frames: frames.slice(-MOST_FRAMES) } : null
    },
  }
}
