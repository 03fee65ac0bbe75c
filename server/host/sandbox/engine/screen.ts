/**
 * The picture of a guest: what v86's VGA calls a "screen adapter", painting into a plain pixel buffer in place of
 * a browser canvas. v86 calls the snake_case methods by itself: one call per changed character in text mode,
 * finished rows in graphics modes. Pixels are kept as 0x00RRGGBB, the layout bhyve's own frame buffer has, so
 * that the RFB server can send them as they are.
 */

/** The part of the browser's ImageData that v86's VGA uses; Node has none. */
class PixelData {
  readonly data: Uint8ClampedArray
  readonly width: number
  readonly height: number

  constructor(data: Uint8ClampedArray, width: number, height: number) {
    this.data = data
    this.width = width
    this.height = height
  }
}

/** Gives v86 the one browser class it needs. Call once before a machine is made. */
export function provideImageData(): void {
  if (!('ImageData' in globalThis)) Object.defineProperty(globalThis, 'ImageData', { value: PixelData })
}

/** One finished rectangle of a graphics mode, as v86 hands it over. */
export type Layer = {
  image_data: { data: Uint8ClampedArray; width: number; height: number }
  screen_x: number
  screen_y: number
  buffer_x: number
  buffer_y: number
  buffer_width: number
  buffer_height: number
}

const BLINK_MS = 266
/** Cells: character, flags, background, foreground. */
const CELL = 4
/** A glyph of the VGA's plane 2 takes 32 bytes, whatever its height. */
const GLYPH_BYTES = 32

export class Screen {
  /** Read by v86: bits of the flags it gives to put_char. */
  readonly FLAG_BLINKING = 1
  readonly FLAG_FONT_PAGE_B = 2

  width = 720
  height = 400
  /** Row by row, 0x00RRGGBB. Replaced by a new array when the size changes. */
  pixels = new Uint32Array(720 * 400)
  /** Called after the size changed and `pixels` was replaced. */
  onresize: () => void = () => {}

  #graphical = false
  #dirtyTop = Number.POSITIVE_INFINITY
  #dirtyBottom = 0

  #cols = 0
  #rows = 0
  #cells = new Int32Array(0)
  #changed = new Uint8Array(0)
  #font: Uint8Array | null = null
  #fontWidth = 9
  #fontHeight = 16
  #doubled = false
  #ninth = true
  #copyEighth = true
  #pageA = 0
  #pageB = 0
  #cursor = { row: 0, col: 0, start: 14, end: 15, on: true }
  #blinkOn = true
  #blinkAt = 0

  constructor() {
    this.set_size_text(80, 25)
  }

