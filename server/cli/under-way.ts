/**
 * What an installation, an upgrade or a rollback is at, for the one that comes after it was killed. Only one of them works
 * on a system at a time.
 */
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { z } from 'zod'
import { hold } from '../db/database.ts'
import { AppError } from '../errors.ts'
import type { Layout } from './layout.ts'
import { withRoom } from './room.ts'

const underWay = z.object({
  what: z.enum(['upgrade', 'rollback']),
  /** The version that is to be in use at its end. */
  to: z.string(),
  /** Whether the service ran, and is to run again. */
  running: z.boolean(),
})
export type UnderWay = z.infer<typeof underWay>

/** What was killed before its end; null where nothing was. */
export function readUnderWay(layout: Layout): UnderWay | null {
  if (!existsSync(layout.underWay)) return null
  return underWay.parse(JSON.parse(readFileSync(layout.underWay, 'utf8')))
}

export function noteUnderWay(layout: Layout, note: UnderWay) {
  const fresh = `${layout.underWay}.new`
  withRoom(`a note in ${layout.versions}`, () => writeFileSync(fresh, `${JSON.stringify(note)}\n`))
  renameSync(fresh, layout.underWay)
}

export function forgetUnderWay(layout: Layout) {
  rmSync(layout.underWay, { force: true })
}

/** AppError `in_use` while another one works on this system. The operating system lets go of what was killed. */
export async function alone(layout: Layout, work: () => Promise<void>) {
  const held = withRoom(`a note in ${layout.versions}`, () => {
    mkdirSync(layout.versions, { recursive: true, mode: 0o755 })
    return hold(path.join(layout.versions, 'lock'))
  })
  if (held === null) {
    throw new AppError('in_use', 'Another installation, upgrade or rollback of Skep is under way here.', {
      next: 'Wait for its end.',
    })
  }
  try {
    await work()
  } finally {
    held.release()
  }
}
