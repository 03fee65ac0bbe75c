/** A machine over SSH in the browser: met, let in, worked on, lost and found, refused with another host key. */
import { appendFile, writeFile } from 'node:fs/promises'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import type { Locator, Page } from '@playwright/test'
import type { Host } from '../server/host/host.ts'
import { sandboxHost } from '../server/host/sandbox/adapter.ts'
import { startSshd, type TestSshd } from '../server/host/ssh/testing.ts'
import { act } from './api.ts'
import { confirm, dialog, expect, row, rowAction, test } from './fixtures.ts'

const { username } = userInfo()

/**
 * A practice machine behind a real sshd: its programs come first on the PATH of what Skep sends, and there is no sftp,
 * whose files would be those of the machine that the test runs on.
 */
async function machineBehindSshd(dir: string): Promise<{ machine: Host; sshd: TestSshd }> {
  const sandbox = join(dir, 'machine')
  const machine = sandboxHost(sandbox, undefined, 'behind')
  await machine.run(['uname'])
  const force = join(dir, 'force.sh')
  await writeFile(
    force,
    [
      'case "$SSH_ORIGINAL_COMMAND" in *sftp*) exit 1 ;; esac',
      'IFS= read -r s',
      `eval "$(printf '%s\\n' "$s" | sed 's|PATH=|PATH=${sandbox}/bin:|')"`,
      '',
    ].join('\n'),
  )
  return { machine, sshd: await startSshd([`ForceCommand exec /bin/sh ${force}`]) }
}

/** The line that lets Skep’s own key in, as the dialog shows it. */
async function keyLine(within: Locator): Promise<string> {
  const line = await within.getByText(/^ssh-ed25519 \S+ skep$/).textContent()
  if (!line) throw new Error('the dialog shows no key')
  return line
}

const refused = (page: Page) => page.getByText('Refused: nas shows another host key than the pinned one.')

