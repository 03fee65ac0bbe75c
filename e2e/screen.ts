/** Looking at a guest's screen as a person does: its pixels, not its presence. */
import { expect, type Page } from '@playwright/test'
import { NOTES_LBA, PRACTICE_SCREEN } from '../server/host/sandbox/engine/practice.ts'
import type { Console } from './console.ts'

/** What the practice guest's skep looks like: straw is yellow (red and green high, blue low) on a dark ground. */
async function strawShare(page: Page): Promise<number> {
  return page.evaluate(area => {
    const canvas = document.querySelector<HTMLCanvasElement>('[data-screen=live] canvas')
    const context = canvas?.getContext('2d')
    if (!canvas || !context || canvas.width < area.x + area.width || canvas.height < area.y + area.height)
      return 0
    const { data } = context.getImageData(area.x, area.y, area.width, area.height)
    let straw = 0
    for (let i = 0; i < data.length; i += 4) {
      const [r = 0, g = 0, b = 0] = [data[i], data[i + 1], data[i + 2]]
      if (r > 120 && g > 90 && b < 0.75 * g && r >= g) straw += 1
    }
    return straw / (data.length / 4)
  }, PRACTICE_SCREEN.skep)
}

/** The right margin of the notebook: no line of it reaches there, and no number stands there. */
export const BLANK_PAPER = {
  x: PRACTICE_SCREEN.notes.x + PRACTICE_SCREEN.notes.width - 4,
  y: PRACTICE_SCREEN.notes.y + 4,
}

/** Colour of the notebook's paper, where nothing is written. */
async function paper(page: Page): Promise<number> {
  const { x, y } = BLANK_PAPER
  return page.evaluate(
    ([px, py]) => {
      const canvas = document.querySelector<HTMLCanvasElement>('[data-screen=live] canvas')
      const data = canvas?.getContext('2d')?.getImageData(px ?? 0, py ?? 0, 1, 1).data
      return data ? ((data[0] ?? 0) << 16) | ((data[1] ?? 0) << 8) | (data[2] ?? 0) : 0
    },
    [x, y],
  )
}

/** Waits until the practice guest has drawn itself: straw in its place, paper in its colour, so red is red and blue blue. */
export async function screenShows(page: Page): Promise<void> {
  await expect(page.locator('[data-screen=live]')).toBeVisible({ timeout: 60_000 })
  await expect
    .poll(() => strawShare(page), { timeout: 60_000, message: 'the skep on the screen' })
    .toBeGreaterThan(0.25)
  await expect
    .poll(() => paper(page), { timeout: 20_000, message: 'the colour of the paper' })
    .toBe(PRACTICE_SCREEN.paper)
}

/** Types into the guest through its screen, key by key, and presses Enter. */
export async function typeLine(page: Page, text: string): Promise<void> {
  await page.locator('[data-screen=live] canvas').click()
  await page.keyboard.type(text, { delay: 60 })
  await page.keyboard.press('Enter')
}

/** A line of the guest's notebook, read from the zvol on the host; empty when it holds none. */
export async function note(skep: Console, volume: string, number: number): Promise<string> {
  const sector = await skep.hostBytes(
    'dd',
    `if=/dev/zvol/${volume}`,
    'bs=512',
    `skip=${NOTES_LBA + number - 1}`,
    'count=1',
  )
  const end = sector.indexOf(0)
  return sector.subarray(0, end < 0 ? 54 : end).toString('latin1')
}
