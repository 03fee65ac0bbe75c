import type { Picture } from './picture.ts'
import { pngOf, shrink } from './png.ts'

const WIDTH = 320

/** A screen in small, made anew only when it has changed and somebody asks. */
export function createThumbnail(picture: Picture) {
  let generation = -1
  let png: Promise<Buffer> | null = null
  return (): Promise<Buffer> => {
    if (png === null || generation !== picture.generation) {
      generation = picture.generation
      png = pngOf(shrink(picture, WIDTH))
    }
    return png
  }
}
