/** Files of the other machine by sftp: draft-ietf-secsh-filexfer-02, as OpenSSH serves it. */
import { randomBytes } from 'node:crypto'
import path from 'node:path'
import ssh2, { type SFTPWrapper, type Stats } from 'ssh2'
import { AppError } from '../../errors.ts'
import type { FileEntry } from '../host.ts'
import { fileError } from '../local/errors.ts'
import {
  checkPath,
  checkPiece,
  decodeText,
  LONGEST_BYTES,
  MOST_READ_BYTES,
  MOST_WRITTEN_BYTES,
} from '../local/files.ts'
import { entryOf, type Files } from '../local/files-command.ts'
import type { Connection } from './connection.ts'

const { STATUS_CODE } = ssh2.utils.sftp
const PERMISSION_BITS = 0o7777
/** What every server takes in one packet. */
const PACKET_BYTES = 32 * 1024

/** There is no sftp on this connection; `forGood` when sshd said so itself. */
export class NoSftp extends Error {
  readonly forGood: boolean

  constructor(forGood: boolean, cause: unknown) {
    super('no sftp', { cause })
    this.forGood = forGood
  }
}

/** A status as an error of the operating system, where it has a code of its own; everything else is “Failure”. */
function sftpError(error: unknown, file: string, doing: string): unknown {
  if (error instanceof AppError || error instanceof NoSftp) return error
  const status: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined
  if (status === STATUS_CODE.NO_SUCH_FILE) return fileError(coded('ENOENT'), file, doing)
  if (status === STATUS_CODE.PERMISSION_DENIED) return fileError(coded('EACCES'), file, doing)
  return fileError(error, file, doing)
}

function coded(code: string): Error {
  return Object.assign(new Error(code), { code })
}

function entry(name: string, stats: Stats): FileEntry {
  return entryOf(name, stats.mode, stats.size, stats.mtime * 1000)
}

/** One call of ssh2 as a promise; the end of the connection ends it too. */
function call<T>(begin: (done: (error: Error | null | undefined, value: T) => void) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    begin((error, value) => (error ? reject(error) : resolve(value)))
  })
}

