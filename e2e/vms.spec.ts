/** Guests: what goes and what stays, what a conf keeps, what is refused, and programs that fail in each of their ways. */
import type { Page } from '@playwright/test'
import { act } from './api.ts'
import type { Console } from './console.ts'
import { confirm, dialog, expect, row, rowAction, test } from './fixtures.ts'
import { makeZvol } from './zvol.ts'

const volumes = async (skep: Console) =>
  (await skep.host('zfs', 'list', '-H', '-o', 'name', '-t', 'volume')).split('\n')

async function clone(page: Page, of: string, name: string) {
  await page.goto('/vms')
  expect(await act(page, 'vms.clone', { vm: of, tag: null, name, network: false })).toMatchObject({
    status: 200,
  })
}

test('destroying a guest takes the zvols that were ticked, and no other', async ({ page, skep }) => {
  for (const [name, withZvol] of [
    ['vm-keep', false],
    ['vm-gone', true],
  ] as const) {
    const zvol = `tank/vms/${name}/disk0`
    await clone(page, 'openbsd', name)
    await rowAction(page, 'Virtual machines', name, 'Destroy')
    const destroy = dialog(page, `Destroy ${name}`)
    await expect(destroy.getByRole('button', { name: 'Destroy, keep its zvols' })).toBeDisabled()
    if (withZvol) await destroy.getByRole('checkbox', { name: zvol }).check()
    await destroy.getByLabel(`Type ${name} to confirm`).fill(name)
    const victims = destroy.getByRole('region', { name: 'Will be destroyed' })
    await expect(victims.getByText(name, { exact: true })).toBeVisible()
    await expect(victims.getByText(zvol, { exact: true })).toHaveCount(withZvol ? 1 : 0)
    await confirm(destroy, withZvol ? 'Destroy it and 1 zvol' : 'Destroy, keep its zvols')
    await expect(page).toHaveURL(/\/vms$/)
    expect((await volumes(skep)).includes(zvol)).toBe(!withZvol)
    await expect(skep.file(`/vm/${name}/${name}.conf`)).rejects.toThrow()
  }
})

test('what a dead bhyve left is cleaned up, and nothing else', async ({ page, skep }) => {
  await page.goto('/vms/freebsd-build')
  const main = page.getByRole('main')
  await expect(main.getByText('Left over').first()).toBeVisible()
  const conf = await skep.file('/vm/freebsd-build/freebsd-build.conf')
  await main.getByRole('button', { name: 'Clean up' }).click()
  await confirm(dialog(page, 'Clean up: freebsd-build'), 'Clean up')
  await expect(main.getByText('Left over')).toHaveCount(0)
  await expect(main.getByRole('button', { name: 'Start' })).toBeEnabled()
  await expect(skep.file('/vm/freebsd-build/run.lock')).rejects.toThrow()
  expect(await skep.host('ifconfig', '-l')).not.toContain('tap7')
  expect(await skep.file('/vm/freebsd-build/freebsd-build.conf')).toBe(conf)
  expect(await volumes(skep)).toContain('tank/vms/freebsd-build/disk0')
})

test('a crash is told in words, with what bhyve said', async ({ page, skep }) => {
  await page.goto('/vms/win11')
  const main = page.getByRole('main')
  await expect(main.getByText('Crashed').first()).toBeVisible()
  await expect(main.getByText('The guest crashed with a triple fault.').first()).toBeVisible()
  await page.goto('/vms/win11/log')
  await expect(main.getByText(/exit 3/).first()).toBeVisible()
  await expect(main.getByText(/exit_reason.*Triple fault/).first()).toBeVisible()
  expect(await skep.file('/vm/win11/.skep/runs.jsonl')).toContain('"exit":3')
})

test('a hand-written conf keeps every byte but the one that was changed', async ({ page, skep }) => {
  const before = await skep.file('/vm/legacy/legacy.conf')
  await page.goto('/vms')
  await rowAction(page, 'Virtual machines', 'legacy', 'Edit')
  const edit = dialog(page, 'Edit legacy')
  await edit.getByLabel('Memory in MiB').fill('896')
  await confirm(edit, 'Save')
  const after = await skep.file('/vm/legacy/legacy.conf')
  expect(before).toContain('memory=768M\n')
  // What is written is quoted, as vm(8) writes it.
  expect(after).toBe(before.replace('memory=768M', 'memory="896M"'))
})

test('a guest with bhyveload goes through its loader, runs, and is forced off', async ({ page, skep }) => {
  await page.goto('/vms/legacy')
  const main = page.getByRole('main')
  await main.getByRole('button', { name: 'Start' }).click()
  await expect(main.getByText('In its loader').first()).toBeVisible()
  expect(await skep.host('pgrep', '-f', 'bhyveload .* legacy')).not.toBe('')
  await expect(main.getByText('Running').first()).toBeVisible({ timeout: 30_000 })
  await page.goto('/vms')
  await rowAction(page, 'Virtual machines', 'legacy', 'Force off')
  await confirm(dialog(page, 'Force off: legacy'), 'Force off')
  await page.goto('/vms/legacy')
  await expect(main.getByText('Stopped').first()).toBeVisible()
  await expect(skep.file('/vm/legacy/run.lock')).rejects.toThrow()
  expect(await skep.host('ifconfig', '-a')).not.toContain('vmnet/legacy/')
})

