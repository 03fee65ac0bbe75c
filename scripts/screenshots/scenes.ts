/** What is pictured: a page each, with what is opened on it. */
import type { Locator, Page } from '@playwright/test'
import type { Look } from './camera.ts'

export type Scene = {
  name: string
  path: string
  /** What is done on the page before the picture. */
  open?: (page: Page) => Promise<void>
  /** Is there when the page is complete. */
  shows?: (page: Page) => Locator
  /** Where it makes sense; everywhere when left out. */
  looks?: readonly Look[]
}

const DISK = 'tank/vms/debian01/disk0'
const DESK: readonly Look[] = ['light', 'dark']

const dialog = (page: Page) => page.getByRole('dialog')
/** A dialog that changes something is complete when it says what it will do. */
const planned = (page: Page) => dialog(page).getByText('What will happen')
const rowOf = (page: Page, text: string) =>
  page
    .getByRole('main')
    .getByRole('row')
    .filter({ has: page.getByText(text, { exact: true }) })
    .first()

/** A menu closes when the page scrolls: first there, then the press. */
async function openMenu(page: Page, row: string): Promise<void> {
  const button = rowOf(page, row).getByRole('button', { name: 'Actions of' })
  await button.scrollIntoViewIfNeeded()
  await page.evaluate(() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done))))
  await button.click()
  await page.getByRole('menu').waitFor()
}

async function choose(page: Page, row: string, item: string | RegExp): Promise<void> {
  await openMenu(page, row)
  await page.getByRole('menuitem', { name: item }).click()
}

/** Before anybody has an account. */
export const SETUP: readonly Scene[] = [{ name: 'setup', path: '/setup#' }]

/** Signed out. */
export const OUTSIDE: readonly Scene[] = [{ name: 'login', path: '/login' }]

