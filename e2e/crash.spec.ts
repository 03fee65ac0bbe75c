/** kill -9 of the console in the middle of a task: the next start tells how it ended, and what it tells is so. */
import type { Page } from '@playwright/test'
import { act, call } from './api.ts'
import type { Console } from './console.ts'
import { expect, test } from './fixtures.ts'
import { makeZvol, tagsOf, writeZvol, zvolDigest } from './zvol.ts'

/** Long enough that no step ends by itself before the console does. */
const STRETCH_MS = '60000'

/**
 * Runs an action whose command that begins with `at` takes a minute, and kills the console there. Resolves, when the next
 * console has settled the task, with what it says.
 */
async function crashAt(
  page: Page,
  skep: Console,
  { at, action, input }: { at: string[]; action: string; input: unknown },
): Promise<{ state: string; outcome: string }> {
  await page.goto('/tasks')
  await skep.host('fault', 'add', ...at, '--', 'slow', STRETCH_MS)
  // Its answer never comes: the console dies under it.
  const lost = act(page, action, input).catch(() => null)
  // The plan names the command as well: what counts is that it was begun.
  const begun = async () => {
    const { data } = await call(page, 'query', 'tasks.list', { state: 'running', limit: 1 })
    const id = idOf(data)
    return id === null ? [] : argvsOf((await call(page, 'query', 'tasks.get', { id })).data)
  }
  await expect
    .poll(async () => (await begun()).filter(argv => at.every((word, index) => argv[index] === word)), {
      timeout: 30_000,
    })
    .toHaveLength(1)
  const id = idOf((await call(page, 'query', 'tasks.list', { state: 'running', limit: 1 })).data)
  await skep.end('SIGKILL')
  await lost
  await skep.host('fault', 'clear')
  await skep.start()
  await page.goto(`/tasks/${id}`)
  const main = page.getByRole('main')
  await expect(main.getByText(/^(Done|Interrupted|Failed)$/).first()).toBeVisible({ timeout: 30_000 })
  const { data } = await call(page, 'query', 'tasks.get', { id })
  const { state, outcome } = settledOf(data)
  // Beside its title the page says it without the title, with a capital.
  await expect(main.getByText(outcome.slice(outcome.indexOf(': ') + 3))).toBeVisible()
  return { state, outcome }
}

function idOf(data: unknown): number | null {
  if (typeof data !== 'object' || data === null || !('rows' in data) || !Array.isArray(data.rows)) return null
  return data.rows[0]?.id ?? null
}

/** The commands of a task that were begun. */
function argvsOf(data: unknown): string[][] {
  if (typeof data !== 'object' || data === null || !('commands' in data) || !Array.isArray(data.commands))
    return []
  return data.commands.map(({ argv }) => argv)
}

function settledOf(data: unknown): { state: string; outcome: string } {
  if (typeof data !== 'object' || data === null || !('state' in data) || !('outcome' in data))
    throw new Error(`no task: ${JSON.stringify(data)}`)
  return { state: String(data.state), outcome: String(data.outcome) }
}

/** A zvol with `then` and `newer`, and other bytes since. */
async function zvolWithPast(skep: Console, name: string) {
  await makeZvol(skep, name, 'then ')
  const past = await zvolDigest(skep, name)
  await skep.host('zfs', 'snapshot', `${name}@then`)
  await writeZvol(skep, name, 'since ')
  await skep.host('zfs', 'snapshot', `${name}@newer`)
  return { past, present: await zvolDigest(skep, name) }
}

const names = async (skep: Console) =>
  (await skep.host('zfs', 'list', '-H', '-o', 'name', '-r', 'tank')).split('\n')

