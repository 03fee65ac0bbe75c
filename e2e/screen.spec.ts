/** A guest's screen in the browser: who types, what survives, and what its tools do to the guest. */
import { readFile } from 'node:fs/promises'
import type { Page } from '@playwright/test'
import { PRACTICE_SCREEN } from '../server/host/sandbox/engine/practice.ts'
import { act } from './api.ts'
import type { Console } from './console.ts'
import { confirm, dialog, expect, test } from './fixtures.ts'
import { BLANK_PAPER, note, screenShows, typeLine } from './screen.ts'

const VM = 'debian01'
const DISK = 'tank/vms/debian01/disk0'

/** The guest runs, and its screen is on the page. */
async function openScreen(page: Page) {
  await page.goto(`/vms/${VM}`)
  await act(page, 'vms.start', { vm: VM })
  await page.goto(`/vms/${VM}/console`)
  await screenShows(page)
}

async function notesOf(skep: Console): Promise<string[]> {
  const notes: string[] = []
  for (let number = 1; ; number += 1) {
    const text = await note(skep, DISK, number)
    if (text === '') return notes
    notes.push(text)
  }
}

test('a stopped guest says so and offers to start; then its picture is there', async ({ page, skep }) => {
  await page.goto('/vms')
  await act(page, 'vms.forceOff', { vm: VM })
  await page.goto(`/vms/${VM}/console`)
  const screen = page.getByRole('region', { name: `Screen of ${VM}` })
  await expect(screen.getByRole('status', { name: 'Picture' })).toContainText(`${VM} `)
  await expect(screen.getByRole('button', { name: 'Ctrl-Alt-Del' })).toBeDisabled()
  await screen.getByRole('button', { name: 'Start' }).click()
  await screenShows(page)
  expect(await skep.host('pgrep', '-fx', `bhyve: ${VM}`)).toMatch(/^\d+\n$/)
})

/** Connections that are open to screens of guests, as netstat(1) of the host tells them. */
async function connectionsToScreens(skep: Console): Promise<string[]> {
  const connections = await skep.host('netstat', '-an')
  return connections.match(/^tcp4 +0 +0 127\.0\.0\.1\.59\d\d .*ESTABLISHED$/gm) ?? []
}

test('two browsers on one screen: both see it, one types, and the keyboard goes by a click', async ({
  page,
  browser,
  signedIn,
  skep,
}) => {
  await openScreen(page)
  const context = await browser.newContext({ baseURL: skep.url, storageState: signedIn })
  const other = await context.newPage()
  await other.goto(`/vms/${VM}/console`)
  await screenShows(other)
  const bar = (of: Page) => of.getByRole('status', { name: 'Keyboard' })
  await expect(bar(other)).toHaveText('You type in another window')
  await expect(bar(page)).toContainText('You type')
  await expect(bar(page)).toContainText('1 watches')
  await expect(other.getByRole('button', { name: 'Ctrl-Alt-Del' })).toBeDisabled()

  const before = (await notesOf(skep)).length
  await typeLine(other, 'nobody reads this')
  await typeLine(page, 'typed by the first')
  await expect.poll(() => note(skep, DISK, before + 1), { timeout: 20_000 }).toBe('typed by the first')

  await other.getByRole('button', { name: 'Take the keyboard' }).click()
  await expect(page.getByText('You took the keyboard in another window.')).toBeVisible()
  await expect(other.getByRole('button', { name: 'Ctrl-Alt-Del' })).toBeEnabled()
  await typeLine(other, 'typed by the second')
  await expect.poll(() => note(skep, DISK, before + 2), { timeout: 20_000 }).toBe('typed by the second')
  await screenShows(page)

  await page.getByRole('button', { name: 'Take it back' }).click()
  await expect(bar(other)).toHaveText('You type in another window')
  await typeLine(page, 'and the first again')
  await expect.poll(() => note(skep, DISK, before + 3), { timeout: 20_000 }).toBe('and the first again')
  expect(await connectionsToScreens(skep)).toHaveLength(1)

  await page.goto('/tasks')
  await expect(bar(other)).toHaveText('Nobody types')
  await other.locator('[data-screen=live] canvas').click()
  await expect(bar(other)).toBeEmpty()
  await context.close()
})

test('the screen comes back by itself after a reset of the guest and after kill -9 of the console', async ({
  page,
  skep,
}) => {
  await openScreen(page)
  const before = await skep.host('pgrep', '-fx', `bhyve: ${VM}`)
  await page.getByRole('button', { name: 'Reset' }).click()
  await confirm(dialog(page, `Reset: ${VM}`), 'Reset')
  await screenShows(page)
  const pid = await skep.host('pgrep', '-fx', `bhyve: ${VM}`)
  expect(pid).not.toBe(before)

  await skep.end('SIGKILL')
  await expect(page.getByText('The connection to Skep broke.')).toBeVisible()
  expect(await skep.host('pgrep', '-fx', `bhyve: ${VM}`)).toBe(pid)
  await skep.start()
  await screenShows(page)
  const lines = (await notesOf(skep)).length
  await typeLine(page, 'after the crash')
  await expect.poll(() => note(skep, DISK, lines + 1), { timeout: 20_000 }).toBe('after the crash')
  expect(await skep.host('pgrep', '-fx', `bhyve: ${VM}`)).toBe(pid)
})

