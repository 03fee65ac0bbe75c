/** Fifty hosts in one console, held against the same console with two. */
import { readFileSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'
import type { Page } from '@playwright/test'
import { sandboxForTest, type TestHost } from '../../server/host/sandbox/testing.ts'
import { windowFor } from '../screenshots/camera.ts'
import type { Bench } from './bench.ts'
import { rssMiB } from './listing.ts'
import { median, type Row, timed } from './table.ts'

const FEW = 2
const HOSTS = 50
const ROUNDS = 20
const VISITS = 5
const REST_MS = 20_000
const AGAINST = `with ${FEW} hosts`

type Figures = {
  list: number
  datasets: number
  mib: number
  cpuPerSecond: number
  overview: number
  switching: number
}

/** Adds practice machines to the console's own until there are fifty; they go with the console. */
export async function fleetRows(bench: Bench): Promise<Row[]> {
  const machines: TestHost[] = []
  async function growTo(count: number) {
    while (machines.length + 1 < count) {
      const machine = await sandboxForTest({ seed: 'small' })
      machines.push(machine)
      const name = `box-${String(machines.length).padStart(2, '0')}`
      await bench.session.own.hosts.add.mutate({ name, address: `sandbox:${machine.dir}`, signIn: null })
    }
    await allKnown(bench, count)
  }
  try {
    await growTo(FEW)
    const few = await measured(bench)
    await growTo(HOSTS)
    const many = await measured(bench)
    const row = (measure: string, figure: keyof Figures, unit: Row['unit']): Row => ({
      measure: `${HOSTS} hosts: ${measure}`,
      skep: many[figure],
      peer: few[figure],
      against: AGAINST,
      unit,
    })
    const rows = [
      row('the list of all, answered', 'list', 'ms'),
      row('the datasets of one, answered', 'datasets', 'ms'),
      row('work of an idle second with a browser open', 'cpuPerSecond', 'ms'),
      row('memory (RSS)', 'mib', 'MiB'),
    ]
    if (!bench.browser) return rows
    return [
      ...rows,
      row('the page of all hosts in Chromium', 'overview', 'ms'),
      row('from one host’s datasets to another’s in Chromium', 'switching', 'ms'),
    ]
  } finally {
    for (const { id } of await bench.session.own.hosts.configured.query())
      if (id.startsWith('box-')) await bench.session.own.hosts.remove.mutate({ id })
    for (const machine of machines) await machine.close()
  }
}

/** Until every host has been looked at; the console looks at them while somebody is there. */
async function allKnown({ session }: Bench, count: number): Promise<void> {
  for (const { id } of await session.own.hosts.list.query()) await session.on(id).pools.list.query()
  const hosts = await session.own.hosts.list.query()
  if (hosts.length !== count || hosts.some(host => host.status.state !== 'online'))
    throw new Error(
      `${hosts.filter(host => host.status.state === 'online').length} of ${count} hosts are online`,
    )
}

async function measured(bench: Bench): Promise<Figures> {
  const { skep, session, browser } = bench
  const list = median(await timed(ROUNDS, () => session.own.hosts.list.query()))
  const datasets = median(await timed(ROUNDS, () => session.on('box-01').datasets.list.query()))
  let overview = 0
  let switching = 0
  if (browser) {
    const context = await windowFor(browser, 'light', {
      baseURL: skep.url,
      cookie: session.cookie,
      shiftMs: 0,
    })
    const page = await context.newPage()
    overview = median(await timed(VISITS, () => openOverview(page)))
    switching = median(await switches(page))
    await openOverview(page)
    const cpuPerSecond = await cpuOf(skep.pid)
    await context.close()
    return { list, datasets, mib: rssMiB(skep.pid), cpuPerSecond, overview, switching }
  }
  return { list, datasets, mib: rssMiB(skep.pid), cpuPerSecond: await cpuOf(skep.pid), overview, switching }
}

async function openOverview(page: Page): Promise<void> {
  await page.goto('/', { waitUntil: 'commit' })
  const hosts = page.getByRole('grid', { name: 'Hosts' })
  // Its guests are known: the line is whole.
  await hosts.getByRole('row', { name: /box-01.* running/ }).waitFor()
}

/** Ends of the way over the tree: another host's datasets, from the click to the first row. */
async function switches(page: Page): Promise<number[]> {
  const hosts = ['sandbox', 'box-01']
  await page.goto('/box-01/datasets')
  await page.getByRole('grid').getByText('tank', { exact: true }).first().waitFor()
  return timed(VISITS * 2, async round => {
    const to = hosts[round % 2] ?? ''
    await page.getByRole('button', { name: /Host: / }).click()
    await page.getByRole('menuitem', { name: new RegExp(to) }).click()
    await page.waitForURL(new RegExp(`/${to}/datasets`))
    await page.getByRole('grid').getByText('tank', { exact: true }).first().waitFor()
  })
}

/** Milliseconds of processor that a process uses in a second of rest (proc_pid_stat(5)). */
async function cpuOf(pid: number): Promise<number> {
  const used = () => {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
    return (Number(fields[11]) + Number(fields[12])) * 10
  }
  await setTimeout(REST_MS / 4)
  const before = used()
  await setTimeout(REST_MS)
  return ((used() - before) * 1000) / REST_MS
}
