import { AppError } from '../errors.ts'
import { noteBefore } from './before.ts'
import { checkLinks, compareVersions, installed, keepOnly, linkAll, place, use } from './release.ts'
import { type Site, withSite } from './site.ts'
import { holdStateDir } from './state.ts'

export function upgrade(destdir: string): Promise<void> {
  return withSite(destdir, upgradeAt)
}

/**
 * Stops the service when it runs, copies the state, brings it forward, changes the version, and starts the service again.
 * Where any of it fails, everything is as it was, the service included. AppError `not_found`, `refused`, and what failed.
 */
export async function upgradeAt(site: Site) {
  const { layout, service, say, version } = site
  const from = checkUpgrade(site)
  checkLinks(layout)
  place(layout, site.release, version)
  const running = await service.isRunning()
  if (running) await service.stop()
  let back: () => void = () => undefined
  try {
    back = bringForward(site, from)
    if (running) await service.start()
  } catch (error) {
    if (running) await service.stop().catch(() => undefined)
    back()
    if (running) await service.start()
    const why = error instanceof Error ? error.message : String(error)
    throw new AppError(
      'failed',
      `The upgrade did not succeed, and everything is as it was with ${from}: ${why}`,
      { next: 'The log has more: /var/log/skep.log' },
      { cause: error },
    )
  }
  keepOnly(layout, [from, version])
  say(`Skep ${version} is in the place of ${from}. To go back: skep rollback`)
  if (!running) say('It did not run, and was not started.')
}

/** The version that is left. */
function checkUpgrade({ layout, version }: Site): string {
  const from = installed(layout)
  if (from === null)
    throw new AppError('not_found', 'No Skep is installed here.', {
      next: 'To install this one: skep install',
    })
  const order = compareVersions(version, from)
  if (order === 0) throw new AppError('refused', `Skep ${version} is installed already.`)
  if (order < 0) {
    throw new AppError('refused', `This is Skep ${version}, and ${from} is installed, which is newer.`, {
      next: 'To go back to the version before the last upgrade: skep rollback',
    })
  }
  return from
}

/** Returns how to undo it. When it throws, nothing was done. */
function bringForward({ layout, stateDir, version, now, say }: Site, from: string): () => void {
  const state = holdStateDir(stateDir)
  let backup: string | null = null
  try {
    backup = state.backup(from, now())
    if (backup !== null) say(`The state of ${from} is kept in ${backup}`)
    state.migrate()
    const forget = noteBefore(layout, { version: from, backup })
    use(layout, version)
    linkAll(layout)
    return () => {
      use(layout, from)
      forget()
      const again = holdStateDir(stateDir)
      again.restore(backup)
      again.release()
    }
  } catch (error) {
    use(layout, from)
    state.restore(backup)
    throw error
  } finally {
    state.release()
  }
}
