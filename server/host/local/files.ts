/** Files of this machine: read whole, written whole or not at all. */
import { randomBytes } from 'node:crypto'
import type { Stats } from 'node:fs'
import {
  constants,
  link,
  lstat,
  mkdir,
  open,
  readdir,
  realpath,
  rename,
  rmdir,
  stat,
  unlink,
} from 'node:fs/promises'
import path from 'node:path'
import { AppError } from '../../errors.ts'
import type { FileEntry } from '../host.ts'
import { errorCode, fileError } from './errors.ts'

/** Longest text file read; a configuration is a few KiB. */
export const LONGEST_BYTES = 4 * 1024 * 1024
const PERMISSION_BITS = 0o7777

/** AppError `invalid` for what is no absolute path. */
export function checkPath(file: string): void {
  if (!path.isAbsolute(file) || file.includes('\0')) {
    throw new AppError('invalid', `“${file}” is not an absolute path.`)
  }
}

/** AppError `not_found`, `denied`, `invalid` (no regular file, too long), `unreadable` (not UTF-8). */
export async function readText(file: string): Promise<string> {
  checkPath(file)
  try {
    // Asked before opening: a FIFO or a device would keep the open waiting.
    if (!(await stat(file)).isFile()) throw new AppError('invalid', `“${file}” is not a regular file.`)
    const handle = await open(file, 'r')
    try {
      const buffer = Buffer.alloc(LONGEST_BYTES + 1)
      let length = 0
      while (length < buffer.length) {
        const { bytesRead } = await handle.read(buffer, length, buffer.length - length)
        if (bytesRead === 0) break
        length += bytesRead
      }
      return decodeText(buffer.subarray(0, length), file)
    } finally {
      await handle.close()
    }
  } catch (error) {
    throw fileError(error, file, 'read')
  }
}

/** What cannot be written back byte for byte is not read at all. AppError `unreadable`, `invalid` (too long). */
export function decodeText(bytes: Buffer, file: string): string {
  if (bytes.length > LONGEST_BYTES) throw new AppError('invalid', `“${file}” is longer than 4 MiB.`)
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch (error) {
    throw new AppError('unreadable', `“${file}” is not UTF-8 text.`, {}, { cause: error })
  }
}

/**
 * Replaces or creates a file: the new text stands beside it under a temporary name, reaches the disk, then takes the
 * name. A symbolic link is followed. Without `mode` an existing file keeps its own, a new one gets 0o644; owner and
 * group are kept where the host permits. AppError `not_found` (directory), `denied`, `no_space`, `refused`.
 */
export async function writeText(file: string, text: string, options: { mode?: number } = {}): Promise<void> {
  checkPath(file)
  try {
    const target = await realpath(file).catch(error => {
      if (errorCode(error) === 'ENOENT') return file
      throw error
    })
    const before = await statOrNull(target)
    if (before && !before.isFile()) throw new AppError('invalid', `“${file}” is not a regular file.`)
    const directory = path.dirname(target)
    const temporary = path.join(
      directory,
      `.${path.basename(target).slice(0, 200)}.${randomBytes(6).toString('hex')}`,
    )
    const mode = options.mode ?? (before ? before.mode & PERMISSION_BITS : 0o644)
    try {
      await writeNew(temporary, text, mode, before)
      await rename(temporary, target)
    } catch (error) {
      await unlink(temporary).catch(() => undefined)
      throw error
    }
    await syncDirectory(directory)
  } catch (error) {
    throw fileError(error, file, 'write')
  }
}

async function writeNew(file: string, text: string, mode: number, before: Stats | null): Promise<void> {
  const handle = await open(file, 'wx', 0o600)
  try {
    await handle.writeFile(text, 'utf8')
    if (before) await handle.chown(before.uid, before.gid).catch(() => undefined)
    // Behind chown, which may clear bits, and past the umask.
    await handle.chmod(mode)
    await handle.sync()
  } finally {
    await handle.close()
  }
}

async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Most bytes of a file that are read, and written, at once. */
export const MOST_READ_BYTES = 1024 * 1024
export const MOST_WRITTEN_BYTES = 4 * 1024 * 1024

/** AppError `invalid` for a place in a file that is none, or for too much of it. */
export function checkPiece(file: string, offset: number, length: number, most: number): void {
  checkPath(file)
  if (
    !Number.isSafeInteger(offset) ||
    offset < 0 ||
    !Number.isSafeInteger(length) ||
    length < 0 ||
    length > most
  )
    throw new AppError('invalid', `“${file}” has no such piece.`)
}

