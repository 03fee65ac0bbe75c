/** Files below a directory. */
import { createHash } from 'node:crypto'
import { readdirSync } from 'node:fs'
import path from 'node:path'

/** Paths of all files, relative to `directory`, in an order that is the same everywhere. */
export function filesBelow(directory: string): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => path.relative(directory, path.join(entry.parentPath, entry.name)))
    .sort()
}

/** As sha256sum(1) and sha256(1) print it. */
export function checksum(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex')
}
