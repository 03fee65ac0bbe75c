/** What a browser loads for a page that it sees for the first time. */
import { windowFor } from '../screenshots/camera.ts'
import type { Bench } from './bench.ts'
import type { Row } from './table.ts'

/** As much as the scripts of a page may weigh, packed: more, and a phone waits for them. */
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
  let heaviest = 0
  for (const [name, path] of Object.entries(PAGES)) {
    const cookie = path === '/login' ? null : session.cookie
    const window = await windowFor(browser, 'light', { baseURL: skep.url, cookie, shiftMs: 0 })
    const page = await window.newPage()
    const devtools = await window.newCDPSession(page)
    await devtools.send('Network.enable')
    const kinds = new Map<string, string>()
    const bytes: Record<string, number> = { Document: 0, Script: 0, Stylesheet: 0, Font: 0 }
    devtools.on('Network.responseReceived', event => {
      const { type, requestId } = event
      kinds.set(requestId, type)
    })
    devtools.on('Network.loadingFinished', event => {
      const kind = kinds.get(event.requestId) ?? ''
      if (kind in bytes) bytes[kind] = (bytes[kind] ?? 0) + event.encodedDataLength
    })
    await page.goto(path, { waitUntil: 'networkidle' })
    await page.getByRole('heading').first().waitFor()
    await window.close()
    const kib = (kind: string) => Math.round((bytes[kind] ?? 0) / 1024)
    rows.push({
      measure: `first load: ${name}`,
      skep: Object.values(bytes).reduce((sum, each) => sum + each, 0) / 1024,
      peer: null,
      against: `scripts ${kib('Script')}, fonts ${kib('Font')}, styles ${kib('Stylesheet')}, page ${kib('Document')}`,
      unit: 'KiB',
    })
    heaviest = Math.max(heaviest, kib('Script'))
  }
  rows.push({
    measure: 'first load: scripts of the heaviest page',
    skep: heaviest,
    peer: BUDGET_KIB,
    against: 'budget',
    unit: 'KiB',
  })
  return rows
}
