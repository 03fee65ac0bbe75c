import { AppError } from '../errors.ts'
import { noteBefore, readBefore } from './before.ts'
import {
  checkLinks,
  compareVersions,
  installed,
  keepOnly,
  linkAll,
  place,
  removeVersion,
  use,
  verify,
} from './release.ts'
import { withRoom } from './room.ts'
import { type Site, withSite } from './site.ts'
import { backupAt, holdStateDir } from './state.ts'
import type { Step } from './step.ts'
import { finish, PATIENCE_MS, takenBack } from './take-back.ts'
import { alone, forgetUnderWay, noteUnderWay, readUnderWay, type UnderWay } from './under-way.ts'

const BACK = 'To go back: skep rollback'

export function upgrade(destdir: string): Promise<void> {
  return withSite(destdir, upgradeAt)
}

/**
 * Stops the service when it runs, copies the state, brings the copy forward, changes the version and the state, and starts
 * the service again. Where any of it fails, everything is as it was, the service included; where it is killed, one version
 * with a state that it can read is in use, and another call ends it. AppError `not_found`, `refused`, `failed`.
 */
export async function upgradeAt(site: Site) {
  const files = verify(site.release)
  if (installed(site.layout) === null) {
    throw new AppError('not_found', 'No Skep is installed here.', {
      next: 'To install this one: skep install',
    })
  }
  await alone(site.layout, async () => {
    const cut = readUnderWay(site.layout)
    if (cut?.what !== 'upgrade' || cut.to !== site.version || installed(site.layout) !== cut.to)
      return upgradeAlone(site, files, cut)
    await finish(site, cut, BACK)
    keepOnly(site.layout, [site.version, readBefore(site.layout)?.version ?? site.version])
    site.say(`The upgrade to Skep ${site.version}, which had been interrupted, is finished. ${BACK}`)
  })
}

async function upgradeAlone(site: Site, files: readonly string[], cut: UnderWay | null) {
  const { layout, service, say, version } = site
  const from = checkUpgrade(site)
  checkLinks(layout)
  place(layout, site.release, version, files)
  const isUp = await service.isRunning()
  const work: UnderWay = { what: 'upgrade', to: version, running: isUp || cut?.running === true }
  const steps: Step[] = []
  let backup: string | null = null
  try {
    noteUnderWay(layout, work)
    if (isUp) await service.stop()
    backup = await bringForward(site, { from, wasUp: isUp }, steps)
    if (work.running) await service.start()
  } catch (error) {
    const told = await takenBack(site, { steps, work, from }, error)
    if (installed(layout) === from) removeVersion(layout, version)
    throw told
  }
  for (const step of steps) step.settle()
  keepOnly(layout, [from, version])
  forgetUnderWay(layout)
  if (backup !== null) say(`The state of ${from} is kept in ${backup}`)
  say(`Skep ${version} is in the place of ${from}. ${BACK}`)
  if (!work.running) say('It did not run, and was not started.')
}

/** The version that is left. */
function checkUpgrade({ layout, version }: Site): string {
  const from = installed(layout) ?? ''
  const order = compareVersions(version, from)
  if (order === 0) throw new AppError('refused', `Skep ${version} is installed already.`)
  if (order < 0) {
    throw new AppError('refused', `This is Skep ${version}, and ${from} is installed, which is newer.`, {
      next: 'To go back to the version before the last upgrade: skep rollback',
    })
  }
  return from
}

/**
 * Changes the version before the state: the newer one brings a state forward that it finds as it was, while the older one
 * could not read the new one. Returns where the state is kept.
 */
async function bringForward(
  { layout, stateDir, version, now }: Site,
  { from, wasUp }: { from: string; wasUp: boolean },
  steps: Step[],
): Promise<string | null> {
  const state = await holdStateDir(stateDir, wasUp ? PATIENCE_MS : 0, steps)
  try {
    const backup = state.backup(from, now())
    const next = state.broughtForward()
    withRoom(`Skep ${version} in ${layout.versions}`, () => {
      linkAll(layout)
      noteBefore(layout, version, { version: from, backup })
      steps.push(use(layout, version))
    })
    if (next !== null) state.exchange(next)
    return backup && backupAt(stateDir, backup)
  } finally {
    state.release()
  }
}