  /** Rows [top, bottom) painted since the last call; empty when top >= bottom. */
  takeDirty(): { top: number; bottom: number } {
    const dirty = { top: this.#dirtyTop, bottom: Math.min(this.#dirtyBottom, this.height) }
    this.#dirtyTop = Number.POSITIVE_INFINITY
    this.#dirtyBottom = 0
    return dirty
  }

  /** Paints the text rows that changed. Call once a frame, after v86 filled its own buffer. */
  render(nowMs: number): void {
    if (this.#graphical || !this.#font || this.#cols === 0) return
    if (nowMs - this.#blinkAt > BLINK_MS) {
      this.#blinkAt = nowMs
      this.#blinkOn = !this.#blinkOn
      if (this.#cursor.on) this.#touch(this.#cursor.row)
      this.#touchBlinkingRows()
    }
    for (let row = 0; row < this.#rows; row++) {
      if (!this.#changed[row]) continue
      this.#changed[row] = 0
      this.#paintRow(row, this.#font)
    }
  }

  // ---- called by v86 ----

  set_mode(graphical: boolean): void {
    this.#graphical = graphical
    if (graphical) return
    this.#sizeFromText()
    this.#changed.fill(1)
  }

  set_font_bitmap(
    height: number,
    ninth: boolean,
    doubled: boolean,
    copyEighth: boolean,
    plane2: Uint8Array,
    changed: boolean,
  ): void {
    const width = doubled ? 16 : ninth ? 9 : 8
    const same = this.#fontHeight === height && this.#fontWidth === width && this.#copyEighth === copyEighth
    if (this.#font && !changed && same) return
    this.#font = plane2
    this.#fontHeight = height
    this.#fontWidth = width
    this.#ninth = ninth && !doubled
    this.#doubled = doubled
    this.#copyEighth = copyEighth
    this.#sizeFromText()
    this.#changed.fill(1)
  }

  set_font_page(pageA: number, pageB: number): void {
    this.#pageA = pageA
    this.#pageB = pageB
    this.#changed.fill(1)
  }

  set_size_text(cols: number, rows: number): void {
    if (cols === this.#cols && rows === this.#rows) return
    this.#cols = cols
    this.#rows = rows
    this.#cells = new Int32Array(cols * rows * CELL)
    this.#changed = new Uint8Array(rows).fill(1)
    this.#sizeFromText()
  }

  set_size_graphical(width: number, height: number): void {
    this.#resize(width, height)
  }

  put_char(
    row: number,
    col: number,
    char: number,
    flags: number,
    background: number,
    foreground: number,
  ): void {
    this.#cells.set([char, flags, background, foreground], CELL * (row * this.#cols + col))
    this.#touch(row)
  }

  update_cursor(row: number, col: number): void {
    this.#touch(this.#cursor.row)
    this.#touch(row)
    this.#cursor.row = row
    this.#cursor.col = col
  }

  update_cursor_scanline(start: number, end: number, visible: boolean): void {
    this.#cursor.start = start
    this.#cursor.end = end
    this.#cursor.on = visible
    this.#touch(this.#cursor.row)
  }

  update_buffer(layers: Layer[]): void {
    for (const layer of layers) this.#copyLayer(layer)
  }

  clear_screen(): void {
    this.pixels.fill(0)
    this.#dirty(0, this.height)
  }

  clear_text_state(): void {
    this.#cols = 0
    this.#rows = 0
  }

  set_scale(): void {}
  pause(): void {}
  continue(): void {}
  destroy(): void {}

  // ---- painting ----

  #resize(width: number, height: number): void {
    if (!width || !height || (width === this.width && height === this.height)) return
    this.width = width
    this.height = height
    this.pixels = new Uint32Array(width * height)
    this.#dirty(0, height)
    this.onresize()
  }

  #sizeFromText(): void {
    if (!this.#graphical && this.#cols)
      this.#resize(this.#cols * this.#fontWidth, this.#rows * this.#fontHeight)
  }

  #dirty(top: number, bottom: number): void {
    if (top < this.#dirtyTop) this.#dirtyTop = top
    if (bottom > this.#dirtyBottom) this.#dirtyBottom = bottom
  }

  #touch(row: number): void {
    if (row < this.#rows) this.#changed[row] = 1
  }

  #touchBlinkingRows(): void {
    for (let row = 0; row < this.#rows; row++)
      for (let col = 0; col < this.#cols; col++)
        if ((this.#cells[CELL * (row * this.#cols + col) + 1] ?? 0) & this.FLAG_BLINKING) {
          this.#touch(row)
          break
        }
  }

  /** v86 paints RGBA bytes, which read as 0xAABBGGRR; this turns red and blue round on the way. */
  #copyLayer(layer: Layer): void {
    const { data, width: stride } = layer.image_data
    const from = new Uint32Array(data.buffer, data.byteOffset, data.byteLength >> 2)
    const width = Math.min(layer.buffer_width, this.width - layer.screen_x)
    const height = Math.min(layer.buffer_height, this.height - layer.screen_y)
    for (let y = 0; y < height; y++) {
      let source = (layer.buffer_y + y) * stride + layer.buffer_x
      let target = (layer.screen_y + y) * this.width + layer.screen_x
      for (let x = 0; x < width; x++) {
        const c = from[source++] ?? 0
        this.pixels[target++] = ((c & 0xff) << 16) | (c & 0xff00) | ((c >> 16) & 0xff)
      }
    }
    if (height > 0) this.#dirty(layer.screen_y, layer.screen_y + height)
  }

  #paintRow(row: number, font: Uint8Array): void {
    const width = this.#fontWidth
    const height = this.#fontHeight
    const shift = this.#doubled ? 1 : 0
    const cursor = this.#cursor
    for (let col = 0; col < this.#cols; col++) {
      const cell = CELL * (row * this.#cols + col)
      const char = this.#cells[cell] ?? 0
      const flags = this.#cells[cell + 1] ?? 0
      const background = this.#cells[cell + 2] ?? 0
      const foreground = this.#cells[cell + 3] ?? 0
      const hidden = (flags & this.FLAG_BLINKING) !== 0 && !this.#blinkOn
      const page = flags & this.FLAG_FONT_PAGE_B ? this.#pageB : this.#pageA
      const glyph = (page * 256 + char) * GLYPH_BYTES
      // The VGA repeats the eighth column in the ninth for the box drawing characters only.
      const repeats = this.#copyEighth && char >= 0xc0 && char <= 0xdf
      const hasCursor = cursor.on && this.#blinkOn && row === cursor.row && col === cursor.col
      for (let y = 0; y < height; y++) {
        const bits = hidden ? 0 : (font[glyph + y] ?? 0)
        const lit = hasCursor && y >= cursor.start && y <= cursor.end
        let target = (row * height + y) * this.width + col * width
        for (let x = 0; x < width; x++) {
          const on = this.#ninth && x === 8 ? repeats && bits & 1 : bits & (0x80 >> (x >> shift))
          this.pixels[target++] = lit || on ? foreground : background
        }
      }
    }
    this.#dirty(row * height, (row + 1) * height)
  }
}
