import { execFileSync } from 'node:child_process'
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createAccounts } from '../accounts/accounts.ts'
import { hold, holdState, openDatabase } from '../db/database.ts'
import { taskById } from '../db/tasks.ts'
import { temporaryDirectory } from '../testing.ts'
import { installAt } from './install.ts'
import { compareVersions } from './release.ts'
import { rollbackAt } from './rollback.ts'
import { OLGA, playedSite, writeOldState } from './testing.ts'
import { upgradeAt } from './upgrade.ts'

let dir = ''
let remove = async () => {}
beforeEach(async () => {
  const made = await temporaryDirectory()
  dir = made.dir
  remove = made.remove
})
afterEach(() => remove())

const at = (...names: string[]) => path.join(dir, 'root', ...names)
/** What the program of the installed version says when it is called where the shell finds it. */
const called = () => execFileSync(at('usr/local/sbin/skep'), { encoding: 'utf8' }).trim()

/** The rows of the file as it lies there, whatever version it is of. */
function dump(): unknown {
  const db = new DatabaseSync(at('var/db/skep/skep.db'), { readOnly: true })
  const tables = db.prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'table' ORDER BY name").all()
  const rows = tables.map(({ name }) => db.prepare(`SELECT * FROM ${name}`).all())
  const version = db.prepare('PRAGMA user_version').get()
  db.close()
  return { tables, rows, version }
}

async function installOld(running = false) {
  await installAt(playedSite(dir, '0.1.0'))
  writeOldState(at('var/db/skep'))
  return playedSite(dir, '0.2.0', running)
}

describe('install', () => {
  it('puts everything where FreeBSD looks, and says what to do next', async () => {
    const site = playedSite(dir, '0.1.0')
    await installAt(site)
    expect(called()).toBe('0.1.0')
    for (const file of ['etc/rc.d/skep', 'etc/newsyslog.conf.d/skep.conf', 'share/man/man8/skep.8'])
      expect(statSync(at('usr/local', file)).isFile(), file).toBe(true)
    expect(statSync(at('usr/local/etc/rc.d/skep')).mode & 0o777).toBe(0o755)
    expect(readdirSync(at('usr/local/share/examples/skep'))).toEqual(['doas.conf'])
    expect(statSync(at('var/db/skep')).mode & 0o777).toBe(0o700)
    expect(site.said.join('\n')).toMatch(/sysrc skep_enable=YES\n.*service skep start\n.*\n.*skep setup-link/)
    // Made elsewhere, used there: no link names the directory in which the system was put together.
    for (const link of ['usr/local/sbin/skep', 'usr/local/lib/skep/current'])
      expect(readlinkSync(at(link))).not.toContain(dir)
  })

  it('does not install over a version, a damaged package or what is of others', async () => {
    await installAt(playedSite(dir, '0.1.0'))
    await expect(installAt(playedSite(dir, '0.2.0'))).rejects.toMatchObject({
      code: 'exists',
      message: 'Skep 0.1.0 is installed here.',
    })
    rmSync(at(), { recursive: true })

    const damaged = playedSite(dir, '0.3.0')
    appendFileSync(path.join(damaged.release, 'skep'), 'rm -rf /\n')
    await expect(installAt(damaged)).rejects.toThrow('The package is damaged: skep is missing or has been')
    expect(existsSync(at())).toBe(false)

    mkdirSync(at('usr/local/sbin'), { recursive: true })
    writeFileSync(at('usr/local/sbin/skep'), 'of others')
    await expect(installAt(playedSite(dir, '0.2.0'))).rejects.toThrow(/sbin\/skep is there already/)
    expect(readFileSync(at('usr/local/sbin/skep'), 'utf8')).toBe('of others')
    rmSync(at('usr/local/sbin/skep'))
    await installAt(playedSite(dir, '0.2.0'))
    expect(called()).toBe('0.2.0')
  })
})

