/** The package in an empty directory, with one bare Node and nothing of this checkout in reach. */
import { execFile, execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import net from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { checksum } from '../files.ts'
import type { Ran } from './freebsd.ts'

/** Loaded before everything else: the process takes itself for one of root on FreeBSD. */
const FREEBSD = `Object.defineProperty(process, 'platform', { value: 'freebsd' }); process.getuid = () => 0`
const NODE_OPTIONS = `--import=data:text/javascript,${encodeURIComponent(FREEBSD)}`

export type Unpacked = ReturnType<typeof unpack>

export function unpack(tarball: string, node: string) {
  const dir = mkdtempSync(path.join(os.tmpdir(), 'skep-unpacked-'))
  execFileSync('tar', ['-xf', tarball, '-C', dir])
  const release = path.join(dir, path.basename(tarball, '.tar.gz'))
  mkdirSync(path.join(dir, 'bin'))
  symlinkSync(node, path.join(dir, 'bin/node'))
  const env = { NODE_OPTIONS, PATH: `${dir}/bin:/usr/bin:/bin` }
  return {
    dir,
    release,
    env,
    /** Calls a program `skep` as a person would. */
    skep(program: string, args: string[], more: Record<string, string> = {}): Promise<Ran> {
      const options = { cwd: '/', env: { NODE_ENV: 'test', HOME: dir, ...env, ...more } } as const
      return new Promise(resolve => {
        execFile(program, args, options, (error, stdout, stderr) =>
          resolve({ exit: error ? Number(error.code) : 0, stdout, stderr }),
        )
      })
    },
    remove: () => rmSync(dir, { recursive: true, force: true, maxRetries: 10 }),
  }
}

/** The same package as one of an older version, which is all that an installation looks at. */
export function relabel(release: string, version: string): string {
  const to = path.join(path.dirname(release), `skep-${version}`)
  execFileSync('cp', ['-Rp', release, to])
  const file = path.join(to, 'package.json')
  const before = readFileSync(file)
  const after = Buffer.from(JSON.stringify({ ...JSON.parse(before.toString()), version }))
  const sums = path.join(to, 'CHECKSUMS')
  writeFileSync(file, after)
  writeFileSync(sums, readFileSync(sums, 'utf8').replace(checksum(before), checksum(after)))
  return to
}

/** Every node_modules that a program in `dir` could find above itself. */
export function modulesInReach(dir: string): string[] {
  const above: string[] = []
  for (let at = dir; ; at = path.dirname(at)) {
    if (existsSync(path.join(at, 'node_modules'))) above.push(at)
    if (at === path.dirname(at)) return above
  }
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = net.createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() =>
        typeof address === 'object' && address ? resolve(address.port) : reject(new Error('no port')),
      )
    })
  })
}
