/** A guest's devices: what an edit leaves alone, what is pending, and what the host then runs. */
import type { Page } from '@playwright/test'
import { act } from './api.ts'
import type { Console } from './console.ts'
import { confirm, dialog, expect, test } from './fixtures.ts'

/** As a person writes it: comments, keys nobody knows, values with and without quotes, no newline at the end. */
const BY_HAND = `# hand: made by a person, not by a program
loader="uefi"
cpu=2			# enough for it
memory=512M

disk0_type="virtio-blk"
disk0_name="disk0"
disk0_dev="sparse-zvol"
disk1_type="ahci-cd"   # only for the installation
disk1_name="disk1.img"
disk2_type=nvme
disk2_name=disk2.img
#disk2_opts="nocache"

owner_note="ask before you delete"
network0_type="e1000"
network0_switch=public
network0_mac="58:9c:fc:00:aa:01"
uuid="0f6f57a8-1c0a-11e9-9a1d-3cecef127a05"`

const confOf = (name: string) => `/vm/${name}/${name}.conf`

async function handMade(skep: Console, name: string) {
  await skep.host('zfs', 'create', `tank/vms/${name}`)
  await skep.host('zfs', 'create', '-s', '-V', '64M', `tank/vms/${name}/disk0`)
  await skep.host('truncate', '-s', '16M', `/vm/${name}/disk1.img`, `/vm/${name}/disk2.img`)
  await skep.door(host => host.write(confOf(name), BY_HAND))
}

async function cloned(page: Page, name: string) {
  await page.goto('/vms')
  const made = await act(page, 'vms.clone', { vm: 'openbsd', tag: null, name, network: true })
  expect(made).toMatchObject({ status: 200 })
}

/** Opens the page of a guest's devices. */
async function devices(page: Page, name: string) {
  await page.goto(`/vms/${name}/hardware`)
  const list = page.getByRole('list', { name: `Devices of ${name}` })
  await expect(list).toBeVisible()
  return list
}

/** Chooses from the menu of a device. */
async function deviceAction(page: Page, device: string, action: string) {
  await page.getByRole('button', { name: `Actions of ${device}` }).click()
  await page.getByRole('menuitem', { name: new RegExp(`^${action}`) }).click()
}

async function addDevice(page: Page, what: string) {
  await page.getByRole('button', { name: 'Add device' }).click()
  await page.getByRole('menuitem', { name: new RegExp(`^${what}`) }).click()
}

/** The command line that the present run was started with, as the host has recorded it. */
async function argvOf(skep: Console, name: string): Promise<string> {
  const runs = (await skep.file(`/vm/${name}/.skep/runs.jsonl`)).trim().split('\n')
  return runs.findLast(line => line.includes('argv')) ?? ''
}

test('a hand-written conf: each edit changes its own lines, and every other byte stays', async ({
  page,
  skep,
}) => {
  await handMade(skep, 'hw-hand')
  let expected = BY_HAND
  const list = await devices(page, 'hw-hand')

  await deviceAction(page, 'Memory', 'Change')
  const memory = dialog(page, 'Memory of hw-hand')
  await memory.getByLabel('Memory', { exact: true }).fill('640 MiB')
  await expect(memory.getByRole('region', { name: 'Change of the conf' })).toHaveText(
    '- memory=512M\n+ memory="640M"\n',
  )
  await confirm(memory, 'Change')
  expected = expected.replace('memory=512M', 'memory="640M"')
  expect(await skep.file(confOf('hw-hand'))).toBe(expected)

  await expect(list.getByText('640 MiB')).toBeVisible()
  await deviceAction(page, 'Disk 1', 'Remove')
  const remove = dialog(page, 'Remove disk 1 from hw-hand')
  await expect(remove.getByText('Those after it move up by one number', { exact: false })).toBeVisible()
  await confirm(remove, 'Remove')
  // The next disk takes its number, with its comment; the image itself stays.
  expected = expected
    .replace('disk1_type="ahci-cd"   # only for the installation\ndisk1_name="disk1.img"\n', '')
    .replace('disk2_type=nvme\ndisk2_name=disk2.img\n', 'disk1_type=nvme\ndisk1_name=disk2.img\n')
  expect(await skep.file(confOf('hw-hand'))).toBe(expected)
  expect(await skep.host('ls', '/vm/hw-hand')).toContain('disk1.img')

  await expect(list.getByText('Disk 2')).toHaveCount(0)
  await deviceAction(page, 'Disk 1', 'Change')
  const disk = dialog(page, 'Disk 1 of hw-hand')
  await disk.getByText('Options of the disk').click()
  await disk.getByRole('checkbox', { name: 'Read-only' }).check()
  await confirm(disk, 'Change')
  expect(await skep.file(confOf('hw-hand'))).toBe(`${expected}\ndisk1_opts="ro"\n`)
})

