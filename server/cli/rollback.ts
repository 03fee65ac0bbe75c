import { existsSync } from 'node:fs'
import { AppError } from '../errors.ts'
import { type Before, readBefore } from './before.ts'
import { installed, isThere, use } from './release.ts'
import { withRoom } from './room.ts'
import { type Site, withSite } from './site.ts'
import { backupAt, holdStateDir } from './state.ts'
import type { Step } from './step.ts'
import { finish, PATIENCE_MS, startNow, takenBack } from './take-back.ts'
import { alone, forgetUnderWay, noteUnderWay, readUnderWay, type UnderWay } from './under-way.ts'

const AGAIN = 'Mend that, then: service skep start'

export function rollback(destdir: string): Promise<void> {
  return withSite(destdir, rollbackAt)
}

/**
 * The version before the last upgrade, with the state of then; the state of now is kept beside it. AppError `not_found`
 * where there is nothing to go back to, `failed` where everything is as it was.
 */
export async function rollbackAt(site: Site) {
  const { layout } = site
  const now = installed(layout)
  if (now === null) throw new AppError('not_found', 'No Skep is installed here.')
  await alone(layout, async () => {
    const cut = readUnderWay(layout)
    if (cut?.what !== 'rollback' || cut.to !== now) return rollbackAlone(site, now, cut)
    await finish(site, cut, AGAIN)
    site.say(`The rollback to Skep ${now}, which had been interrupted, is finished.`)
  })
}

async function rollbackAlone(site: Site, now: string, cut: UnderWay | null) {
  const { layout, service, say } = site
  const before = checkRollback(site)
  const isUp = await service.isRunning()
  const work: UnderWay = { what: 'rollback', to: before.version, running: isUp || cut?.running === true }
  const steps: Step[] = []
  let kept: string | null = null
  try {
    noteUnderWay(layout, work)
    if (isUp) await service.stop()
    kept = await goBack(site, { from: now, before, wasUp: isUp }, steps)
  } catch (error) {
    throw await takenBack(site, { steps, work, from: now }, error)
  }
  for (const step of steps) step.settle()
  if (kept !== null) say(`The state of ${now} is kept in ${kept}`)
  say(`Skep ${before.version} is back in the place of ${now}.`)
  if (work.running) await startNow(service, before.version, AGAIN)
  else say('It did not run, and was not started.')
  forgetUnderWay(layout)
}

function checkRollback({ layout, stateDir }: Site): Before {
  const before = readBefore(layout)
  if (before === null) throw new AppError('not_found', 'There was no upgrade that could be undone.')
  if (!isThere(layout, before.version))
    throw new AppError('not_found', `The files of Skep ${before.version} are not there any more.`)
  if (before.backup !== null && !existsSync(backupAt(stateDir, before.backup))) {
    throw new AppError(
      'not_found',
      `The copy of the state of Skep ${before.version} is gone: ${backupAt(stateDir, before.backup)}`,
      {
        next: 'Put it back from your own backup, and try again.',
      },
    )
  }
  return before
}

/**
 * Changes the state before the version: the newer one reads the older state, and not the other way round. Returns where the
 * state of now is kept.
 */
async function goBack(
  { layout, stateDir, now }: Site,
  { from, before, wasUp }: { from: string; before: Before; wasUp: boolean },
  steps: Step[],
): Promise<string | null> {
  const state = await holdStateDir(stateDir, wasUp ? PATIENCE_MS : 0, steps)
  try {
    const kept = state.backup(from, now())
    state.exchange(before.backup === null ? null : state.copyOf(before.backup))
    withRoom(`a link in ${layout.versions}`, () => steps.push(use(layout, before.version)))
    return kept && backupAt(stateDir, kept)
  } finally {
    state.release()
  }
}
