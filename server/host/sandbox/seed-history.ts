/** A past for datasets: data that grew and changed, and the snapshots somebody's schedule took meanwhile. */
import { DAY, HOUR } from './seed-tools.ts'
import type { DatasetState } from './state.ts'
import { addBallast, churnBallast, removeBallast, takeSnapshots } from './store-lines.ts'
import type { World } from './world.ts'

type Schedule = { hourly?: number; daily?: number; weekly?: number; monthly?: number }

export type Life = {
  dataset: DatasetState
  /** Bytes that are rewritten, and that come on top, in a day. */
  churnPerDay: number
  growthPerDay: number
  /** How well it compresses. */
  ratio: number
  schedule: Schedule
  /** Snapshots taken by hand: tag and how long ago. */
  manual?: { tag: string; agoMs: number }[]
  /** What was written to it, and how long ago: snapshots before that do not have it. */
  written?: { agoMs: number; write: () => void }[]
}

/** `write`: nothing is taken, something is written. */
type Moment = { at: number; life: Life; tag: string; write?: () => void }

const two = (value: number) => String(value).padStart(2, '0')

function dayText(at: number): string {
  const date = new Date(at)
  return `${date.getUTCFullYear()}-${two(date.getUTCMonth() + 1)}-${two(date.getUTCDate())}`
}

/** ISO 8601 week: the one the Thursday of that week is in. */
function weekText(at: number): string {
  const thursday = new Date(at + (4 - (new Date(at).getUTCDay() || 7)) * DAY)
  const year = thursday.getUTCFullYear()
  const week = Math.floor((thursday.getTime() - Date.UTC(year, 0, 1)) / (7 * DAY)) + 1
  return `${year}-W${two(week)}`
}

function moments(life: Life, now: number): Moment[] {
  const found: Moment[] = []
  const midnight = Math.floor(now / DAY) * DAY
  const hour = Math.floor(now / HOUR) * HOUR
  const { hourly = 0, daily = 0, weekly = 0, monthly = 0 } = life.schedule
  for (let back = 0; back < hourly; back++) {
    const at = hour - back * HOUR
    found.push({
      at: at + 1000,
      life,
      tag: `auto-hourly-${dayText(at)}_${two(new Date(at).getUTCHours())}.00`,
    })
  }
  for (let back = 0; back < daily; back++) {
    const at = midnight - back * DAY
    found.push({ at: at + 120_000, life, tag: `auto-daily-${dayText(at)}` })
  }
  const sunday = midnight - new Date(midnight).getUTCDay() * DAY
  for (let back = 0; back < weekly; back++) {
    const at = sunday - back * 7 * DAY
    found.push({ at: at + 300_000, life, tag: `auto-weekly-${weekText(at)}` })
  }
  for (let back = 0; back < monthly; back++) {
    const date = new Date(midnight)
    const at = Date.UTC(date.getUTCFullYear(), date.getUTCMonth() - back, 1)
    found.push({ at: at + 600_000, life, tag: `auto-monthly-${dayText(at).slice(0, 7)}` })
  }
  for (const { tag, agoMs } of life.manual ?? []) found.push({ at: now - agoMs, life, tag })
  for (const { agoMs, write } of life.written ?? []) found.push({ at: now - agoMs, life, tag: '', write })
  return found.filter(moment => moment.at <= now)
}

/** Overwrites what was written last: only the snapshots in between keep it, which is what makes them cost something. */
function rewriteHot(world: World, dataset: DatasetState, bytes: number, ratio: number): void {
  const settled = dataset.live.filter(block => block.birth < world.openTxg())
  const taken = removeBallast(
    world,
    dataset,
    bytes,
    settled.sort((a, b) => b.birth - a.birth),
  )
  addBallast(world, dataset, taken, ratio)
}

/** Lives the lives up to now; what was created before stays as old as it is. */
export function live(world: World, lives: Life[], now: number): void {
  const all = lives
    .flatMap(life => moments(life, now))
    .sort((a, b) => a.at - b.at || (a.tag < b.tag ? -1 : 1))
  const last = new Map<Life, number>()
  const pass = (life: Life, until: number) => {
    const since = last.get(life) ?? life.dataset.creation * 1000
    const days = Math.max(0, until - since) / DAY
    last.set(life, until)
    const whole = (bytes: number) => Math.floor((bytes * days) / 4096) * 4096
    if (life.churnPerDay > 0) {
      churnBallast(world, life.dataset, whole(life.churnPerDay / 2))
      rewriteHot(world, life.dataset, whole(life.churnPerDay / 2), life.ratio)
    }
    if (life.growthPerDay > 0) addBallast(world, life.dataset, whole(life.growthPerDay), life.ratio)
  }
  for (let index = 0; index < all.length; ) {
    const first = all[index]
    if (!first) break
    const group = all.slice(index).filter(moment => moment.at === first.at && moment.tag === first.tag)
    index += group.length
    world.setClock(first.at)
    for (const { life } of group) pass(life, first.at)
    for (const { write } of group) write?.()
    const taken = group.filter(moment => moment.write === undefined)
    takeSnapshots(
      world,
      taken.map(({ life, tag }) => ({ dataset: life.dataset, tag, props: {} })),
    )
  }
  world.setClock(now)
  for (const life of lives) pass(life, now)
  world.commit()
}
