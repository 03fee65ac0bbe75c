/** A big machine in a browser: how soon its lists are there, and what it costs to scroll them. */
import type { Browser, CDPSession, Page } from '@playwright/test'
import { Console } from '../../e2e/console.ts'
import { windowFor } from '../screenshots/camera.ts'
import { type Session, setUp } from '../session.ts'
import type { Bench } from './bench.ts'
import { makeBigMachine, PARENTS, ROOT } from './big.ts'
import { type Plain, servePlain } from './plain.ts'
import { median, type Row } from './table.ts'

/** Of the plain page. */
const ROWS = 100_000
const OPEN_ROUNDS = 3
const FRAMES = 120
/** Pixels a frame: a flick of a finger, and the thumb of the scroll bar in a hand. */
const FLICK = 120
const JUMP = 16_000
const JUMPS = 12

const LISTS = [
  { what: '100,000 snapshots', path: '/snapshots', scroller: '[role=grid]' },
  { what: '10,000 datasets', path: '/datasets', scroller: '[role=grid]' },
  { what: '500 guests', path: '/vms', scroller: '[role=grid]' },
  { what: 'tree of all that, open', path: '/datasets/tank/people/team50', scroller: '[role=tree]' },
]

export async function listRows({ browser }: Bench): Promise<Row[]> {
  if (!browser) return []
  const plain = await servePlain(ROWS)
  const skep = new Console()
  try {
    await makeBigMachine(skep.sandbox)
    await skep.start()
    return await measured({ browser, skep, session: await setUp(skep) }, plain)
  } finally {
    await skep.dispose()
    plain.close()
  }
}

const OPEN = [
  ...['storage', 'vms', 'pool tank', 'dataset tank/people'].map(id => `sandbox ${id}`),
  ...Array.from({ length: PARENTS }, (_, at) => `sandbox dataset ${ROOT}/team${at}`),
  'host',
]

type Big = { browser: Browser; skep: Console; session: Session }

async function measured(bench: Big, plain: Plain): Promise<Row[]> {
  const least = await onPage(bench, plain.url, '[role=grid]')
  const against = 'a page without a library'
  const rows: Row[] = []
  const add = (measure: string, skep: number, peer: number) =>
    rows.push({ measure, skep, peer, against, unit: 'ms' })
  for (const { path, scroller, what } of LISTS) {
    const seen = await onPage(bench, path, scroller)
    add(`${what}: opened, to the first words`, seen.firstMs, least.firstMs)
    add(`${what}: scrolled, work of a frame`, seen.frameMs, least.frameMs)
    add(`${what}: scrolled, the slowest frame`, seen.slowestMs, least.slowestMs)
    add(`${what}: far away at once, to its words`, seen.jumpMs, least.jumpMs)
  }
  return rows
}

type Seen = { firstMs: number; frameMs: number; slowestMs: number; jumpMs: number }

async function onPage({ browser, skep, session }: Big, url: string, scroller: string): Promise<Seen> {
  const first: number[] = []
  for (let round = 0; ; round++) {
    const window = await windowFor(browser, 'light', {
      baseURL: skep.url,
      cookie: session.cookie,
      shiftMs: 0,
    })
    // The tree keeps which nodes are open; here all are.
    await window.addInitScript(nodes => sessionStorage.setItem('skep-tree', JSON.stringify(nodes)), OPEN)
    const page = await window.newPage()
    await page.goto(url, { waitUntil: 'commit' })
    const ms = await firstRow(page, scroller)
    if (round > 0) first.push(ms)
    if (round < OPEN_ROUNDS) {
      await window.close()
      continue
    }
    const devtools = await window.newCDPSession(page)
    await devtools.send('Performance.enable')
    await page.waitForLoadState('networkidle')
    const scrolled = await scroll(page, devtools, scroller)
    const jumpMs = await jump(page, scroller)
    await window.close()
    return { firstMs: median(first), ...scrolled, jumpMs }
  }
}

/** From the start of the navigation until a row below the header, or a dataset in the tree, has words. */
function firstRow(page: Page, scroller: string): Promise<number> {
  return page.evaluate(
    wanted =>
      new Promise<number>(resolve => {
        const look = () => {
          const rows = document.querySelectorAll(
            `${wanted} [data-row], ${wanted} [role=treeitem][aria-level="4"]`,
          )
          if (![...rows].some(row => row.textContent)) return
          observer.disconnect()
          requestAnimationFrame(() => setTimeout(() => resolve(performance.now())))
        }
        const observer = new MutationObserver(look)
        observer.observe(document, { subtree: true, childList: true, characterData: true })
        look()
      }),
    scroller,
  )
}

/** What the main thread does for one frame of an even scroll, and the longest time between two frames. */
async function scroll(page: Page, devtools: CDPSession, scroller: string) {
  const before = await busySeconds(devtools)
  const slowestMs = await page.evaluate(
    async ([wanted, frames, step]) => {
      const element = document.querySelector(wanted)
      if (!element) throw new Error(`no ${wanted}`)
      const frame = () => new Promise<number>(requestAnimationFrame)
      let last = await frame()
      let slowest = 0
      for (let at = 0; at < frames; at++) {
        element.scrollTop += step
        const now = await frame()
        slowest = Math.max(slowest, now - last)
        last = now
      }
      return slowest
    },
    [scroller, FRAMES, FLICK] as const,
  )
  const after = await busySeconds(devtools)
  return { frameMs: ((after - before) * 1000) / FRAMES, slowestMs }
}

async function busySeconds(devtools: CDPSession): Promise<number> {
  const { metrics } = await devtools.send('Performance.getMetrics')
  return metrics.find(({ name }) => name === 'TaskDuration')?.value ?? 0
}

/** From a jump over hundreds of rows until every row on the screen has words. */
async function jump(page: Page, scroller: string): Promise<number> {
  const taken = await page.evaluate(
    async ([wanted, jumps, step]) => {
      const element = document.querySelector(wanted)
      if (!element) throw new Error(`no ${wanted}`)
      const frame = () => new Promise<number>(requestAnimationFrame)
      const box = element.getBoundingClientRect()
      const whole = () =>
        [box.top + box.height / 3, box.top + box.height / 2, box.bottom - 20].every(y =>
          document
            .elementsFromPoint(box.left + 60, y)
            .some(each => each.matches('[data-row], [role=treeitem]') && each.textContent),
        )
      const times: number[] = []
      for (let at = 0; at < jumps; at++) {
        const began = performance.now()
        element.scrollTop = (at * step) % Math.max(1, element.scrollHeight - element.clientHeight)
        do await frame()
        while (!whole())
        times.push(performance.now() - began)
      }
      return times
    },
    [scroller, JUMPS, JUMP] as const,
  )
  return median(taken)
}
