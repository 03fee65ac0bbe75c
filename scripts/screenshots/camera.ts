/** Takes pictures: pages as they look when nothing moves any more, packed as small as they go without loss. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Browser, BrowserContext, Page } from '@playwright/test'

export const LOOKS = ['light', 'dark', 'phone'] as const
export type Look = (typeof LOOKS)[number]

/** A picture that never stands still (a blinking cursor in a guest) is taken after this many. */
const MOST_TRIES = 12

/** A browser's window: `shiftMs` is how far the console's clock is from the real one. */
export async function windowFor(
  browser: Browser,
  look: Look,
  options: { baseURL: string; cookie: string | null; shiftMs: number },
): Promise<BrowserContext> {
  const context = await browser.newContext({
    baseURL: options.baseURL,
    viewport: look === 'phone' ? { width: 390, height: 844 } : { width: 1440, height: 900 },
    colorScheme: look === 'dark' ? 'dark' : 'light',
    reducedMotion: 'reduce',
    timezoneId: 'UTC',
    locale: 'en-GB',
  })
  context.setDefaultTimeout(20_000)
  context.setDefaultNavigationTimeout(90_000)
  const [name, value] = options.cookie?.split('=') ?? []
  if (name && value) await context.addCookies([{ name, value, url: options.baseURL }])
  await context.addInitScript(shift => {
    const RealDate = Date
    globalThis.Date = new Proxy(RealDate, {
      construct: (target, parts, self) =>
        Reflect.construct(target, parts.length === 0 ? [RealDate.now() + shift] : parts, self),
      get: (target, key) => (key === 'now' ? () => RealDate.now() + shift : Reflect.get(target, key)),
    })
  }, options.shiftMs)
  return context
}

/** The page as PNG once two looks at it in a row are the same. */
export async function still(page: Page): Promise<Buffer> {
  await page.evaluate(() => document.fonts.ready)
  let last = await page.screenshot({ caret: 'hide' })
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    await page.evaluate(() => new Promise(resolve => setTimeout(resolve, 250)))
    const next = await page.screenshot({ caret: 'hide' })
    if (next.equals(last)) break
    last = next
  }
  return last
}

/** Writes a PNG as WebP: a third of its size, and no letter looks worse. */
export async function develop(darkroom: Page, png: Buffer, file: string): Promise<void> {
  const packed = await darkroom.evaluate(async data => {
    const image = await createImageBitmap(await (await fetch(`data:image/png;base64,${data}`)).blob())
    const canvas = new OffscreenCanvas(image.width, image.height)
    canvas.getContext('2d')?.drawImage(image, 0, 0)
    const blob = await canvas.convertToBlob({ type: 'image/webp', quality: 0.8 })
    const bytes = new Uint8Array(await blob.arrayBuffer())
    return Array.from(bytes, byte => String.fromCharCode(byte)).join('')
  }, png.toString('base64'))
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, Buffer.from(packed, 'latin1'))
}
