/** What a browser loads for a page that it sees for the first time. */
import { windowFor } from '../screenshots/camera.ts'
import type { Bench } from './bench.ts'
import type { Row } from './table.ts'

/** As much as a page may weigh: two seconds of a slow phone's connection. */
const BUDGET_KIB = 250

const PAGES = {
  'sign in': '/login',
  overview: '/',
  pool: '/pools/tank',
  datasets: '/datasets',
  snapshots: '/snapshots',
  guests: '/vms',
  guest: '/vms/router',
  'guest’s screen': '/vms/router/console',
  tasks: '/tasks',
  system: '/system',
}

export async function pageRows({ browser, skep, session }: Bench): Promise<Row[]> {
  if (!browser) return []
  const rows: Row[] = []
  for (const [name, path] of Object.entries(PAGES)) {
    const cookie = path === '/login' ? null : session.cookie
    const window = await windowFor(browser, 'light', { baseURL: skep.url, cookie, shiftMs: 0 })
    const page = await window.newPage()
    const devtools = await window.newCDPSession(page)
    await devtools.send('Network.enable')
    let bytes = 0
    const counted = new Set<string>()
    devtools.on('Network.responseReceived', event => {
      const { type, requestId, response } = event
      if (/\/api\//.test(response.url)) return
      if (['Document', 'Script', 'Stylesheet', 'Font', 'Image'].includes(type)) counted.add(requestId)
    })
    devtools.on('Network.loadingFinished', event => {
      if (counted.has(event.requestId)) bytes += event.encodedDataLength
    })
    await page.goto(path, { waitUntil: 'networkidle' })
    await page.getByRole('heading').first().waitFor()
    await window.close()
    rows.push({
      measure: `first load: ${name} (page, scripts, styles, fonts)`,
      skep: bytes / 1024,
      peer: BUDGET_KIB,
      against: 'budget',
      unit: 'KiB',
    })
  }
  return rows
}
