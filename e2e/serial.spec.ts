/** A guest's serial console: what it said from power-on, who types, and what reaches the guest. */
import { readFile } from 'node:fs/promises'
import type { Locator, Page } from '@playwright/test'
import { act } from './api.ts'
import type { Console } from './console.ts'
import { expect, test } from './fixtures.ts'
import { createAccount, PASSWORD, signIn } from './people.ts'
import { note } from './screen.ts'

const VM = 'debian01'
const DISK = 'tank/vms/debian01/disk0'

/** What stands in the terminal. */
function output(page: Page): Locator {
  return page.locator('[data-serial=live] .xterm-rows')
}

const has = (page: Page) => page.getByText(/Every key goes to the guest/)

async function startAnew(page: Page) {
  await page.goto('/vms')
  await act(page, 'vms.forceOff', { vm: VM })
  await act(page, 'vms.start', { vm: VM })
}

/** It has booted and listens: what is typed before that is lost, as on a real port. */
async function listens(page: Page) {
  await expect(output(page)).toContainText(/boot \d+ of debian01, .* notes\s*$/, { timeout: 60_000 })
}

async function say(page: Page, text: string) {
  await page.locator('[data-serial=live]').click()
  await page.keyboard.type(text, { delay: 60 })
  await page.keyboard.press('Enter')
}

async function notes(skep: Console): Promise<string[]> {
  const found: string[] = []
  for (let number = 1; ; number += 1) {
    const text = await note(skep, DISK, number)
    if (text === '') return found
    found.push(text)
  }
}

test('what it said from power-on is there, a typed line is answered, and all of it can be found and kept', async ({
  page,
  skep,
}) => {
  await startAnew(page)
  // The guest speaks while nobody looks at its serial console.
  await expect
    .poll(() => skep.host('pgrep', '-fx', `bhyve: ${VM}`).catch(() => ''), { timeout: 30_000 })
    .toMatch(/^\d+\n$/)
  await page.goto(`/vms/${VM}/serial`)
  await listens(page)
  await expect(output(page)).toContainText('Skep practice guest')
  await expect(has(page)).toBeVisible()
  const before = await notes(skep)
  await say(page, 'typed on com1')
  await expect(output(page)).toContainText('kept in sector')
  await expect.poll(async () => (await notes(skep)).slice(before.length)).toEqual(['typed on com1'])

  await page.getByRole('searchbox', { name: 'Find in the output' }).fill('practice guest')
  await page.keyboard.press('Enter')
  await expect(page.locator('.xterm-selection div')).not.toHaveCount(0)
  await page.getByRole('searchbox', { name: 'Find in the output' }).fill('no such words')
  await page.keyboard.press('Enter')
  await expect(page.getByText('Not found')).toBeVisible()

  const download = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Download what it said' }).click()
  const text = await readFile(await (await download).path(), 'utf8')
  expect(text).toContain('Skep practice guest\r\n')
  expect(text).toContain('typed on com1\r\n')

  await page.locator('[data-serial=live]').click()
  await page.keyboard.press('Control+F6')
  await expect(page.getByRole('toolbar', { name: 'Serial console' })).toBeFocused()
})

test('a second browser sees the same and takes the keyboard; a viewer only sees it', async ({
  page,
  browser,
  signedIn,
  skep,
}) => {
  await createAccount(page, 'sigrid', 'viewer')
  await startAnew(page)
  await page.goto(`/vms/${VM}/serial`)
  await listens(page)
  await say(page, 'from the first')
  const context = await browser.newContext({ baseURL: skep.url, storageState: signedIn })
  const other = await context.newPage()
  await other.goto(`/vms/${VM}/serial`)
  await expect(output(other)).toContainText('from the first')
  await expect(other.getByRole('status', { name: 'Keyboard' })).toContainText('You type in another window')
  const before = await notes(skep)
  await other.getByRole('button', { name: 'Take the keyboard' }).click()
  await expect(has(other)).toBeVisible()
  await expect(page.getByText('You took the keyboard in another window.')).toBeVisible()

  const viewing = await signIn(browser, skep, 'sigrid', PASSWORD)
  const viewer = await viewing.newPage()
  await viewer.goto(`/vms/${VM}/serial`)
  await expect(output(viewer)).toContainText('from the first')
  await expect(viewer.getByRole('button', { name: 'Take the keyboard' })).toBeDisabled()

  // Typed by three, heard from one.
  for (const each of [page, viewer]) {
    await each.locator('[data-serial=live]').click()
    await each.keyboard.type('nobody hears this')
    await each.keyboard.press('Enter')
  }
  await say(other, 'from the second')
  for (const each of [page, other, viewer]) await expect(output(each)).toContainText('from the second')
  await expect.poll(async () => (await notes(skep)).slice(before.length)).toEqual(['from the second'])
  await context.close()
  // Nobody has it now: a click into the terminal takes it.
  await expect(page.getByRole('status', { name: 'Keyboard' })).toContainText('Nobody types')
  await say(page, 'from the first again')
  await expect(output(viewer)).toContainText('from the first again')
  await viewing.close()
})

test('a stopped guest keeps what it said, and a restart of the console too', async ({ page, skep }) => {
  await startAnew(page)
  await page.goto(`/vms/${VM}/serial`)
  await listens(page)
  await say(page, 'before the end')
  await expect(output(page)).toContainText('before the end')
  await act(page, 'vms.forceOff', { vm: VM })
  await expect(page.getByText(`${VM} is not running.`)).toBeVisible()
  await expect(output(page)).toContainText('before the end')
  await skep.end('SIGKILL')
  await expect(page.getByText('The connection to Skep broke.')).toBeVisible()
  await skep.start()
  await expect(output(page)).toContainText('before the end', { timeout: 30_000 })
  // What was not heard meanwhile is told where it would stand.
  await expect(output(page)).toContainText('Skep did not run or did not hold the port.')
  await page.getByRole('button', { name: `Start ${VM}` }).click()
  await listens(page)
  await say(page, 'after the start')
  await expect(output(page)).toContainText('after the start')
  expect(await skep.host('pgrep', '-fx', `bhyve: ${VM}`)).toMatch(/^\d+\n$/)
})

test('several pasted lines are shown before they go, and the screen reader can read the output', async ({
  page,
}) => {
  await startAnew(page)
  await page.goto(`/vms/${VM}/serial`)
  await listens(page)
  await page.locator('[data-serial=live]').click()
  await page.evaluate(() => {
    const data = new DataTransfer()
    data.setData('text/plain', 'first line\nsecond line\n')
    const paste = new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true })
    document.activeElement?.dispatchEvent(paste)
  })
  const dialog = page.getByRole('dialog', { name: `Paste 2 lines into ${VM}?` })
  await expect(dialog).toContainText('second line')
  await expect(output(page)).not.toContainText('first line')
  await dialog.getByRole('button', { name: 'Paste 2 lines' }).click()
  await expect(output(page)).toContainText('first line')
  await expect(output(page)).toContainText('second line')
  await page.getByRole('button', { name: 'Screen reader: off' }).click()
  await expect(page.locator('.xterm-accessibility')).toContainText('second line')
})
