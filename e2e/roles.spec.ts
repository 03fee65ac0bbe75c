/** Who may do what, and how one gets in and out: shown on the page, enforced behind it. */
import { act, call } from './api.ts'
import { ADMIN, Console } from './console.ts'
import { confirm, dialog, expect, row, test } from './fixtures.ts'
import { createAccount, fillLogin, PASSWORD, signIn } from './people.ts'
import { note, screenShows } from './screen.ts'
import { makeZvol, tagsOf } from './zvol.ts'

test('a viewer sees everything and changes nothing', async ({ page, browser, skep }) => {
  await createAccount(page, 'vera', 'viewer')
  const volume = 'tank/roles-view'
  await makeZvol(skep, volume, 'roles ')
  await skep.host('zfs', 'snapshot', `${volume}@there`)
  const context = await signIn(browser, skep, 'vera', PASSWORD)
  const viewer = await context.newPage()

  await viewer.goto(`/datasets/${volume}/@snapshots`)
  await expect(viewer.getByText('you can look at everything and change nothing')).toBeVisible()
  const take = viewer.getByRole('button', { name: 'Take snapshot' })
  await expect(take).toBeDisabled()
  await expect(take).toHaveAccessibleDescription(
    /This needs the role operator\. You are signed in as viewer\./,
  )
  await row(viewer, `Snapshots of ${volume}`, 'there').click({ button: 'right' })
  for (const item of ['Roll back', 'Clone', 'Hold', 'Destroy']) {
    const entry = viewer.getByRole('menuitem', { name: item })
    await expect(entry).toBeDisabled()
    await expect(entry).toContainText('This needs the role operator.')
  }
  await viewer.keyboard.press('Escape')
  await viewer.getByRole('button', { name: `More actions of ${volume}` }).click()
  for (const item of ['Rename', 'Promote', 'Destroy'])
    await expect(viewer.getByRole('menuitem', { name: item })).toContainText(
      'This needs the role administrator.',
    )
  await viewer.keyboard.press('Escape')

  await viewer.goto('/vms/debian01')
  await expect(viewer.getByRole('main').getByRole('button', { name: 'Start' })).toBeDisabled()
  await viewer.getByRole('button', { name: 'More actions of debian01' }).click()
  for (const item of ['Start', 'Shut down', 'Reset', 'Force off', 'Edit', 'Clone', 'Clean up', 'Destroy'])
    await expect(viewer.getByRole('menuitem', { name: item })).toBeDisabled()
  await viewer.keyboard.press('Escape')
  await viewer.goto('/vms')
  await expect(viewer.getByRole('button', { name: 'New virtual machine' })).toBeDisabled()
  await viewer.goto('/pools/backup')
  for (const verb of ['Start scrub', 'Pause scrub', 'Stop scrub'])
    await expect(viewer.getByRole('button', { name: verb })).toBeDisabled()
  await viewer.goto('/accounts')
  await expect(viewer.getByText('An administrator can see and change the other accounts.')).toBeVisible()

  // What the page does not offer is refused behind it as well.
  const snapshot = { snapshots: [`${volume}@there`] }
  for (const [action, input] of [
    ['snapshots.destroy', snapshot],
    ['snapshots.create', { datasets: [volume], tag: 'mine', recursive: false }],
    ['snapshots.hold', { ...snapshot, tag: 'mine' }],
    ['snapshots.rollback', { snapshot: `${volume}@there`, way: 'go-back' }],
    ['datasets.destroy', { dataset: volume }],
    ['datasets.setProperty', { dataset: volume, name: 'compression', value: 'off' }],
    ['vms.start', { vm: 'debian01' }],
    ['vms.forceOff', { vm: 'router' }],
    ['pools.scrub', { pool: 'backup', verb: 'start' }],
  ] as const) {
    expect(await call(viewer, 'query', `${action}.plan`, input), action).toMatchObject({
      status: 403,
      code: 'denied',
    })
    const run = { input, seen: '0'.repeat(64) }
    expect(await call(viewer, 'mutation', `${action}.run`, run), action).toMatchObject({
      status: 403,
      code: 'denied',
    })
  }
  expect(await call(viewer, 'query', 'accounts.list')).toMatchObject({ status: 403 })
  expect(
    await call(viewer, 'mutation', 'accounts.create', {
      name: 'eve',
      password: PASSWORD,
      role: 'administrator',
    }),
  ).toMatchObject({ status: 403 })
  expect(await tagsOf(skep, volume)).toEqual(['there'])
  await context.close()
})

