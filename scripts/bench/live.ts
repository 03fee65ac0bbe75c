/** How long after a command in a terminal every browser shows what it did. */
import { once } from 'node:events'
import type { Page } from '@playwright/test'
import { WebSocket } from 'ws'
import { windowFor } from '../screenshots/camera.ts'
import { type Bench, raw } from './bench.ts'
import { median, type Row } from './table.ts'

const ROUNDS = 15
/** What people take for at once. */
const GOAL_MS = 1000

export async function liveRows(bench: Bench): Promise<Row[]> {
  const { host, pool, browser } = bench
  const dataset = `${pool}/bench-live`
  await raw(host, 'zfs', 'create', dataset)
  const asked = await inQueries(bench, dataset)
  const rows: Row[] = [
    {
      measure: 'a shell’s snapshot: told and answered',
      skep: asked,
      peer: GOAL_MS,
      against: 'the goal',
      unit: 'ms',
    },
  ]
  if (browser) {
    rows.push({
      measure: 'a shell’s snapshot: on the page in Chromium',
      skep: await onPage(bench, dataset, await newPage(bench)),
      peer: GOAL_MS,
      against: 'the goal',
      unit: 'ms',
    })
  }
  await raw(host, 'zfs', 'destroy', '-r', dataset)
  return rows
}

/** From the end of the command to the answer of the query that the change asked for. */
async function inQueries({ skep, session, host }: Bench, dataset: string): Promise<number> {
  const socket = new WebSocket(`${skep.url.replace('http', 'ws')}/ws/trpc`, {
    headers: { cookie: session.cookie, origin: skep.url },
  })
  let told = () => {}
  socket.on('message', () => told())
  await once(socket, 'open')
  // The subscription of the pages, as tRPC's client writes it; its first answer is that it has begun.
  const params = { path: 'live.host', input: { host: session.host } }
  socket.send(JSON.stringify({ id: 1, method: 'subscription', params }))
  await once(socket, 'message')
  const list = () => session.api.snapshots.list.query({ dataset, offset: 0, limit: 50 })
  await list()
  const taken: number[] = []
  for (let round = 0; round <= ROUNDS; round++) {
    const changed = new Promise<void>(resolve => {
      told = resolve
    })
    await raw(host, 'zfs', 'snapshot', `${dataset}@query-${round}`)
    const began = performance.now()
    let heard = changed
    for (;;) {
      await heard
      heard = new Promise(resolve => {
        told = resolve
      })
      const { rows } = await list()
      if (rows.some(row => row.tag === `query-${round}`)) break
    }
    if (round > 0) taken.push(performance.now() - began)
  }
  socket.close()
  return median(taken)
}

async function newPage({ browser, skep, session }: Bench): Promise<Page> {
  if (!browser) throw new Error('no browser')
  const window = await windowFor(browser, 'light', { baseURL: skep.url, cookie: session.cookie, shiftMs: 0 })
  return window.newPage()
}

/** From the end of the command to the moment when the page holds its name; clocks are those of one computer. */
async function onPage({ host }: Bench, dataset: string, page: Page): Promise<number> {
  await page.goto(`/datasets/${dataset}/@snapshots`, { waitUntil: 'networkidle' })
  const taken: number[] = []
  for (let round = 0; round <= ROUNDS; round++) {
    const tag = `page-${round}.`
    const shown = page.evaluate(
      wanted =>
        new Promise<number>(resolve => {
          const look = () => {
            if (!document.querySelector('main')?.textContent?.includes(wanted)) return
            observer.disconnect()
            resolve(performance.timeOrigin + performance.now())
          }
          const observer = new MutationObserver(look)
          observer.observe(document.body, { subtree: true, childList: true, characterData: true })
        }),
      tag,
    )
    await page.evaluate(() => undefined)
    await raw(host, 'zfs', 'snapshot', `${dataset}@${tag}`)
    const began = performance.timeOrigin + performance.now()
    const at = await shown
    if (round > 0) taken.push(Math.max(0, at - began))
  }
  await page.context().close()
  return median(taken)
}
