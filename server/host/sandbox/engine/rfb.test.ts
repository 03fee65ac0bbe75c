import { mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { RfbServer } from './rfb.ts'
import type { SessionOptions } from './rfb-session.ts'
import { Screen } from './screen.ts'
import { KEY, Viewer, type ViewerOptions } from './testing.ts'

let dir: string
let screen: Screen
let server: RfbServer | null = null
let frames: NodeJS.Timeout
const seen: string[] = []

beforeEach(() => {
  dir = mkdtempSync(path.join(os.tmpdir(), 'skep-rfb-'))
  screen = new Screen()
  screen.set_mode(true)
  seen.length = 0
})
afterEach(() => {
  clearInterval(frames)
  server?.close()
  rmSync(dir, { recursive: true, force: true })
})

/** A server over `screen`, and a viewer of it. */
async function view(options: SessionOptions, viewer: ViewerOptions = {}): Promise<Viewer> {
  const input = {
    key: (down: boolean, keysym: number, scancode: number) =>
      void seen.push(`${down ? '+' : '-'}${keysym.toString(16)}/${scancode}`),
    pointer: (x: number, y: number, buttons: number) => void seen.push(`${x},${y} ${buttons}`),
  }
  server = new RfbServer(screen, input, options)
  await server.listen(path.join(dir, 'rfb'))
  frames = setInterval(() => server?.frame(), 5)
  return await Viewer.connect(path.join(dir, 'rfb'), viewer)
}

/** Paints a rectangle of one colour, as v86 hands over a layer of RGBA bytes. */
function paint(x: number, y: number, width: number, height: number, colour: number): void {
  const data = new Uint8ClampedArray(width * height * 4)
  for (let i = 0; i < width * height; i++)
    data.set([colour >> 16, (colour >> 8) & 255, colour & 255, 255], 4 * i)
  screen.update_buffer([
    {
      image_data: { data, width, height },
      screen_x: x,
      screen_y: y,
      buffer_x: 0,
      buffer_y: 0,
      buffer_width: width,
      buffer_height: height,
    },
  ])
}

const same = (viewer: Viewer) =>
  viewer.pixels.length === screen.pixels.length &&
  viewer.pixels.every((pixel, i) => pixel === screen.pixels[i])

describe('a viewer', () => {
  test.each([
    ['raw', false],
    ['zlib', true],
  ])('ends with the picture of the guest, whatever was painted (%s)', async (_name, zlib) => {
    screen.set_size_graphical(200, 150)
    const viewer = await view({ honourPixelFormat: false }, { zlib })
    const rectangle = fc.record({
      x: fc.integer({ min: 0, max: 199 }),
      y: fc.integer({ min: 0, max: 149 }),
      width: fc.integer({ min: 1, max: 200 }),
      height: fc.integer({ min: 1, max: 150 }),
      colour: fc.integer({ min: 0, max: 0xffffff }),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(rectangle, { minLength: 1, maxLength: 8 }), async rectangles => {
        for (const { x, y, width, height, colour } of rectangles)
          paint(x, y, Math.min(width, 200 - x), Math.min(height, 150 - y), colour)
        await viewer.until(() => same(viewer), 'the same picture', 4000)
      }),
      { numRuns: 15 },
    )
    viewer.close()
  })

  test('follows the guest into another size', async () => {
    screen.set_size_graphical(64, 48)
    const viewer = await view({ honourPixelFormat: false })
    paint(0, 0, 64, 48, 0x112233)
    await viewer.until(() => same(viewer), 'the first picture')
    screen.set_size_graphical(100, 40)
    paint(0, 0, 100, 40, 0x445566)
    await viewer.until(() => viewer.width === 100 && same(viewer), 'the second picture')
    viewer.close()
  })

  test.each([
    ['is heard by a userland of 15', true, 0x332211],
    ['is not heard by one of 14', false, 0x112233],
  ])('SetPixelFormat %s', async (_what, honourPixelFormat, pixel) => {
    screen.set_size_graphical(64, 48)
    paint(0, 0, 64, 48, 0x112233)
    const viewer = await view({ honourPixelFormat }, { shifts: [0, 8, 16] })
    await viewer.until(() => viewer.at(1, 1) === pixel, 'the picture')
    viewer.close()
  })

  test('types keys, moves the pointer, and its clipboard is thrown away', async () => {
    const viewer = await view({ honourPixelFormat: false })
    viewer.type('aB')
    viewer.press(KEY.enter, 0x1c)
    viewer.send([6, 0, 0, 0, 0, 0, 0, 5, 1, 2, 3, 4, 5])
    viewer.send([5, 1, 0, 10, 0, 20])
    await vi.waitFor(() => expect(seen.at(-1)).toBe('10,20 1'))
    expect(seen.slice(0, -1)).toEqual([
      '+61/0',
      '-61/0',
      '+ffe1/0',
      '+42/0',
      '-42/0',
      '-ffe1/0',
      '+ff0d/28',
      '-ff0d/28',
    ])
    expect(viewer.ended).toBeNull()
    viewer.close()
  })

  test.each(['003.003', '003.007', '003.008'] as const)(
    'of protocol %s is let in with the password',
    async version => {
      const viewer = await view(
        { honourPixelFormat: false, password: 'honeycomb-long' },
        { version, password: 'honeycom' },
      )
      expect(viewer.security).toEqual([2])
      expect(viewer.name).toBe('bhyve')
      viewer.close()
    },
  )
})
