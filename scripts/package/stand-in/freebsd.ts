/** A directory that is taken for the root of a FreeBSD system, as far as the script of the service needs one. */
import { execFile } from 'node:child_process'
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'

export type Ran = { exit: number; stdout: string; stderr: string }

/** The places that the script names in full. */
const PLACES = [
  '/etc/rc.subr',
  '/usr/sbin/daemon',
  '/usr/local/sbin/skep',
  '/var/run/',
  '/var/db/skep',
  '/var/log/skep.log',
]

/** Writes what is not of the package: rc.subr, daemon, rc.conf with `settings`. */
export function writeSystem(root: string, settings: Readonly<Record<string, string>>) {
  const write = (file: string, text: string) => {
    mkdirSync(path.dirname(path.join(root, file)), { recursive: true })
    writeFileSync(path.join(root, file), text)
  }
  for (const place of ['var/run', 'var/log', 'var/db']) mkdirSync(path.join(root, place), { recursive: true })
  write('etc/rc.subr', readFileSync(path.join(import.meta.dirname, 'rc.subr'), 'utf8'))
  write(
    'usr/sbin/daemon',
    `#!/bin/sh\nexec '${process.execPath}' '${path.join(import.meta.dirname, 'daemon.mjs')}' "$@"\n`,
  )
  chmodSync(path.join(root, 'usr/sbin/daemon'), 0o755)
  write(
    'etc/rc.conf',
    Object.entries(settings)
      .map(([name, value]) => `${name}="${value}"\n`)
      .join(''),
  )
}

/** `service skep COMMAND` with the script `script`, whose places are all below `root`. */
export function service(
  root: string,
  script: string,
  command: string,
  env: Readonly<Record<string, string>> = {},
): Promise<Ran> {
  const text = PLACES.reduce(
    (changed, place) => changed.replaceAll(place, path.join(root, place)),
    readFileSync(script, 'utf8'),
  )
  // service(8) leaves little of the environment.
  const options = {
    env: { NODE_ENV: 'test', PATH: '/sbin:/bin:/usr/sbin:/usr/bin', HOME: '/', ROOT: root, ...env },
  } as const
  return new Promise(resolve => {
    execFile('/bin/sh', ['-c', text, 'skep', command], options, (error, stdout, stderr) =>
      resolve({ exit: error ? Number(error.code) : 0, stdout, stderr }),
    )
  })
}
