/** Upgrades and rollbacks that are killed, or whose disk is full, at each of their operations in turn. */
import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, existsSync, readdirSync, readlinkSync, rmSync } from 'node:fs'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { openDatabase } from '../db/database.ts'
import { temporaryDirectory } from '../testing.ts'
import { installAt } from './install.ts'
import { layout } from './layout.ts'
import { rollbackAt } from './rollback.ts'
import { playedSite, writeOldState } from './testing.ts'
import { upgradeAt } from './upgrade.ts'

const CUT = fileURLToPath(new URL('./cut.testing.ts', import.meta.url))
/** Some hundred processes. */
vi.setConfig({ testTimeout: 240_000 })

/** How far a version reads the state: `user_version`. */
const READS: Readonly<Record<string, number>> = { '0.1.0': 1, '0.2.0': 2 }

let base = ''
let dir = ''
/** Each of many processes would compile the same files. */
let cache = ''
let remove = async () => {}
/** 0.1.0 runs in `base`, with a state of its own. */
beforeEach(async () => {
  const made = await temporaryDirectory()
  remove = made.remove
  base = path.join(made.dir, 'base')
  dir = path.join(made.dir, 'dir')
  cache = path.join(made.dir, 'cache')
  const site = playedSite(base, '0.1.0', true)
  await installAt(site)
  writeOldState(site.stateDir)
})
afterEach(() => remove())

const again = () => {
  rmSync(dir, { recursive: true, force: true })
  cpSync(base, dir, { recursive: true, verbatimSymlinks: true })
}
const inUse = (at = dir) => readlinkSync(path.join(at, 'root/usr/local/lib/skep/current'))
const stateOf = (at = dir) => path.join(at, 'root/var/db/skep')

/** Whoever comes after the one that was cut. */
const later = () => ({ ...playedSite(dir, '0.2.0'), now: () => new Date('2026-12-24T00:00:00Z') })

/** What stands in the database of a system. */
function told(at = dir, file = 'skep.db') {
  const db = new DatabaseSync(path.join(stateOf(at), file))
  const tables = db.prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'table' ORDER BY name").all()
  const rows = tables.map(({ name }) => db.prepare(`SELECT * FROM ${name}`).all())
  const version = Number(db.prepare('PRAGMA user_version').get()?.user_version)
  const names = db.prepare('SELECT name FROM account').all()
  db.close()
  return { tables, rows, version, names }
}

/** Cuts one operation after the other, each on a system of its own. Returns how many there are. */
async function eachCut(
  verb: 'install' | 'upgrade' | 'rollback',
  mode: 'kill' | 'full',
  look: (how: { signal: string | null; stderr: string }) => Promise<void>,
): Promise<number> {
  for (let at = 1; ; at++) {
    again()
    const argv = ['--disable-warning=ExperimentalWarning', CUT, dir, '0.2.0', verb, mode, String(at)]
    const cut = spawnSync(process.execPath, argv, {
      encoding: 'utf8',
      env: { ...process.env, NODE_COMPILE_CACHE: cache },
    })
    if (cut.status === 0) return at - 1
    try {
      await look(cut)
    } catch (error) {
      throw new Error(`cut at operation ${at} of the ${verb} (${mode}); it said: ${cut.stderr}`, {
        cause: error,
      })
    }
  }
}

/** A version that can read the state there is, and nothing of the state is lost. */
function expectWorking(names: string) {
  const { version, names: there } = told()
  expect(version).toBeLessThanOrEqual(READS[inUse()] ?? 0)
  expect(there).toEqual([{ name: names }])
}

it('an installation that is killed can be made again, and one that is there is there in full', async () => {
  rmSync(path.join(base, 'root'), { recursive: true })
  const cuts = await eachCut('install', 'kill', async ({ signal }) => {
    expect(signal).toBe('SIGKILL')
    await installAt(later())
    expect(execFileSync(path.join(dir, 'root/usr/local/sbin/skep'), { encoding: 'utf8' })).toBe('0.2.0\n')
    for (const { at } of layout(path.join(dir, 'root')).links) expect(existsSync(at), at).toBe(true)
  })
  expect(cuts).toBeGreaterThan(20)
})

it('an upgrade that is killed leaves a version with a state that it reads, and another call ends it', async () => {
  const old = told(base)
  const ways = new Set<string>()
  const cuts = await eachCut('upgrade', 'kill', async ({ signal }) => {
    expect(signal).toBe('SIGKILL')
    expectWorking('olga')
    ways.add(inUse())
    const site = later()
    await upgradeAt(site)
    expect([inUse(), site.service.isUp()]).toEqual(['0.2.0', true])
    expectWorking('olga')
    await rollbackAt(site)
    expect([inUse(), site.service.isUp()]).toEqual(['0.1.0', true])
    expect(told()).toEqual(old)
  })
  expect(cuts).toBeGreaterThan(30)
  expect([...ways]).toEqual(['0.1.0', '0.2.0'])
})

it('an upgrade that finds the disk full says so, and everything is as it was', async () => {
  const old = told(base)
  const cuts = await eachCut('upgrade', 'full', async ({ stderr }) => {
    expect(stderr).toMatch(/There is no room left for /)
    expect([inUse(), told(), playedSite(dir, '0.2.0').service.isUp()]).toEqual(['0.1.0', old, true])
    expect(readdirSync(stateOf()).filter(name => !/^(backups|skep\.(db|lock))$/.test(name))).toEqual([])
    expect(
      existsSync(path.join(stateOf(), 'backups')) ? readdirSync(path.join(stateOf(), 'backups')) : [],
    ).toEqual([])
    expect(
      readdirSync(path.join(dir, 'root/usr/local/lib/skep')).filter(name => name.startsWith('0.')),
    ).toEqual(['0.1.0'])
  })
  expect(cuts).toBeGreaterThan(20)
})

/** 0.2.0 in the place of 0.1.0, and its state used. */
async function upgradeBase() {
  await upgradeAt(playedSite(base, '0.2.0'))
  const db = openDatabase(path.join(stateOf(base), 'skep.db'))
  db.exec("UPDATE account SET name = 'otto'")
  db.close()
}

it('a rollback that is killed leaves a version with a state that it reads, and another call ends it', async () => {
  const old = told(base)
  await upgradeBase()
  const cuts = await eachCut('rollback', 'kill', async ({ signal }) => {
    expect(signal).toBe('SIGKILL')
    expectWorking(told().version === 1 ? 'olga' : 'otto')
    const site = later()
    await rollbackAt(site)
    expect([inUse(), told(), site.service.isUp()]).toEqual(['0.1.0', old, true])
    const kept = readdirSync(path.join(stateOf(), 'backups')).filter(name => name.includes('0.2.0'))
    expect(kept.map(name => told(dir, `backups/${name}`).names)).toContainEqual([{ name: 'otto' }])
  })
  expect(cuts).toBeGreaterThan(10)
})

it('a rollback that finds the disk full says so, and everything is as it was', async () => {
  await upgradeBase()
  const now = told(base)
  const cuts = await eachCut('rollback', 'full', async ({ stderr }) => {
    expect(stderr).toMatch(/There is no room left for /)
    expect([inUse(), told(), playedSite(dir, '0.2.0').service.isUp()]).toEqual(['0.2.0', now, true])
  })
  expect(cuts).toBeGreaterThan(5)
})
