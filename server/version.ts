import { readFileSync } from 'node:fs'
import path from 'node:path'
import { ROOT } from './root.ts'

/** The version of this Skep, as package.json has it. */
export const VERSION = version()

function version(): string {
  const { version } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8'))
  if (typeof version !== 'string') throw new Error('package.json names no version')
  return version
}