test('somebody else was faster: the edit is refused, and what they wrote stays', async ({ page, skep }) => {
  await handMade(skep, 'hw-raced')
  await devices(page, 'hw-raced')
  await deviceAction(page, 'CPU', 'Change')
  const cpus = dialog(page, 'CPUs of hw-raced')
  await cpus.getByLabel('CPUs', { exact: true }).fill('1')
  const change = cpus.getByRole('button', { name: 'Change', disabled: false })
  await expect(change).toBeVisible()
  const theirs = `${BY_HAND}\n# mine\n`
  await skep.door(host => host.write(confOf('hw-raced'), theirs))
  await change.click()
  await expect(cpus.getByText('was changed by somebody else', { exact: false }).first()).toBeVisible()
  expect(await skep.file(confOf('hw-raced'))).toBe(theirs)
})

test('by keyboard alone: pending while it runs, discarded, and there after its next cold start', async ({
  page,
  skep,
}) => {
  await cloned(page, 'hw-run')
  expect(await act(page, 'vms.start', { vm: 'hw-run' })).toMatchObject({ status: 200 })
  await devices(page, 'hw-run')
  const before = await skep.file(confOf('hw-run'))
  const main = page.getByRole('main')

  async function giveRandomNumbers() {
    await page.getByRole('button', { name: 'Add device' }).focus()
    await page.keyboard.press('Enter')
    await expect(page.getByRole('menuitem', { name: 'Tablet, random numbers, sound' })).toBeVisible()
    await page.keyboard.press('T')
    await expect(page.getByRole('menuitem', { name: 'Tablet, random numbers, sound' })).toBeFocused()
    await page.keyboard.press('Enter')
    const parts = dialog(page, 'Small devices of hw-run')
    await expect(parts.getByRole('checkbox', { name: 'Tablet' })).toBeFocused()
    await page.keyboard.press('Tab')
    await page.keyboard.press('Space')
    await expect(parts.getByRole('checkbox', { name: 'Random numbers' })).toBeChecked()
    await expect(parts.getByRole('region', { name: 'Change of the command line' })).toContainText(
      'virtio-rnd',
    )
    await expect(parts.getByRole('button', { name: 'Change', disabled: false })).toBeVisible()
    await page.keyboard.press('Enter')
    await expect(parts).toBeHidden()
  }

  await giveRandomNumbers()
  await expect(main.getByText('Pending: virt_random')).toBeVisible()
  await expect(main.getByRole('row', { name: /virtio-rnd .*new at its next cold start/ })).toBeVisible()
  expect(await argvOf(skep, 'hw-run')).not.toContain('virtio-rnd')

  await main.getByRole('button', { name: 'Discard' }).focus()
  await page.keyboard.press('Enter')
  const discard = dialog(page, 'Discard what is pending of hw-run')
  await expect(discard.getByRole('button', { name: 'Discard', disabled: false })).toBeVisible()
  await discard.getByRole('button', { name: 'Discard' }).focus()
  await page.keyboard.press('Enter')
  await expect(discard).toBeHidden()
  await expect(main.getByText(/^Pending: /)).toHaveCount(0)
  expect(await skep.file(confOf('hw-run'))).toBe(before)

  await giveRandomNumbers()
  expect(await act(page, 'vms.forceOff', { vm: 'hw-run' })).toMatchObject({ status: 200 })
  expect(await act(page, 'vms.start', { vm: 'hw-run' })).toMatchObject({ status: 200 })
  expect(await argvOf(skep, 'hw-run')).toContain('virtio-rnd')
  await expect(main.getByText(/^Pending: /)).toHaveCount(0)
  await expect(main.getByText('As it runs now; its next cold start changes nothing.')).toBeVisible()
})

