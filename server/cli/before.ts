/** What the last upgrade came from, which is what a rollback goes back to. */
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { z } from 'zod'
import type { Layout } from './layout.ts'

const before = z.object({
  version: z.string(),
  /** The copy of the database of then; null where there was none. */
  backup: z.string().nullable(),
})
export type Before = z.infer<typeof before>

export function readBefore(layout: Layout): Before | null {
  if (!existsSync(layout.before)) return null
  return before.parse(JSON.parse(readFileSync(layout.before, 'utf8')))
}

/** Returns how to take the note back. */
export function noteBefore(layout: Layout, note: Before): () => void {
  const last = readBefore(layout)
  write(layout, note)
  return () => (last === null ? forgetBefore(layout) : write(layout, last))
}

export function forgetBefore(layout: Layout) {
  rmSync(layout.before, { force: true })
}

function write(layout: Layout, note: Before) {
  const fresh = `${layout.before}.new`
  writeFileSync(fresh, `${JSON.stringify(note)}\n`)
  renameSync(fresh, layout.before)
}
