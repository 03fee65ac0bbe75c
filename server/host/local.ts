/** The adapter of this very machine: programs by spawn(2) with an argv, files, loopback sockets. Never a shell. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { AppError } from '../errors.ts'
import type { Host, HostStream, RunOptions, RunResult } from './host.ts'
import { connectLocal } from './local/connect.ts'
import { errorCode } from './local/errors.ts'
import { listEntries, makeDirectory, readText, removeEntry, statEntry, writeText } from './local/files.ts'
import { killedWhenLeft, lines, OutputBuffer } from './local/output.ts'
import { Patience } from './local/patience.ts'
import { PROGRAM_PATH, Programs } from './local/programs.ts'

const DEADLINE_MS = 30_000
/** A listing of 100 000 snapshots is about 10 MiB. */
const MOST_STDOUT_BYTES = 64 * 1024 * 1024
const MOST_STDERR_BYTES = 1024 * 1024
/** How long output may still come after the program itself has ended (a child of it may hold the pipe open). */
const DRAIN_MS = 1_000

/** A program that was given up after its deadline and is still there: some states of ZFS cannot be left by a signal. */
export type Orphan = { argv: string[]; pid: number; startedAt: number }

export type LocalHost = Host & { orphans(): Orphan[] }

/** `path` are the directories programs are looked for in, `mostStdoutBytes` ends a flood; only tests change them. */
export function localHost(options: { path?: readonly string[]; mostStdoutBytes?: number } = {}): LocalHost {
  const path = options.path ?? PROGRAM_PATH
  const programs = new Programs(path)
  const files = new Patience()
  const running = new Set<ChildProcess>()
  const orphans = new Map<ChildProcess, Orphan>()
  const env = environment(path)

  async function start(argv: readonly string[], hasStdin: boolean): Promise<ChildProcess> {
    await neverTwice(orphans, argv)
    const program = await programs.find(argv)
    try {
      const child = spawn(program, argv.slice(1), {
        argv0: argv[0],
        cwd: '/',
        env,
        // A session of its own: what is typed at the console's terminal (^C) is not meant for zfs.
        detached: true,
        stdio: [hasStdin ? 'pipe' : 'ignore', 'pipe', 'pipe'],
      })
      running.add(child)
      child.once('close', () => running.delete(child))
      return child
    } catch (error) {
      throw spawnError(error, argv)
    }
  }

  async function run(argv: readonly string[], runOptions: RunOptions = {}): Promise<RunResult> {
    runOptions.signal?.throwIfAborted()
    const child = await start(argv, runOptions.stdin !== undefined)
    const startedAt = Date.now()
    const timeoutMs = runOptions.timeoutMs ?? DEADLINE_MS
    const stdout = new OutputBuffer(child.stdout, options.mostStdoutBytes ?? MOST_STDOUT_BYTES)
    const stderr = new OutputBuffer(child.stderr, MOST_STDERR_BYTES)
    const calls = new AbortController()
    const until = { signal: calls.signal, once: true } as const
    try {
      return await new Promise<RunResult>((resolve, reject) => {
        function giveUp(error: AppError): void {
          abandon(child, argv, startedAt, orphans)
          reject(error)
        }
        const deadline = setTimeout(() => giveUp(timedOut(argv, timeoutMs)), timeoutMs)
        let drain: NodeJS.Timeout | undefined
        calls.signal.addEventListener('abort', () => {
          clearTimeout(deadline)
          clearTimeout(drain)
        })
        function settle(): void {
          const { exitCode: exit, signalCode: signal } = child
          const result: RunResult = { exit, stdout: stdout.text(), stderr: stderr.text() }
          resolve(signal === null ? result : { ...result, signal })
        }
        runOptions.signal?.addEventListener('abort', () => giveUp(calledOff(argv)), until)
        // Called off while the program was being found.
        if (runOptions.signal?.aborted) giveUp(calledOff(argv))
        stdout.onOverflow(() => giveUp(flooded(argv, stdout)))
        child.once('error', error => {
          programs.forget(argv)
          reject(spawnError(error, argv))
        })
        child.once('exit', () => {
          drain = setTimeout(settle, DRAIN_MS)
        })
        child.once('close', settle)
        // A program that does not read its input to the end breaks the pipe; its exit status tells what became of it.
        child.stdin?.on('error', () => undefined)
        child.stdin?.end(runOptions.stdin)
      })
    } finally {
      calls.abort()
      child.stdout?.destroy()
      child.stderr?.destroy()
    }
  }

  async function stream(
    argv: readonly string[],
    streamOptions: { signal?: AbortSignal } = {},
  ): Promise<HostStream> {
    streamOptions.signal?.throwIfAborted()
    const child = await start(argv, false)
    const startedAt = Date.now()
    const stderr = new OutputBuffer(child.stderr, MOST_STDERR_BYTES)
    const kill = (): void => abandon(child, argv, startedAt, orphans)
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve)
      child.once('error', error => {
        programs.forget(argv)
        reject(spawnError(error, argv))
      })
    })
    if (streamOptions.signal?.aborted) kill()
    streamOptions.signal?.addEventListener('abort', kill, { once: true })
    const exited = new Promise<number | null>(resolve => {
      child.once('exit', exit => {
        streamOptions.signal?.removeEventListener('abort', kill)
        resolve(exit)
      })
    })
    const done = exited.then(async exit => {
      await stderr.ended(DRAIN_MS)
      return { exit, stderr: stderr.text() }
    })
    return { lines: killedWhenLeft(lines(stdoutOf(child)), kill), done, kill }
  }

  return {
    id: 'local',
    kind: 'local',
    run,
    stream,
    connect: connectLocal,
    read: file => files.within(file, () => readText(file)),
    write: (file, text, writeOptions) => files.within(file, () => writeText(file, text, writeOptions)),
    list: directory => files.within(directory, () => listEntries(directory)),
    stat: file => files.within(file, () => statEntry(file)),
    remove: file => files.within(file, () => removeEntry(file)),
    mkdir: directory => files.within(directory, () => makeDirectory(directory)),
    orphans: () => [...orphans.values()],
    close: () => {
      for (const child of running) signalGroup(child, 'SIGTERM')
      return Promise.resolve()
    },
  }
}

