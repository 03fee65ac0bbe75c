/** Accounts beside the administrator's: made and signed in by the pages, as people do it. */
import type { Browser, BrowserContext, Page } from '@playwright/test'
import type { Console } from './console.ts'
import { confirm, dialog, expect, row } from './fixtures.ts'

export const PASSWORD = 'seven bees on a bough'

/** A context of its own, signed in by the form. */
export async function signIn(
  browser: Browser,
  skep: Console,
  name: string,
  password: string,
): Promise<BrowserContext> {
  const context = await browser.newContext({ baseURL: skep.url })
  const page = await context.newPage()
  await page.goto('/login')
  await fillLogin(page, name, password)
  await page.waitForURL(`${skep.url}/`)
  return context
}

export async function fillLogin(page: Page, name: string, password: string) {
  // What is typed before the page is alive is forgotten.
  await expect(page.getByRole('button', { name: 'Sign in', disabled: false })).toBeVisible()
  await page.getByLabel('Name').fill(name)
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Sign in', disabled: false }).click()
}

export async function createAccount(page: Page, name: string, role: string) {
  await page.goto('/accounts')
  await page.getByRole('button', { name: 'Create account' }).click()
  const create = dialog(page, 'Create an account')
  await create.getByLabel('Name').fill(name)
  await create.getByLabel('First password').fill(PASSWORD)
  await create.getByRole('radio', { name: new RegExp(`^${role}`, 'i') }).check()
  await confirm(create, 'Create account')
  await expect(row(page, 'Accounts', name)).toBeVisible()
}
