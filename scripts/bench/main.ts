/** All measures, one after another, each against its peer in the same run. Run by scripts/bench.mjs. */
import { cpus, totalmem } from 'node:os'
import { type Browser, chromium } from '@playwright/test'
import { Console } from '../../e2e/console.ts'
import type { Host } from '../../server/host/host.ts'
import { sandboxHost } from '../../server/host/sandbox/adapter.ts'
import { openHost } from '../lab/host.ts'
import { setUp } from '../session.ts'
import { actionRows } from './actions.ts'
import type { Bench } from './bench.ts'
import { fleetRows } from './fleet.ts'
import { fuzzRows } from './fuzz.ts'
import { labRows } from './lab.ts'
import { listingRows } from './listing.ts'
import { listRows } from './lists.ts'
import { liveRows } from './live.ts'
import { pageRows } from './pages.ts'
import { processRows } from './processes.ts'
import { screensRows } from './screens/screens.ts'
import { type Row, table } from './table.ts'

type Part = (bench: Bench) => Promise<Row[]>

/** Parts on a practice machine. The listing goes last: it leaves ten thousand snapshots behind. */
const PRACTICE: Record<string, Part> = {
  actions: actionRows,
  live: liveRows,
  screens: screensRows,
  pages: pageRows,
  processes: processRows,
  fleet: fleetRows,
  lists: listRows,
  fuzz: fuzzRows,
  listing: listingRows,
}
/** Parts on a real machine, the one of HOST. */
const REAL: Record<string, Part> = { lab: labRows }
const { HOST, HOST_IDENTITY } = process.env
const PARTS = HOST ? REAL : PRACTICE

/** The machine of a console, past the console; and where there is room on it. */
async function besides(skep: Console): Promise<{ host: Host; pool: string }> {
  if (HOST) return { host: await openHost(HOST, HOST_IDENTITY ?? ''), pool: 'skepbench' }
  return { host: sandboxHost(skep.sandbox), pool: 'tank' }
}

async function openBrowser(): Promise<Browser | null> {
  if (!process.env.CHROMIUM) return null
  return chromium.launch({ executablePath: process.env.CHROMIUM, args: ['--no-sandbox', '--disable-gpu'] })
}

const wanted = process.argv.slice(2)
const unknown = wanted.filter(name => !(name in PARTS))
if (unknown.length > 0) {
  console.error(`bench: there is no part ${unknown.join(', ')}. Parts: ${Object.keys(PARTS).join(', ')}`)
  process.exit(64)
}
const skep = new Console()
const browser = await openBrowser()
if (!browser) console.error('bench: there is no Chromium here: what a browser loads and shows is left out')
const rows: Row[] = []
try {
  await skep.start()
  const session = await setUp(skep)
  const { host, pool } = await besides(skep)
  for (const [name, measure] of Object.entries(PARTS)) {
    if (wanted.length > 0 && !wanted.includes(name)) continue
    console.error(`bench: ${name}`)
    rows.push(...(await measure({ skep, session, host, pool, browser })))
  }
  await host.close()
} finally {
  await browser?.close()
  await skep.dispose()
}
const model = cpus()[0]?.model.trim() ?? 'unknown processor'
console.log(
  `Node ${process.version} · ${process.platform} ${process.arch} · ${cpus().length} × ${model} · ${Math.round(totalmem() / 2 ** 30)} GiB · ${new Date().toISOString().slice(0, 10)}\n`,
)
console.log(table(rows))