describe('upgrade', () => {
  it('brings the state forward and keeps it as it was; accounts and history stay', async () => {
    const site = await installOld(true)
    const old = dump()
    await upgradeAt(site)
    expect(called()).toBe('0.2.0')
    expect(site.service.calls).toEqual(['stop', 'start'])
    const db = openDatabase(at('var/db/skep/skep.db'))
    expect(taskById(db, 1)?.task).toMatchObject({ userName: 'olga', state: 'done', hostId: 'sandbox' })
    const browser = { address: '127.0.0.1', userAgent: '' }
    await expect(createAccounts({ db, now: Date.now }).signIn(OLGA, browser)).resolves.toMatchObject({
      account: { role: 'administrator' },
    })
    db.close()
    const [kept = ''] = readdirSync(at('var/db/skep/backups'))
    expect(kept).toBe('skep-0.1.0-2026-11-26T040000000Z.db')
    expect(statSync(at('var/db/skep/backups', kept)).mode & 0o777).toBe(0o600)
    expect(dump()).not.toEqual(old)
  })

  it('rolled back: the version of then, the state of then, and the state of now beside it', async () => {
    const site = await installOld(true)
    const old = dump()
    await upgradeAt(site)
    const upgraded = openDatabase(at('var/db/skep/skep.db'))
    upgraded.exec("UPDATE account SET name = 'otto'")
    upgraded.close()
    site.service.calls.length = 0
    await rollbackAt(site)
    expect([called(), site.service.calls, site.service.isUp()]).toEqual(['0.1.0', ['stop', 'start'], true])
    expect(dump()).toEqual(old)
    const kept = readdirSync(at('var/db/skep/backups')).find(name => name.includes('0.2.0')) ?? ''
    const db = openDatabase(at('var/db/skep/backups', kept))
    expect(createAccounts({ db, now: Date.now }).list()).toMatchObject([{ name: 'otto' }])
    db.close()
    await expect(rollbackAt(site)).rejects.toThrow('There was no upgrade that could be undone.')

    await upgradeAt(site)
    expect([called(), site.said.filter(line => line.includes('is in the place'))]).toEqual([
      '0.2.0',
      [expect.stringContaining('0.2.0'), expect.stringContaining('0.2.0')],
    ])
  })

  it('that does not come up is undone, and the old one runs again', async () => {
    const site = await installOld(true)
    const old = dump()
    site.service.failStarts = 1
    await expect(upgradeAt(site)).rejects.toThrow(
      'The upgrade did not succeed, and everything is as it was with 0.1.0: Skep was started and does not answer.',
    )
    expect(called()).toBe('0.1.0')
    expect(dump()).toEqual(old)
    expect([site.service.isUp(), site.service.calls.at(-1)]).toEqual([true, 'start'])
    await expect(rollbackAt(site)).rejects.toThrow('no upgrade that could be undone')
  })

  it('of a state that it cannot read changes nothing', async () => {
    const site = await installOld(true)
    const newer = new DatabaseSync(at('var/db/skep/skep.db'))
    newer.exec('PRAGMA user_version = 999')
    newer.close()
    const before = dump()
    await expect(upgradeAt(site)).rejects.toThrow(/as it was with 0.1.0: .*written by a newer Skep/)
    expect([called(), dump(), site.service.isUp()]).toEqual(['0.1.0', before, true])
  })

  it('is refused while a console that is no service has the state', async () => {
    const site = await installOld()
    const held = holdState(at('var/db/skep'))
    await expect(upgradeAt(site)).rejects.toThrow(/as it was with 0.1.0: Another Skep is running/)
    held.release()
    expect(called()).toBe('0.1.0')
    await upgradeAt(site)
    expect([called(), site.service.calls]).toEqual(['0.2.0', []])
  })

  it('waits for a console that has not ended when the service has', async () => {
    const site = await installOld(true)
    const held = holdState(at('var/db/skep'))
    const { stop } = site.service
    site.service.stop = async () => {
      await stop()
      setImmediate(() => held.release())
    }
    await upgradeAt(site)
    expect([called(), site.service.isUp()]).toEqual(['0.2.0', true])
  })

  it('is refused while another one is under way', async () => {
    const site = await installOld(true)
    const held = hold(at('usr/local/lib/skep/lock'))
    for (const work of [upgradeAt, rollbackAt])
      await expect(work(site)).rejects.toThrow(
        'Another installation, upgrade or rollback of Skep is under way',
      )
    held?.release()
    expect([called(), site.service.calls]).toEqual(['0.1.0', []])
  })

  it('that fails, and whose old version does not start again either, says both', async () => {
    const site = await installOld(true)
    site.service.failStarts = 2
    await expect(upgradeAt(site)).rejects.toThrow(
      /^The upgrade did not succeed: Skep was started .* To go back to 0.1.0 did not succeed either: Skep was started/,
    )
    expect(called()).toBe('0.1.0')
    await upgradeAt(site)
    expect([called(), site.service.isUp()]).toEqual(['0.2.0', true])
  })

  it('is refused for the same version, an older one, and where none is installed', async () => {
    await expect(upgradeAt(playedSite(dir, '0.2.0'))).rejects.toThrow('No Skep is installed here.')
    await installAt(playedSite(dir, '0.2.0'))
    await expect(upgradeAt(playedSite(dir, '0.2.0'))).rejects.toThrow('Skep 0.2.0 is installed already.')
    await expect(upgradeAt(playedSite(dir, '0.1.0'))).rejects.toMatchObject({
      detail: { next: expect.stringContaining('skep rollback') },
    })
  })

  it('keeps the version before and no older one', async () => {
    await upgradeAt(await installOld())
    await upgradeAt(playedSite(dir, '0.10.0'))
    const there = readdirSync(at('usr/local/lib/skep'), { withFileTypes: true })
    expect(there.flatMap(entry => (entry.isDirectory() ? entry.name : []))).toEqual(['0.10.0', '0.2.0'])
  })

  it('cannot be undone when the copy of the state is gone, which is said before anything is stopped', async () => {
    const site = await installOld(true)
    await upgradeAt(site)
    rmSync(at('var/db/skep/backups'), { recursive: true })
    site.service.calls.length = 0
    await expect(rollbackAt(site)).rejects.toThrow(/The copy of the state of Skep 0.1.0 is gone: .*backups/)
    expect([called(), site.service.calls]).toEqual(['0.2.0', []])
  })

  it('of a Skep that never ran goes back to no state', async () => {
    await installAt(playedSite(dir, '0.1.0'))
    const site = playedSite(dir, '0.2.0')
    await upgradeAt(site)
    openDatabase(at('var/db/skep/skep.db')).close()
    await rollbackAt(site)
    expect(existsSync(at('var/db/skep/skep.db'))).toBe(false)
    expect(readdirSync(at('var/db/skep/backups'))).toHaveLength(1)
  })
})

it('versions are compared as numbers', () => {
  expect(['0.10.0', '0.2.0', '1.0.0', '0.2.10'].sort(compareVersions)).toEqual([
    '0.2.0',
    '0.2.10',
    '0.10.0',
    '1.0.0',
  ])
})
