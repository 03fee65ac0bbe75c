/** Files by the commands every system has: one script a call, with the rights that programs get. */
import path from 'node:path'
import { AppError } from '../../errors.ts'
import type { FileEntry, Host, RunResult } from '../host.ts'
import { isPrivilegeRefused, type Privilege } from '../privilege.ts'
import { fileError } from './errors.ts'
import {
  checkPath,
  checkPiece,
  decodeText,
  LONGEST_BYTES,
  MOST_READ_BYTES,
  MOST_WRITTEN_BYTES,
} from './files.ts'

export type Files = Pick<
  Host,
  'read' | 'write' | 'list' | 'stat' | 'remove' | 'mkdir' | 'readBytes' | 'writeBytes' | 'rename'
>

/**
 * Runs a text in /bin/sh with its words as $1, $2, …, as root where rights are borrowed. `argv` names the work in errors, and
 * for what did not end.
 */
export type Shell = (
  argv: readonly string[],
  text: string,
  words: readonly string[],
  options: { stdin?: string | Uint8Array },
) => Promise<Pick<RunResult, 'exit' | 'stderr'> & { stdout: Buffer }>

const READ = `
exec < "$1" || exit 1
[ -f "$1" ] || { echo 'skep: not a regular file' >&2; exit 1; }
exec head -c ${LONGEST_BYTES + 1}
`

/** Whole or not at all: what came short because the connection was cut is thrown away. */
const WRITE = `
t=$1; if [ -e "$1" ] || [ -L "$1" ]; then t=$(readlink -f -- "$1") || exit 1; fi
if [ -e "$t" ] && [ ! -f "$t" ]; then echo 'skep: not a regular file' >&2; exit 1; fi
umask 077
n=$(mktemp "$(dirname -- "$t")/.skep.XXXXXXXXXX") || exit 1
trap 'rm -f -- "$n"' EXIT
cat > "$n" || exit 1
[ "$(wc -c < "$n")" -eq "$3" ] || { echo 'skep: cut short' >&2; exit 1; }
m=$2
if [ -e "$t" ]; then
  if stat -f %z / >/dev/null 2>&1; then o=$(stat -f %u:%g -- "$t"); k=$(stat -f %Lp -- "$t"); else o=$(stat -c %u:%g -- "$t"); k=$(stat -c %a -- "$t"); fi
  chown "$o" "$n" 2>/dev/null
  [ -n "$m" ] || m=$k
fi
chmod "\${m:-644}" "$n" || exit 1
{ fsync "$n" || sync "$n" || sync; } 2>/dev/null
mv -f -- "$n" "$t" || exit 1
`

/**
 * Defines \`told FILE\`: type and mode in hexadecimal, bytes, seconds. BSD's stat(1) and GNU's have nothing in common; each
 * refuses the other's option, which tells them apart.
 */
const TOLD = `
if stat -f %z / >/dev/null 2>&1; then
  told() { stat -f '%Xp %z %Fm' "$@"; }
else
  told() { stat -c '%f %s %.9Y' "$@"; }
fi
`

const STAT = `${TOLD}
if [ -e "$1" ]; then s=$(told -L -- "$1") || exit 1; echo "found $s"; exit; fi
# Not there, or not to be seen: ls(1) says which.
ls -d -- "$1" >/dev/null 2>&1 || ls -d -- "$1" >/dev/null
`

const LIST = `${TOLD}
# Says why, where the shell's own cd does not.
ls -d -- "$1/." >/dev/null || exit 1
cd -- "$1" || exit 1
[ -r . ] || { echo 'Permission denied' >&2; exit 1; }
for f in * .[!.]* ..?*; do
  if [ -L "$f" ]; then l=l; elif [ -e "$f" ]; then l=-; else continue; fi
  s=$(told -L -- "./$f" 2>/dev/null) || s=$(told -- "./$f" 2>/dev/null) || continue
  printf '%s %s %s\\0' "$s" "$l" "$f"
done
`

const REMOVE = `
if [ -d "$1" ] && [ ! -L "$1" ]; then exec rmdir -- "$1"; fi
exec rm -f -- "$1"
`

const MKDIR = 'exec mkdir -p -- "$1"'

/** tail(1) seeks in a regular file; its numbers begin with 1. */
const READ_PIECE = `
exec < "$1" || exit 1
[ -f "$1" ] || { echo 'skep: not a regular file' >&2; exit 1; }
tail -c +"$2" -- "$1" | head -c "$3"
`

/**
 * dd(1) counts in blocks: with one that divides the offset, `seek` is exact. What a pipe gives in short reads is written in
 * short blocks, one behind the other. Whether all of it came is told by the size.
 */
const WRITE_PIECE = `
if [ -e "$1" ] && [ ! -f "$1" ]; then echo 'skep: not a regular file' >&2; exit 1; fi
umask 022
m=$(dd of="$1" bs="$3" seek="$(($2 / $3))" conv=notrunc 2>&1) || { printf '%s\\n' "$m" >&2; exit 1; }
[ "$(wc -c < "$1")" -ge "$(($2 + $4))" ] || { echo 'skep: cut short' >&2; exit 1; }
`

