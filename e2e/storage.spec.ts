/** Datasets, snapshots and pools: every verb by the page, every result by the host. */
import type { Page } from '@playwright/test'
import { confirm, dialog, expect, row, rowAction, test } from './fixtures.ts'
import { makeZvol, tagsOf, writeZvol } from './zvol.ts'

async function menu(page: Page, dataset: string, item: string) {
  await page.goto(`/datasets/${dataset}`)
  await page.getByRole('button', { name: `More actions of ${dataset}` }).click()
  await page.getByRole('menuitem', { name: item }).click()
}

test('create a filesystem and a zvol; names and sizes that ZFS refuses are refused at their field', {
  tag: '@storage',
}, async ({ page, skep }) => {
  await menu(page, 'tank', 'Create filesystem')
  const create = dialog(page, 'Create a filesystem')
  const name = create.getByLabel('Name', { exact: true })
  for (const bad of ['tank/-x y%', 'tank/a@b', 'tank/media', 'nowhere/x']) {
    await name.fill(bad)
    await expect(name).toHaveAttribute('aria-invalid', 'true')
    await expect(create.getByRole('button', { name: 'Create filesystem' })).toBeDisabled()
  }
  await name.fill('tank/st')
  await create.getByLabel('Compression').selectOption('zstd')
  await create.getByLabel('Checksum').selectOption('blake3')
  await confirm(create, 'Create filesystem')
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('tank/st')
  expect(await skep.host('zfs', 'get', '-H', '-o', 'value', 'compression,checksum', 'tank/st')).toBe(
    'zstd\nblake3\n',
  )

  await menu(page, 'tank/st', 'Create zvol')
  const volume = dialog(page, 'Create a zvol')
  await volume.getByLabel('Name', { exact: true }).fill('tank/st/disk')
  const size = volume.getByLabel('Size', { exact: true })
  await size.fill('lots')
  await expect(size).toHaveAttribute('aria-invalid', 'true')
  await size.fill('900T')
  await expect(
    volume.getByText(/^tank\/st has .* to give, and this sets 914 TiB aside\.$/).first(),
  ).toBeVisible()
  await expect(volume.getByRole('button', { name: 'Create zvol' })).toBeDisabled()
  await size.fill('2G')
  await volume.getByRole('checkbox', { name: 'Sparse' }).check()
  await confirm(volume, 'Create zvol')
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('tank/st/disk')
  expect(await skep.host('zfs', 'get', '-Hp', '-o', 'value', 'volsize,refreservation', 'tank/st/disk')).toBe(
    '2147483648\n0\n',
  )
})

test('set a property, inherit it again, rename', { tag: '@storage' }, async ({ page, skep }) => {
  await skep.host('zfs', 'create', 'tank/st-props')
  const compression = () =>
    skep.host('zfs', 'get', '-H', '-o', 'value,source', 'compression', 'tank/st-props')
  await page.goto('/datasets/tank/st-props/@properties')
  await rowAction(page, 'Properties of tank/st-props', 'compression', 'Set')
  const set = dialog(page, 'Set compression')
  await set.getByLabel('Value').fill('gzip-9')
  await confirm(set, 'Set')
  expect(await compression()).toBe('gzip-9\tlocal\n')
  await expect(row(page, 'Properties of tank/st-props', 'compression')).toContainText('set here')
  await rowAction(page, 'Properties of tank/st-props', 'compression', 'Inherit')
  await confirm(dialog(page, 'Inherit compression'), 'Inherit')
  expect(await compression()).toBe('lz4\tinherited from tank\n')
  await menu(page, 'tank/st-props', 'Rename')
  const rename = dialog(page, 'Rename')
  await rename.getByLabel('New name').fill('tank/st-renamed')
  await confirm(rename, 'Rename')
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('tank/st-renamed')
  expect(await skep.host('zfs', 'list', '-H', '-o', 'name', 'tank/st-renamed')).toBe('tank/st-renamed\n')
})

test('unmount a filesystem with what is mounted below it, and mount it again', { tag: '@storage' }, async ({
  page,
  skep,
}) => {
  await skep.host('zfs', 'create', '-p', 'tank/st-mount/below')
  const mounted = () => skep.host('zfs', 'list', '-H', '-r', '-o', 'mounted', 'tank/st-mount')
  await menu(page, 'tank/st-mount', 'Unmount')
  const off = dialog(page, 'Unmount tank/st-mount')
  await expect(off.getByText('1 filesystem below it: tank/st-mount/below.')).toBeVisible()
  await confirm(off, 'Unmount')
  await expect(page.getByRole('main').getByText('(not mounted)')).toBeVisible()
  expect(await mounted()).toBe('no\nno\n')

  await menu(page, 'tank/st-mount', 'Mount')
  await confirm(dialog(page, 'Mount tank/st-mount'), 'Mount')
  await expect(page.getByRole('main').getByText('(not mounted)')).toHaveCount(0)
  expect(await mounted()).toBe('yes\nno\n')
})

