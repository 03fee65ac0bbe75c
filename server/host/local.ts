/** The adapter of this very machine: programs by spawn(2) with an argv, files, loopback sockets. Never a shell. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { AppError } from '../errors.ts'
import type { Host, HostSocket, HostStream, RunOptions, RunResult } from './host.ts'
import { connectLocal } from './local/connect.ts'
import { errorCode } from './local/errors.ts'
import {
  listEntries,
  makeDirectory,
  readPiece,
  readText,
  removeEntry,
  renameFile,
  statEntry,
  writePiece,
  writeText,
} from './local/files.ts'
import { commandFiles, type Files } from './local/files-command.ts'
import { killedWhenLeft, lines, OutputBuffer } from './local/output.ts'
import { Patience } from './local/patience.ts'
import { filesWithRights } from './local/privileged.ts'
import { calledOff, flooded, type Orphan, spawnError, stillThere, timedOut } from './local/program-errors.ts'
import { PROGRAM_PATH, Programs } from './local/programs.ts'
import { type Privilege, prefixOf, throwIfRefused } from './privilege.ts'
import { openTerminal, terminalOf } from './terminal.ts'
import { holdWords, OPEN } from './terminal-script.ts'

const DEADLINE_MS = 30_000
/** A listing of 100 000 snapshots is about 10 MiB. */
const MOST_STDOUT_BYTES = 64 * 1024 * 1024
const MOST_STDERR_BYTES = 1024 * 1024
/** How long output may still come after the program itself has ended (a child of it may hold the pipe open). */
const DRAIN_MS = 1_000

type Ended = Omit<RunResult, 'stdout'> & { stdout: Buffer }
type Given = Omit<RunOptions, 'stdin'> & { stdin?: string | Uint8Array }

export type LocalHost = Host & { orphans(): Orphan[] }

export type LocalOptions = {
  /** How programs get the rights they need where Skep does not run as root. */
  privilege?: Privilege
  /** The directories programs are looked for in; only tests change them. */
  path?: readonly string[]
  /** Ends a flood; only tests change it. */
  mostStdoutBytes?: number
  /** Where programs lock terminals; only tests change it. */
  lockDirectory?: string
}

/** doas or sudo by its path, and its own words. */
type Rights = { program: string; words: readonly string[]; env: NodeJS.ProcessEnv }

/** A program that runs, and by which rights it can be told to end; null where it is of Skep's own account. */
type Running = { child: ChildProcess; rights: Rights | null }

