/** The main job from end to end: a zvol, a guest on it, its screen, a snapshot, a way back, a clone, three ways to stop. */
import type { Page } from '@playwright/test'
import { confirm, dialog, expect, rowAction, test } from './fixtures.ts'
import { note, screenShows, typeLine } from './screen.ts'

const VOLUME = 'tank/vms/debian'

/** Ends when the guest's page says that it is in this state. */
async function expectState(page: Page, vm: string, state: string) {
  await page.goto(`/vms/${vm}`)
  await expect(page.getByRole('main').getByText(state).first()).toBeVisible({ timeout: 30_000 })
}

test('create, install, snapshot, break, roll back, clone and stop a guest', async ({ page, skep }) => {
  test.setTimeout(300_000)

  await test.step('a zvol of 40G with 16K blocks', async () => {
    await page.goto('/datasets/tank/vms')
    await page.getByRole('button', { name: 'More actions of tank/vms' }).click()
    await page.getByRole('menuitem', { name: 'Create zvol' }).click()
    const create = dialog(page, 'Create a zvol')
    await create.getByLabel('Name', { exact: true }).fill(VOLUME)
    await create.getByLabel('Size', { exact: true }).fill('40G')
    await create.getByLabel('Block size').selectOption('16.0 KiB')
    await confirm(create, 'Create zvol')
    await expect(page.getByRole('heading', { name: VOLUME })).toBeVisible()
    expect(await skep.host('zfs', 'get', '-Hp', '-o', 'value', 'volsize,volblocksize', VOLUME)).toBe(
      '42949672960\n16384\n',
    )
  })

  await test.step('a guest on it, with the practice ISO in its drive', async () => {
    await page.getByRole('button', { name: `More actions of ${VOLUME}` }).click()
    await page.getByRole('menuitem', { name: 'Create a virtual machine on it' }).click()
    const create = dialog(page, 'New virtual machine')
    await create.getByLabel('Name', { exact: true }).fill('debian')
    await create.getByLabel('Memory').fill('1G')
    await create.getByLabel('ISO in its drive').selectOption('skep-practice.iso')
    await confirm(create, 'Create')
    await expect(page.getByRole('heading', { level: 1, name: 'debian' })).toBeVisible()
    expect(await skep.file('/vm/debian/debian.conf')).toContain('disk0_dev="custom"')
  })

  await test.step('start: its screen shows its picture and answers keys', async () => {
    await page.goto('/vms/debian/console')
    await page.getByRole('main').getByRole('button', { name: 'Start' }).first().click()
    await screenShows(page)
    await typeLine(page, 'state one')
    await expect.poll(() => note(skep, VOLUME, 1), { timeout: 20_000 }).toBe('state one')
    expect(await skep.host('ps', '-axww')).toContain('bhyve: debian')
  })

  await test.step('snapshot before-upgrade, then the guest changes its disk', async () => {
    await page.goto('/vms/debian/snapshots')
    await page.getByRole('button', { name: 'Take snapshot' }).click()
    const take = dialog(page, 'Take a snapshot')
    await take.getByLabel('Name').fill('before-upgrade')
    await confirm(take, 'Take snapshot')
    expect(await skep.host('zfs', 'list', '-H', '-t', 'snapshot', '-o', 'name', VOLUME)).toBe(
      `${VOLUME}@before-upgrade\n`,
    )
    await page.goto('/vms/debian/console')
    await screenShows(page)
    await typeLine(page, 'upgrade went wrong')
    await expect.poll(() => note(skep, VOLUME, 2), { timeout: 20_000 }).toBe('upgrade went wrong')
  })

  await test.step('roll back: the guest is stopped and started by the task, the bytes are the old ones', async () => {
    const before = await skep.host('pgrep', '-fx', 'bhyve: debian')
    await page.goto('/vms/debian/snapshots')
    await rowAction(page, `Snapshots of ${VOLUME}`, 'before-upgrade', 'Roll back')
    const rollback = dialog(page, 'Roll back to before-upgrade')
    await expect(rollback.getByText('debian is running and uses it')).toBeVisible()
    await rollback.getByRole('radio', { name: 'Go back Destroys' }).check()
    await confirm(rollback, 'Go back')
    expect(await note(skep, VOLUME, 1)).toBe('state one')
    expect(await note(skep, VOLUME, 2)).toBe('')
    await expect.poll(() => skep.host('pgrep', '-fx', 'bhyve: debian').catch(() => before)).not.toBe(before)
    await page.goto('/vms/debian/console')
    await screenShows(page)
  })

  await test.step('clone to debian-test: both run, both have screens', async () => {
    await page.goto('/vms')
    await rowAction(page, 'Virtual machines', 'debian', 'Clone')
    const clone = dialog(page, 'Clone debian')
    await clone.getByLabel('Name of the new guest').fill('debian-test')
    await confirm(clone, 'Clone')
    await page.goto('/vms/debian-test/console')
    await page.getByRole('main').getByRole('button', { name: 'Start' }).first().click()
    await screenShows(page)
    await page.goto('/vms/debian/console')
    await screenShows(page)
    expect(await skep.host('zfs', 'list', '-H', '-o', 'origin', '-r', '-t', 'volume', 'tank/vms')).toContain(
      `${VOLUME}@`,
    )
  })

  await test.step('shut down by the power button', async () => {
    await expectState(page, 'debian', 'Running')
    await page.getByRole('button', { name: 'Shut down' }).click()
    await confirm(dialog(page, 'Shut down debian'), 'Shut down')
    await expectState(page, 'debian', 'Stopped')
    await expect(skep.host('pgrep', '-fx', 'bhyve: debian')).rejects.toThrow()
  })

  await test.step('reset and force off', async () => {
    await expectState(page, 'debian-test', 'Running')
    const before = await skep.host('pgrep', '-fx', 'bhyve: debian-test')
    await page.getByRole('button', { name: 'Reset' }).click()
    await confirm(dialog(page, 'Reset: debian-test'), 'Reset')
    await expect
      .poll(() => skep.host('pgrep', '-fx', 'bhyve: debian-test').catch(() => before), { timeout: 30_000 })
      .not.toBe(before)
    await page.getByRole('button', { name: 'More actions of debian-test' }).click()
    await page.getByRole('menuitem', { name: 'Force off' }).click()
    await confirm(dialog(page, 'Force off: debian-test'), 'Force off')
    await expectState(page, 'debian-test', 'Stopped')
    expect(
      await skep.door(host => host.list('/dev/vmm').then(all => all.map(each => each.name))),
    ).not.toContain('debian-test')
  })

  await test.step('the task log tells all of it', async () => {
    await page.goto('/tasks')
    const tasks = page.getByRole('grid', { name: 'Tasks' })
    for (const title of [
      'Force debian-test off',
      'Reset debian-test',
      'Shut down debian',
      'Clone debian as debian-test',
      `Roll back ${VOLUME} to @before-upgrade`,
      'Create debian',
      `Create volume ${VOLUME}`,
    ]) {
      await expect(tasks.getByText(title, { exact: true }).first()).toBeVisible()
    }
  })
})