/** ln(1) refuses a name that is taken. */
const RENAME = `
[ -f "$1" ] || { ls -d -- "$1" >/dev/null || exit 1; echo 'skep: not a regular file' >&2; exit 1; }
{ fsync "$1" || sync "$1" || sync; } 2>/dev/null
ln -- "$1" "$2" || exit 1
exec rm -f -- "$1"
`

/** The words of strerror(3) that programs print, as its codes. */
const REASONS: readonly (readonly [RegExp, string])[] = [
  [/No such file/, 'ENOENT'],
  [/Not a directory/, 'ENOTDIR'],
  [/Permission denied/, 'EACCES'],
  [/Operation not permitted/, 'EPERM'],
  [/No space left on device/, 'ENOSPC'],
  [/Disc quota exceeded|Disk quota exceeded/, 'EDQUOT'],
  [/Read-only file system/, 'EROFS'],
  [/Directory not empty/, 'ENOTEMPTY'],
  [/File exists/, 'EEXIST'],
  [/Is a directory|skep: not a regular file/, 'EISDIR'],
]

class CommandFailed extends Error {
  readonly code: string | undefined

  constructor(stderr: string) {
    super(stderr.trim() || 'the command failed without a word')
    this.code = REASONS.find(([pattern]) => pattern.test(stderr))?.[1]
  }
}

const S_IFMT = 0xf000
const TYPES: Readonly<Record<number, FileEntry['type']>> = { 32768: 'file', 16384: 'directory' }

/** `mode` is st_mode as stat(2) has it. */
export function entryOf(name: string, mode: number, sizeBytes: number, mtimeMs: number): FileEntry {
  return { name, type: TYPES[mode & S_IFMT] ?? 'other', sizeBytes, mtimeMs }
}

/** `81a4 1234 1700000000.5`, as \`told\` prints it. */
function parseTold(name: string, text: string): FileEntry {
  const [, mode = '', size = '', seconds = ''] = /^([0-9a-fA-F]+) (\d+) (\d+(?:\.\d+)?)$/.exec(text) ?? []
  if (mode === '') throw new AppError('unreadable', 'The answer of stat could not be read.', { output: text })
  return entryOf(name, Number.parseInt(mode, 16), Number(size), Math.floor(Number(seconds) * 1000))
}

const LARGEST_BLOCK = 1024 * 1024

/** The largest power of two that divides an offset, up to 1 MiB. */
function blockOf(offset: number): number {
  let block = LARGEST_BLOCK
  while (offset % block !== 0) block /= 2
  return block
}

/** `where`: there, or here. */
export function commandFiles(door: { shell: Shell; privilege: Privilege; where: 'there' | 'here' }): Files {
  const { shell, privilege, where } = door

  async function work(
    doing: string,
    file: string,
    text: string,
    words: string[],
    stdin?: string | Uint8Array,
  ): Promise<Buffer> {
    const { exit, stdout, stderr } = await shell(
      ['sh', doing, file],
      text,
      [file, ...words],
      stdin === undefined ? {} : { stdin },
    )
    if (exit === 0) return stdout
    if (isPrivilegeRefused(privilege, exit, stderr)) {
      const next = `Skep reads and writes files ${where} through /bin/sh as root: allow that, or let it be root ${where}.`
      throw new AppError('denied', `${privilege} does not let this account ${doing} “${file}”.`, {
        stderr,
        next,
      })
    }
    throw fileError(new CommandFailed(stderr), file, doing)
  }

  return {
    read: async file => decodeText(await work('read', file, READ, []), file),
    async write(file, text, options = {}) {
      const mode = options.mode === undefined ? '' : options.mode.toString(8)
      await work('write', file, WRITE, [mode, String(Buffer.byteLength(text))], text)
    },
    async list(directory) {
      const records = (await work('list', directory, LIST, [])).toString().split('\0').slice(0, -1)
      const entries = records.map(record => {
        const [, told = '', link = '', name = ''] = /^(\S+ \S+ \S+) ([l-]) (.*)$/s.exec(record) ?? []
        const entry = parseTold(name, told)
        return link === 'l' ? { ...entry, link: true } : entry
      })
      return entries.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
    },
    async stat(file) {
      try {
        const [, told] = /^found (.*)\n$/.exec((await work('look at', file, STAT, [])).toString()) ?? []
        return told === undefined ? null : parseTold(path.posix.basename(file), told)
      } catch (error) {
        if (error instanceof AppError && error.code === 'not_found') return null
        throw error
      }
    },
    async remove(file) {
      try {
        await work('remove', file, REMOVE, [])
      } catch (error) {
        if (!(error instanceof AppError && error.code === 'not_found')) throw error
      }
    },
    async mkdir(directory) {
      await work('make', directory, MKDIR, [])
    },
    async readBytes(file, offset, length) {
      checkPiece(file, offset, length, MOST_READ_BYTES)
      return work('read', file, READ_PIECE, [String(offset + 1), String(length)])
    },
    async writeBytes(file, offset, bytes) {
      checkPiece(file, offset, bytes.length, MOST_WRITTEN_BYTES)
      const words = [String(offset), String(blockOf(offset)), String(bytes.length)]
      await work('write', file, WRITE_PIECE, words, bytes)
    },
    async rename(from, to) {
      checkPath(to)
      await work('rename', from, RENAME, [to])
    },
  }
}
