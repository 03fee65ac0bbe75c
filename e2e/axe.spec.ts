/** Every page and the main dialogs, in both colours and on a phone: nothing that axe can find, nothing that overflows. */
import AxeBuilder from '@axe-core/playwright'
import type { Page } from '@playwright/test'
import { dialog, expect, rowAction, test } from './fixtures.ts'

const PAGES = [
  '/',
  '/pools',
  '/pools/backup',
  '/pools/backup/properties',
  '/pools/backup/features',
  '/pools/backup/history',
  '/datasets',
  '/datasets/tank/vms/debian01/disk0',
  '/datasets/tank/home/@snapshots',
  '/datasets/tank/home/@properties',
  '/snapshots',
  '/vms',
  '/vms/win11',
  '/vms/win11/console',
  '/vms/win11/serial',
  '/vms/win11/hardware',
  '/vms/win11/options',
  '/vms/win11/snapshots',
  '/vms/win11/log',
  '/sandbox/images',
  '/sandbox/networks',
  '/sandbox/networks/public',
  '/tasks',
  '/accounts',
  '/system',
  '/nowhere',
]

// A trace keeps the whole page at each of axe's many steps.
test.use({ trace: 'off' })

/** The page has said what it has to say: nothing is on its way any more. */
async function settled(page: Page) {
  await expect(page.locator('[aria-busy=true]')).toHaveCount(0)
  await expect(page.getByRole('main').getByText(/^Loading/)).toHaveCount(0)
}

const ALL = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']
/** What another colour or another width can change. */
const OF_THE_LOOK = ['color-contrast', 'target-size', 'scrollable-region-focusable', 'link-in-text-block']

/** What axe finds on the page or within a part of it, short enough to read. */
async function findings(
  page: Page,
  rules: 'all' | 'of the look' = 'all',
  within?: string,
): Promise<string[]> {
  // Skep's pages hold no frames: axe may look at the page as it is, and opens no second one to add up.
  const axe = new AxeBuilder({ page }).setLegacyMode()
  if (within) axe.include(within)
  const { violations } = await (rules === 'all' ? axe.withTags(ALL) : axe.withRules(OF_THE_LOOK)).analyze()
  return violations.flatMap(each => each.nodes.map(node => `${each.id}: ${node.html.slice(0, 160)}`))
}

const LOOKS = [
  { colorScheme: 'light', width: 1440, rules: 'all' },
  { colorScheme: 'dark', width: 1440, rules: 'of the look' },
  { colorScheme: 'dark', width: 390, rules: 'all' },
  { colorScheme: 'light', width: 390, rules: 'of the look' },
] as const

/**
 * What axe finds in both colours, wide and narrow; each finding once. The frame looks the same around every page: its look
 * is tried around one.
 */
async function everywhere(page: Page, own: 'main' | undefined) {
  const found = new Set<string>()
  for (const { colorScheme, width, rules } of LOOKS) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    await page.setViewportSize({ width, height: 900 })
    const within = rules === 'of the look' ? own : undefined
    for (const each of await findings(page, rules, within)) found.add(`${colorScheme} ${width}: ${each}`)
  }
  return [...found]
}

/** The same of what lies above a page, whose own faults are that page's. */
async function above(page: Page, part: string) {
  const found = new Set<string>()
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    const rules = colorScheme === 'light' ? 'all' : 'of the look'
    for (const each of await findings(page, rules, part)) found.add(`${colorScheme}: ${each}`)
  }
  return [...found]
}

test.beforeEach(async ({ skep }) => {
  expect(await skep.host('uname')).toBe('FreeBSD\n')
})

for (const path of PAGES) {
  test(`the page ${path}`, async ({ page }) => {
    await page.goto(path)
    await settled(page)
    await expect(page.getByRole('heading', { level: 1 })).toHaveCount(1)
    await expect(page).toHaveTitle(/Skep/)
    expect.soft(await everywhere(page, path === '/' ? undefined : 'main')).toEqual([])
    await page.setViewportSize({ width: 360, height: 740 })
    const beyond = () => page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
    await expect.poll(beyond, { message: 'pixels beyond the edge at 360 px' }).toBeLessThanOrEqual(0)
  })
}

