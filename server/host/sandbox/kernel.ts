/** The machine's kernel: runs its programs on its world. Lives in a process of its own or in a test's. */
import { spawn } from 'node:child_process'
import { existsSync, rmSync } from 'node:fs'
import path from 'node:path'
import { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { writeStubs } from './bin.ts'
import type { Output, ProgramIo, ProgramResult } from './programs.ts'
import { KernelError, makeSocketDirectory, portSocket, type RunRequest, socketDirectory } from './protocol.ts'
import { PROGRAMS } from './registry.ts'
import type { Fault } from './state.ts'
import { World } from './world.ts'
import { watchScans } from './zpool/scans.ts'

export type KernelRun = Omit<RunRequest, 'onOutput'> & {
  /** Called with output as it comes. */
  onOutput: (which: 'stdout' | 'stderr', bytes: Uint8Array) => void | Promise<void>
}

const GARBAGE = 'Segmentation fa\u0000\u0007%%s\tNaN\n\t\t??\n'

export class Kernel {
  readonly world: World
  /** Programs that run now, and when the last one ended: the idle clock reads them. */
  running = 0
  #stopScans: () => void

  constructor(dir: string) {
    this.world = new World(dir)
    makeSocketDirectory(this.world.dir)
    writeStubs(this.world.dir)
    this.#stopScans = watchScans(this.world)
  }

  /**
   * Runs a program to its end. Resolves with its exit status (null when a signal ended it). Rejects with
   * KernelError ENOENT when there is no such program.
   */
  async run(request: KernelRun): Promise<{ exit: number | null; signal?: string }> {
    const signal = request.signal ?? new AbortController().signal
    const argv = [path.posix.basename(request.argv[0] ?? ''), ...request.argv.slice(1)]
    this.running += 1
    try {
      const faulted = await this.#fault(argv, request, signal)
      if (faulted !== null) return { exit: faulted }
      const name = argv[0] ?? ''
      const entry = Object.hasOwn(PROGRAMS, name) ? PROGRAMS[name] : undefined
      if (!entry) throw new KernelError('ENOENT', `${name}: not found`)
      request.onStart?.()
      if ('script' in entry) return await this.#spawn(entry.script, argv, request, signal)
      const program = await entry.run()
      if (signal.aborted) return { exit: null, signal: 'SIGTERM' }
      return { exit: await this.#answer(program, argv, request, signal) }
    } finally {
      this.running -= 1
    }
  }

  /** As `run`, with the output collected. */
  async collect(argv: readonly string[], options: Omit<KernelRun, 'argv' | 'onOutput'> = {}) {
    const parts = { stdout: [] as Uint8Array[], stderr: [] as Uint8Array[] }
    const ended = await this.run({
      ...options,
      argv,
      onOutput: (which, bytes) => void parts[which].push(bytes),
    })
    return {
      ...ended,
      stdout: Buffer.concat(parts.stdout).toString(),
      stderr: Buffer.concat(parts.stderr).toString(),
    }
  }

  async #answer(
    program: (world: World, argv: readonly string[], io: ProgramIo) => unknown,
    argv: readonly string[],
    request: KernelRun,
    signal: AbortSignal,
  ): Promise<number> {
    const io = this.#io(request, signal)
    const aborted = new Promise<null>(resolve => {
      if (signal.aborted) resolve(null)
      else signal.addEventListener('abort', () => resolve(null), { once: true })
    })
    try {
      const answer = program(this.world, argv, io)
      if (isGenerator(answer)) {
        for (;;) {
          const next = await Promise.race([answer.next(), aborted])
          if (next === null) {
            // Not awaited: a generator that waits for an event never comes back to hear of it.
            void answer.return(143)
            return 143
          }
          if (next.done) return next.value
          await put(request, 'stdout', next.value.stdout)
          await put(request, 'stderr', next.value.stderr)
        }
      }
      const result = await Promise.race([
        Promise.resolve(answer as ProgramResult | Promise<ProgramResult>),
        aborted,
      ])
      if (result === null) return 143
      await put(request, 'stdout', result.stdout)
      await put(request, 'stderr', result.stderr)
      return result.exit
    } catch (error) {
      await put(
        request,
        'stderr',
        `${argv[0]}: sandbox bug: ${error instanceof Error ? error.stack : String(error)}\n`,
      )
      return 70
    }
  }

  #io(request: KernelRun, signal: AbortSignal): ProgramIo {
    const stdin =
      typeof request.stdin === 'string'
        ? Readable.from([Buffer.from(request.stdin)])
        : (request.stdin ?? Readable.from([]))
    return {
      stdin,
      stdinText: async () => {
        const parts: Uint8Array[] = []
        for await (const part of stdin) parts.push(part)
        return Buffer.concat(parts).toString()
      },
      env: request.env ?? {},
      cwd: request.cwd ?? '/',
      signal,
      run: async (argv, text) => {
        const result = await this.collect(argv, {
          signal,
          ...(text === undefined ? {} : { stdin: text }),
          ...(request.cwd === undefined ? {} : { cwd: request.cwd }),
          ...(request.env === undefined ? {} : { env: request.env }),
        })
        return { exit: result.exit ?? 143, stdout: result.stdout, stderr: result.stderr }
      },
    }
  }

  /** Runs a program that is a real process. */
  #spawn(script: URL, argv: readonly string[], request: KernelRun, signal: AbortSignal) {
    const child = spawn(
      process.execPath,
      ['--disable-warning=ExperimentalWarning', fileURLToPath(script), ...argv.slice(1)],
      {
        cwd: existsSync(this.world.resolve(request.cwd ?? '/'))
          ? this.world.resolve(request.cwd ?? '/')
          : this.world.dir,
        env: this.environment(),
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    )
    child.stdout.on('data', bytes => void request.onOutput('stdout', bytes))
    child.stderr.on('data', bytes => void request.onOutput('stderr', bytes))
    const onAbort = () => child.kill('SIGTERM')
    signal.addEventListener('abort', onAbort, { once: true })
    return new Promise<{ exit: number | null; signal?: string }>((resolve, reject) => {
      child.once('error', reject)
      child.once('close', (exit, name) => {
        signal.removeEventListener('abort', onAbort)
        resolve({ exit, ...(name ? { signal: name } : {}) })
      })
    })
  }

  /** What real processes of the machine get as environment: its own programs come first on PATH. */
  environment(): Record<string, string> & { NODE_ENV: 'production' } {
    return {
      PATH: `${path.join(this.world.dir, 'bin')}:/usr/bin:/bin`,
      LC_ALL: 'C',
      HOME: path.join(this.world.dir, 'root'),
      SKEP_SANDBOX: this.world.dir,
      NODE_ENV: 'production',
    }
  }

  /** Applies the first fault that fits; null when the program is to run after all. */
  async #fault(argv: readonly string[], request: KernelRun, signal: AbortSignal): Promise<number | null> {
    const fault = argv[0] === 'fault' ? undefined : this.world.state.faults.find(each => fits(each, argv))
    if (!fault) return null
    if (fault.once) {
      this.world.state.faults.splice(this.world.state.faults.indexOf(fault), 1)
      this.world.changed()
    }
    switch (fault.kind) {
      case 'hang':
        request.onStart?.()
        await new Promise<void>(resolve => {
          if (signal.aborted) resolve()
          else signal.addEventListener('abort', () => resolve(), { once: true })
        })
        return 143
      case 'missing':
        throw new KernelError('ENOENT', `${argv[0]}: not found`)
      case 'garbage':
        await put(request, 'stdout', GARBAGE)
        return 0
      case 'slow':
        await new Promise(resolve => setTimeout(resolve, fault.milliseconds))
        return null
      case 'exit':
        await put(request, 'stderr', fault.text === '' ? '' : `${fault.text}\n`)
        return fault.exit
    }
  }

  /** The real unix socket behind a TCP port of the machine's loopback. */
  portSocket(port: number): string {
    return portSocket(this.world.dir, port)
  }

  close(): void {
    this.#stopScans()
    this.world.close()
  }

  /** For tests: removes everything the sandbox wrote. */
  remove(): void {
    this.close()
    rmSync(socketDirectory(this.world.dir), { recursive: true, force: true })
    rmSync(this.world.dir, { recursive: true, force: true })
  }
}

function fits(fault: Fault, argv: readonly string[]): boolean {
  return fault.argv.every((word, index) => argv[index] === word)
}

async function put(request: KernelRun, which: 'stdout' | 'stderr', piece: string | Uint8Array | undefined) {
  if (piece === undefined || piece.length === 0) return
  await request.onOutput(which, typeof piece === 'string' ? Buffer.from(piece) : piece)
}

function isGenerator(answer: unknown): answer is AsyncGenerator<Output, number> {
  return typeof answer === 'object' && answer !== null && Symbol.asyncIterator in answer
}