/** Nothing of the console's own environment reaches a program but what tells it where it is. */
function environment(path: readonly string[]): NodeJS.ProcessEnv {
  const kept = Object.fromEntries(
    ['HOME', 'USER', 'LOGNAME', 'TZ', 'TMPDIR'].flatMap(name => {
      const value = process.env[name]
      return value === undefined ? [] : [[name, value]]
    }),
  )
  // C: texts are recognised by their words, and numbers are read. (NODE_ENV only because its type is asked for.)
  return { ...kept, NODE_ENV: 'production', PATH: path.join(':'), LC_ALL: 'C' }
}

/** Kills the program and stops listening to it, whether it dies or not. */
function abandon(
  child: ChildProcess,
  argv: readonly string[],
  startedAt: number,
  orphans: Map<ChildProcess, Orphan>,
): void {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return
  orphans.set(child, { argv: [...argv], pid: child.pid, startedAt })
  child.once('exit', () => orphans.delete(child))
  signalGroup(child, 'SIGKILL')
  // It may never end (a suspended pool): the console must be able to.
  child.unref()
}

/** The program and what it started; a daemon has left the group. */
function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return
  try {
    process.kill(-child.pid, signal)
  } catch (error) {
    if (errorCode(error) !== 'ESRCH') child.kill(signal)
  }
}

function stdoutOf(child: ChildProcess): Readable {
  if (!child.stdout) throw new AppError('failed', 'The program was started without an output.')
  return child.stdout
}

/** A program that hangs in the kernel is not started a second time with the same words. */
async function neverTwice(orphans: Map<ChildProcess, Orphan>, argv: readonly string[]): Promise<void> {
  for (const [child, orphan] of orphans) {
    if (orphan.argv.length !== argv.length || !orphan.argv.every((word, index) => word === argv[index]))
      continue
    // One that was killed just now gets the moment it needs to end.
    await Promise.race([once(child, 'exit'), sleep(DRAIN_MS, undefined, { ref: false })])
    if (orphans.has(child)) throw stillThere(orphan)
  }
}

function spawnError(error: unknown, argv: readonly string[]): AppError {
  const detail = { argv: [...argv] }
  const name = argv[0] ?? ''
  switch (errorCode(error)) {
    case 'ENOENT':
      return new AppError('unsupported', `The program “${name}” is not installed on this host.`, detail)
    case 'EACCES':
    case 'EPERM':
      return new AppError('denied', `The host does not permit Skep to run “${name}”.`, detail)
    case 'E2BIG':
    case 'ERR_INVALID_ARG_VALUE':
      return new AppError(
        'invalid',
        `“${name}” cannot be given these words: too long, or with a NUL.`,
        detail,
      )
    default:
      return new AppError('failed', `“${name}” could not be started: ${String(error)}.`, detail, {
        cause: error,
      })
  }
}

function seconds(ms: number): string {
  return `${Math.round(ms / 100) / 10} s`
}

function timedOut(argv: readonly string[], timeoutMs: number): AppError {
  const command = argv.slice(0, 2).join(' ')
  return new AppError('timeout', `“${command}” did not answer within ${seconds(timeoutMs)}.`, {
    argv: [...argv],
  })
}

function calledOff(argv: readonly string[]): AppError {
  return new AppError('timeout', `“${argv.slice(0, 2).join(' ')}” was called off.`, { argv: [...argv] })
}

function stillThere(orphan: Orphan): AppError {
  return new AppError(
    'timeout',
    `“${orphan.argv.slice(0, 2).join(' ')}” has not answered since ${new Date(orphan.startedAt).toISOString()} and cannot be ended.`,
    {
      argv: orphan.argv,
      next: `See what holds process ${orphan.pid} up: a pool without its disks, most likely.`,
    },
  )
}

function flooded(argv: readonly string[], output: OutputBuffer): AppError {
  return new AppError(
    'failed',
    `“${argv.slice(0, 2).join(' ')}” printed more than ${Math.floor(output.mostBytes / 1024)} KiB.`,
    { argv: [...argv] },
  )
}