/** The dialog that is open has nothing that axe finds; it is closed again. */
async function look(page: Page, title: string) {
  await expect(dialog(page, title)).toBeVisible()
  await settled(page)
  expect.soft(await above(page, '[role=dialog]'), title).toEqual([])
  // The pointer stands where the menu's item was: a tooltip there would take the Escape for itself.
  await page.mouse.move(0, 0)
  await expect(page.getByRole('tooltip')).toHaveCount(0)
  await page.keyboard.press('Escape')
  await expect(dialog(page, title)).toBeHidden()
}

test('the dialogs of storage', async ({ page }) => {
  await page.goto('/datasets/tank/home/@snapshots')
  await page.getByRole('searchbox', { name: 'Filter snapshots' }).fill('laptop')
  await rowAction(page, 'Snapshots of tank/home', 'before-new-laptop', 'Roll back')
  await expect(dialog(page, 'Roll back to before-new-laptop')).toBeVisible()
  expect.soft(await findings(page), 'the page below an open dialog').toEqual([])
  await look(page, 'Roll back to before-new-laptop')
  await page.getByRole('button', { name: 'Take snapshot' }).click()
  await look(page, 'Take a snapshot')
  await page.getByRole('button', { name: 'More actions of tank/home' }).click()
  await page.getByRole('menuitem', { name: 'Create zvol' }).click()
  await look(page, 'Create a zvol')
  await page.getByRole('button', { name: 'More actions of tank/home' }).click()
  await page.getByRole('menuitem', { name: 'Destroy' }).click()
  await look(page, 'Destroy home')
})

test('the dialogs of pools', async ({ page }) => {
  await page.goto('/pools')
  await page.getByRole('button', { name: 'Create pool' }).click()
  await look(page, 'Create a pool')
  await page.getByRole('button', { name: 'Import' }).click()
  await look(page, 'Import a pool')
  await rowAction(page, 'Pools', 'tank', 'Export')
  await look(page, 'Export tank')
})

test('the dialogs of guests', async ({ page }) => {
  await page.goto('/vms')
  await page.getByRole('button', { name: 'New virtual machine' }).click()
  await look(page, 'New virtual machine')
  await rowAction(page, 'Virtual machines', 'win11', 'Destroy')
  await look(page, 'Destroy win11')
  await page.goto('/vms/win11/hardware')
  await page.getByRole('button', { name: 'Add device' }).click()
  await page.getByRole('menuitem', { name: 'Disk' }).click()
  await look(page, 'Add a disk to win11')
  await page.getByRole('button', { name: 'Actions of Disk 0' }).click()
  await page.getByRole('menuitem', { name: 'Change' }).click()
  await look(page, 'Disk 0 of win11')
  await page.getByRole('button', { name: 'Actions of CPU' }).click()
  await page.getByRole('menuitem', { name: 'Change' }).click()
  await look(page, 'CPUs of win11')
  await page.goto('/vms')
  await page.getByRole('button', { name: 'Start order' }).click()
  await look(page, 'Start order')
})

test('the dialogs of images and networks, and the palette', async ({ page }) => {
  await page.goto('/sandbox/images')
  await page.getByRole('button', { name: 'Upload', exact: true }).click()
  await look(page, 'Upload an image')
  await page.getByRole('button', { name: 'Fetch from the web' }).click()
  await look(page, 'Fetch an image')
  await page.goto('/sandbox/networks')
  await page.getByRole('button', { name: 'New switch' }).click()
  await look(page, 'Create a switch')
  await rowAction(page, 'Switches', 'public', 'Change')
  await look(page, 'Change the switch public')
  await page.keyboard.press('Control+k')
  await expect(page.getByRole('combobox')).toBeVisible()
  expect.soft(await above(page, '[role=dialog]'), 'the palette').toEqual([])
})

test('the pages in front of the door', async ({ browser, skep, signedIn }) => {
  expect(signedIn.cookies).toHaveLength(1)
  const context = await browser.newContext({ baseURL: skep.url, viewport: { width: 360, height: 740 } })
  const page = await context.newPage()
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    await page.goto('/login')
    await expect(page.getByRole('button', { name: 'Sign in', disabled: false })).toBeVisible()
    await expect(page.getByRole('heading', { level: 1 })).toHaveCount(1)
    expect.soft(await findings(page), colorScheme).toEqual([])
  }
  await context.close()
})
