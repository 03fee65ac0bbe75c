/** What somebody types in a terminal is on every open page within a second; a silent host is called silent. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Locator, Page } from '@playwright/test'
import { act } from './api.ts'
import { expect, row, test } from './fixtures.ts'
import { makeZvol } from './zvol.ts'

/** From the end of the command to the screen: a second is the aim (it is printed), the rest is for busy machines. */
const SOON_MS = 5000

/** Types a command, then waits for what it changes on every page; says how long the slowest took. */
async function typedThenSeen(
  what: string,
  type: () => Promise<unknown>,
  seen: readonly Locator[],
  state: 'visible' | 'hidden' = 'visible',
) {
  await type()
  const began = performance.now()
  await Promise.all(seen.map(locator => locator.waitFor({ state, timeout: SOON_MS })))
  console.log(`      ${what}: on ${seen.length} pages after ${Math.round(performance.now() - began)} ms`)
}

/** A second browser of the same person. */
async function secondPage(page: Page): Promise<Page> {
  const browser = page.context().browser()
  if (!browser) throw new Error('no browser')
  const context = await browser.newContext({
    baseURL: new URL(page.url()).origin,
    storageState: await page.context().storageState(),
  })
  return context.newPage()
}

test('snapshots and datasets of a terminal appear and go on every open page', { tag: '@storage' }, async ({
  page,
  skep,
}) => {
  const volume = 'tank/live'
  await makeZvol(skep, volume, 'live ')
  await page.goto(`/datasets/${volume}/@snapshots`)
  const other = await secondPage(page)
  await other.goto('/snapshots')
  await other.getByRole('searchbox', { name: 'Filter snapshots' }).fill(volume)
  await expect(page.getByText('No snapshot yet.')).toBeVisible()
  await expect(other.getByText('Nothing matches')).toBeVisible()
  const snapshot = [
    row(page, `Snapshots of ${volume}`, 'by-hand'),
    row(other, 'All snapshots', `${volume}@by-hand`),
  ]
  await typedThenSeen('a snapshot', () => skep.terminal('zfs', 'snapshot', `${volume}@by-hand`), snapshot)
  await typedThenSeen(
    'a destroyed snapshot',
    () => skep.terminal('zfs', 'destroy', `${volume}@by-hand`),
    snapshot,
    'hidden',
  )

  await page.goto('/datasets')
  await page.getByRole('searchbox', { name: 'Filter' }).fill('live-by-hand')
  await other.goto('/')
  await expect(page.getByText('Nothing matches')).toBeVisible()
  const dataset = [
    page.getByRole('grid').getByText('live-by-hand', { exact: true }),
    other.getByRole('tree').getByText('live-by-hand', { exact: true }),
  ]
  await expect(other.getByRole('tree').getByText('media', { exact: true })).toBeVisible()
  await typedThenSeen('a dataset', () => skep.terminal('zfs', 'create', 'tank/live-by-hand'), dataset)
  await typedThenSeen(
    'a destroyed dataset',
    () => skep.terminal('zfs', 'destroy', 'tank/live-by-hand'),
    dataset,
    'hidden',
  )
  await other.context().close()
})

test('a guest that a terminal stops and starts changes its state on every open page', async ({
  page,
  skep,
}) => {
  await page.goto('/vms')
  const other = await secondPage(page)
  await other.goto('/vms/router')
  // Its script is there from the first start by Skep on; the seed's was started by vm(8).
  await skep.terminal('bhyvectl', '--force-poweroff', '--vm=router')
  await expect(row(page, 'Virtual machines', 'router').getByText('Stopped')).toBeVisible()
  expect(await act(page, 'vms.start', { vm: 'router' })).toMatchObject({ status: 200 })
  const state = (word: string) => [
    row(page, 'Virtual machines', 'router').getByText(word),
    other.getByRole('main').getByText(word, { exact: true }).first(),
  ]
  for (const each of state('Running')) await expect(each).toBeVisible()
  await typedThenSeen(
    'a guest whose bhyve has ended',
    async () => {
      await skep.terminal('bhyvectl', '--force-poweroff', '--vm=router')
      await expect
        .poll(() => skep.host('pgrep', '-fx', 'bhyve: router').catch(() => ''), { intervals: [50] })
        .toBe('')
    },
    state('Running'),
    'hidden',
  )
  // Its supervisor tidies up: until that has ended too it is stopping.
  await typedThenSeen(
    'a stopped guest',
    () =>
      expect
        .poll(() => skep.host('pgrep', '-f', 'router/.skep/run.sh').catch(() => ''), { intervals: [50] })
        .toBe(''),
    state('Stopped'),
  )
  await typedThenSeen(
    'a started guest',
    async () => {
      await skep.terminal('daemon', '-f', '/bin/sh', '/vm/router/.skep/run.sh')
      await expect
        .poll(() => skep.host('pgrep', '-fx', 'bhyve: router').catch(() => ''), { intervals: [50] })
        .not.toBe('')
    },
    state('Running'),
  )
  await other.context().close()
})

test('a host that falls silent: one banner, the old data with its age, and back by itself', async ({
  page,
  skep,
}) => {
  test.setTimeout(150_000)
  await page.goto('/datasets')
  // Near the top of the list, whatever other specs have made: what is far below is not drawn.
  const machines = page.getByRole('grid').getByText('machines', { exact: true })
  await expect(machines).toBeVisible()
  const kernel = Number(await readFile(join(skep.sandbox, 'kernel.pid'), 'utf8'))
  const silence = page.getByText('What you see is what it said')
  process.kill(kernel, 'SIGSTOP')
  try {
    // The deadline of a command is thirty seconds; nobody should look at old data for that long without being told.
    await expect(silence).toBeVisible({ timeout: 15_000 })
    await expect(silence).toHaveCount(1)
    await expect(silence.getByRole('time')).toHaveText(/ago|now/)
    await expect(machines).toBeVisible()
    await page.reload()
    await expect(silence).toBeVisible()
    await expect(machines).toBeVisible()
  } finally {
    process.kill(kernel, 'SIGCONT')
  }
  await expect(silence).toBeHidden({ timeout: 15_000 })
  await skep.terminal('zfs', 'create', 'tank/after-the-silence')
  await expect(page.getByRole('grid').getByText('after-the-silence', { exact: true })).toBeVisible()
})
