/** The files of the machine, as the door asks for them. */
import {
  closeSync,
  constants,
  existsSync,
  fsyncSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  readSync,
  realpathSync,
  renameSync,
  rmdirSync,
  statSync,
  unlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import path from 'node:path'
import type { FileEntry } from '../host.ts'
import { KernelError } from './protocol.ts'
import type { World } from './world.ts'

const LARGEST_READ = 4 * 1024 * 1024

/** Runs a file operation; errno becomes KernelError with the machine's path. */
function tried<Result>(machinePath: string, act: () => Result): Result {
  try {
    return act()
  } catch (error) {
    const code = errno(error)
    if (code === null) throw error
    throw new KernelError(code, `${machinePath}: ${code}`)
  }
}

function errno(error: unknown): string | null {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null
}

export function readText(world: World, machinePath: string): string {
  return tried(machinePath, () => {
    const file = world.resolve(machinePath)
    if (statSync(file).size > LARGEST_READ)
      throw new KernelError('EFBIG', `${machinePath}: larger than 4 MiB`)
    return readFileSync(file, 'utf8')
  })
}

export function writeText(world: World, machinePath: string, text: string, mode: number): void {
  tried(machinePath, () => {
    const file = writable(world, machinePath)
    const beside = path.join(path.dirname(file), `.${path.basename(file)}.new`)
    const handle = openSync(beside, 'w', mode)
    writeFileSync(handle, text)
    fsyncSync(handle)
    closeSync(handle)
    renameSync(beside, file)
  })
  world.touched(machinePath)
}

export function readPiece(world: World, machinePath: string, at: number, bytes: number): Uint8Array {
  return tried(machinePath, () => {
    const handle = openSync(regular(world.resolve(machinePath), machinePath), 'r')
    try {
      const buffer = Buffer.alloc(bytes)
      return buffer.subarray(0, readSync(handle, buffer, 0, bytes, at))
    } finally {
      closeSync(handle)
    }
  })
}

/** In place; a file that is not there is made. */
export function writePiece(world: World, machinePath: string, at: number, bytes: Uint8Array): void {
  tried(machinePath, () => {
    const file = writable(world, machinePath)
    const handle = openSync(
      existsSync(file) ? regular(file, machinePath) : file,
      constants.O_WRONLY | constants.O_CREAT,
      0o644,
    )
    try {
      writeSync(handle, bytes, 0, bytes.length, at)
    } finally {
      closeSync(handle)
    }
  })
  world.touched(machinePath)
}

/** Refuses a name that is taken. */
export function renameFile(world: World, from: string, to: string): void {
  tried(to, () => {
    const file = regular(writable(world, from), from)
    linkSync(file, writable(world, to))
    unlinkSync(file)
  })
  world.touched(from)
  world.touched(to)
}

function regular(file: string, machinePath: string): string {
  if (!statSync(file).isFile()) throw new KernelError('EISDIR', `${machinePath}: EISDIR`)
  return file
}

export function removeFile(world: World, machinePath: string): void {
  const file = writable(world, machinePath)
  try {
    if (lstatSync(file).isDirectory()) rmdirSync(file)
    else unlinkSync(file)
  } catch (error) {
    const code = errno(error)
    if (code === 'ENOENT') return
    throw new KernelError(code ?? 'EIO', `${machinePath}: ${code}`)
  }
  world.touched(machinePath)
}

/** Makes the directory and the ones above it; quiet when it is there. */
export function makeDirectory(world: World, machinePath: string): void {
  tried(machinePath, () => mkdirSync(writable(world, machinePath), { recursive: true }))
  world.touched(machinePath)
}

export function statFile(world: World, machinePath: string): FileEntry | null {
  const name = path.posix.basename(machinePath)
  const node = deviceNode(world, machinePath)
  if (node) return { name, ...node }
  try {
    return entryOf(name, world.resolve(machinePath))
  } catch (error) {
    if (errno(error) === 'ENOENT' || errno(error) === 'ENOTDIR') return null
    throw new KernelError(errno(error) ?? 'EIO', `${machinePath}: ${errno(error)}`)
  }
}

/** Sorted by name. */
export function listDirectory(world: World, machinePath: string): FileEntry[] {
  const nodes = deviceDirectory(world, machinePath)
  if (nodes) return nodes
  return tried(machinePath, () => {
    const directory = world.resolve(machinePath)
    const entries: FileEntry[] = []
    for (const name of readdirSync(directory).sort()) {
      try {
        entries.push(listed(world, name, path.join(directory, name)))
      } catch {
        // It went away between the two looks.
      }
    }
    return entries
  })
}

/** A mounted filesystem is a link here too, to its own files; the machine sees a directory. */
function listed(world: World, name: string, file: string): FileEntry {
  const entry = entryOf(name, file)
  if (!lstatSync(file).isSymbolicLink()) return entry
  return readlinkSync(file).startsWith(path.join(world.dir, 'fs', path.sep))
    ? entry
    : { ...entry, link: true }
}

function entryOf(name: string, file: string): FileEntry {
  const facts = statSync(file)
  const type = facts.isFile() ? 'file' : facts.isDirectory() ? 'directory' : 'other'
  return { name, type, sizeBytes: facts.size, mtimeMs: facts.mtimeMs }
}

/** Snapshots are read-only, and so is everything outside `root` and the mounted filesystems. */
function writable(world: World, machinePath: string): string {
  if (/\/\.zfs(\/|$)/.test(machinePath)) throw new KernelError('EROFS', `${machinePath}: EROFS`)
  const file = world.resolve(machinePath)
  const real = realParent(file)
  const inside = [path.join(world.dir, 'root'), path.join(world.dir, 'fs')].map(each => realpathSync(each))
  if (!inside.some(each => real === each || real.startsWith(`${each}/`))) {
    throw new KernelError('EACCES', `${machinePath}: EACCES`)
  }
  return file
}

function realParent(file: string): string {
  for (let at = path.dirname(file); ; at = path.dirname(at)) {
    try {
      return realpathSync(at)
    } catch {
      if (at === path.dirname(at)) return at
    }
  }
}

type Node = Omit<FileEntry, 'name'>

/** Disks, `/dev/zvol/NAME` and `/dev/vmm/NAME` have no real file. */
function deviceNode(world: World, machinePath: string): Node | null {
  const volume = world.volumeAt(machinePath)
  if (volume) return { type: 'other', sizeBytes: volume.volsize ?? 0, mtimeMs: volume.creation * 1000 }
  const vmm = /^\/dev\/vmm\/([^/]+)$/.exec(machinePath)?.[1]
  const guest = vmm === undefined ? undefined : world.state.vmm[vmm]
  if (guest) return { type: 'other', sizeBytes: 0, mtimeMs: guest.createdAt }
  const disk = /^\/dev\/([^/]+)$/.exec(machinePath)?.[1]
  if (disk !== undefined && world.state.disks[disk])
    return { type: 'other', sizeBytes: 0, mtimeMs: world.state.bootedAt }
  if (deviceDirectory(world, machinePath))
    return { type: 'directory', sizeBytes: 0, mtimeMs: world.state.bootedAt }
  return null
}

/** What `ls /dev` shows of the disks, and the directories below it; character devices have no size. devfs(5). */
function rootOfDevices(world: World): FileEntry[] {
  const mtimeMs = world.state.bootedAt
  const nodes = ['null', 'zero', 'zfs', ...Object.keys(world.state.disks)]
  const below = ['vmm', 'zvol'].filter(name => (deviceDirectory(world, `/dev/${name}`) ?? []).length > 0)
  return [
    ...nodes.map(name => ({ name, type: 'other' as const, sizeBytes: 0, mtimeMs })),
    ...below.map(name => ({ name, type: 'directory' as const, sizeBytes: 0, mtimeMs })),
  ].sort((a, b) => (a.name < b.name ? -1 : 1))
}

function deviceDirectory(world: World, machinePath: string): FileEntry[] | null {
  const clean = machinePath.replace(/\/+$/, '')
  if (clean === '/dev') return rootOfDevices(world)
  if (clean === '/dev/vmm') {
    const guests = Object.values(world.state.vmm)
    return guests.length === 0
      ? null
      : guests
          .map(each => ({ name: each.name, type: 'other' as const, sizeBytes: 0, mtimeMs: each.createdAt }))
          .sort((a, b) => (a.name < b.name ? -1 : 1))
  }
  if (clean !== '/dev/zvol' && !clean.startsWith('/dev/zvol/')) return null
  const prefix = clean === '/dev/zvol' ? '' : `${clean.slice('/dev/zvol/'.length)}/`
  const found = new Map<string, FileEntry>()
  for (const dataset of Object.values(world.state.datasets)) {
    if (dataset.type !== 'volume' || !dataset.name.startsWith(prefix)) continue
    const [name = '', ...rest] = dataset.name.slice(prefix.length).split('/')
    const mtimeMs = dataset.creation * 1000
    if (rest.length > 0) found.set(name, { name, type: 'directory', sizeBytes: 0, mtimeMs })
    else found.set(name, { name, type: 'other', sizeBytes: dataset.volsize ?? 0, mtimeMs })
  }
  return found.size === 0 ? null : [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
}