test('a typed text arrives in the guest whole, also signs and capitals', async ({ page, skep }) => {
  await openScreen(page)
  const lines = (await notesOf(skep)).length
  await page.getByRole('button', { name: 'Type text' }).click()
  const typing = dialog(page, `Type text into ${VM}`)
  await typing.getByLabel('Text').fill('grüße')
  await expect(typing.getByText(/No key of a US keyboard makes “ü” “ß”/)).toBeVisible()
  await expect(typing.getByRole('button', { name: 'Type it' })).toBeDisabled()
  await typing.getByLabel('Keyboard of the guest').selectOption('German')
  await expect(typing.getByRole('button', { name: 'Type it' })).toBeEnabled()
  await typing.getByLabel('Keyboard of the guest').selectOption('US')
  await typing.getByLabel('Text').fill('Mount /dev/ada0p2 && echo "OK: 100%"\nsecond line\n')
  await confirm(typing, 'Type it')
  await expect
    .poll(async () => (await notesOf(skep)).slice(lines), { timeout: 20_000 })
    .toEqual(['Mount /dev/ada0p2 && echo "OK: 100%"', 'second line'])
})

test('small pictures of running guests beside the list, and the last pictures of one that has ended', async ({
  page,
}) => {
  await openScreen(page)
  await page.goto('/vms')
  const screens = page.getByRole('region', { name: 'Screens' })
  await expect(screens).toBeHidden()
  await page.getByRole('button', { name: 'Screens' }).click()
  const small = screens.getByRole('img', { name: `Screen of ${VM}`, exact: true })
  await expect(small).toBeVisible()
  await expect
    .poll(() => small.evaluate(image => image instanceof HTMLImageElement && image.naturalWidth))
    .toBe(320)

  await screens.getByRole('link', { name: VM }).click()
  await screenShows(page)
  await act(page, 'vms.forceOff', { vm: VM })
  await page.goto(`/vms/${VM}`)
  const last = page.getByRole('img', { name: new RegExp(`^Screen of ${VM}, [\\d.]+ s before it ended$`) })
  await expect(last).toBeVisible()
  const { width } = PRACTICE_SCREEN
  await expect
    .poll(() => last.evaluate(image => image instanceof HTMLImageElement && image.naturalWidth))
    .toBe(width)
})

test('fit and 1:1, a screenshot that shows the picture, and Ctrl-Alt-Del', async ({ page }) => {
  // Key events of RFB with scan codes (QEMU's extension): 255, 0, down (two bytes), keysym, scan code.
  const keys: number[][] = []
  page.on('websocket', socket =>
    socket.on('framesent', ({ payload }) => {
      if (!Buffer.isBuffer(payload) || payload[0] !== 255) return
      for (let at = 0; at + 12 <= payload.length; at += 12)
        keys.push([payload.readUInt16BE(at + 2), payload.readUInt32BE(at + 4)])
    }),
  )
  await openScreen(page)
  const canvas = page.locator('[data-screen=live] canvas')
  await page.getByRole('button', { name: 'Fit' }).click()
  await expect(page.getByRole('button', { name: '1:1' })).toBeVisible()
  await expect.poll(async () => (await canvas.boundingBox())?.width).toBe(PRACTICE_SCREEN.width)
  await page.getByRole('button', { name: '1:1' }).click()
  await page.setViewportSize({ width: 900, height: 700 })
  await expect.poll(async () => (await canvas.boundingBox())?.width).toBeLessThan(PRACTICE_SCREEN.width)

  const download = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Save a screenshot' }).click()
  const file = await download
  expect(file.suggestedFilename()).toMatch(new RegExp(`^${VM}-[\\dT-]+\\.png$`))
  const png = await readFile(await file.path())
  expect(png.subarray(0, 8).toString('hex')).toBe('89504e470d0a1a0a')
  const { width, height, paper } = await page.evaluate(
    async ({ bytes, at }) => {
      const image = await createImageBitmap(new Blob([new Uint8Array(bytes)], { type: 'image/png' }))
      const context = new OffscreenCanvas(image.width, image.height).getContext('2d')
      context?.drawImage(image, 0, 0)
      const [r = 0, g = 0, b = 0] = context?.getImageData(at.x, at.y, 1, 1).data ?? []
      return { width: image.width, height: image.height, paper: (r << 16) | (g << 8) | b }
    },
    { bytes: [...png], at: BLANK_PAPER },
  )
  expect({ width, height, paper }).toEqual({
    width: PRACTICE_SCREEN.width,
    height: PRACTICE_SCREEN.height,
    paper: PRACTICE_SCREEN.paper,
  })

  await page.getByRole('button', { name: 'Ctrl-Alt-Del' }).click()
  const [control, alt, del] = [0xffe3, 0xffe9, 0xffff]
  await expect
    .poll(() => keys)
    .toEqual([
      [1, control],
      [1, alt],
      [1, del],
      [0, del],
      [0, alt],
      [0, control],
    ])
})
