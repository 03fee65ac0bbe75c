/** Going back: exactly what was shown, or a refusal that says what is different and what to do. */
import type { Locator, Page } from '@playwright/test'
import type { Console } from './console.ts'
import { confirm, dialog, expect, rowAction, test } from './fixtures.ts'
import { makeZvol, tagsOf, writeZvol, zvolDigest } from './zvol.ts'

/** A zvol with the snapshot `then`, other bytes written after it; resolves to the fingerprints of then and now. */
async function zvolWithPast(skep: Console, name: string): Promise<{ past: string; present: string }> {
  await makeZvol(skep, name, 'the bytes of then ')
  const past = await zvolDigest(skep, name)
  await skep.host('zfs', 'snapshot', `${name}@then`)
  await writeZvol(skep, name, 'what was written since ')
  return { past, present: await zvolDigest(skep, name) }
}

async function openRollback(page: Page, volume: string, way: RegExp): Promise<Locator> {
  await page.goto(`/datasets/${volume}/@snapshots`)
  await rowAction(page, `Snapshots of ${volume}`, 'then', 'Roll back')
  const rollback = dialog(page, 'Roll back to then')
  // Its figures have come: a press while they do may meet what has moved.
  await expect(rollback.getByText(/ · \d.* written since$/)).toBeVisible()
  await rollback.getByRole('radio', { name: way }).check()
  return rollback
}

const GO_BACK = /^Go back Destroys/
const KEEP = /^Go back, keep/
const BESIDE = /^Open beside it/

test('a snapshot sneaked in between plan and click is refused, shown, and then confirmed', {
  tag: '@storage',
}, async ({ page, skep }) => {
  const volume = 'tank/rb-sneak'
  const { past, present } = await zvolWithPast(skep, volume)
  await skep.host('zfs', 'snapshot', `${volume}@newer`)
  await skep.host('zfs', 'bookmark', `${volume}@newer`, `${volume}#mark`)
  const rollback = await openRollback(page, volume, GO_BACK)
  const victims = rollback.getByRole('region', { name: 'Will be destroyed' })
  await expect(victims.getByText(`${volume}@newer`, { exact: true })).toBeVisible()
  await expect(victims.getByText(`${volume}#mark`, { exact: true })).toBeVisible()
  const verb = rollback.getByRole('button', { name: 'Go back', disabled: false })
  await expect(verb).toBeEnabled()

  await skep.host('zfs', 'snapshot', `${volume}@sneaked`)
  await verb.click()
  await expect(rollback.getByText('The host changed while you read. Nothing was done')).toBeVisible()
  await expect(
    rollback.getByText(`New: the snapshot ${volume}@sneaked would be destroyed too.`),
  ).toBeVisible()
  await expect(victims.getByText(`${volume}@sneaked`, { exact: true })).toBeVisible()
  expect(await tagsOf(skep, volume)).toEqual(['then', 'newer', 'sneaked'])
  expect(await zvolDigest(skep, volume)).toBe(present)

  await confirm(rollback, 'Go back')
  expect(await tagsOf(skep, volume)).toEqual(['then'])
  expect(await skep.host('zfs', 'list', '-H', '-t', 'bookmark', '-o', 'name', volume)).toBe('')
  expect(await zvolDigest(skep, volume)).toBe(past)
})

test('a snapshot sneaked in between two commands stops the roll back, and the dialog says how far it came', async ({
  page,
  skep,
}) => {
  const volume = 'tank/rb-between'
  const { present } = await zvolWithPast(skep, volume)
  await skep.host('zfs', 'snapshot', `${volume}@newer`)
  const rollback = await openRollback(page, volume, GO_BACK)
  await skep.host('fault', 'add', 'zfs', 'rollback', '--', 'slow', '3000', 'once')
  await rollback.getByRole('button', { name: 'Go back', disabled: false }).click()
  await expect.poll(() => tagsOf(skep, volume)).toEqual(['then'])
  await skep.host('zfs', 'snapshot', `${volume}@between`)
  const alert = rollback.getByRole('alert')
  await expect(alert).toContainText('newer')
  await expect(alert).toContainText(`What ${volume} holds now is untouched.`)
  expect(await tagsOf(skep, volume)).toEqual(['then', 'between'])
  expect(await zvolDigest(skep, volume)).toBe(present)
})

test('keeping the present beside it, and swapping back: every byte of both', { tag: '@storage' }, async ({
  page,
  skep,
}) => {
  const volume = 'tank/rb-keep'
  const { past, present } = await zvolWithPast(skep, volume)
  await skep.host('zfs', 'snapshot', `${volume}@newer`)
  const rollback = await openRollback(page, volume, KEEP)
  const name = rollback.getByLabel("Today's state stays as")
  await expect(name).toHaveValue(new RegExp(`^${volume}\\.before-\\d{4}-\\d\\d-\\d\\d$`))
  await name.fill(`${volume}-kept`)
  await confirm(rollback, "Go back, keep today's state")
  expect(await zvolDigest(skep, volume)).toBe(past)
  expect(await zvolDigest(skep, `${volume}-kept`)).toBe(present)
  expect(await tagsOf(skep, volume)).toEqual(['then'])
  expect(await tagsOf(skep, `${volume}-kept`)).toEqual(['newer'])

  await writeZvol(skep, volume, 'a second life ')
  const second = await zvolDigest(skep, volume)
  await page.goto(`/datasets/${volume}`)
  await page.getByRole('button', { name: 'Swap back' }).click()
  await confirm(dialog(page, 'Swap back'), 'Swap back')
  expect(await zvolDigest(skep, volume)).toBe(present)
  expect(await tagsOf(skep, volume)).toEqual(['then', 'newer'])
  const after = (await skep.host('zfs', 'list', '-H', '-o', 'name', '-t', 'volume', '-r', 'tank'))
    .split('\n')
    .find(each => each.startsWith(`${volume}.after-`))
  expect(await zvolDigest(skep, after ?? 'none')).toBe(second)
})

