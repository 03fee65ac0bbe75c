/** Pools as a whole: made out of free disks, away and back under another name, and destroyed; each seen on the host. */
import type { Page } from '@playwright/test'
import { confirm, dialog, expect, row, rowAction, test } from './fixtures.ts'

/** The pool's own menu, on its page. */
async function choose(page: Page, pool: string, item: RegExp) {
  await page.getByRole('button', { name: `Actions of ${pool}` }).click()
  await page.getByRole('menuitem', { name: item }).click()
}

test('a pool is made, exported, imported under another name, and destroyed with all that is named', async ({
  page,
  skep,
}) => {
  await page.goto('/pools')

  await test.step('made: the layout says what may fail, and a taken disk cannot be chosen', async () => {
    await page.getByRole('button', { name: 'Create pool' }).click()
    const create = dialog(page, 'Create a pool')
    const verb = create.getByRole('button', { name: 'Create pool' })
    await create.getByLabel('Name', { exact: true }).fill('tank')
    for (const disk of ['da7', 'da8']) await create.getByLabel(`What ${disk} is for`).selectOption('data')
    await expect(create.getByText('There is a pool tank already.').first()).toBeVisible()
    await create.getByLabel('Name', { exact: true }).fill('extra')
    await expect(create.getByText(/^About .* Any 1 disk may fail\.$/)).toBeVisible()
    await create.getByLabel('Layout').selectOption('stripe')
    await expect(
      create.getByText('Without redundancy: when one disk fails the whole pool is lost.'),
    ).toBeVisible()
    await create.getByLabel('Layout').selectOption('mirror')
    await expect(verb).toBeDisabled()
    await create.getByRole('checkbox', { name: 'da7, da8 may be overwritten' }).check()
    await create.getByText('Disks that cannot be taken').click()
    await expect(create.getByRole('listitem').filter({ hasText: /^da0/ })).toContainText('belongs to pool')
    await confirm(create, 'Create pool')
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('extra')
    expect(await skep.host('zpool', 'status', 'extra')).toMatch(/mirror-0 +ONLINE/)
    expect(await skep.host('zpool', 'get', '-H', '-o', 'value', 'ashift', 'extra')).toBe('12\n')
  })

  await test.step('a disk leaves the mirror and comes back to it; a single one cannot leave', async () => {
    const device = (name: string) => page.getByRole('main').getByRole('row', { name: new RegExp(name) })
    await page.getByRole('button', { name: 'Actions of da8' }).click()
    await page.getByRole('menuitem', { name: /^Detach/ }).click()
    const detach = dialog(page, 'Detach: da8 of extra')
    await expect(detach.getByText('da7 stands alone then: when it fails the pool is lost.')).toBeVisible()
    await confirm(detach, 'Detach')
    await expect(device('da8')).toHaveCount(0)
    expect(await skep.host('zpool', 'status', 'extra')).not.toMatch(/mirror|da8/)
    await page.getByRole('button', { name: 'Actions of da7' }).click()
    await expect(page.getByRole('menuitem', { name: /^Detach/ })).toContainText('It is in no mirror.')
    await page.getByRole('menuitem', { name: /^Attach/ }).click()
    const attach = dialog(page, 'Attach a disk to da7 of extra')
    await attach.getByLabel('This disk').selectOption('da8')
    await attach.getByLabel('Type da8 to confirm').fill('da8')
    await confirm(attach, 'Attach da8')
    await expect(device('da8')).toBeVisible()
    expect(await skep.host('zpool', 'status', 'extra')).toMatch(/mirror-0[\s\S]*da7[\s\S]*da8/)
  })
  await skep.host('zfs', 'create', 'extra/data')
  await skep.host('zfs', 'snapshot', 'extra/data@one')

  await test.step('exported: it is gone from the list, and its disks say whose they are no more', async () => {
    await choose(page, 'extra', /^Export/)
    await confirm(dialog(page, 'Export extra'), 'Export')
    await expect(page).toHaveURL(/\/pools$/)
    await expect(row(page, 'Pools', 'extra')).toHaveCount(0)
    expect(await skep.host('zpool', 'list', '-H', '-o', 'name')).not.toContain('extra')
  })

  await test.step('imported under another name', async () => {
    await page.getByRole('button', { name: 'Import' }).click()
    const back = dialog(page, 'Import a pool')
    await expect(back.getByRole('list', { name: 'Disks of extra' })).toContainText('da8')
    await back.getByLabel('New name').fill('tank')
    await expect(back.getByText('There is a pool tank already.').first()).toBeVisible()
    await back.getByLabel('New name').fill('again')
    await confirm(back, 'Import again')
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('again')
    expect(await skep.host('zfs', 'list', '-H', '-o', 'name', '-t', 'all', '-r', 'again')).toBe(
      'again\nagain/data\nagain/data@one\n',
    )
  })

  await test.step('a pool with a guest that runs stays', async () => {
    await page.goto('/pools')
    await rowAction(page, 'Pools', 'tank', 'Destroy')
    const destroy = dialog(page, 'Destroy the pool tank')
    await destroy.getByLabel('Type tank to confirm').fill('tank')
    await expect(destroy.getByText(/router (?:is|are) running and uses? tank/).first()).toBeVisible()
    await expect(destroy.getByRole('button', { name: 'Destroy the pool' })).toBeDisabled()
    await destroy.getByRole('button', { name: 'Cancel' }).click()
    await expect(destroy).toBeHidden()
  })

  await test.step('destroyed: what dies is named, and the name is typed', async () => {
    await rowAction(page, 'Pools', 'again', 'Destroy')
    const destroy = dialog(page, 'Destroy the pool again')
    await expect(destroy.getByText('again/data', { exact: true })).toBeVisible()
    await expect(destroy.getByText('again/data@one')).toBeVisible()
    await expect(destroy.getByRole('button', { name: 'Destroy the pool' })).toBeDisabled()
    await destroy.getByLabel('Type again to confirm').fill('again')
    await confirm(destroy, 'Destroy the pool')
    await expect(row(page, 'Pools', 'again')).toHaveCount(0)
    expect(await skep.host('zpool', 'list', '-H', '-o', 'name')).not.toContain('again')
  })
})

