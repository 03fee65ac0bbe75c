/** A disk that died: said in plain words, replaced by one that nobody has, and the pool is whole again. */
import { confirm, dialog, expect, test } from './fixtures.ts'

test('a dead disk of a pool is replaced by a free one, and nothing else can be chosen', async ({
  page,
  skep,
}) => {
  await page.goto('/pools/backup')
  const main = page.getByRole('main')
  await expect(main.getByText('The disk da4 cannot be opened.')).toBeVisible()

  await test.step('bringing it back says truly that it is still away', async () => {
    await main.getByRole('button', { name: 'Bring online…' }).click()
    const online = dialog(page, 'Bring online: da4 of backup')
    await online.getByRole('button', { name: 'Bring online', disabled: false }).click()
    await expect(online.getByRole('alert')).toContainText('da4 is still away: ZFS cannot open it')
    await online.getByRole('button', { name: 'Close' }).first().click()
  })

  await test.step('only the disk that nobody has is offered, and its name is typed', async () => {
    await main.getByRole('button', { name: 'Replace…' }).click()
    const replace = dialog(page, 'Replace da4 of backup')
    await expect(replace.getByRole('combobox', { name: 'By this disk' })).toHaveText(/da6/)
    await replace.getByText('Disks that cannot be taken').click()
    await expect(replace.getByRole('listitem').filter({ hasText: 'da5' })).toContainText(
      'belongs to pool backup',
    )
    const verb = replace.getByRole('button', { name: 'Replace by da6' })
    await expect(verb).toBeDisabled()
    await replace.getByLabel('Type da6 to confirm').fill('da6')
    await confirm(replace, 'Replace by da6')
    expect(await skep.host('zpool', 'status', 'backup')).toMatch(/da6 +ONLINE/)
    await expect(main.getByRole('row', { name: /da6/ })).toBeVisible()
  })

  await test.step('the copy to the new disk is shown with its progress', async () => {
    await expect(main.getByText(/Resilver/).first()).toBeVisible()
  })
})

test('a disk of a mirror is taken offline and brought back; the other one cannot go too', async ({
  page,
  skep,
}) => {
  await page.goto('/pools/tank')
  const main = page.getByRole('main')
  const choose = async (device: string, verb: RegExp) => {
    await main.getByRole('button', { name: `Actions of ${device}` }).click()
    await page.getByRole('menuitem', { name: verb }).click()
  }
  await choose('da1', /^Take offline/)
  await confirm(dialog(page, 'Take offline: da1 of tank'), 'Take offline')
  expect(await skep.host('zpool', 'status', 'tank')).toMatch(/da1 +OFFLINE/)
  await expect(main.getByRole('row', { name: /da1/ })).toContainText('Offline')

  await choose('da0', /^Take offline/)
  const last = dialog(page, 'Take offline: da0 of tank')
  await expect(last.getByRole('paragraph').filter({ hasText: 'has lost da1 already' })).toBeVisible()
  await expect(last.getByRole('button', { name: 'Take offline' })).toBeDisabled()
  await last.getByRole('button', { name: 'Cancel' }).click()

  await expect(main.getByText('Somebody took da1 offline.')).toBeVisible()
  await main.getByRole('button', { name: 'Bring online…' }).click()
  await confirm(dialog(page, 'Bring online: da1 of tank'), 'Bring online')
  expect(await skep.host('zpool', 'status', 'tank')).toMatch(/da1 +ONLINE/)
  await expect(main.getByRole('row', { name: /da1/ })).toContainText('Online')
})