test.describe('while the router runs on', () => {
  let pid = ''
  test.beforeEach(async ({ page, skep }) => {
    await page.goto('/tasks')
    // It starts with the machine.
    await expect
      .poll(() => skep.host('pgrep', '-fx', 'bhyve: router').catch(() => ''), { timeout: 30_000 })
      .not.toBe('')
    pid = await skep.host('pgrep', '-fx', 'bhyve: router')
  })
  test.afterEach(async ({ skep }) => {
    expect(await skep.host('pgrep', '-fx', 'bhyve: router')).toBe(pid)
  })

  test('going back: destroyed what is newer, not yet rolled back', async ({ page, skep }) => {
    const volume = 'tank/cr-back'
    const { present } = await zvolWithPast(skep, volume)
    const told = await crashAt(page, skep, {
      at: ['zfs', 'rollback'],
      action: 'snapshots.rollback',
      input: { snapshot: `${volume}@then`, way: 'go-back' },
    })
    expect(told.state).toBe('interrupted')
    expect(told.outcome).toContain(
      `what is newer was destroyed, but ${volume} was not rolled back and holds what it held. Roll back again to finish.`,
    )
    expect(await tagsOf(skep, volume)).toEqual(['then'])
    expect(await zvolDigest(skep, volume)).toBe(present)
  })

  test('keeping the present: both halves are there, and it says what is left to do', async ({
    page,
    skep,
  }) => {
    const volume = 'tank/cr-keep'
    const { past, present } = await zvolWithPast(skep, volume)
    const told = await crashAt(page, skep, {
      at: ['zfs', 'promote'],
      action: 'snapshots.rollback',
      input: { snapshot: `${volume}@then`, way: 'keep', keepAs: `${volume}-kept` },
    })
    expect(told.state).toBe('interrupted')
    expect(told.outcome).toContain('it was cut short on the way.')
    expect(told.outcome).toContain(`${volume}-kept`)
    expect(await zvolDigest(skep, volume)).toBe(past)
    expect(await zvolDigest(skep, `${volume}-kept`)).toBe(present)
    expect(await tagsOf(skep, `${volume}-kept`)).toEqual(['then', 'newer'])
  })

  test('opening beside it: not made, nothing changed', async ({ page, skep }) => {
    const volume = 'tank/cr-beside'
    const { present } = await zvolWithPast(skep, volume)
    const told = await crashAt(page, skep, {
      at: ['zfs', 'clone'],
      action: 'snapshots.rollback',
      input: { snapshot: `${volume}@then`, way: 'beside', besideAs: `${volume}-aside` },
    })
    expect(told.state).toBe('interrupted')
    expect(told.outcome).toContain(`${volume}-aside was not made. Nothing else has changed.`)
    expect(await names(skep)).not.toContain(`${volume}-aside`)
    expect(await zvolDigest(skep, volume)).toBe(present)
  })

  test('creating a guest: what is there is named, and there is no guest', async ({ page, skep }) => {
    const disk = {
      from: 'new',
      dataset: 'tank/vms/cr-new/disk0',
      sizeBytes: 2 ** 30,
      sparse: true,
      volblocksizeBytes: 16384,
      emulation: 'virtio-blk',
    }
    const told = await crashAt(page, skep, {
      at: ['zfs', 'create', '-s'],
      action: 'vms.create',
      input: {
        name: 'cr-new',
        kind: 'linux',
        datastore: 'default',
        cpus: 1,
        memoryMiB: 512,
        disk,
        switchName: null,
        resolution: '1024x768',
        iso: null,
      },
    })
    expect(told.state).toBe('interrupted')
    const there = await names(skep)
    expect(there).not.toContain('tank/vms/cr-new/disk0')
    for (const made of ['tank/vms/cr-new', '/vm/cr-new'])
      if (told.outcome.includes(` ${made}`)) expect([...there, '/vm/cr-new']).toContain(made)
    await expect(skep.file('/vm/cr-new/cr-new.conf')).rejects.toThrow()
    expect((await call(page, 'query', 'vms.get', { vm: 'cr-new' })).status).toBe(404)
  })

  test('starting a guest: it starts without the console, and the task says that it runs', async ({
    page,
    skep,
  }) => {
    await act(page, 'vms.forceOff', { vm: 'debian01' })
    await skep.host('fault', 'add', 'bhyve', '--', 'slow', '2500', 'once')
    const lost = act(page, 'vms.start', { vm: 'debian01' }).catch(() => null)
    await expect
      .poll(() => skep.host('ps', '-axww'), { timeout: 30_000 })
      .toContain('/vm/debian01/.skep/run.sh')
    await skep.end('SIGKILL')
    await lost
    await expect
      .poll(() => skep.host('pgrep', '-fx', 'bhyve: debian01').catch(() => ''), { timeout: 30_000 })
      .not.toBe('')
    const before = await skep.host('pgrep', '-fx', 'bhyve: debian01')
    await skep.start()
    await page.goto('/tasks')
    const newest = page.getByRole('main').getByRole('row').filter({ hasText: 'Start debian01' }).first()
    await expect(newest).toContainText('Done, as the host shows.', { timeout: 30_000 })
    await page.goto('/vms/debian01')
    await expect(page.getByRole('main').getByText('Running').first()).toBeVisible()
    expect(await skep.host('pgrep', '-fx', 'bhyve: debian01')).toBe(before)
    await act(page, 'vms.forceOff', { vm: 'debian01' })
  })

  test('destroying a guest: what is still there is named', async ({ page, skep }) => {
    expect(
      (await act(page, 'vms.clone', { vm: 'openbsd', tag: null, name: 'cr-gone', network: false })).status,
    ).toBe(200)
    const zvol = 'tank/vms/cr-gone/disk0'
    const told = await crashAt(page, skep, {
      at: ['zfs', 'destroy'],
      action: 'vms.destroy',
      input: { vm: 'cr-gone', zvols: [zvol] },
    })
    expect(told.state).toBe('interrupted')
    const there = await names(skep)
    expect(told.outcome.includes(zvol)).toBe(there.includes(zvol))
    const guest = (await call(page, 'query', 'vms.get', { vm: 'cr-gone' })).status === 200
    expect(told.outcome.includes('the guest cr-gone')).toBe(guest)
  })
})
