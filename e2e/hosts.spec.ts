/** Several hosts in one console: added, told apart, worked on, switched, hidden and removed. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { sandboxHost } from '../server/host/sandbox/adapter.ts'
import { act, call } from './api.ts'
import { ADMIN, Console } from './console.ts'
import { confirm, dialog, expect, row, rowAction, test } from './fixtures.ts'

const PASSWORD = 'seven bees on a bough'

test('a second host: both trees, work on each, one lost, one hidden, and away again', async ({ browser }) => {
  test.setTimeout(240_000)
  const skep = new Console()
  const dir = join(skep.state, 'second')
  const second = sandboxHost(dir, undefined, 'nas2')
  try {
    await skep.start()
    const page = await (await browser.newContext({ baseURL: skep.url })).newPage()
    await page.goto(/http\S+/.exec(skep.welcome)?.[0] ?? '')
    await expect(page.getByRole('button', { name: 'Create administrator', disabled: false })).toBeVisible()
    await page.getByLabel('Name').fill(ADMIN.name)
    await page.getByLabel('Password', { exact: true }).fill(ADMIN.password)
    await page.getByLabel('Password again').fill(ADMIN.password)
    await page.getByRole('button', { name: 'Create administrator' }).click()
    await page.waitForURL(`${skep.url}/`)
    const tree = page.getByRole('tree')

    await test.step('add it in System', async () => {
      await page.goto('/system')
      await page.getByRole('button', { name: 'Add host' }).click()
      const add = dialog(page, 'Add a host')
      await add.getByLabel('Address').fill('sandbox:relative')
      await add.getByRole('button', { name: 'Continue' }).click()
      await add.getByLabel('Name').fill('NAS 2')
      await add.getByRole('button', { name: 'Add host' }).click()
      await expect(add.getByText('The directory of a practice machine begins with a slash.')).toBeVisible()
      await add.getByRole('button', { name: 'Back' }).click()
      await add.getByLabel('Address').fill(`sandbox:${dir}`)
      await add.getByRole('button', { name: 'Continue' }).click()
      await expect(add.getByLabel('Name')).toHaveValue('NAS 2')
      await confirm(add, 'Add host')
      await expect(row(page, 'Hosts', 'NAS 2')).toBeVisible()
      await rowAction(page, 'Hosts', 'NAS 2', 'Test')
      const trial = dialog(page, 'Test NAS 2')
      await expect(trial.getByText('OpenZFS', { exact: true }).first()).toBeVisible({ timeout: 60_000 })
      await trial.getByRole('button', { name: 'Close' }).first().click()
    })

    await test.step('what a terminal of each does is seen there, and only there', async () => {
      await page.goto('/nas-2/datasets')
      await expect(page.getByRole('grid').getByText('media', { exact: true })).toBeVisible()
      await second.run(['zfs', 'create', 'tank/only-second'])
      await expect(page.getByRole('grid').getByText('only-second', { exact: true })).toBeVisible()
      await skep.terminal('zfs', 'create', 'tank/only-first')
      await page.goto('/sandbox/datasets')
      await expect(page.getByRole('grid').getByText('only-first', { exact: true })).toBeVisible()
      await expect(page.getByRole('grid').getByText('only-second', { exact: true })).toHaveCount(0)
      await expect(tree.getByText('NAS 2', { exact: true })).toBeVisible()
    })

    await test.step('the switcher keeps the kind of page, by keyboard', async () => {
      const switcher = page.getByRole('button', { name: 'Host: sandbox' })
      await switcher.focus()
      await page.keyboard.press('ArrowDown')
      await expect(page.getByRole('menu', { name: 'Hosts' })).toBeVisible()
      await page.keyboard.press('N')
      await page.keyboard.press('Enter')
      await page.waitForURL(`${skep.url}/nas-2/datasets`)
      await expect(page.getByRole('button', { name: 'Host: NAS 2' })).toBeVisible()
    })

    await test.step('the second one works while the first is lost', async () => {
      const kernel = Number(await readFile(join(skep.sandbox, 'kernel.pid'), 'utf8'))
      process.kill(kernel, 'SIGSTOP')
      try {
        const done = await act(
          page,
          'snapshots.create',
          { datasets: ['tank/only-second'], tag: 'meanwhile', recursive: false },
          'nas-2',
        )
        expect(done).toMatchObject({ status: 200 })
        await page.goto('/nas-2/datasets/tank/only-second/@snapshots')
        await expect(row(page, 'Snapshots of tank/only-second', 'meanwhile')).toBeVisible()
      } finally {
        process.kill(kernel, 'SIGCONT')
      }
      await page.goto('/tasks')
      await expect(row(page, 'Tasks', 'NAS 2').first()).toBeVisible()
    })

    await test.step('viewer here, none there', async () => {
      await page.goto('/accounts')
      await page.getByRole('button', { name: 'Create account' }).click()
      const create = dialog(page, 'Create an account')
      await create.getByLabel('Name').fill('vera')
      await create.getByLabel('First password').fill(PASSWORD)
      await create.getByRole('radio', { name: /^operator/i }).check()
      await confirm(create, 'Create account')
      await rowAction(page, 'Accounts', 'vera', 'Roles on single hosts')
      const roles = dialog(page, 'Roles of vera on single hosts')
      await roles.getByLabel('sandbox').selectOption('Viewer')
      await roles.getByLabel('NAS 2').selectOption('None: the host is hidden')
      await confirm(roles, 'Set roles')
      await expect(row(page, 'Accounts', 'vera').getByText(/none on NAS 2/)).toBeVisible()

      const context = await browser.newContext({ baseURL: skep.url })
      const vera = await context.newPage()
      await vera.goto('/login')
      await expect(vera.getByRole('button', { name: 'Sign in', disabled: false })).toBeVisible()
      await vera.getByLabel('Name').fill('vera')
      await vera.getByLabel('Password').fill(PASSWORD)
      await vera.getByRole('button', { name: 'Sign in', disabled: false }).click()
      await vera.waitForURL(`${skep.url}/`)
      await vera.goto('/nas-2/datasets')
      await expect(vera.getByRole('heading', { name: 'There is no such page' })).toBeAttached()
      expect(await call(vera, 'query', 'datasets.list', undefined, 'nas-2')).toMatchObject({ status: 404 })
      const snapshot = { datasets: ['tank/home'], tag: 'mine', recursive: false }
      expect(await call(vera, 'query', 'snapshots.create.plan', snapshot, 'sandbox')).toMatchObject({
        status: 403,
      })
      const hidden = JSON.stringify([
        (await call(vera, 'query', 'hosts.list')).data,
        (await call(vera, 'query', 'tasks.list', { limit: 200 })).data,
        (await call(vera, 'query', 'accounts.me')).data,
      ])
      expect(hidden).not.toMatch(/nas-2|only-second/)
      await context.close()
    })

    await test.step('remove it: nothing on it is touched', async () => {
      await page.goto('/system')
      await rowAction(page, 'Hosts', 'NAS 2', 'Remove')
      await confirm(dialog(page, 'Remove NAS 2?'), 'Remove NAS 2')
      await expect(row(page, 'Hosts', 'NAS 2')).toHaveCount(0)
      expect((await second.run(['zfs', 'list', '-H', '-o', 'name', 'tank/only-second'])).exit).toBe(0)
      await page.goto('/nas-2')
      await expect(page.getByRole('heading', { name: 'There is no such page' })).toBeAttached()
    })
    await page.context().close()
  } finally {
    await second.run(['shutdown', '-p', 'now']).catch(() => null)
    await second.close()
    await skep.dispose()
  }
})
