/** Every page and dialog of a fresh console, in every look. Run by scripts/screenshots.mjs. */
import { readdir, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Browser, chromium } from '@playwright/test'
import { ADMIN, Console } from '../../e2e/console.ts'
import { screenShows, typeLine } from '../../e2e/screen.ts'
import { act, type Session, setUp } from '../session.ts'
import { develop, LOOKS, type Look, still, windowFor } from './camera.ts'
import { OUTSIDE, SCENES, type Scene, SETUP } from './scenes.ts'

/** When every run begins, by the clocks of the console, its machine and the browser. */
const BEGIN = Date.parse('2026-11-20T09:00:00Z')
const shiftMs = BEGIN - Date.now()
const out = fileURLToPath(new URL('../../docs/screenshots/', import.meta.url))
const wanted = process.argv.slice(2)
const wants = (scene: Scene) => wanted.length === 0 || wanted.some(word => scene.name.includes(word))

process.env.SKEP_PICTURES_SHIFT_MS = String(shiftMs)
process.env.NODE_OPTIONS =
  `${process.env.NODE_OPTIONS ?? ''} --import ${new URL('./clock.mjs', import.meta.url).href}`.trim()

/** Files have the time of the real clock; how long a guest has run is told by its lock, and media by their own. */
async function oldFiles(skep: Console): Promise<void> {
  const files = (await readdir(skep.sandbox, { recursive: true })).filter(name =>
    /\/run\.lock$|\.iso$/.test(name),
  )
  for (const name of files) await utimes(join(skep.sandbox, name), new Date(BEGIN), new Date(BEGIN))
}

/** A morning's work, so that there is something to see. */
async function work(skep: Console, { api, own, cookie }: Session, browser: Browser): Promise<void> {
  await own.accounts.create.mutate({ name: 'mira', role: 'operator', password: 'straw and honey, always' })
  await own.accounts.create.mutate({ name: 'watch', role: 'viewer', password: 'straw and honey, always' })
  await act(api.pools.scrub, { pool: 'tank', verb: 'start' })
  await act(api.vms.start, { vm: 'debian01' })
  await act(api.datasets.setProperty, { dataset: 'tank/media', name: 'quota', value: '1500G' })
  await act(api.snapshots.create, {
    datasets: ['tank/projects', 'tank/home'],
    tag: 'before-cleanup',
    recursive: false,
  })
  await act(api.snapshots.hold, { snapshots: ['tank/projects@before-cleanup'], tag: 'keep' })
  await oldFiles(skep)
  const window = await windowFor(browser, 'light', { baseURL: skep.url, cookie, shiftMs })
  const page = await window.newPage()
  await page.goto('/vms/debian01/console')
  await screenShows(page)
  await typeLine(page, 'tried the new kernel')
  await window.close()
}

async function main(): Promise<void> {
  const skep = new Console()
  const browser = await chromium.launch({
    ...(process.env.CHROMIUM ? { executablePath: process.env.CHROMIUM } : {}),
    args: ['--no-sandbox', '--disable-gpu', '--force-color-profile=srgb'],
  })
  let failed = 0
  try {
    await skep.start()
    const darkroom = await browser.newPage()

    async function take(scenes: readonly Scene[], look: Look, cookie: string | null): Promise<void> {
      const todo = scenes.filter(scene => wants(scene) && (scene.looks ?? LOOKS).includes(look))
      if (todo.length === 0) return
      const window = await windowFor(browser, look, { baseURL: skep.url, cookie, shiftMs })
      for (const scene of todo) {
        const page = await window.newPage()
        page.on('pageerror', error => console.error(`${look}/${scene.name}: ${error.message}`))
        page.on('console', message => {
          if (message.type() === 'error') console.error(`${look}/${scene.name}: ${message.text()}`)
        })
        try {
          await page.goto(scene.path === '/setup#' ? linkOf(skep) : scene.path, { waitUntil: 'networkidle' })
          await page.getByRole('heading').first().waitFor()
          if (scene.shows) await scene.shows(page).waitFor()
          await scene.open?.(page)
        } catch (error) {
          failed++
          console.error(
            `${look}/${scene.name}: ${error instanceof Error ? error.message.split('\n')[0] : error}`,
          )
        }
        await develop(darkroom, await still(page), join(out, look, `${scene.name}.webp`))
        await page.close()
      }
      await window.close()
    }

    for (const look of LOOKS) await take(SETUP, look, null)
    const session = await setUp(skep)
    for (const look of LOOKS) await take(OUTSIDE, look, null)
    // Somebody looks all the while: the machine's load is sampled only then.
    const cookie = await signIn(browser, skep)
    const watcher = await windowFor(browser, 'light', { baseURL: skep.url, cookie, shiftMs })
    await (await watcher.newPage()).goto('/')
    await work(skep, session, browser)
    await session.own.accounts.logout.mutate()
    for (const look of LOOKS) await take(SCENES, look, cookie)
  } finally {
    await browser.close()
    await skep.dispose()
  }
  if (failed > 0) {
    console.error(`screenshots: ${failed} are not what they should be; the reasons are above`)
    process.exitCode = 1
  }
}

/** Through the page of that name, so that the list of sessions shows a browser. */
async function signIn(browser: Browser, skep: Console): Promise<string> {
  const window = await windowFor(browser, 'light', { baseURL: skep.url, cookie: null, shiftMs })
  const page = await window.newPage()
  await page.goto('/login')
  await page.getByLabel('Name').fill(ADMIN.name)
  await page.getByLabel('Password').fill(ADMIN.password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.waitForURL('/')
  const cookie = (await window.cookies()).find(each => each.name.startsWith('skep-') && each.httpOnly)
  await window.close()
  if (!cookie) throw new Error('the login page gave no session')
  return `${cookie.name}=${cookie.value}`
}

function linkOf(skep: Console): string {
  const link = /http\S+/.exec(skep.welcome)?.[0]
  if (!link) throw new Error(`no link in: ${skep.welcome}`)
  return link
}

await main()
