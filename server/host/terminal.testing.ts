/**
 * Terminals for tests, where there is no nmdm(4): a pty of script(1), whose far side is the guest's, and FreeBSD's lockf(1)
 * and stty(1) made of what there is here.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { expect, vi } from 'vitest'
import { PROGRAM_PATH } from './local/programs.ts'

const LOCKF = `#!/bin/sh
[ "$1 $2 $3 $4" = '-k -n -t 0' ] || exit 64
d=$5; shift 5
[ -e "$d" ] || { echo "lockf: $d: No such file or directory" >&2; exit 69; }
exec 9<"$d"
flock -n 9 || { echo "lockf: $d: already locked" >&2; exit 75; }
"$@" 9<&-
`
const STTY = `#!/bin/sh
[ "$1" = -f ] || exit 64
shift
exec /usr/bin/stty -F "$@"
`

/** The options of a host that finds these programs first. */
export async function terminalPrograms(dir: string): Promise<{ path: string[]; lockDirectory: string }> {
  const programs = path.join(dir, 'programs')
  const lockDirectory = path.join(dir, 'lock')
  await Promise.all([mkdir(programs), mkdir(lockDirectory)])
  await writeFile(path.join(programs, 'lockf'), LOCKF, { mode: 0o755 })
  await writeFile(path.join(programs, 'stty'), STTY, { mode: 0o755 })
  return { path: [programs, ...PROGRAM_PATH], lockDirectory }
}

export type Guest = Awaited<ReturnType<typeof guestOnPty>>

/** Somebody at the other end of `device`. */
export async function guestOnPty(dir: string) {
  const file = path.join(dir, 'tty')
  await writeFile(file, '')
  const end: ChildProcess = spawn('script', ['-qfec', `tty > '${file}'; exec sleep infinity`, '/dev/null'], {
    stdio: ['pipe', 'pipe', 'inherit'],
    detached: true,
  })
  let heard = Buffer.alloc(0)
  end.stdout?.on('data', (bytes: Buffer) => {
    heard = Buffer.concat([heard, bytes])
  })
  const device = await vi.waitFor(async () => {
    const text = await readFile(file, 'utf8')
    expect(text).toMatch(/^\/dev\/.+\n$/)
    return text.trim()
  })
  const signal = (name: NodeJS.Signals) => end.pid !== undefined && process.kill(-end.pid, name)
  return {
    device,
    heard: () => heard,
    says: (bytes: Uint8Array | string) => end.stdin?.write(bytes),
    /** It reads no more, and says no more. */
    stops: () => signal('SIGSTOP'),
    async leave() {
      const gone = new Promise(resolve => end.once('close', resolve))
      signal('SIGKILL')
      await gone
    },
  }
}