/** AppError `not_found`, `denied`, `invalid` (no regular file). */
export async function readPiece(file: string, offset: number, length: number): Promise<Uint8Array> {
  checkPiece(file, offset, length, MOST_READ_BYTES)
  try {
    if (!(await stat(file)).isFile()) throw new AppError('invalid', `“${file}” is not a regular file.`)
    const handle = await open(file, 'r')
    try {
      const buffer = Buffer.alloc(length)
      let got = 0
      while (got < length) {
        const { bytesRead } = await handle.read(buffer, got, length - got, offset + got)
        if (bytesRead === 0) break
        got += bytesRead
      }
      return buffer.subarray(0, got)
    } finally {
      await handle.close()
    }
  } catch (error) {
    throw fileError(error, file, 'read')
  }
}

/** AppError `not_found` (directory), `denied`, `no_space`, `invalid` (no regular file). */
export async function writePiece(file: string, offset: number, bytes: Uint8Array): Promise<void> {
  checkPiece(file, offset, bytes.length, MOST_WRITTEN_BYTES)
  try {
    const there = await statOrNull(file)
    if (there && !there.isFile()) throw new AppError('invalid', `“${file}” is not a regular file.`)
    const handle = await open(file, constants.O_WRONLY | constants.O_CREAT, 0o644)
    try {
      let done = 0
      while (done < bytes.length)
        done += (await handle.write(bytes, done, bytes.length - done, offset + done)).bytesWritten
    } finally {
      await handle.close()
    }
  } catch (error) {
    throw fileError(error, file, 'write')
  }
}

/** link(2) refuses a name that is taken, which rename(2) would replace. AppError `not_found`, `refused`, `denied`. */
export async function renameFile(from: string, to: string): Promise<void> {
  checkPath(from)
  checkPath(to)
  try {
    const handle = await open(from, 'r')
    await handle.sync().finally(() => handle.close())
  } catch (error) {
    throw fileError(error, from, 'rename')
  }
  try {
    await link(from, to)
    await unlink(from)
    await syncDirectory(path.dirname(to))
  } catch (error) {
    throw fileError(error, to, 'make')
  }
}

function entry(name: string, stats: Stats): FileEntry {
  const type = stats.isFile() ? 'file' : stats.isDirectory() ? 'directory' : 'other'
  return { name, type, sizeBytes: stats.size, mtimeMs: stats.mtimeMs }
}

async function statOrNull(file: string): Promise<Stats | null> {
  try {
    return await stat(file)
  } catch (error) {
    const code = errorCode(error)
    if (code === 'ENOENT' || code === 'ENOTDIR') return null
    throw error
  }
}

/** Entries sorted by name; what vanishes meanwhile is left out. AppError `not_found`, `denied`. */
export async function listEntries(directory: string): Promise<FileEntry[]> {
  checkPath(directory)
  try {
    const names = (await readdir(directory)).sort()
    const entries = await Promise.all(
      names.map(async name => {
        const full = path.join(directory, name)
        // A symbolic link that leads nowhere is still an entry.
        const own = await lstat(full).catch(() => null)
        if (!own?.isSymbolicLink()) return own ? [entry(name, own)] : []
        const stats = (await statOrNull(full).catch(() => null)) ?? own
        return [{ ...entry(name, stats), link: true }]
      }),
    )
    return entries.flat()
  } catch (error) {
    throw fileError(error, directory, 'list')
  }
}

/** Null where there is nothing. AppError `denied`. */
export async function statEntry(file: string): Promise<FileEntry | null> {
  checkPath(file)
  try {
    const stats = await statOrNull(file)
    return stats ? entry(path.basename(file), stats) : null
  } catch (error) {
    throw fileError(error, file, 'look at')
  }
}

/** A file, a symbolic link or an empty directory; quiet when it is gone. AppError `refused` (not empty), `denied`. */
export async function removeEntry(file: string): Promise<void> {
  checkPath(file)
  try {
    const stats = await lstat(file).catch(error => {
      if (errorCode(error) === 'ENOENT') return null
      throw error
    })
    if (stats?.isDirectory()) await rmdir(file)
    else if (stats) await unlink(file)
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw fileError(error, file, 'remove')
  }
}

/** With its parents; quiet when it is there. AppError `denied`, `no_space`. */
export async function makeDirectory(directory: string): Promise<void> {
  checkPath(directory)
  try {
    await mkdir(directory, { recursive: true })
  } catch (error) {
    throw fileError(error, directory, 'make')
  }
}
