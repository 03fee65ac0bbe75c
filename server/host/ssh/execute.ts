/** Runs a script on the other machine to its end, with a deadline, and tells what is not known when it is not heard. */
import type { ClientChannel } from 'ssh2'
import { AppError } from '../../errors.ts'
import type { RunOptions, RunResult } from '../host.ts'
import { OutputBuffer } from '../local/output.ts'
import type { SshAddress } from '../ssh-address.ts'
import { cutOff, noShell } from './errors.ts'
import { BEGUN, BEGUN_AS, killScript, type ScriptOptions } from './script.ts'
import { letGo, type Sessions } from './sessions.ts'

const DEADLINE_MS = 30_000
/** A listing of 100 000 snapshots is about 10 MiB. */
const MOST_STDOUT_BYTES = 64 * 1024 * 1024
export const MOST_STDERR_BYTES = 1024 * 1024
/** Sessions of programs given up that are kept to hear of their end; beyond, the oldest is let go. */
const MOST_KEPT_ORPHANS = 3
const KILL_MS = 10_000

type Ended = Pick<RunResult, 'exit' | 'signal' | 'stderr'> & { stdout: Buffer }

/** `argv` names the work in errors and in the record of what did not end; `script` does it. */
export type Execute = (
  argv: readonly string[],
  script: string,
  options?: Omit<RunOptions, 'stdin'> & { stdin?: string | Uint8Array },
) => Promise<Ended>

/** A program that did not answer in time and was told to end; whether it did is not known yet. */
type Orphan = { argv: readonly string[]; channel: ClientChannel; startedAt: number }

export function createExecute(
  options: ScriptOptions & { sessions: Sessions; address: SshAddress; mostStdoutBytes?: number },
): Execute {
  const { sessions, address, mostStdoutBytes = MOST_STDOUT_BYTES } = options
  const orphans = new Set<Orphan>()

  /** Killed (by a command: sshd sends no signals for root), and listened to until it has ended, where there is room. */
  function abandon(
    argv: readonly string[],
    channel: ClientChannel,
    startedAt: number,
    stderr: OutputBuffer,
  ): void {
    if (sessions.scarce) {
      letGo(channel)
      return
    }
    const orphan = { argv: [...argv], channel, startedAt }
    orphans.add(orphan)
    channel.once('close', () => orphans.delete(orphan))
    const [oldest] = orphans
    if (oldest && orphans.size > MOST_KEPT_ORPHANS) letGo(oldest.channel)
    // It may not have begun yet: it is killed as soon as it says who it is.
    const killOnceKnown = () => {
      const pid = BEGUN_AS.exec(stderr.text())?.[1]
      if (pid === undefined) return
      channel.stderr.off('data', killOnceKnown)
      kill(Number(pid)).catch(() => letGo(channel))
    }
    channel.stderr.on('data', killOnceKnown)
    killOnceKnown()
  }

  async function kill(pid: number): Promise<void> {
    const { channel, end } = await sessions.exec(AbortSignal.timeout(KILL_MS))
    channel.end(killScript(pid, options))
    channel.resume()
    channel.stderr.resume()
    await end
  }

  return async (argv, script, runOptions = {}) => {
    neverTwice(orphans, argv)
    const deadline = new Deadline(argv, runOptions)
    try {
      const { channel, end } = await deadline.wait(sessions.exec(deadline.signal))
      const startedAt = Date.now()
      channel.on('error', () => undefined)
      const stdout = new OutputBuffer(channel, mostStdoutBytes)
      const stderr = new OutputBuffer(channel.stderr, MOST_STDERR_BYTES)
      stdout.onOverflow(() => {
        if (deadline.signal.aborted) return
        deadline.end(flooded(argv, mostStdoutBytes))
        letGo(channel)
      })
      channel.write(script)
      channel.end(runOptions.stdin ?? '')
      const ended = await deadline.wait(end, () => abandon(argv, channel, startedAt, stderr))
      if (ended === 'cut off') throw cutOff(argv, address)
      return { ...ended, ...printed(stdout.bytes(), stderr.text(), address) }
    } finally {
      deadline.over()
    }
  }
}

/** What the script itself printed. AppError `failed` where the account's shell did not come to it. */
function printed(stdout: Buffer, stderr: string, address: SshAddress): Pick<Ended, 'stdout' | 'stderr'> {
  const at = stdout.indexOf(`${BEGUN}\n`)
  const begun = BEGUN_AS.exec(stderr)
  if (at < 0 || !begun) {
    throw noShell(address, `${stderr}${stdout.toString()}`)
  }
  return {
    stdout: stdout.subarray(at + BEGUN.length + 1),
    stderr: stderr.slice(begun.index + begun[0].length),
  }
}

/** How long somebody waits for something: the deadline, the caller's own signal, or a reason that comes up. */
export class Deadline {
  readonly #abort = new AbortController()
  readonly #timer: NodeJS.Timeout
  readonly #over: () => void

  constructor(argv: readonly string[], options: Pick<RunOptions, 'timeoutMs' | 'signal'>) {
    const { timeoutMs = DEADLINE_MS, signal } = options
    this.#timer = setTimeout(() => this.end(timedOut(argv, timeoutMs)), timeoutMs)
    const calledOff = () => this.end(callOff(argv))
    signal?.addEventListener('abort', calledOff, { once: true })
    if (signal?.aborted) calledOff()
    this.#over = () => signal?.removeEventListener('abort', calledOff)
  }

  get signal(): AbortSignal {
    return this.#abort.signal
  }

  end(reason: AppError): void {
    this.#abort.abort(reason)
  }

  /** `work`, or a rejection with the reason as soon as the wait is over; `onEnd` then sees to what was begun. */
  wait<T>(work: Promise<T>, onEnd = () => {}): Promise<T> {
    const { signal } = this
    return new Promise((resolve, reject) => {
      const ended = () => {
        onEnd()
        reject(signal.reason)
      }
      if (signal.aborted) ended()
      signal.addEventListener('abort', ended, { once: true })
      work.then(resolve, reject).finally(() => signal.removeEventListener('abort', ended))
    })
  }

  over(): void {
    clearTimeout(this.#timer)
    this.#over()
  }
}

/** A program that hangs there is not started a second time with the same words. */
function neverTwice(orphans: Iterable<Orphan>, argv: readonly string[]): void {
  for (const { argv: words, startedAt } of orphans) {
    if (words.length !== argv.length || words.some((word, index) => word !== argv[index])) continue
    throw new AppError(
      'timeout',
      `“${nameOf(argv)}” has not answered since ${new Date(startedAt).toISOString()} and has not ended yet.`,
      { argv: [...argv], next: 'See what holds it up there: a pool without its disks, most likely.' },
    )
  }
}

function nameOf(argv: readonly string[]): string {
  return argv.slice(0, 2).join(' ')
}

function timedOut(argv: readonly string[], timeoutMs: number): AppError {
  const seconds = Math.round(timeoutMs / 100) / 10
  return new AppError('timeout', `“${nameOf(argv)}” did not answer within ${seconds} s.`, { argv: [...argv] })
}

function callOff(argv: readonly string[]): AppError {
  return new AppError('timeout', `“${nameOf(argv)}” was called off.`, { argv: [...argv] })
}

function flooded(argv: readonly string[], mostBytes: number): AppError {
  const kib = Math.floor(mostBytes / 1024)
  return new AppError('failed', `“${nameOf(argv)}” printed more than ${kib} KiB.`, { argv: [...argv] })
}