test('keys of a viewer never reach a guest, whatever its browser sends', async ({ page, browser, skep }) => {
  await createAccount(page, 'victor', 'viewer')
  expect(await act(page, 'vms.start', { vm: 'debian01' })).toMatchObject({ status: 200 })
  const context = await signIn(browser, skep, 'victor', PASSWORD)
  const viewer = await context.newPage()
  await viewer.goto('/vms/debian01/console')
  await screenShows(viewer)
  await expect(viewer.getByText('View only')).toBeVisible()
  for (const tool of ['Ctrl-Alt-Del', 'Keys', 'Type text'])
    await expect(viewer.getByRole('button', { name: tool })).toBeDisabled()
  await viewer.getByRole('button', { name: 'Fit' }).click()
  await viewer.goto('/tasks')

  // A client that does not care about viewOnly: RFB by hand, "hi" and Enter.
  const heard = await viewer.evaluate(async () => {
    const socket = new WebSocket(`ws://${location.host}/ws/vnc/sandbox/debian01?tab=bad`, 'binary')
    socket.binaryType = 'arraybuffer'
    const inbox: number[] = []
    let hello = ''
    let wake = () => {}
    socket.onmessage = event => {
      if (typeof event.data === 'string') hello += event.data
      else inbox.push(...new Uint8Array(event.data))
      wake()
    }
    const take = async (count: number) => {
      while (inbox.length < count)
        await new Promise<void>(resolve => {
          wake = resolve
        })
      return inbox.splice(0, count)
    }
    const send = (...bytes: number[]) => socket.send(new Uint8Array(bytes))
    await take(12)
    socket.send(new TextEncoder().encode('RFB 003.008\n'))
    const [types = 0] = await take(1)
    await take(types)
    send(1)
    await take(4)
    send(1)
    const init = await take(24)
    await take(((init[20] ?? 0) << 24) | ((init[21] ?? 0) << 16) | ((init[22] ?? 0) << 8) | (init[23] ?? 0))
    for (const key of [0x68, 0x69, 0xff0d]) {
      send(4, 1, 0, 0, 0, 0, key >> 8, key & 255)
      send(4, 0, 0, 0, 0, 0, key >> 8, key & 255)
    }
    // The answer to a question that was asked after the keys: by then they have been read.
    send(3, 0, 0, 0, 0, 0, 0, 8, 0, 8)
    await take(4)
    socket.close()
    return hello
  })
  expect(heard).toContain('"mayType":false')
  await context.close()
  // An operator's keys come after the viewer's: only they stand in the notebook.
  await page.goto('/vms/debian01/console')
  await screenShows(page)
  await page.locator('[data-screen=live] canvas').click()
  await page.keyboard.type('ok', { delay: 60 })
  await page.keyboard.press('Enter')
  await expect.poll(() => note(skep, 'tank/vms/debian01/disk0', 4), { timeout: 20_000 }).toBe('ok')
})

test('an operator works with snapshots and guests, and cannot destroy datasets', async ({
  page,
  browser,
  skep,
}) => {
  await createAccount(page, 'olga', 'operator')
  const volume = 'tank/roles-work'
  await makeZvol(skep, volume, 'roles ')
  const context = await signIn(browser, skep, 'olga', PASSWORD)
  const operator = await context.newPage()
  await operator.goto(`/datasets/${volume}/@snapshots`)
  await operator.getByRole('button', { name: 'Take snapshot' }).click()
  const take = dialog(operator, 'Take a snapshot')
  await take.getByLabel('Name').fill('by-olga')
  await confirm(take, 'Take snapshot')
  expect(await tagsOf(skep, volume)).toEqual(['by-olga'])
  await operator.getByRole('button', { name: `More actions of ${volume}` }).click()
  const destroy = operator.getByRole('menuitem', { name: 'Destroy' })
  await expect(destroy).toBeDisabled()
  await expect(destroy).toContainText('This needs the role administrator. You are signed in as operator.')
  expect(await act(operator, 'datasets.destroy', { dataset: volume })).toMatchObject({
    status: 403,
    code: 'denied',
    message: 'This needs the role administrator; you are signed in as operator.',
  })
  expect(await act(operator, 'vms.destroy', { vm: 'debian01', zvols: [] })).toMatchObject({ status: 403 })
  expect(await skep.host('zfs', 'list', '-H', '-o', 'name', volume)).toBe(`${volume}\n`)
  await context.close()
})