test('a machine over SSH', async ({ page, skep }) => {
  test.setTimeout(240_000)
  const { machine, sshd } = await machineBehindSshd(skep.state)
  const address = `ssh://${username}@127.0.0.1:${sshd.port}`
  const datasets = page.getByRole('grid', { name: 'Datasets' })
  try {
    await test.step('it is met: nobody goes on without having compared the fingerprint', async () => {
      await page.goto('/system')
      await page.getByRole('button', { name: 'Add host' }).click()
      const add = dialog(page, 'Add a host')
      await add.getByLabel('Address').fill('ssh://nobody')
      await page.keyboard.press('Enter')
      await expect(add.getByText(/is no address of a machine/)).toBeVisible()
      await add.getByLabel('Address').fill(address)
      await page.keyboard.press('Enter')
      await expect(add.getByRole('heading', { name: /^Step 2 of 4/ })).toBeFocused()
      await expect(add.getByText(sshd.fingerprintByKeygen())).toBeVisible()
      await expect(add.getByText('ssh-ed25519')).toBeVisible()
      await add.getByRole('button', { name: 'Continue' }).press('Enter')
      await expect(add.getByRole('heading', { name: /^Step 2 of 4/ })).toBeVisible()
      await add.getByRole('checkbox', { name: 'I compared it: it is the same' }).check()
      await add.getByRole('button', { name: 'Continue' }).press('Enter')
      await expect(add.getByRole('heading', { name: /^Step 3 of 4/ })).toBeFocused()
    })

    await test.step('Skep is let in, and says what it found before it is added', async () => {
      const add = dialog(page, 'Add a host')
      await add.getByRole('radio', { name: /^A key file/ }).check()
      await add.getByRole('textbox', { name: 'Key file' }).fill('/nowhere/key')
      await add.getByRole('button', { name: 'Test' }).click()
      await expect(add.getByText(/The key file \/nowhere\/key cannot be read/)).toBeVisible()
      await add.getByRole('radio', { name: /^Skep’s own key/ }).check()
      await add.getByRole('button', { name: 'Test' }).click()
      await expect(add.getByRole('alert')).toContainText(`does not let Skep in as ${username}`)
      await appendFile(join(sshd.dir, 'authorized_keys'), `${await keyLine(add)}\n`)
      await add.getByRole('button', { name: 'Test' }).click()
      await expect(add.getByRole('heading', { name: 'Step 4 of 4: What was found' })).toBeFocused()
      await expect(add.getByText(/runs FreeBSD \S+\. It has OpenZFS \S+\./)).toBeVisible()
      await add.getByRole('textbox', { name: 'Name' }).fill('nas')
      await confirm(add, 'Add host')
      await expect(row(page, 'Hosts', 'nas')).toContainText(address)
    })

    await test.step('what is done there is done there', async () => {
      await page.goto('/nas/datasets')
      await expect(datasets.getByText('media', { exact: true })).toBeVisible()
      const taken = await act(
        page,
        'snapshots.create',
        { datasets: ['tank/home'], tag: 'over-ssh', recursive: false },
        'nas',
      )
      expect(taken).toMatchObject({ status: 200 })
      expect((await machine.run(['zfs', 'list', '-H', '-o', 'name', 'tank/home@over-ssh'])).exit).toBe(0)
      await machine.run(['zfs', 'create', 'tank/from-a-terminal'])
      await expect(datasets.getByText('from-a-terminal', { exact: true })).toBeVisible()
    })

    await test.step('sshd stops: the page keeps what it has, says how old it is, and comes back by itself', async () => {
      await sshd.stop()
      const lost = page.getByRole('alert').filter({ hasText: /What you see is what it said/ })
      await expect(lost).toBeVisible({ timeout: 30_000 })
      await expect(datasets.getByText('from-a-terminal', { exact: true })).toBeVisible()
      const switcher = page.getByRole('button', { name: 'Host: nas' })
      await expect(switcher).toContainText('Does not answer')
      await machine.run(['zfs', 'create', 'tank/made-meanwhile'])
      await sshd.start()
      await expect(datasets.getByText('made-meanwhile', { exact: true })).toBeVisible({ timeout: 60_000 })
      await expect(lost).toBeHidden({ timeout: 30_000 })
      await expect(switcher).toContainText('Online')
    })

    await test.step('another host key is refused, with both, until a person has compared', async () => {
      const pinned = sshd.fingerprintByKeygen()
      await sshd.stop()
      sshd.newHostKey()
      const shown = sshd.fingerprintByKeygen()
      await sshd.start()
      await expect(refused(page)).toBeVisible({ timeout: 60_000 })
      const notice = page.getByRole('alert').filter({ has: refused(page) })
      await expect(notice).toContainText(pinned)
      await expect(notice).toContainText(shown)
      await expect(datasets.getByText('made-meanwhile', { exact: true })).toBeVisible()
      expect(sshd.programs()).toEqual([])

      await notice.getByRole('button', { name: 'Compare the keys' }).click()
      const change = dialog(page, 'Change the sign-in at nas')
      await expect(change.getByText(shown)).toBeVisible()
      await change.getByRole('button', { name: 'Accept key and save' }).press('Enter')
      await expect(change).toBeVisible()
      await change.getByRole('checkbox', { name: /^I compared it/ }).check()
      await change.getByRole('button', { name: 'Test' }).click()
      await expect(change.getByText(/runs FreeBSD/)).toBeVisible()
      await confirm(change, 'Accept key and save')
      await expect(refused(page)).toBeHidden({ timeout: 30_000 })
      await machine.run(['zfs', 'create', 'tank/after-all'])
      await expect(datasets.getByText('after-all', { exact: true })).toBeVisible({ timeout: 30_000 })
    })

    await test.step('removed: nothing there is touched', async () => {
      await page.goto('/system')
      await rowAction(page, 'Hosts', 'nas', 'Remove')
      await confirm(dialog(page, 'Remove nas?'), 'Remove nas')
      expect((await machine.run(['zfs', 'list', '-H', 'tank/home@over-ssh'])).exit).toBe(0)
      expect((await page.goto('/nas'))?.status()).toBe(404)
    })
  } finally {
    await sshd.dispose()
    await machine.run(['shutdown', '-p', 'now']).catch(() => null)
    await machine.close()
  }
})
