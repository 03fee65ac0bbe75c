/** A version of Skep: as it is unpacked, and as one of those that lie side by side below /usr/local/lib/skep. */
import { createHash } from 'node:crypto'
import {
  chmodSync,
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs'
import path from 'node:path'
import { AppError } from '../errors.ts'
import type { Layout } from './layout.ts'
import { withRoom } from './room.ts'
import type { Step } from './step.ts'

/** `SHA-256  FILE`, one line a file of the package. */
const CHECKSUMS = 'CHECKSUMS'

/** The files of an unpacked package, after each was compared with its sum. AppError `refused` for a damaged one. */
export function verify(release: string): string[] {
  const list = path.join(release, CHECKSUMS)
  if (!existsSync(list)) {
    throw new AppError('refused', `${release} is no unpacked package of Skep.`, {
      next: 'Unpack skep-VERSION.tar.gz, and call the program “skep” in it.',
    })
  }
  const files = readFileSync(list, 'utf8')
    .split('\n')
    .flatMap(line => {
      const [, sum = '', file = ''] = /^([0-9a-f]{64}) {2}(.+)$/.exec(line) ?? []
      return file === '' ? [] : [{ sum, file }]
    })
  for (const { sum, file } of files) {
    const at = path.join(release, file)
    if (existsSync(at) && createHash('sha256').update(readFileSync(at)).digest('hex') === sum) continue
    throw new AppError('refused', `The package is damaged: ${file} is missing or has been changed.`, {
      next: 'Fetch it again, compare its SHA-256 with the published one, and unpack it anew.',
    })
  }
  return [CHECKSUMS, ...files.map(each => each.file)]
}

/** Copies the files of an unpacked package to their place beside the others. It is whole there, or not there. */
export function place(layout: Layout, release: string, version: string, files: readonly string[]) {
  const target = path.join(layout.versions, version)
  const partial = `${target}.partial`
  rmSync(partial, { recursive: true, force: true })
  try {
    withRoom(`Skep ${version} in ${layout.versions}`, () => {
      for (const file of files) copy(path.join(release, file), path.join(partial, file))
    })
  } catch (error) {
    rmSync(partial, { recursive: true, force: true })
    throw error
  }
  rmSync(target, { recursive: true, force: true })
  renameSync(partial, target)
}

function copy(from: string, to: string) {
  mkdirSync(path.dirname(to), { recursive: true, mode: 0o755 })
  copyFileSync(from, to)
  chmodSync(to, statSync(from).mode & 0o100 ? 0o755 : 0o644)
}

/** The version in use; null where none is installed. */
export function installed(layout: Layout): string | null {
  try {
    return readlinkSync(layout.current)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw error
  }
}

export function isThere(layout: Layout, version: string): boolean {
  return existsSync(path.join(layout.versions, version))
}

/** From now on this version is the one that is used. One rename: there is no moment without a version. */
export function use(layout: Layout, version: string): Step {
  const from = installed(layout)
  // Made now: on a full disk it could not be made when it is wanted.
  const last = `${layout.current}.last`
  if (from !== null) link(last, from)
  link(layout.current, version)
  return {
    undo() {
      if (from === null) rmSync(layout.current)
      else renameSync(last, layout.current)
    },
    settle: () => rmSync(last, { force: true }),
  }
}

/** AppError `exists` where something else stands in the place of a link. */
export function checkLinks(layout: Layout) {
  for (const { at } of layout.links) {
    if (lstatSync(at, { throwIfNoEntry: false })?.isSymbolicLink() === false) {
      throw new AppError('exists', `${at} is there already and is not of this package.`, {
        next: 'Move it away, and try again.',
      })
    }
  }
}

/** What stands where rc(8), man(1) and the shell look. */
export function linkAll(layout: Layout) {
  for (const { at, to } of layout.links) {
    mkdirSync(path.dirname(at), { recursive: true, mode: 0o755 })
    link(at, path.relative(path.dirname(at), path.join(layout.current, to)))
  }
}

function link(at: string, to: string) {
  const fresh = `${at}.new`
  rmSync(fresh, { force: true })
  symlinkSync(to, fresh)
  renameSync(fresh, at)
}

export function removeVersion(layout: Layout, version: string) {
  rmSync(path.join(layout.versions, version), { recursive: true, force: true })
}

/** Removes versions that nothing goes back to, and what one that was killed may have left. */
export function keepOnly(layout: Layout, versions: readonly string[]) {
  for (const entry of readdirSync(layout.versions, { withFileTypes: true }))
    if (entry.isDirectory() && !versions.includes(entry.name)) removeVersion(layout, entry.name)
  rmSync(`${layout.current}.last`, { force: true })
}

/** Below zero when `a` is older than `b`. Versions are MAJOR.MINOR.PATCH. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [a, b].map(version => version.split('.').map(Number))
  for (const index of [0, 1, 2]) {
    const difference = (left?.[index] ?? 0) - (right?.[index] ?? 0)
    if (difference !== 0) return difference
  }
  return 0
}