export function sftpFiles(connection: Connection): Files & { giveBack: () => Promise<boolean> } {
  let session: Promise<SFTPWrapper> | null = null

  async function opened(): Promise<SFTPWrapper> {
    const client = await connection.client()
    return new Promise((resolve, reject) => {
      client.sftp((error, sftp) => {
        if (error) reject(new NoSftp(!/open fail/i.test(error.message), error))
        else {
          const forget = () => {
            session = null
          }
          sftp.once('close', forget)
          sftp.once('end', forget)
          sftp.on('error', forget)
          resolve(sftp)
        }
      })
    })
  }

  function sftp(): Promise<SFTPWrapper> {
    if (session) return session
    const coming = opened()
    session = coming
    coming.catch(() => {
      if (session === coming) session = null
    })
    return coming
  }

  /** Closes the session it holds; resolves to whether there was one. */
  async function giveBack(): Promise<boolean> {
    const held = await session?.catch(() => null)
    session = null
    if (!held) return false
    await new Promise<void>(resolve => {
      held.once('close', () => resolve())
      held.end()
    })
    return true
  }

  /** The connection may go in the middle: ssh2 then never calls back. */
  async function work<T>(file: string, doing: string, act: (with_: SFTPWrapper) => Promise<T>): Promise<T> {
    try {
      const wrapper = await sftp()
      let stop = () => {}
      const lost = new Promise<never>((_resolve, reject) => {
        stop = connection.onLost(() =>
          reject(
            new AppError('unreachable', `The connection was lost while Skep wanted to ${doing} “${file}”.`),
          ),
        )
      })
      try {
        return await Promise.race([act(wrapper), lost])
      } finally {
        stop()
      }
    } catch (error) {
      throw sftpError(error, file, doing)
    }
  }

  async function statOrNull(wrapper: SFTPWrapper, file: string): Promise<Stats | null> {
    try {
      return await call<Stats>(done => wrapper.stat(file, done))
    } catch (error) {
      if (error instanceof Error && Reflect.get(error, 'code') === STATUS_CODE.NO_SUCH_FILE) return null
      throw error
    }
  }

  /** Bytes from `offset` on, at most `most`; fewer at the end of the file. */
  async function readPiece(
    wrapper: SFTPWrapper,
    file: string,
    offset: number,
    most: number,
  ): Promise<Buffer> {
    const stats = await call<Stats>(done => wrapper.stat(file, done))
    if (!stats.isFile()) throw new AppError('invalid', `“${file}” is not a regular file.`)
    const handle = await call<Buffer>(done => wrapper.open(file, 'r', done))
    try {
      const buffer = Buffer.alloc(most)
      let length = 0
      while (length < most) {
        const want = Math.min(PACKET_BYTES, most - length)
        const got = await call<number>(done =>
          wrapper.read(handle, buffer, length, want, offset + length, (error, bytes) =>
            // The end of a file is an error to sftp.
            done(error && Reflect.get(error, 'code') === STATUS_CODE.EOF ? null : error, bytes ?? 0),
          ),
        )
        if (got === 0) break
        length += got
      }
      return buffer.subarray(0, length)
    } finally {
      await call<void>(done => wrapper.close(handle, done))
    }
  }

  /** All packets of a piece are on their way at once: a distant machine is not waited for at each of them. */
  async function writePiece(wrapper: SFTPWrapper, file: string, offset: number, bytes: Uint8Array) {
    const there = await statOrNull(wrapper, file)
    if (there && !there.isFile()) throw new AppError('invalid', `“${file}” is not a regular file.`)
    // r+ keeps what is there, and makes nothing.
    const handle = await call<Buffer>(done => wrapper.open(file, there ? 'r+' : 'wx', 0o644, done))
    try {
      const given = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
      const starts = Array.from(
        { length: Math.ceil(given.length / PACKET_BYTES) },
        (_, index) => index * PACKET_BYTES,
      )
      await Promise.all(
        starts.map(at => {
          const length = Math.min(PACKET_BYTES, given.length - at)
          return call<void>(done => wrapper.write(handle, given, at, length, offset + at, done))
        }),
      )
    } finally {
      await call<void>(done => wrapper.close(handle, done))
    }
  }

  async function writeNew(
    wrapper: SFTPWrapper,
    file: string,
    text: string,
    mode: number,
    before: Stats | null,
  ) {
    const handle = await call<Buffer>(done => wrapper.open(file, 'wx', 0o600, done))
    try {
      const bytes = Buffer.from(text)
      for (let at = 0; at < bytes.length; at += PACKET_BYTES) {
        const length = Math.min(PACKET_BYTES, bytes.length - at)
        await call<void>(done => wrapper.write(handle, bytes, at, length, at, done))
      }
      if (before) {
        await call<void>(done => wrapper.fchown(handle, before.uid, before.gid, done)).catch(() => undefined)
      }
      await call<void>(done => wrapper.fchmod(handle, mode, done))
      await call<void>(done => wrapper.ext_openssh_fsync(handle, done))
    } finally {
      await call<void>(done => wrapper.close(handle, done))
    }
  }

  return {
    giveBack,
    read: file =>
      work(file, 'read', async wrapper =>
        decodeText(await readPiece(wrapper, file, 0, LONGEST_BYTES + 1), file),
      ),

    write: (file, text, options = {}) =>
      work(file, 'write', async wrapper => {
        const before = await statOrNull(wrapper, file)
        if (before && !before.isFile()) throw new AppError('invalid', `“${file}” is not a regular file.`)
        const target = before ? await call<string>(done => wrapper.realpath(file, done)) : file
        const mode = options.mode ?? (before ? before.mode & PERMISSION_BITS : 0o644)
        const directory = path.posix.dirname(target)
        const temporary = path.posix.join(directory, `.skep.${randomBytes(8).toString('hex')}`)
        try {
          await writeNew(wrapper, temporary, text, mode, before)
          // Plain rename of sftp refuses to replace; OpenSSH's is rename(2).
          await call<void>(done => wrapper.ext_openssh_rename(temporary, target, done))
        } catch (error) {
          await call<void>(done => wrapper.unlink(temporary, done)).catch(() => undefined)
          throw error
        }
      }),

    list: directory =>
      work(directory, 'list', async wrapper => {
        const found = await call<{ filename: string; attrs: Stats }[]>(done =>
          wrapper.readdir(directory, done),
        )
        const entries = await Promise.all(
          found.map(async ({ filename, attrs }) => {
            if (!attrs.isSymbolicLink()) return entry(filename, attrs)
            // A symbolic link that leads nowhere is still an entry.
            const stats = await statOrNull(wrapper, path.posix.join(directory, filename)).catch(() => null)
            return { ...entry(filename, stats ?? attrs), link: true }
          }),
        )
        return entries.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
      }),

    stat: file =>
      work(file, 'look at', async wrapper => {
        const stats = await statOrNull(wrapper, file)
        return stats ? entry(path.posix.basename(file), stats) : null
      }),

    remove: file =>
      work(file, 'remove', async wrapper => {
        const stats = await call<Stats>(done => wrapper.lstat(file, done)).catch((error: unknown) => {
          if (error instanceof Error && Reflect.get(error, 'code') === STATUS_CODE.NO_SUCH_FILE) return null
          throw error
        })
        if (stats?.isDirectory()) await call<void>(done => wrapper.rmdir(file, done))
        else if (stats) await call<void>(done => wrapper.unlink(file, done))
      }),

    readBytes: (file, offset, length) =>
      work(file, 'read', async wrapper => {
        checkPiece(file, offset, length, MOST_READ_BYTES)
        return readPiece(wrapper, file, offset, length)
      }),

    writeBytes: (file, offset, bytes) =>
      work(file, 'write', async wrapper => {
        checkPiece(file, offset, bytes.length, MOST_WRITTEN_BYTES)
        await writePiece(wrapper, file, offset, bytes)
      }),

    rename: (from, to) =>
      work(from, 'rename', async wrapper => {
        checkPath(to)
        const handle = await call<Buffer>(done => wrapper.open(from, 'r', done))
        try {
          await call<void>(done => wrapper.ext_openssh_fsync(handle, done))
        } finally {
          await call<void>(done => wrapper.close(handle, done))
        }
        // Plain rename of sftp refuses a name that is taken.
        await call<void>(done => wrapper.rename(from, to, done))
      }),

    mkdir: directory =>
      work(directory, 'make', async wrapper => {
        const parents = directory.split('/').filter(Boolean)
        for (let depth = 1; depth <= parents.length; depth++) {
          const each = `/${parents.slice(0, depth).join('/')}`
          if (await statOrNull(wrapper, each)) continue
          await call<void>(done => wrapper.mkdir(each, done))
        }
      }),
  }
}
