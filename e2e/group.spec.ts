/** All disks of a guest go back together, or none does. */
import type { Page } from '@playwright/test'
import type { Console } from './console.ts'
import { confirm, dialog, expect, row, rowAction, test } from './fixtures.ts'
import { makeZvol, tagsOf, writeZvol, zvolDigest } from './zvol.ts'

const DISKS = ['tank/twin-0', 'tank/twin-1'] as const

/** A guest `twin` with two zvols, by hand, as an administrator would in a terminal. */
async function makeTwin(skep: Console): Promise<void> {
  for (const disk of DISKS) await makeZvol(skep, disk, 'the bytes of then ')
  const conf = [
    'loader="uefi"',
    'cpu=1',
    'memory=64M',
    ...DISKS.flatMap((disk, index) => [
      `disk${index}_type="virtio-blk"`,
      `disk${index}_dev="custom"`,
      `disk${index}_name="/dev/zvol/${disk}"`,
    ]),
  ]
  await skep.door(async host => {
    await host.mkdir('/vm/twin')
    await host.write('/vm/twin/twin.conf', `${conf.join('\n')}\n`)
  })
}

const digests = (skep: Console) => Promise.all(DISKS.map(disk => zvolDigest(skep, disk)))

async function take(page: Page, tag: string): Promise<void> {
  await page.getByRole('button', { name: 'Take snapshot' }).click()
  const form = dialog(page, /^Take a snapshot/)
  await form.getByRole('textbox', { name: /^Name/ }).fill(tag)
  await confirm(form, /^Take/)
}

test('a guest with two disks goes back whole, and a blocker on its second disk stops both', async ({
  page,
  skep,
}) => {
  await makeTwin(skep)
  await page.goto('/vms/twin/snapshots')

  await test.step('one button takes all disks at one moment, and says that the guest was off', async () => {
    await take(page, 'whole')
    const whole = row(page, 'Snapshots of twin', 'whole')
    await expect(whole).toContainText('all 2')
    await expect(whole).toContainText('guest was off')
    const txgs = await skep.host(
      'zfs',
      'list',
      '-Hp',
      '-o',
      'createtxg',
      ...DISKS.map(disk => `${disk}@whole`),
    )
    expect(new Set(txgs.trim().split('\n')).size).toBe(1)
  })

  const past = await digests(skep)
  for (const disk of DISKS) await writeZvol(skep, disk, 'what was written since ')
  const present = await digests(skep)
  await skep.terminal('zfs', 'snapshot', ...DISKS.map(disk => `${disk}@newer`))
  await skep.terminal('zfs', 'hold', 'backup', `${DISKS[1]}@newer`)

  await test.step('a hold on the second disk is named, and nothing can be pressed', async () => {
    await rowAction(page, 'Snapshots of twin', 'whole', 'Roll back')
    const rollback = dialog(page, 'Roll twin back to whole')
    await expect(
      rollback.getByRole('paragraph').filter({ hasText: `${DISKS[1]}@newer is newer and held by “backup”` }),
    ).toBeVisible()
    await expect(rollback.getByText('Until then no disk of it goes back.')).toBeVisible()
    await expect(rollback.getByRole('button', { name: 'Go back' })).toBeDisabled()
    await rollback.getByRole('button', { name: 'Cancel' }).click()
    expect(await digests(skep)).toEqual(present)
    expect(await tagsOf(skep, DISKS[0])).toEqual(['whole', 'newer'])
  })

  await test.step('without the hold both go back, by exactly the commands that were shown', async () => {
    await skep.terminal('zfs', 'release', 'backup', `${DISKS[1]}@newer`)
    await rowAction(page, 'Snapshots of twin', 'whole', 'Roll back')
    const rollback = dialog(page, 'Roll twin back to whole')
    const victims = rollback.getByRole('region', { name: 'Will be destroyed' })
    for (const disk of DISKS) await expect(victims.getByText(`${disk}@newer`, { exact: true })).toBeVisible()
    await confirm(rollback, 'Go back')
    expect(await digests(skep)).toEqual(past)
    for (const disk of DISKS) expect(await tagsOf(skep, disk)).toEqual(['whole'])
    await expect(row(page, 'Snapshots of twin', 'newer')).toBeHidden()
  })

  await test.step('a group is destroyed as one', async () => {
    await rowAction(page, 'Snapshots of twin', 'whole', 'Destroy')
    await confirm(dialog(page, /^Destroy/), /^Destroy/)
    for (const disk of DISKS) expect(await tagsOf(skep, disk)).toEqual([])
  })
})