export const SCENES: readonly Scene[] = [
  { name: 'pools', path: '/pools', shows: page => rowOf(page, 'backup') },
  {
    name: 'create-pool',
    path: '/pools',
    open: async page => {
      await page.getByRole('button', { name: 'Create pool' }).click()
      await dialog(page).getByLabel('Name', { exact: true }).fill('fast')
      for (const disk of ['da6', 'da7'])
        await dialog(page).getByLabel(`What ${disk} is for`).selectOption('data')
      await dialog(page).getByLabel('What da8 is for').selectOption('spare')
      await planned(page).waitFor()
    },
  },
  { name: 'pool', path: '/pools/tank' },
  { name: 'pool-degraded', path: '/pools/backup' },
  {
    name: 'replace-disk',
    path: '/pools/backup',
    open: async page => {
      await page.getByRole('button', { name: 'Replace…' }).click()
      await dialog(page).getByLabel('Type da6 to confirm').waitFor()
    },
  },
  { name: 'pool-properties', path: '/pools/tank/properties' },
  { name: 'pool-features', path: '/pools/tank/features' },
  {
    name: 'pool-history',
    path: '/pools/tank/history',
    shows: page => page.getByRole('row', { name: /zfs|zpool/ }).first(),
  },
  { name: 'datasets', path: '/datasets', shows: page => rowOf(page, 'media') },
  { name: 'dataset', path: `/datasets/tank/projects` },
  { name: 'zvol', path: `/datasets/${DISK}` },
  {
    name: 'dataset-snapshots',
    path: `/datasets/${DISK}/@snapshots`,
    shows: page => rowOf(page, 'before-upgrade'),
  },
  { name: 'dataset-properties', path: '/datasets/tank/projects/@properties' },
  {
    name: 'create-zvol',
    path: '/datasets/tank/vms',
    open: async page => {
      await page.getByRole('button', { name: 'More actions of tank/vms' }).click()
      await page.getByRole('menuitem', { name: 'Create zvol' }).click()
      await dialog(page).getByLabel('Name', { exact: true }).fill('tank/vms/debian')
      await dialog(page).getByLabel('Size', { exact: true }).fill('40G')
      await planned(page).waitFor()
    },
  },
  {
    name: 'destroy-dataset',
    path: '/datasets/tank/projects',
    open: async page => {
      await page.getByRole('button', { name: 'More actions of tank/projects' }).click()
      await page.getByRole('menuitem', { name: 'Destroy' }).click()
      await dialog(page).waitFor()
    },
    looks: DESK,
  },
  {
    name: 'snapshots',
    path: '/snapshots',
    open: async page => {
      const boxes = page.getByRole('main').getByRole('row').getByRole('checkbox')
      for (const at of [2, 3, 5, 8]) await boxes.nth(at).click()
      await page.getByRole('region', { name: 'Selected snapshots' }).getByText('free').first().waitFor()
    },
  },
  {
    name: 'snapshot-menu',
    path: `/datasets/${DISK}/@snapshots`,
    open: page => openMenu(page, 'before-upgrade'),
    looks: DESK,
  },
  {
    name: 'rollback',
    path: `/datasets/${DISK}/@snapshots`,
    open: async page => {
      await choose(page, 'before-upgrade', 'Roll back…')
      await planned(page).waitFor()
    },
  },
  {
    name: 'rollback-go-back',
    path: `/datasets/${DISK}/@snapshots`,
    open: async page => {
      await choose(page, 'before-upgrade', 'Roll back…')
      await dialog(page).getByRole('radio', { name: 'Go back Destroys' }).check()
      await dialog(page).getByText('Commands').first().click()
    },
  },
  {
    name: 'take-snapshot',
    path: '/vms/debian01/snapshots',
    open: async page => {
      await page.getByRole('button', { name: 'Take snapshot' }).click()
      await planned(page).waitFor()
    },
  },
  { name: 'vms', path: '/vms', shows: page => rowOf(page, 'debian01') },
  {
    name: 'screens',
    path: '/vms',
    open: async page => {
      await page.getByRole('button', { name: 'Screens' }).click()
      await page.getByRole('img', { name: 'Screen of debian01' }).waitFor()
    },
    shows: page => rowOf(page, 'debian01'),
    looks: DESK,
  },
  {
    name: 'start-order',
    path: '/vms',
    open: async page => {
      await page.getByRole('button', { name: 'Start order' }).click()
      await dialog(page).getByLabel('Add a guest').waitFor()
    },
    looks: DESK,
  },
  {
    name: 'guest',
    path: '/vms/debian01',
    shows: page => page.getByRole('main').getByText('Running').first(),
  },
  { name: 'guest-crashed', path: '/vms/win11' },
  { name: 'guest-leftover', path: '/vms/freebsd-build' },
  {
    name: 'guest-console',
    path: '/vms/debian01/console',
    shows: page => page.locator('[data-screen=live] canvas'),
  },
  {
    name: 'guest-serial',
    path: '/vms/debian01/serial',
    shows: page => page.locator('[data-serial=live] .xterm-rows').getByText('notes'),
  },
  { name: 'guest-hardware', path: '/vms/debian01/hardware' },
  { name: 'guest-options', path: '/vms/debian01/options' },
  { name: 'guest-snapshots', path: '/vms/debian01/snapshots', shows: page => rowOf(page, 'before-upgrade') },
  { name: 'guest-log', path: '/vms/win11/log' },
  {
    name: 'create-guest',
    path: '/vms',
    open: async page => {
      await page.getByRole('button', { name: 'New virtual machine' }).click()
      await dialog(page).getByLabel('Name', { exact: true }).fill('web1')
      await planned(page).waitFor()
    },
  },
  {
    name: 'shut-down',
    path: '/vms/debian01',
    open: async page => {
      await page.getByRole('button', { name: 'Shut down' }).click()
      await planned(page).waitFor()
    },
  },
  {
    name: 'edit-guest',
    path: '/vms/debian01',
    open: async page => {
      await page.getByRole('button', { name: 'More actions of debian01' }).click()
      await page.getByRole('menuitem', { name: 'Edit…' }).click()
      await dialog(page).getByLabel('Memory').fill('4096')
    },
    looks: DESK,
  },
  {
    name: 'clone-guest',
    path: '/vms',
    open: async page => {
      await choose(page, 'debian01', 'Clone…')
      await planned(page).waitFor()
    },
    looks: DESK,
  },
  {
    name: 'destroy-guest',
    path: '/vms',
    open: async page => {
      await choose(page, 'openbsd', 'Destroy…')
      await dialog(page).waitFor()
    },
    looks: DESK,
  },
  { name: 'images', path: '/sandbox/images', shows: page => rowOf(page, 'skep-practice.iso') },
  {
    name: 'upload-image',
    path: '/sandbox/images',
    open: async page => {
      await page.getByRole('button', { name: 'Upload', exact: true }).click()
      const file = { name: 'debian-13-netinst.iso', mimeType: '', buffer: Buffer.alloc(1024 ** 2) }
      await dialog(page).getByLabel('File').setInputFiles(file)
      await planned(page).waitFor()
    },
    looks: DESK,
  },
  { name: 'networks', path: '/sandbox/networks', shows: page => rowOf(page, 'public') },
  { name: 'network', path: '/sandbox/networks/public' },
  {
    name: 'create-switch',
    path: '/sandbox/networks',
    open: async page => {
      await page.getByRole('button', { name: 'New switch' }).click()
      await dialog(page).getByLabel('Name', { exact: true }).fill('dmz')
      await planned(page).waitFor()
    },
    looks: DESK,
  },
  { name: 'tasks', path: '/tasks' },
  { name: 'task', path: '/tasks/5' },
  {
    name: 'task-drawer',
    path: '/vms',
    open: page => page.getByRole('region', { name: 'Tasks' }).getByRole('button', { name: 'Tasks' }).click(),
  },
  { name: 'accounts', path: '/accounts' },
  { name: 'system', path: '/system' },
  {
    name: 'palette',
    path: '/',
    open: async page => {
      await page.keyboard.press('Control+k')
      await page.getByPlaceholder('A name, or what to do').fill('start')
    },
  },
  {
    name: 'alerts',
    path: '/vms',
    open: async page => {
      await page.getByRole('button', { name: /alert/ }).click()
      await page.getByRole('menu').waitFor()
    },
    looks: DESK,
  },
  {
    name: 'tree',
    path: '/vms',
    open: page => page.getByRole('button', { name: 'Resources' }).click(),
    looks: ['phone'],
  },
  // Last: its charts know what happened while the others were taken.
  { name: 'overview', path: '/' },
]