test('promote a clone, then destroy what hangs on it with every victim named', { tag: '@storage' }, async ({
  page,
  skep,
}) => {
  await makeZvol(skep, 'tank/st-origin', 'origin ')
  await skep.host('zfs', 'snapshot', 'tank/st-origin@base')
  await skep.host('zfs', 'clone', 'tank/st-origin@base', 'tank/st-clone')
  await menu(page, 'tank/st-clone', 'Promote')
  await confirm(dialog(page, 'Promote'), 'Promote')
  expect(await skep.host('zfs', 'get', '-H', '-o', 'value', 'origin', 'tank/st-origin')).toBe(
    'tank/st-clone@base\n',
  )
  expect(await tagsOf(skep, 'tank/st-clone')).toEqual(['base'])

  await skep.host('zfs', 'snapshot', 'tank/st-origin@own')
  await menu(page, 'tank/st-origin', 'Destroy')
  const destroy = dialog(page, 'Destroy st-origin')
  await destroy.getByLabel('Type st-origin to confirm').fill('st-origin')
  const victims = destroy.getByRole('region', { name: 'Will be destroyed' })
  await expect(victims.getByText('tank/st-origin', { exact: true })).toBeVisible()
  await expect(victims.getByText('tank/st-origin@own', { exact: true })).toBeVisible()
  await confirm(destroy, 'Destroy the zvol')
  await expect(skep.host('zfs', 'list', 'tank/st-origin')).rejects.toThrow(/does not exist/)
  expect(await tagsOf(skep, 'tank/st-clone')).toEqual(['base'])
})

test('holds keep a snapshot until they are released; everything below at the same moment', {
  tag: '@storage',
}, async ({ page, skep }) => {
  await skep.host('zfs', 'create', 'tank/st-many')
  for (const child of ['a', 'b']) await skep.host('zfs', 'create', `tank/st-many/${child}`)
  await page.goto('/datasets/tank/st-many/@snapshots')
  await page.getByRole('button', { name: 'Take snapshot' }).click()
  const take = dialog(page, 'Take a snapshot')
  await take.getByLabel('Name').fill('together')
  await take.getByRole('checkbox', { name: 'With everything below' }).check()
  await confirm(take, 'Take snapshot')
  const txgs = await skep.host(
    'zfs',
    'list',
    '-Hp',
    '-r',
    '-t',
    'snapshot',
    '-o',
    'createtxg',
    'tank/st-many',
  )
  expect(txgs.trim().split('\n')).toHaveLength(3)
  expect(new Set(txgs.trim().split('\n')).size).toBe(1)

  const grid = 'Snapshots of tank/st-many'
  await rowAction(page, grid, 'together', 'Hold')
  const hold = dialog(page, 'Hold 1 snapshot')
  await hold.getByLabel('Tag of the hold').fill('audit')
  await confirm(hold, 'Hold')
  await expect(row(page, grid, 'together')).toContainText('held')
  expect(await skep.host('zfs', 'holds', '-H', 'tank/st-many@together')).toContain('\taudit\t')
  await row(page, grid, 'together').click({ button: 'right' })
  await expect(page.getByRole('menuitem', { name: 'Destroy' })).toContainText('It is held: release it first.')
  await page.keyboard.press('Escape')
  await rowAction(page, grid, 'together', 'Release')
  await confirm(dialog(page, 'Release a hold'), 'Release')
  expect(await skep.host('zfs', 'holds', '-H', 'tank/st-many@together')).toBe('')
})

test('the reclaim meter says what zfs destroy -nv says of exactly the ticked ones', {
  tag: '@storage',
}, async ({ page, skep }) => {
  const volume = 'tank/st-meter'
  await makeZvol(skep, volume, 'first ')
  for (const tag of ['one', 'two', 'three']) {
    await skep.host('zfs', 'snapshot', `${volume}@${tag}`)
    await writeZvol(skep, volume, `after ${tag} `)
  }
  await page.goto(`/datasets/${volume}/@snapshots`)
  for (const tag of ['one', 'two'])
    await page.getByRole('checkbox', { name: `Select ${volume}@${tag}` }).check()
  const meter = page.getByRole('region', { name: 'Selected snapshots' })
  const dry = await skep.host('zfs', 'destroy', '-nvp', `${volume}@one,two`)
  const freed = Number(/^reclaim\t(\d+)$/m.exec(dry)?.[1])
  expect(freed).toBeGreaterThan(0)
  await expect(meter.getByRole('status').locator('strong')).toHaveText(`${(freed / 1024).toPrecision(3)} KiB`)
  await meter.getByRole('button', { name: 'Destroy 2 snapshots' }).click()
  const destroy = dialog(page, 'Destroy 2 snapshots')
  for (const tag of ['one', 'two'])
    await expect(destroy.getByText(`${volume}@${tag}`, { exact: true })).toBeVisible()
  await confirm(destroy, 'Destroy 2 snapshots')
  expect(await tagsOf(skep, volume)).toEqual(['three'])
})

test('a scrub of the degraded pool starts, pauses, goes on and stops', { tag: '@storage' }, async ({
  page,
  skep,
}) => {
  await page.goto('/pools/backup')
  const main = page.getByRole('main')
  await expect(main.getByText('Degraded').first()).toBeVisible()
  const status = () => skep.host('zpool', 'status', 'backup')
  await main.getByRole('button', { name: 'Start scrub' }).click()
  await expect(main.getByText('Scrub is running', { exact: true })).toBeVisible()
  expect(await status()).toContain('scrub in progress')
  await main.getByRole('button', { name: 'Pause scrub' }).click()
  await expect(main.getByText('Scrub is paused', { exact: true })).toBeVisible()
  expect(await status()).toContain('scrub paused')
  await main.getByRole('button', { name: 'Resume scrub' }).click()
  await expect(main.getByText('Scrub is running', { exact: true })).toBeVisible()
  await main.getByRole('button', { name: 'Stop scrub' }).click()
  await expect(main.getByText('Scrub was stopped before its end')).toBeVisible()
  expect(await status()).toContain('scrub canceled')
})
