import { test as base, expect, type Locator, type Page } from '@playwright/test'
import { ADMIN, Console } from './console.ts'
import { patience } from './patience.ts'

type StorageState = Awaited<ReturnType<import('@playwright/test').BrowserContext['storageState']>>

/** `skep`: a running console with its host. `page`: signed in as its administrator. */
export const test = base.extend<{ page: Page }, { skep: Console; signedIn: StorageState }>({
  skep: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of fixtures from this pattern
    async ({}, use) => {
      const skep = new Console()
      try {
        await skep.prepare()
        await skep.start()
        await use(skep)
      } finally {
        await skep.dispose()
      }
    },
    { scope: 'worker', timeout: 120_000 },
  ],
  signedIn: [
    async ({ browser, skep }, use) => {
      const context = await browser.newContext()
      const page = await context.newPage()
      const link = /http\S+/.exec(skep.welcome)?.[0]
      if (!link) throw new Error(`no link in: ${skep.welcome}`)
      await page.goto(link)
      // What is typed before the page is alive is forgotten.
      await expect(page.getByRole('button', { name: 'Create administrator', disabled: false })).toBeVisible()
      await page.getByLabel('Name').fill(ADMIN.name)
      await page.getByLabel('Password', { exact: true }).fill(ADMIN.password)
      await page.getByLabel('Password again').fill(ADMIN.password)
      await page.getByRole('button', { name: 'Create administrator' }).click()
      await page.waitForURL(`${skep.url}/`)
      await use(await context.storageState())
      await context.close()
    },
    { scope: 'worker', timeout: 120_000 },
  ],
  page: async ({ browser, skep, signedIn, viewport }, use) => {
    const context = await browser.newContext({ baseURL: skep.url, storageState: signedIn, viewport })
    const page = await context.newPage()
    await use(page)
    await context.close()
  },
})
export { expect }

/** The row of a list, by the text of one of its cells. */
export function row(page: Page, grid: string | RegExp, text: string): Locator {
  return page
    .getByRole('grid', { name: grid })
    .getByRole('row')
    .filter({ has: page.getByText(text, { exact: true }) })
}

/** Opens the menu of a row and chooses an action. */
export async function rowAction(
  page: Page,
  grid: string | RegExp,
  text: string,
  action: string,
): Promise<void> {
  await row(page, grid, text).click({ button: 'right' })
  // Its name begins with the verb; the reason of another item may hold the same word.
  await page.getByRole('menuitem', { name: new RegExp(`^${action}`) }).click()
}

/** The dialog on the page, by its title. */
export function dialog(page: Page, title: string | RegExp): Locator {
  return page.getByRole('dialog', { name: title })
}

/** Presses the verb of a dialog and waits until the dialog is gone: its task has ended well. */
export async function confirm(within: Locator, verb: string | RegExp): Promise<void> {
  await within.getByRole('button', { name: verb, disabled: false }).click()
  await expect(within).toBeHidden({ timeout: 60_000 * patience })
}
