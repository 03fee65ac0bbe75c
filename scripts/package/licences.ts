/** The licences of everything that others wrote and the package contains. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'

const LICENCE = /^(licen[cs]e|copying|ofl)/i

type Locked = {
  packages: Record<
    string,
    { dev?: boolean; devOptional?: boolean; optional?: boolean; version?: string; license?: string }
  >
}

/** Name, version, licence and its text of each package that is needed at run time, as package-lock.json has them. */
export function licences(root: string): string {
  const lock: Locked = JSON.parse(readFileSync(path.join(root, 'package-lock.json'), 'utf8'))
  const parts: string[] = []
  for (const [place, entry] of Object.entries(lock.packages)) {
    if (
      place === '' ||
      entry.dev ||
      entry.devOptional ||
      entry.optional ||
      !existsSync(path.join(root, place))
    )
      continue
    const name = place.slice(place.lastIndexOf('node_modules/') + 'node_modules/'.length)
    const texts = readdirSync(path.join(root, place))
      .filter(file => LICENCE.test(file))
      .map(file => readFileSync(path.join(root, place, file), 'utf8').trim())
    parts.push([`${name} ${entry.version ?? ''}: ${entry.license ?? 'see below'}`, ...texts].join('\n\n'))
  }
  return `${parts.join(`\n\n${'-'.repeat(78)}\n\n`)}\n`
}
