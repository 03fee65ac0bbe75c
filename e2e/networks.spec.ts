/** Networks: switches as vm-bhyve declares them and as the kernel has them, who is plugged in, and what goes over. */
import { act } from './api.ts'
import { confirm, dialog, expect, row, test } from './fixtures.ts'

test('a switch is shown with who is plugged in, and follows what happens on the host', async ({
  page,
  skep,
}) => {
  await page.goto('/sandbox/networks')
  const main = page.getByRole('main')
  await expect(row(page, 'Switches', 'public')).toContainText('Standard')
  await expect(row(page, 'Interfaces of the machine', 'ix0')).toContainText('192.0.2.10')
  await expect(row(page, 'Interfaces of the machine', 'ix0')).toContainText('/s')

  await test.step('its page names the guests, and the tap of one that runs', async () => {
    await row(page, 'Switches', 'public').getByRole('link', { name: 'public' }).click()
    await expect(page.getByRole('heading', { name: 'public', level: 1 })).toBeVisible()
    const guest = row(page, 'Plugged into public', 'debian01')
    // Another spec may have left it on.
    await act(page, 'vms.forceOff', { vm: 'debian01' })
    await expect(guest).toContainText('off')
    expect(await act(page, 'vms.start', { vm: 'debian01' })).toMatchObject({ status: 200 })
    await expect(guest).toContainText(/tap\d/)
    await expect(guest).toContainText('/s')
    await act(page, 'vms.forceOff', { vm: 'debian01' })
    await expect(guest).toContainText('off')
  })

  await test.step('a port that was taken away by hand is said to be missing', async () => {
    await skep.host('ifconfig', 'vm-public', 'deletem', 'ix0')
    await expect(
      main.getByText('system.conf gives it the port ix0, but ix0 is not on its bridge.'),
    ).toBeVisible({
      timeout: 30_000,
    })
    await skep.host('ifconfig', 'vm-public', 'addm', 'ix0')
    await expect(main.getByText('system.conf gives it the port ix0')).toBeHidden({ timeout: 30_000 })
  })
})

test('a switch that is nowhere says so and leads back', async ({ page }) => {
  await page.goto('/sandbox/networks/nowhere')
  await expect(page.getByText('There is no switch nowhere on this machine.')).toBeVisible()
  await page.getByRole('link', { name: 'All networks' }).click()
  await expect(page.getByRole('grid', { name: 'Switches' })).toBeVisible()
})

test('a switch is made and removed as vm-bhyve does it; one with guests stays', async ({ page, skep }) => {
  const settings = () => skep.file('/vm/.config/system.conf')
  const before = await settings()
  await page.goto('/sandbox/networks')
  await page.getByRole('button', { name: 'New switch' }).click()
  const create = dialog(page, 'Create a switch')
  await create.getByLabel('Name').fill('dmz')
  await create.getByRole('checkbox', { name: 'ix1' }).check()
  await create.getByLabel('VLAN').fill('4095')
  await expect(create.getByRole('button', { name: 'Create switch' })).toBeDisabled()
  await create.getByLabel('VLAN').fill('7')
  await create.getByRole('checkbox', { name: 'Private' }).check()
  await confirm(create, 'Create switch')

  await expect(page.getByRole('heading', { name: 'dmz', level: 1 })).toBeVisible()
  await expect(row(page, 'Uplinks of dmz', 'ix1.7')).toContainText('VLAN 7')
  expect(await skep.host('ifconfig', 'vm-dmz')).toContain('member: ix1.7')
  expect(await settings()).toBe(
    `${before.replace('"public lab"', '"public lab dmz"')}type_dmz="standard"\nports_dmz="ix1"\nvlan_dmz="7"\nprivate_dmz="yes"\n`,
  )

  await test.step('another VLAN, an address, and no longer private: kernel and settings together', async () => {
    await page.getByRole('button', { name: 'More actions of dmz' }).click()
    await page.getByRole('menuitem', { name: 'Change' }).click()
    const change = dialog(page, 'Change the switch dmz')
    await expect(change.getByRole('button', { name: 'Change switch' })).toBeDisabled()
    await change.getByLabel('VLAN').fill('9')
    await change.getByLabel('Address of this host on it').fill('198.51.100.7')
    await expect(change.getByText('An address is written with its network').first()).toBeVisible()
    await change.getByLabel('Address of this host on it').fill('198.51.100.7/24')
    await change.getByRole('checkbox', { name: 'Private' }).uncheck()
    await confirm(change, 'Change switch')
    await expect(row(page, 'Uplinks of dmz', 'ix1.9')).toContainText('VLAN 9')
    const bridge = await skep.host('ifconfig', 'vm-dmz')
    expect(bridge).toContain('member: ix1.9')
    expect(bridge).toContain('inet 198.51.100.7')
    expect(await skep.host('ifconfig', '-l')).not.toContain('ix1.7')
    expect(await settings()).toBe(
      `${before.replace('"public lab"', '"public lab dmz"')}type_dmz="standard"\nports_dmz="ix1"\nvlan_dmz="9"\naddr_dmz="198.51.100.7/24"\n`,
    )
  })

  await test.step('over it the host is reached now: a change is on trial, and without a word it is taken back', async () => {
    const kept = await settings()
    await page.getByRole('button', { name: 'More actions of dmz' }).click()
    await page.getByRole('menuitem', { name: 'Change' }).click()
    const change = dialog(page, 'Change the switch dmz')
    await change.getByLabel('Address of this host on it').fill('')
    await change.getByRole('combobox', { name: 'Take it back unless it is kept within' }).selectOption('15')
    await change.getByRole('button', { name: 'Change switch', disabled: false }).click()
    await expect(change.getByRole('button', { name: 'Keep the change' })).toBeVisible()
    expect(await skep.host('ifconfig', 'vm-dmz')).not.toContain('198.51.100.7')
    await expect(change.getByText('Nobody said within 15 s').first()).toBeVisible({ timeout: 40_000 })
    expect(await skep.host('ifconfig', 'vm-dmz')).toContain('inet 198.51.100.7')
    expect(await settings()).toBe(kept)

    await change.getByRole('button', { name: 'Change switch', disabled: false }).click()
    await change.getByRole('button', { name: 'Keep the change' }).click()
    await expect(change).toBeHidden()
    expect(await skep.host('ifconfig', 'vm-dmz')).not.toContain('198.51.100.7')
    expect(await settings()).toBe(kept.replace('addr_dmz="198.51.100.7/24"\n', ''))
  })

  await page.getByRole('button', { name: 'More actions of dmz' }).click()
  await page.getByRole('menuitem', { name: 'Destroy' }).click()
  const destroy = dialog(page, 'Destroy the switch dmz')
  await expect(destroy.getByRole('button', { name: 'Destroy switch' })).toBeDisabled()
  await destroy.getByLabel('Type dmz to confirm').fill('dmz')
  await confirm(destroy, 'Destroy switch')
  await expect(page).toHaveURL(/\/networks$/)
  expect(await settings()).toBe(before)
  expect(await skep.host('ifconfig', '-l')).not.toMatch(/vm-dmz|ix1\.7/)

  await row(page, 'Switches', 'public').click({ button: 'right' })
  await expect(page.getByRole('menuitem', { name: 'Destroy' })).toContainText('Guests are plugged in')
})
