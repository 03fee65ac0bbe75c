import { type PixelFormat, toRgba } from './pixels.ts'
import type { Rect } from './rfb.ts'

/** bhyve compares its own screen in cells of this size (rfb.c), so finer ones would find nothing. */
export const TILE = 32
/** Above this share of changed tiles the whole picture is one rectangle: a few large ones pack better than many small. */
const NEARLY_ALL = 0.6

/**
 * What a guest shows. Every tile knows the generation in which it changed last, so a viewer is one number, the
 * generation that it has seen: nothing is kept for it, however far it falls behind.
 */
export class Picture {
  width = 0
  height = 0
  /** Row by row, RGBA. Replaced by a new array when the size changes. */
  pixels = new Uint32Array(0)
  /** Counts the changes that are complete. */
  generation = 0
  #changedIn = new Float64Array(0)
  #across = 0
  #changing = false

  /** The guest has another mode now. Its picture is black until it is painted. */
  resize(width: number, height: number) {
    if (width === this.width && height === this.height) return
    this.width = width
    this.height = height
    this.pixels = new Uint32Array(width * height).fill(0xff000000)
    this.#across = Math.ceil(width / TILE)
    this.#changedIn = new Float64Array(this.#across * Math.ceil(height / TILE)).fill(this.generation + 1)
    this.#changing = true
  }

  /** Paints a guest's pixels; what lies beyond the edges is left out. Tiles that look as before have not changed. */
  paint(rect: Rect, pixels: Uint32Array, format: PixelFormat) {
    const rgba = toRgba(format)
    const target = this.pixels
    const right = Math.min(rect.x + rect.width, this.width)
    const bottom = Math.min(rect.y + rect.height, this.height)
    for (let y = rect.y; y < bottom; y++) {
      const tileRow = Math.floor(y / TILE) * this.#across
      for (let left = rect.x; left < right; ) {
        const column = Math.floor(left / TILE)
        const end = Math.min((column + 1) * TILE, right)
        let from = (y - rect.y) * rect.width + left - rect.x
        let changed = false
        for (let to = y * this.width + left; to < y * this.width + end; to++) {
          const pixel = rgba(pixels[from++] ?? 0)
          if (target[to] === pixel) continue
          target[to] = pixel
          changed = true
        }
        if (changed) this.#changedIn[tileRow + column] = this.generation + 1
        this.#changing ||= changed
        left = end
      }
    }
  }

  /** What was painted belongs together and is complete. False when all of it looked so before. */
  commit(): boolean {
    if (!this.#changing) return false
    this.#changing = false
    this.generation += 1
    return true
  }

  /** The rectangles that somebody who has seen generation `seen` lacks. */
  changedSince(seen: number): Rect[] {
    let missing = 0
    for (const changedIn of this.#changedIn) if (changedIn > seen) missing += 1
    if (missing === 0) return []
    if (missing > NEARLY_ALL * this.#changedIn.length)
      return [{ x: 0, y: 0, width: this.width, height: this.height }]
    const rects: Rect[] = []
    let above: Rect[] = []
    for (let y = 0; y < this.height; y += TILE) {
      const row = this.#runs(y, seen)
      for (const [index, run] of row.entries()) {
        const over = above.find(each => each.x === run.x && each.width === run.width)
        if (!over) rects.push(run)
        else {
          over.height += run.height
          row[index] = over
        }
      }
      above = row
    }
    return rects
  }

  /** The runs of tiles side by side, in the row of tiles that begins at `y`, that changed after `seen`. */
  #runs(y: number, seen: number): Rect[] {
    const first = (y / TILE) * this.#across
    const lacks = (column: number) => column < this.#across && (this.#changedIn[first + column] ?? 0) > seen
    const runs: Rect[] = []
    for (let column = 0; column < this.#across; column++) {
      if (!lacks(column)) continue
      const x = column * TILE
      while (lacks(column + 1)) column += 1
      const width = Math.min((column + 1) * TILE, this.width) - x
      runs.push({ x, y, width, height: Math.min(TILE, this.height - y) })
    }
    return runs
  }

  /** A copy of the pixels in `rect`. */
  cut(rect: Rect): Uint32Array<ArrayBuffer> {
    const copy = new Uint32Array(rect.width * rect.height)
    for (let row = 0; row < rect.height; row++) {
      const from = (rect.y + row) * this.width + rect.x
      copy.set(this.pixels.subarray(from, from + rect.width), row * rect.width)
    }
    return copy
  }
}
