/** The executables in `<dir>/bin`: for the shell scripts that supervise guests, and for a person's terminal. */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { PROGRAMS } from './registry.ts'

/** Writes one small script a program; removes those of programs that are no more. */
export function writeStubs(dir: string): void {
  const bin = path.join(dir, 'bin')
  mkdirSync(bin, { recursive: true })
  const client = fileURLToPath(new URL('./stub/main.ts', import.meta.url))
  const node = `${quote(process.execPath)} --disable-warning=ExperimentalWarning`
  for (const [name, entry] of Object.entries(PROGRAMS)) {
    if ('ownPath' in entry && entry.ownPath === false) continue
    const command =
      'script' in entry
        ? `SKEP_SANDBOX=${quote(dir)}; export SKEP_SANDBOX\nexec ${node} ${quote(fileURLToPath(entry.script))} "$@"`
        : `exec ${node} ${quote(client)} ${quote(dir)} ${name} "$@"`
    writeFileSync(path.join(bin, name), `#!/bin/sh\n${command}\n`, { mode: 0o755 })
  }
  for (const name of readdirSync(bin)) {
    if (!Object.hasOwn(PROGRAMS, name)) rmSync(path.join(bin, name))
  }
}

function quote(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`
}
