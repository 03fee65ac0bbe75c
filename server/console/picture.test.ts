import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Picture, TILE } from './picture.ts'
import { RGBA } from './pixels.ts'

const WHITE = 0xffffffff

function blank(width: number, height: number): Picture {
  const picture = new Picture()
  picture.resize(width, height)
  picture.commit()
  return picture
}

function dot(picture: Picture, x: number, y: number, colour = WHITE) {
  picture.paint({ x, y, width: 1, height: 1 }, new Uint32Array([colour]), RGBA)
}

describe('what somebody lacks', () => {
  it('is the tiles that changed after he looked, joined where they lie side by side', () => {
    const picture = blank(10 * TILE, 10 * TILE)
    const seen = picture.generation
    dot(picture, 0, 0)
    dot(picture, TILE, 0)
    dot(picture, 2, TILE + 1)
    dot(picture, TILE + 2, TILE + 1)
    dot(picture, 9 * TILE, 9 * TILE)
    expect(picture.commit()).toBe(true)
    expect(picture.changedSince(seen)).toEqual([
      { x: 0, y: 0, width: 2 * TILE, height: 2 * TILE },
      { x: 9 * TILE, y: 9 * TILE, width: TILE, height: TILE },
    ])
    expect(picture.changedSince(picture.generation)).toEqual([])
  })

  it('is nothing when the guest painted what was there already', () => {
    const picture = blank(100, 100)
    dot(picture, 5, 5)
    picture.commit()
    const { generation } = picture
    dot(picture, 5, 5)
    expect(picture.commit()).toBe(false)
    expect(picture.generation).toBe(generation)
  })

  it('is the whole picture at once when nearly all of it changed, and after a new mode', () => {
    const picture = blank(100, 70)
    expect(picture.changedSince(-1)).toEqual([{ x: 0, y: 0, width: 100, height: 70 }])
    const seen = picture.generation
    picture.resize(640, 480)
    picture.commit()
    expect(picture.changedSince(seen)).toEqual([{ x: 0, y: 0, width: 640, height: 480 }])
  })

  it('covers each changed pixel once, and lies within the picture', () => {
    const size = fc.integer({ min: 1, max: 200 })
    const spots = fc.array(fc.tuple(fc.nat(199), fc.nat(199)), { maxLength: 30 })
    fc.assert(
      fc.property(size, size, spots, (width, height, dots) => {
        const picture = blank(width, height)
        const seen = picture.generation
        for (const [x, y] of dots) dot(picture, x, y)
        picture.commit()
        const covered = new Map<string, number>()
        for (const rect of picture.changedSince(seen)) {
          expect(rect.x + rect.width).toBeLessThanOrEqual(width)
          expect(rect.y + rect.height).toBeLessThanOrEqual(height)
          for (const [x, y] of dots)
            if (x >= rect.x && x < rect.x + rect.width && y >= rect.y && y < rect.y + rect.height)
              covered.set(`${x},${y}`, (covered.get(`${x},${y}`) ?? 0) + 1)
        }
        const inside = dots.filter(([x, y]) => x < width && y < height)
        for (const [x, y] of inside)
          expect(covered.get(`${x},${y}`)).toBe(inside.filter(([a, b]) => a === x && b === y).length)
      }),
    )
  })
})