test('signing out everywhere ends the other sessions of the account at once', async ({
  page,
  browser,
  skep,
}) => {
  await createAccount(page, 'wanda', 'operator')
  const [here, there] = [
    await signIn(browser, skep, 'wanda', PASSWORD),
    await signIn(browser, skep, 'wanda', PASSWORD),
  ]
  const far = await there.newPage()
  await far.goto('/datasets')
  // Near the top of the list, whatever other specs have made: what is far below is not drawn.
  await expect(far.getByRole('grid').getByText('machines', { exact: true })).toBeVisible()
  const near = await here.newPage()
  await near.goto('/accounts')
  await near.getByRole('button', { name: 'Sign out everywhere' }).click()
  await dialog(near, 'Sign out everywhere?').getByRole('button', { name: 'Sign out everywhere' }).click()
  await near.waitForURL(/\/login/)
  await far.goto('/datasets')
  await far.waitForURL(/\/login\?to=%2Fdatasets$/)
  expect(await call(far, 'query', 'datasets.list', undefined, 'sandbox')).toMatchObject({ status: 401 })
  await page.goto('/accounts')
  await expect(page.getByRole('heading', { level: 1, name: 'Accounts' })).toBeVisible()
  await Promise.all([here.close(), there.close()])
})

test('without a session one comes to the login, and from there back to the wanted page', async ({
  browser,
  skep,
  signedIn,
}) => {
  expect(signedIn.cookies).toHaveLength(1)
  const context = await browser.newContext({ baseURL: skep.url })
  const page = await context.newPage()
  await page.goto('/datasets/tank/media?from=mail')
  await page.waitForURL(/\/login\?to=/)
  await fillLogin(page, ADMIN.name, ADMIN.password)
  await page.waitForURL(`${skep.url}/sandbox/datasets/tank/media?from=mail`)
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('tank/media')
  await context.close()
})

test('a new console: the link works once, wrong passwords have to wait', async ({ browser }) => {
  test.setTimeout(120_000)
  const skep = new Console()
  try {
    await skep.start()
    const link = /http\S+/.exec(skep.welcome)?.[0] ?? ''
    const context = await browser.newContext({ baseURL: skep.url })
    const page = await context.newPage()
    await page.goto('/pools')
    await page.waitForURL(/\/setup$/)
    await expect(page.getByText('The token is missing')).toBeVisible()
    await page.goto('/setup#token=wrong')
    await expect(page.getByRole('button', { name: 'Create administrator', disabled: false })).toBeVisible()
    await page.getByLabel('Password', { exact: true }).fill(ADMIN.password)
    await page.getByLabel('Password again').fill(ADMIN.password)
    await page.getByRole('button', { name: 'Create administrator' }).click()
    await expect(page.getByRole('alert').first()).toContainText(
      'This set-up link has been used or is not the newest one.',
    )

    const other = await (await browser.newContext({ baseURL: skep.url })).newPage()
    for (const each of [page, other]) {
      await each.goto('about:blank')
      await each.goto(link)
      await expect(each.getByRole('button', { name: 'Create administrator', disabled: false })).toBeVisible()
      await each.getByLabel('Password', { exact: true }).fill(ADMIN.password)
      await each.getByLabel('Password again').fill(ADMIN.password)
    }
    await page.getByRole('button', { name: 'Create administrator' }).click()
    await page.waitForURL(`${skep.url}/`)
    await other.getByRole('button', { name: 'Create administrator' }).click()
    await expect(other.getByRole('alert').first()).toContainText('This set-up link has been used')
    await other.goto('about:blank')
    await other.goto(link)
    await other.waitForURL(/\/login/)

    // Four are free; how soon the next one has to wait depends on how long the ones before took.
    const alert = other.getByRole('alert').filter({ hasText: /wrong/ })
    const tooMany = /There were too many wrong attempts\. Try again in \d+ s\./
    for (let attempt = 1; attempt <= 9; attempt += 1) {
      const answered = other.waitForResponse(/accounts\.login/)
      await fillLogin(other, ADMIN.name, `wrong password ${attempt}`)
      if ((await answered).status() !== 401 && attempt > 4 && tooMany.test(await alert.innerText())) break
      if (attempt <= 4) await expect(alert).toContainText('The name or the password is wrong.')
    }
    await expect(alert).toContainText(tooMany)
    // The right password waits as well.
    expect(await call(other, 'query', 'accounts.me')).toMatchObject({ status: 401 })
    await context.close()
    await other.context().close()
  } finally {
    await skep.dispose()
  }
})