test('a disk is added, seen by bhyve, grown, and taken out; its zvol stays', async ({ page, skep }) => {
  await cloned(page, 'hw-disk')
  const list = await devices(page, 'hw-disk')
  await addDevice(page, 'Disk')
  const add = dialog(page, 'Add a disk to hw-disk')
  await add.getByLabel('Size', { exact: true }).fill('64M')
  await add.getByLabel('Name', { exact: true }).fill('data')
  // A disk before it moves the card to another slot, and the guest would see another card.
  await expect(add.getByText(/^The network card .* moves from PCI 0:5:0 to 0:6:0/)).toBeVisible()
  await confirm(add, 'Add disk')
  await expect(list.getByRole('link', { name: 'tank/vms/hw-disk/data' })).toBeVisible()
  expect(await act(page, 'vms.start', { vm: 'hw-disk' })).toMatchObject({ status: 200 })
  expect(await argvOf(skep, 'hw-disk')).toContain('0:5:0,virtio-blk,/dev/zvol/tank/vms/hw-disk/data')

  await deviceAction(page, 'Disk 1', 'Grow')
  const grow = dialog(page, 'Grow disk 1 of hw-disk')
  const size = grow.getByLabel('New size')
  await size.fill('32M')
  await expect(size).toHaveAccessibleDescription(/^A disk is never made smaller: what lies behind/)
  await size.fill('128M')
  await expect(
    grow.getByText('it sees the new size after its next cold start', { exact: false }),
  ).toBeVisible()
  await confirm(grow, 'Grow')
  const volsize = await skep.host('zfs', 'get', '-Hp', '-o', 'value', 'volsize', 'tank/vms/hw-disk/data')
  expect(volsize.trim()).toBe(String(128 * 2 ** 20))

  await deviceAction(page, 'Disk 1', 'Remove')
  await confirm(dialog(page, 'Remove disk 1 from hw-disk'), 'Remove')
  await expect(page.getByRole('main').getByText(/^Pending: disk1_/)).toBeVisible()
  expect(await skep.file(confOf('hw-disk'))).not.toContain('disk1_')
  expect(await skep.host('zfs', 'list', '-H', '-o', 'name', 'tank/vms/hw-disk/data')).toBe(
    'tank/vms/hw-disk/data\n',
  )
})

test('a PCI device that is kept for guests is given to one guest and taken back', async ({ page, skep }) => {
  await cloned(page, 'hw-pci')
  const before = await skep.file(confOf('hw-pci'))
  const list = await devices(page, 'hw-pci')
  await addDevice(page, 'PCI device of the machine')
  const give = dialog(page, 'Give a PCI device to hw-pci')
  await give.getByLabel('PCI device').selectOption('3/0/1')
  await expect(give.getByText(/^All of its memory is wired/)).toBeVisible()
  await expect(give.getByRole('region', { name: 'Change of the command line' })).toContainText(
    'passthru,3/0/1',
  )
  await confirm(give, 'Give')
  expect(await skep.file(confOf('hw-pci'))).toBe(`${before}passthru0="3/0/1"\n`)
  await expect(list.getByText('3/0/1')).toBeVisible()
  await deviceAction(page, 'PCI device 0', 'Remove')
  await confirm(dialog(page, 'Remove PCI device 0 from hw-pci'), 'Remove')
  expect(await skep.file(confOf('hw-pci'))).toBe(before)
})

test('what bhyve would misread is refused at its field', async ({ page, skep }) => {
  await cloned(page, 'hw-wrong')
  await devices(page, 'hw-wrong')
  const before = await skep.file(confOf('hw-wrong'))
  await deviceAction(page, 'Network 0', 'Change')
  const card = dialog(page, 'Network card 0 of hw-wrong')
  const mac = card.getByLabel('MAC address')
  await mac.fill('01:00:5e:00:00:01')
  await expect(mac).toHaveAccessibleDescription('01:00:5e:00:00:01 is not the address of a network card.')
  await expect(mac).toHaveAttribute('aria-invalid', 'true')
  await expect(card.getByRole('button', { name: 'Change' })).toBeDisabled()
  await page.keyboard.press('Escape')

  await deviceAction(page, 'Screen', 'Change')
  const screen = dialog(page, 'Screen of hw-wrong')
  const resolution = screen.getByLabel('Resolution')
  await resolution.fill('320x200')
  await expect(resolution).toHaveAccessibleDescription(/^The screen is from 640x480 to 3840x2160/)
  await page.keyboard.press('Escape')

  await addDevice(page, 'Limits')
  const reads = dialog(page, 'Limits of hw-wrong').getByLabel('Reads', { exact: true })
  await reads.fill('few')
  await expect(reads).toHaveAccessibleDescription('Operations a second, such as 500.')
  await page.keyboard.press('Escape')

  await deviceAction(page, 'Disk 0', 'Change')
  const disk = dialog(page, 'Disk 0 of hw-wrong')
  await disk.getByText('Options of the disk').click()
  const options = disk.getByLabel('As bhyve gets them')
  await options.fill('ro,path=/dev/ada0')
  await expect(options).toHaveAccessibleDescription('"path=/dev/ada0" is no option of a virtio-blk disk.')
  await expect(disk.getByRole('button', { name: 'Change' })).toBeDisabled()
  expect(await skep.file(confOf('hw-wrong'))).toBe(before)
})