export function localHost(options: LocalOptions = {}): LocalHost {
  const { privilege = 'none' } = options
  const path = options.path ?? PROGRAM_PATH
  const programs = new Programs(path)
  const files = new Patience()
  const running = new Set<Running>()
  const orphans = new Map<ChildProcess, Orphan>()
  const env = environment(path)

  /** `words` are argv with what lends it rights; argv names it. */
  async function start(
    argv: readonly string[],
    words: readonly string[],
    hasStdin: boolean,
  ): Promise<Running> {
    await neverTwice(orphans, argv)
    const program = await programs.find(words)
    try {
      const child = spawn(program, words.slice(1), {
        argv0: words[0],
        cwd: '/',
        env,
        // A session of its own: what is typed at the console's terminal (^C) is not meant for zfs.
        detached: true,
        stdio: [hasStdin ? 'pipe' : 'ignore', 'pipe', 'pipe'],
      })
      const rights = rightsOf(words, program)
      const started = { child, rights }
      running.add(started)
      child.once('close', () => running.delete(started))
      return started
    } catch (error) {
      throw spawnError(error, words)
    }
  }

  function rightsOf(words: readonly string[], program: string): Rights | null {
    const prefix = prefixOf('kill', privilege)
    return prefix.length > 0 && words[0] === prefix[0] ? { program, words: prefix.slice(1), env } : null
  }

  /** argv with what lends it rights. AppError `unsupported` where there is no such program, whose absence doas tells badly. */
  async function withRights(argv: readonly string[]): Promise<string[]> {
    await programs.find(argv)
    return [...prefixOf(argv[0], privilege), ...argv]
  }

  async function run(argv: readonly string[], runOptions: RunOptions = {}): Promise<RunResult> {
    runOptions.signal?.throwIfAborted()
    const ended = await perform(argv, await withRights(argv), runOptions)
    throwIfRefused(argv, privilege, ended, 'here')
    return { ...ended, stdout: ended.stdout.toString() }
  }

  async function perform(
    argv: readonly string[],
    words: readonly string[],
    runOptions: Given,
  ): Promise<Ended> {
    const started = await start(argv, words, runOptions.stdin !== undefined)
    const { child } = started
    const startedAt = Date.now()
    const timeoutMs = runOptions.timeoutMs ?? DEADLINE_MS
    const stdout = new OutputBuffer(child.stdout, options.mostStdoutBytes ?? MOST_STDOUT_BYTES)
    const stderr = new OutputBuffer(child.stderr, MOST_STDERR_BYTES)
    const calls = new AbortController()
    const until = { signal: calls.signal, once: true } as const
    try {
      return await new Promise<Ended>((resolve, reject) => {
        function giveUp(error: AppError): void {
          abandon(started, argv, startedAt, orphans)
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
          const result: Ended = { exit, stdout: stdout.bytes(), stderr: stderr.text() }
          resolve(signal === null ? result : { ...result, signal })
        }
        runOptions.signal?.addEventListener('abort', () => giveUp(calledOff(argv)), until)
        // Called off while the program was being found.
        if (runOptions.signal?.aborted) giveUp(calledOff(argv))
        stdout.onOverflow(() => giveUp(flooded(argv, stdout)))
        child.once('error', error => {
          programs.forget(words)
          reject(spawnError(error, words))
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
    const words = await withRights(argv)
    const started = await start(argv, words, false)
    const { child } = started
    const startedAt = Date.now()
    const stderr = new OutputBuffer(child.stderr, MOST_STDERR_BYTES)
    const kill = (): void => abandon(started, argv, startedAt, orphans)
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve)
      child.once('error', error => {
        programs.forget(words)
        reject(spawnError(error, words))
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

  /** A terminal device, open for as long as the stream is. */
  async function hold(device: string): Promise<HostSocket> {
    const argv = ['sh', 'hold', device]
    const prefix = prefixOf('sh', privilege)
    const sh = prefix.length === 0 ? 'sh' : '/bin/sh'
    const words = [...prefix, sh, '-c', OPEN, 'sh', ...holdWords(device, options.lockDirectory)]
    const started = await start(argv, words, true)
    const { child } = started
    const startedAt = Date.now()
    const ended = new Promise<number | null>(resolve => {
      child.once('error', () => resolve(null))
      child.once('close', resolve)
    })
    const { stdin, stdout, stderr } = child
    if (!stdin || !stdout || !stderr) throw new AppError('failed', 'The program was started without pipes.')
    const letGo = () => {
      stdin.end()
      // One that waits for the device does not hear that.
      const late = setTimeout(() => abandon(started, argv, startedAt, orphans), DRAIN_MS)
      void ended.then(() => clearTimeout(late))
    }
    return openTerminal({ input: stdin, output: stdout, errors: stderr, ended, letGo }, { device, privilege })
  }

  const own: Files = {
    read: file => files.within(file, () => readText(file)),
    write: (file, text, writeOptions) => files.within(file, () => writeText(file, text, writeOptions)),
    list: directory => files.within(directory, () => listEntries(directory)),
    stat: file => files.within(file, () => statEntry(file)),
    remove: file => files.within(file, () => removeEntry(file)),
    mkdir: directory => files.within(directory, () => makeDirectory(directory)),
    readBytes: (file, offset, length) => files.within(file, () => readPiece(file, offset, length)),
    writeBytes: (file, offset, bytes) => files.within(file, () => writePiece(file, offset, bytes)),
    rename: (from, to) => files.within(from, () => renameFile(from, to)),
  }
  const borrowed = commandFiles({
    shell: (argv, text, words, shellOptions) =>
      perform(argv, [...prefixOf('sh', privilege), '/bin/sh', '-c', text, 'sh', ...words], shellOptions),
    privilege,
    where: 'here',
  })

  return {
    id: 'local',
    kind: 'local',
    run,
    stream,
    connect(target, connectOptions) {
      const device = terminalOf(target)
      return device === null ? connectLocal(target, connectOptions) : hold(device)
    },
    ...(privilege === 'none' ? own : filesWithRights(own, borrowed)),
    orphans: () => [...orphans.values()],
    close: () => {
      for (const each of running) signalGroup(each, 'SIGTERM')
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
  given: Running,
  argv: readonly string[],
  startedAt: number,
  orphans: Map<ChildProcess, Orphan>,
): void {
  const { child } = given
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return
  orphans.set(child, { argv: [...argv], pid: child.pid, startedAt })
  child.once('exit', () => orphans.delete(child))
  signalGroup(given, 'SIGKILL')
  // It may never end (a suspended pool): the console must be able to.
  child.unref()
}

/** The program and what it started; a daemon has left the group. */
function signalGroup({ child, rights }: Running, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return
  try {
    if (rights === null) process.kill(-child.pid, signal)
    else signalAsRoot(child.pid, signal, rights)
  } catch (error) {
    if (errorCode(error) !== 'ESRCH') child.kill(signal)
  }
}

/**
 * Root's processes take no signal from another account. Nobody waits for this: where no rule allows kill, the program is
 * told of as one that did not end.
 */
function signalAsRoot(pid: number, signal: NodeJS.Signals, { program, words, env }: Rights): void {
  const argv = [...words, 'kill', '-s', signal.slice('SIG'.length), '--', `-${pid}`]
  const killer = spawn(program, argv, { cwd: '/', env, detached: true, stdio: 'ignore' })
  killer.on('error', () => undefined)
  killer.unref()
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