test('an edit of a running guest is pending until its next cold start', async ({ page, skep }) => {
  await expect
    .poll(() => skep.host('pgrep', '-fx', 'bhyve: router').catch(() => ''), { timeout: 30_000 })
    .not.toBe('')
  // What it was started with is known where Skep has started it.
  await page.goto('/vms')
  expect(await act(page, 'vms.forceOff', { vm: 'router' })).toMatchObject({ status: 200 })
  expect(await act(page, 'vms.start', { vm: 'router' })).toMatchObject({ status: 200 })
  const pid = await skep.host('pgrep', '-fx', 'bhyve: router')
  await page.goto('/vms/router/hardware')
  await page.getByRole('main').getByRole('button', { name: 'Edit' }).click()
  const edit = dialog(page, 'Edit router')
  await expect(
    edit.getByText('It is running: CPU and memory take effect at its next cold start.'),
  ).toBeVisible()
  await expect(edit.getByLabel('Name')).toBeDisabled()
  await edit.getByLabel('Memory in MiB').fill('640')
  await confirm(edit, 'Save')
  await expect(page.getByRole('main').getByText(/^Pending: /)).toBeVisible()
  expect(await skep.file('/vm/router/router.conf')).toContain('memory="640M"')
  expect(await skep.host('pgrep', '-fx', 'bhyve: router')).toBe(pid)
})

test('a new guest: bad names, sizes and a full pool are refused where they are entered', async ({
  page,
  skep,
}) => {
  await page.goto('/vms')
  await page.getByRole('button', { name: 'New virtual machine' }).click()
  const create = dialog(page, 'New virtual machine')
  const verb = create.getByRole('button', { name: 'Create' })
  const name = create.getByLabel('Name', { exact: true })
  await expect(verb).toBeDisabled()
  for (const bad of ['-rf', 'has blank', 'debian01', 'a/b']) {
    await name.fill(bad)
    await expect(name).toHaveAttribute('aria-invalid', 'true')
    await expect(verb).toBeDisabled()
  }
  await name.fill('vm-new')
  await expect(create.getByRole('button', { name: 'Create', disabled: false })).toBeVisible()
  for (const [label, bad, words] of [
    ['Memory', 'much', 'Memory is a size such as 4G.'],
    ['Size', 'forty', 'The disk needs a size such as 40G.'],
    ['CPUs', 'two', 'CPUs are a whole number.'],
  ] as const) {
    const field = create.getByLabel(label, { exact: true })
    const good = await field.inputValue()
    await field.fill(bad)
    await expect(verb).toBeDisabled()
    await expect(verb).toHaveAccessibleDescription(words)
    await field.fill(good)
  }
  const size = create.getByLabel('Size', { exact: true })
  await size.fill('900T')
  await expect(size).toHaveAttribute('aria-invalid', 'true')
  await expect(
    create.getByText(/^tank\/vms has .* to give, and this sets 914 TiB aside/).first(),
  ).toBeVisible()
  await expect(verb).toBeDisabled()
  expect(await volumes(skep)).not.toContain('tank/vms/vm-new/disk0')
})

test.describe('programs that fail', () => {
  test.afterEach(({ skep }) => skep.host('fault', 'clear'))

  for (const [fault, words] of [
    ['missing', /This host cannot do that/],
    ['garbage', /The answer could not be read/],
    ['hang', /It took too long/],
  ] as const) {
    test(`${fault}: said in words, and no spinner stays`, async ({ page, skep }) => {
      const volume = `tank/vm-${fault}`
      await makeZvol(skep, volume, 'fault ')
      await page.goto(`/datasets/${volume}`)
      await expect(page.getByRole('button', { name: 'Take snapshot' })).toBeVisible()
      await skep.host('fault', 'add', 'zfs', '--', fault)
      await page.getByRole('button', { name: 'Take snapshot' }).click()
      const take = dialog(page, 'Take a snapshot')
      await expect(take.getByRole('alert')).toContainText(words, { timeout: 75_000 })
      await expect(take.getByRole('button', { name: 'Take snapshot' })).toBeDisabled()
      await expect(take.getByText(/^Loading/)).toHaveCount(0)
      await skep.host('fault', 'clear')
      expect(await skep.host('zfs', 'list', '-H', '-t', 'snapshot', '-o', 'name', volume)).toBe('')
    })
  }
})

