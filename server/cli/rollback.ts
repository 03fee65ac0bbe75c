import { existsSync } from 'node:fs'
import { AppError } from '../errors.ts'
import { type Before, forgetBefore, readBefore } from './before.ts'
import { installed, isThere, use } from './release.ts'
import { type Site, withSite } from './site.ts'
import { holdStateDir } from './state.ts'

export function rollback(destdir: string): Promise<void> {
  return withSite(destdir, rollbackAt)
}

/**
 * The version before the last upgrade, with the state of then; the state of now is kept beside it. AppError `not_found`
 * where there is nothing to go back to.
 */
export async function rollbackAt(site: Site) {
  const { layout, service, say } = site
  const before = checkRollback(site)
  const now = installed(layout) ?? site.version
  const running = await service.isRunning()
  if (running) await service.stop()
  try {
    goBack(site, now, before)
  } catch (error) {
    // Nothing was changed yet: the version that ran can run on.
    if (running) await service.start()
    throw error
  }
  say(`Skep ${before.version} is back in the place of ${now}.`)
  if (running) await service.start()
  else say('It did not run, and was not started.')
}

function checkRollback({ layout }: Site): Before {
  const before = readBefore(layout)
  if (before === null) throw new AppError('not_found', 'There was no upgrade that could be undone.')
  if (!isThere(layout, before.version))
    throw new AppError('not_found', `The files of Skep ${before.version} are not there any more.`)
  if (before.backup !== null && !existsSync(before.backup)) {
    throw new AppError(
      'not_found',
      `The copy of the state of Skep ${before.version} is gone: ${before.backup}`,
      {
        next: 'Put it back from your own backup, and try again.',
      },
    )
  }
  return before
}

/** When it throws, nothing was changed. */
function goBack({ layout, stateDir, now, say }: Site, from: string, before: Before) {
  const state = holdStateDir(stateDir)
  try {
    const kept = state.backup(from, now())
    if (kept !== null) say(`The state of ${from} is kept in ${kept}`)
    try {
      state.restore(before.backup)
      use(layout, before.version)
    } catch (error) {
      state.restore(kept)
      throw error
    }
    forgetBefore(layout)
  } finally {
    state.release()
  }
}