test('a setting of a pool is changed, and what a newer ZFS could do is enabled', async ({ page, skep }) => {
  await skep.host('zpool', 'create', '-d', 'extra', 'da7')
  await page.goto('/pools/extra')
  await expect(page.getByText('This ZFS knows features that the pool does not use yet.')).toBeVisible()

  await test.step('a comment, and a figure that cannot be set', async () => {
    await page.getByRole('link', { name: 'Properties' }).click()
    await page.getByLabel('Filter properties').fill('comment')
    await rowAction(page, 'Properties of extra', 'comment', 'Set')
    const set = dialog(page, 'Set comment')
    await set.getByLabel('Value').fill('ä')
    await expect(set.getByText('comment takes printable ASCII only.').first()).toBeVisible()
    await set.getByLabel('Value').fill('left shelf')
    await confirm(set, 'Set')
    await expect(row(page, 'Properties of extra', 'comment')).toContainText('left shelf')
    expect(await skep.host('zpool', 'get', '-H', '-o', 'value', 'comment', 'extra')).toBe('left shelf\n')
    await page.getByLabel('Filter properties').fill('guid')
    await row(page, 'Properties of extra', 'guid')
      .getByRole('button', { name: /^Actions/ })
      .click()
    await expect(page.getByRole('menuitem', { name: /^Set/ })).toContainText('a figure that ZFS keeps itself')
    await page.keyboard.press('Escape')
  })

  await test.step('the features are named, and there is no way back', async () => {
    await page.getByRole('link', { name: 'Features' }).click()
    await page.getByLabel('Filter features').fill('blake3')
    await expect(row(page, 'Features of extra', 'blake3')).toContainText('disabled')
    await page.getByRole('button', { name: 'Enable new features' }).click()
    const enable = dialog(page, 'Enable the new features of extra')
    await expect(enable.getByText(/There is no way back/).first()).toContainText('blake3')
    await confirm(enable, 'Enable')
    await expect(row(page, 'Features of extra', 'blake3')).toContainText('enabled')
    await expect(page.getByRole('button', { name: 'Enable new features' })).toBeDisabled()
    expect(await skep.host('zpool', 'get', '-H', '-o', 'value', 'feature@blake3', 'extra')).toBe('enabled\n')
  })

  await test.step('the history says who it was: Skep’s user, or somebody in a shell', async () => {
    await page.getByRole('link', { name: 'History' }).click()
    const history = page.getByRole('grid', { name: 'History of extra' })
    await expect(history.getByRole('row', { name: /zpool upgrade extra/ })).toContainText('by Skep')
    await expect(history.getByRole('row', { name: /zpool create -d extra da7/ })).toContainText('root')
    await history
      .getByRole('row', { name: /zpool upgrade extra/ })
      .getByRole('link')
      .click()
    await expect(page.getByRole('heading', { level: 1 })).toContainText('Enable the new features of extra')
  })
  await skep.host('zpool', 'destroy', 'extra')
})
