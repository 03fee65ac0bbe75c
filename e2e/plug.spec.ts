/** The power fails in the middle of things: what Skep then says is what is on the disks. Real OpenZFS, a laboratory only. */
import type { Page } from '@playwright/test'
import { call } from './api.ts'
import type { Console } from './console.ts'
import { confirm, dialog, expect, row, rowAction, test } from './fixtures.ts'
import { pullThePlug } from './lab.ts'
import { MARK } from './world.ts'
import { makeZvol, tagsOf, writeZvol, zvolDigest } from './zvol.ts'

/** A real disk: files of the guest's memory would be gone. */
const DISK = 'vdb'
const WHOLE_TEST_MS = 600_000
/** Until the console has found its way back to a machine that answers again, and held a task against it. */
const BACK_MS = 120_000

test.describe('the power fails', { tag: '@lab' }, () => {
  /** Boots what is cut off; null while it runs. */
  let boot: (() => Promise<void>) | null = null
  let isOurs = false
  let aside = ''

  test.beforeEach(async ({ skep }) => {
    test.setTimeout(WHOLE_TEST_MS)
    await skep.host('zpool', 'create', '-O', `${MARK}=e2e`, 'plug', DISK)
    isOurs = true
    await skep.host('zfs', 'create', 'plug/aside')
    await skep.host('dd', 'if=/dev/urandom', 'of=/plug/aside/data', 'bs=1M', 'count=4', 'status=none')
    await skep.host('zfs', 'snapshot', 'plug/aside@kept')
    aside = await bystander(skep)
  })
  test.afterEach(async ({ skep }) => {
    if (boot) await comeBack(skep)
    if (isOurs) await skep.host('zpool', 'destroy', '-f', 'plug')
    isOurs = false
    // What the other specs stand on was in the memory that was lost.
    await skep.prepare()
  })

  async function comeBack(skep: Console) {
    await boot?.()
    boot = null
    await expect.poll(() => skep.host('uname').catch(() => ''), { timeout: BACK_MS }).not.toBe('')
    // The laboratory imports what it finds on its disks.
    expect(await skep.host('zpool', 'list', '-H', '-o', 'health', 'plug')).toBe('ONLINE\n')
    expect(await bystander(skep)).toBe(aside)
  }

  test('during a roll back: the disk holds then or now, whole, and nothing is claimed', async ({
    page,
    skep,
  }) => {
    const volume = 'plug/back'
    await makeZvol(skep, volume, 'the bytes of then ')
    const past = await zvolDigest(skep, volume)
    await skep.host('zfs', 'snapshot', `${volume}@then`)
    await writeZvol(skep, volume, 'what was written since ')
    await skep.host('zfs', 'snapshot', `${volume}@newer`)
    const present = await zvolDigest(skep, volume)
    const grid = `Snapshots of ${volume}`
    await page.goto(`/datasets/${volume}/@snapshots`)
    await rowAction(page, grid, 'then', 'Roll back')
    const rollback = dialog(page, 'Roll back to then')
    await rollback.getByRole('radio', { name: /^Go back Destroys/ }).check()
    const verb = rollback.getByRole('button', { name: 'Go back', disabled: false })
    await expect(verb).toBeVisible()

    // A slow disk: each write takes long enough to be met in the middle.
    await skep.host('zinject', '-d', DISK, '-D', '400:1', 'plug')
    await verb.click()
    await expect
      .poll(() => skep.host('pgrep', '-f', 'zfs rollback').catch(() => ''), { intervals: [100] })
      .not.toBe('')
    boot = await pullThePlug(skep.address)

    await expect(
      rollback.getByText(/lost while .zfs rollback. ran; how it ended was not heard/),
    ).toBeVisible()
    await rollback.getByRole('button', { name: 'Cancel' }).click()
    await expect(silence(page).getByRole('time')).toHaveText(/ago$/)
    await expect(row(page, grid, 'then')).toBeVisible()
    await comeBack(skep)
    await expect(silence(page)).toBeHidden({ timeout: BACK_MS })

    expect(await tagsOf(skep, volume)).toEqual(['then'])
    await expect(row(page, grid, 'then')).toBeVisible()
    await expect(row(page, grid, 'newer')).toBeHidden()
    // Which of the two it is depends on whether the last write came to the disk: the task says the one that is there.
    const now = await zvolDigest(skep, volume)
    expect([past, present]).toContain(now)
    await expect.poll(() => newestTask(page), { timeout: BACK_MS }).not.toMatchObject({ state: 'running' })
    expect(await newestTask(page)).toMatchObject(
      now === past
        ? { state: 'done', outcome: expect.stringContaining('done, as the host shows') }
        : {
            state: 'interrupted',
            outcome: expect.stringContaining('was not rolled back and holds what it held'),
          },
    )

    // Nothing of it is in the way of doing it again.
    await writeZvol(skep, volume, 'what was written after it ')
    await rowAction(page, grid, 'then', 'Roll back')
    const again = dialog(page, 'Roll back to then')
    await again.getByRole('radio', { name: /^Go back Destroys/ }).check()
    await confirm(again, 'Go back')
    expect(await zvolDigest(skep, volume)).toBe(past)
  })

  test('during a send: the source is whole, the copy says that it is none yet, and can be gone on with', async ({
    page,
    skep,
  }) => {
    await skep.host('zfs', 'create', 'plug/source')
    await skep.host('dd', 'if=/dev/urandom', 'of=/plug/source/data', 'bs=1M', 'count=64', 'status=none')
    await skep.host('zfs', 'snapshot', 'plug/source@all')
    const sum = await skep.host('sha256sum', '/plug/source/data')
    await page.goto('/datasets/plug/source/@snapshots')
    await expect(row(page, 'Snapshots of plug/source', 'all')).toBeVisible()

    const stalls =
      'zfs send plug/source@all | { head -c 33554432; tail -f /dev/null; } | zfs receive -s plug/copy'
    const sending = skep.host('sh', '-c', stalls).catch((error: unknown) => error)
    const allocated = async () =>
      Number(await skep.host('zpool', 'list', '-Hp', '-o', 'allocated', 'plug').catch(() => '0'))
    await expect.poll(allocated).toBeGreaterThan(90 * 2 ** 20)
    await skep.host('zpool', 'sync', 'plug')
    boot = await pullThePlug(skep.address)
    await sending
    await expect(silence(page).getByRole('time')).toHaveText(/ago$/)
    await expect(row(page, 'Snapshots of plug/source', 'all')).toBeVisible()
    await comeBack(skep)
    await expect(silence(page)).toBeHidden({ timeout: BACK_MS })

    expect(await skep.host('sha256sum', '/plug/source/data')).toBe(sum)
    await expect(row(page, 'Snapshots of plug/source', 'all')).toBeVisible()
    await page.goto('/snapshots')
    await expect(row(page, 'All snapshots', 'plug/source@all')).toBeVisible()
    await expect(row(page, 'All snapshots', 'plug/copy@all')).toBeHidden()
    await skep.host(
      'sh',
      '-c',
      'zfs send -t "$(zfs get -H -o value receive_resume_token plug/copy)" | zfs receive -s plug/copy',
    )
    await expect(row(page, 'All snapshots', 'plug/copy@all')).toBeVisible()
    expect((await skep.host('sha256sum', '/plug/copy/data')).split(' ')[0]).toBe(sum.split(' ')[0])
  })
})

/** The banner over what was said before the machine fell silent, with its age. */
const silence = (page: Page) => page.getByText('What you see is what it said')

/** What nobody named: its guids and bytes. */
async function bystander(skep: Console): Promise<string> {
  const guids = await skep.host('zfs', 'get', '-Hpr', '-o', 'name,value', 'guid', 'plug/aside')
  return guids + (await skep.host('sha256sum', '/plug/aside/data'))
}

async function newestTask(page: Page): Promise<unknown> {
  const { data } = await call(page, 'query', 'tasks.list', { limit: 1 })
  if (typeof data !== 'object' || data === null || !('rows' in data) || !Array.isArray(data.rows)) return null
  return data.rows[0]
}