test('several guests at once: each a task of its own, and one that cannot does not stop the others', async ({
  page,
  skep,
}) => {
  for (const name of ['many-a', 'many-b']) await clone(page, 'openbsd', name)
  await page.goto('/vms')
  const tick = (name: string) => page.getByRole('checkbox', { name: `Select ${name}` }).check()
  for (const name of ['many-a', 'many-b', 'router']) await tick(name)
  const selected = page.getByRole('region', { name: 'Selected guests' })
  await expect(selected).toContainText('3 selected')

  await skep.host('fault', 'add', 'daemon', '--', 'exit', '1', 'daemon: fork: no more', 'once')
  await selected.getByRole('button', { name: 'Start… 2' }).click()
  const start = dialog(page, 'Start 2 guests')
  const standing = (of: string) => start.getByRole('listitem').filter({ hasText: of })
  await expect(standing('router')).toContainText('Left out: It is running.')
  await start.getByRole('button', { name: 'Start 2 guests' }).click()
  await expect(standing('many-a')).toContainText('fork: no more')
  await expect(standing('many-b')).toContainText('Done')
  await start.getByRole('button', { name: 'Close' }).first().click()
  expect(await skep.host('pgrep', '-fl', 'bhyve: many-')).toMatch(/^\d+ bhyve: many-b\n?$/)

  await selected.getByRole('button', { name: 'Clear' }).click()
  await tick('many-b')
  await selected.getByRole('button', { name: 'Force off… 1' }).click()
  await confirm(dialog(page, 'Force off 1 guest'), 'Force off 1 guest')
  await expect.poll(() => skep.host('pgrep', '-fl', 'bhyve: many-').catch(() => 'none')).toMatch(/^(none|)$/)
})

test('a protected guest is neither stopped nor destroyed, and its start order is kept', async ({
  page,
  skep,
}) => {
  await clone(page, 'openbsd', 'vm-kept')
  await page.goto('/vms/vm-kept/options')
  const main = page.getByRole('main')
  await main.getByRole('button', { name: 'Change' }).click()
  const options = dialog(page, 'Options of vm-kept')
  await options.getByLabel('When it crashes').selectOption('Start it again')
  await options.getByRole('checkbox', { name: 'Protect it against being stopped' }).check()
  await options.getByRole('checkbox', { name: 'Protect it against being destroyed' }).check()
  await confirm(options, 'Change')
  expect(await skep.file('/vm/vm-kept/vm-kept.conf')).toContain(
    'on_fault="restart"\nskep_protect="stop destroy"\n',
  )

  expect(await act(page, 'vms.start', { vm: 'vm-kept' })).toMatchObject({ status: 200 })
  await expect(main.getByRole('button', { name: 'Shut down' })).toBeDisabled()
  expect(await act(page, 'vms.forceOff', { vm: 'vm-kept' })).toMatchObject({ status: 412 })

  await main.getByRole('button', { name: 'Start order' }).click()
  const order = dialog(page, 'Start order')
  const setting = async (name: string) => (await skep.host('sysrc', '-n', name)).trim()
  const before = (await setting('vm_list')).split(' ')
  await order.getByLabel('Add a guest').selectOption('vm-kept')
  await order.getByRole('button', { name: 'Start vm-kept earlier' }).click()
  await order.getByLabel('Pause between two, in seconds').fill('9')
  await confirm(order, 'Save')
  const last = before.pop()
  expect(await setting('vm_list')).toBe([...before, 'vm-kept', last].join(' '))
  expect(await setting('vm_delay')).toBe('9')
  await expect(main.getByText(`in place ${before.length + 1}.`)).toBeVisible()

  await main.getByRole('button', { name: 'Change' }).click()
  await dialog(page, 'Options of vm-kept')
    .getByRole('checkbox', { name: /stopped/ })
    .uncheck()
  await confirm(dialog(page, 'Options of vm-kept'), 'Change')
  expect(await act(page, 'vms.forceOff', { vm: 'vm-kept' })).toMatchObject({ status: 200 })
  await expect(skep.host('pgrep', '-fx', 'bhyve: vm-kept')).rejects.toThrow()
  expect(await act(page, 'datasets.destroy', { dataset: 'tank/vms/vm-kept' })).toMatchObject({ status: 412 })
  expect(await volumes(skep)).toContain('tank/vms/vm-kept/disk0')
})

test('a machine whose guests have no place gets one, and finds those that were there', async ({
  page,
  skep,
}) => {
  await skep.host('sysrc', '-x', 'vm_dir')
  await page.goto('/sandbox/images')
  await page.getByRole('button', { name: 'Set up guests' }).click()
  const setUp = dialog(page, 'Set up guests on this machine')
  await setUp.getByLabel('Dataset for guests').fill('tank/media/new set')
  await expect(setUp.getByText('whose name holds a blank').first()).toBeVisible()
  await setUp.getByLabel('Dataset for guests').fill('tank/vms')
  await expect(setUp.getByText('sysrc vm_dir=zfs:tank/vms').first()).toBeAttached()
  await confirm(setUp, 'Set up')
  expect((await skep.host('sysrc', '-n', 'vm_dir')).trim()).toBe('zfs:tank/vms')
  await page.goto('/vms')
  await expect(row(page, 'Virtual machines', 'debian01')).toBeVisible()
})
