/**
 * What a version came from, which is what a rollback goes back to. The note lies with the version itself, so that the one
 * rename which changes the version changes the note, too.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { z } from 'zod'
import type { Layout } from './layout.ts'

const before = z.object({
  version: z.string(),
  /** The copy of the database of then, by its name in `backups`; null where there was none. */
  backup: z.string().nullable(),
})
export type Before = z.infer<typeof before>

const NOTE = 'before.json'

/** Of the version in use; null for one that replaced no other. */
export function readBefore(layout: Layout): Before | null {
  const file = path.join(layout.current, NOTE)
  if (!existsSync(file)) return null
  return before.parse(JSON.parse(readFileSync(file, 'utf8')))
}

/** For a version that is in its place, and not yet in use. */
export function noteBefore(layout: Layout, version: string, note: Before) {
  writeFileSync(path.join(layout.versions, version, NOTE), `${JSON.stringify(note)}\n`)
}
