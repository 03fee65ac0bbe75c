/** The way back when an upgrade or a rollback fails, or was killed. */
import { AppError } from '../errors.ts'
import type { Site } from './site.ts'
import { holdStateDir } from './state.ts'
import type { Step } from './step.ts'
import { forgetUnderWay, type UnderWay } from './under-way.ts'
import { words } from './words.ts'

/** How long a console that was told to end may still have the state: some versions of daemon(8) do not wait for it. */
export const PATIENCE_MS = 30_000

/**
 * Undoes the steps, the last one first, and starts the service again where it ran. Returns what to tell: `from` is the
 * version that stays.
 */
export async function takenBack(
  site: Site,
  { steps, work, from }: { steps: readonly Step[]; work: UnderWay; from: string },
  error: unknown,
): Promise<AppError> {
  const { stateDir, service } = site
  const why = words(error)
  try {
    if (steps.length > 0) {
      if (await service.isRunning()) await service.stop()
      await undo(stateDir, steps)
    }
    if (work.running && !(await service.isRunning())) await service.start()
    forgetUnderWay(site.layout)
  } catch (second) {
    return new AppError(
      'failed',
      `The ${work.what} did not succeed: ${why} To go back to ${from} did not succeed either: ${words(second)}`,
      { next: `Mend that, and call it again. Copies of the state are in ${stateDir}/backups.` },
      { cause: error },
    )
  }
  return new AppError(
    'failed',
    `The ${work.what} did not succeed, and everything is as it was with ${from}: ${why}`,
    {},
    { cause: error },
  )
}

async function undo(stateDir: string, steps: readonly Step[]) {
  const state = await holdStateDir(stateDir, PATIENCE_MS)
  try {
    for (const step of steps.toReversed()) step.undo()
  } finally {
    state.release()
  }
}

/** The end of one that was killed when everything was in its place. AppError `failed` where the version does not start. */
export async function finish({ layout, service, stateDir }: Site, { to, running }: UnderWay, next: string) {
  if (!(await service.isRunning())) {
    const state = await holdStateDir(stateDir, 0)
    state.tidy()
    state.release()
    if (running) await startNow(service, to, next)
  }
  forgetUnderWay(layout)
}

/** AppError `failed`, with what to do `next`, where the version that is in use does not start. */
export async function startNow(service: Site['service'], version: string, next: string) {
  try {
    await service.start()
  } catch (error) {
    const why = words(error)
    throw new AppError(
      'failed',
      `Skep ${version} is installed, and does not start: ${why}`,
      { next },
      { cause: error },
    )
  }
}