test('opening the snapshot beside it changes nothing else', { tag: '@storage' }, async ({ page, skep }) => {
  const volume = 'tank/rb-beside'
  const { past, present } = await zvolWithPast(skep, volume)
  const rollback = await openRollback(page, volume, BESIDE)
  await expect(rollback.getByLabel('Name of the clone')).toHaveValue(`${volume}-then`)
  await confirm(rollback, 'Open beside it')
  expect(await zvolDigest(skep, `${volume}-then`)).toBe(past)
  expect(await zvolDigest(skep, volume)).toBe(present)
  expect(await skep.host('zfs', 'get', '-H', '-o', 'value', 'origin', `${volume}-then`)).toBe(
    `${volume}@then\n`,
  )
})

test('a newer snapshot that is held or cloned stops it and names the way out', { tag: '@storage' }, async ({
  page,
  skep,
}) => {
  const volume = 'tank/rb-stuck'
  const { past, present } = await zvolWithPast(skep, volume)
  await skep.host('zfs', 'snapshot', `${volume}@newer`)
  await skep.host('zfs', 'hold', 'audit', `${volume}@newer`)
  const rollback = await openRollback(page, volume, GO_BACK)
  await expect(rollback.getByText(`${volume}@newer is newer and held by “audit”`).first()).toBeVisible()
  await expect(
    rollback.getByText('Release the hold first, or go back and keep what is there now.'),
  ).toBeVisible()
  await expect(rollback.getByRole('button', { name: 'Go back' })).toBeDisabled()
  await rollback.getByRole('button', { name: 'Cancel' }).click()

  await skep.host('zfs', 'release', 'audit', `${volume}@newer`)
  await skep.host('zfs', 'clone', `${volume}@newer`, `${volume}-clone`)
  await openRollback(page, volume, GO_BACK)
  await expect(rollback.getByText(`${volume}-clone`).first()).toBeVisible()
  await expect(
    rollback.getByText('Or go back and keep what is there now: then the clone stays.'),
  ).toBeVisible()
  await expect(rollback.getByRole('button', { name: 'Go back' })).toBeDisabled()
  expect(await tagsOf(skep, volume)).toEqual(['then', 'newer'])
  expect(await zvolDigest(skep, volume)).toBe(present)

  // The way out that it names is a way.
  await rollback.getByRole('radio', { name: KEEP }).check()
  await confirm(rollback, "Go back, keep today's state")
  expect(await zvolDigest(skep, volume)).toBe(past)
  expect(await zvolDigest(skep, `${volume}-clone`)).toBe(present)
})

/** Presses Tab until the element has the focus, as a person without a mouse does. */
async function tabTo(page: Page, target: Locator) {
  for (let presses = 0; presses < 60; presses += 1) {
    if (await target.evaluate(element => element === document.activeElement)) return
    await page.keyboard.press('Tab')
  }
  await expect(target).toBeFocused()
}

test('by keyboard alone, from the snapshot list to the end', { tag: '@storage' }, async ({ page, skep }) => {
  const volume = 'tank/rb-keys'
  const { past } = await zvolWithPast(skep, volume)
  await skep.host('zfs', 'snapshot', `${volume}@newer`)
  await page.goto(`/datasets/${volume}/@snapshots`)
  const rows = page.getByRole('grid', { name: `Snapshots of ${volume}` }).getByRole('row')
  await expect(rows.filter({ hasText: 'then' })).toBeVisible()
  await tabTo(page, rows.filter({ hasText: 'newer' }))
  await page.keyboard.press('ArrowDown')
  await expect(rows.filter({ hasText: 'then' })).toBeFocused()
  await page.keyboard.press('Shift+F10')
  await expect(page.getByRole('menuitem', { name: 'Roll back' })).toBeFocused()
  await page.keyboard.press('Enter')
  const rollback = dialog(page, 'Roll back to then')
  await expect(rollback.getByRole('radio', { name: KEEP })).toBeFocused()
  await page.keyboard.press('ArrowUp')
  await expect(rollback.getByRole('radio', { name: GO_BACK })).toBeChecked()
  const verb = rollback.getByRole('button', { name: 'Go back', disabled: false })
  await expect(verb).toBeVisible()
  await tabTo(page, verb)
  await page.keyboard.press('Enter')
  await expect(rollback).toBeHidden()
  expect(await tagsOf(skep, volume)).toEqual(['then'])
  expect(await zvolDigest(skep, volume)).toBe(past)
  await expect(rows.filter({ hasText: 'newer' })).toBeHidden()
})
