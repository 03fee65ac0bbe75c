/** The door to a sandbox: the port's calls, answered by the kernel of a state directory. */
import { createConnection } from 'node:net'
import * as z from 'zod/mini'
import { AppError, type ErrorCode } from '../../errors.ts'
import type { FileEntry, Host, HostSocket, HostStream, RunOptions, RunResult } from '../host.ts'
import { NMDM, reach, WaitingEnd } from './nmdm.ts'
import { type KernelClient, KernelError, pathSocket, portSocket } from './protocol.ts'
import { kernelOf } from './start.ts'

const DEADLINE_MS = 30_000
const Entry = z.object({
  name: z.string(),
  type: z.enum(['file', 'directory', 'other']),
  sizeBytes: z.number(),
  mtimeMs: z.number(),
  link: z.optional(z.boolean()),
})

/** A kernel's connection: how the adapter reaches one. In a test it is there already. */
export type Reach = () => Promise<KernelClient>

/** The host of `sandbox:<dir>`; the kernel is started at the first call and whenever it is gone. */
export function sandboxHost(
  dir: string,
  reach: Reach = () => kernelOf(dir),
  id = 'sandbox',
): Host & { readonly dir: string } {
  return new SandboxHost(dir, reach, id)
}

class SandboxHost implements Host {
  readonly id: string
  readonly kind = 'sandbox'
  readonly dir: string
  readonly #reach: Reach
  #client: Promise<KernelClient> | null = null

  constructor(dir: string, reach: Reach, id: string) {
    this.id = id
    this.dir = dir
    this.#reach = reach
  }

  #connected(): Promise<KernelClient> {
    if (this.#client) return this.#client
    const coming = this.#reach()
    this.#client = coming
    const forget = () => {
      if (this.#client === coming) this.#client = null
    }
    coming.then(client => {
      client.onClose = forget
    }, forget)
    return coming.catch(error => {
      throw new AppError('unreachable', 'The sandbox does not answer.', { stderr: String(error) })
    })
  }

  async run(argv: readonly string[], options: RunOptions = {}): Promise<RunResult> {
    const timeoutMs = options.timeoutMs ?? DEADLINE_MS
    const abort = new AbortController()
    const parts = { stdout: [] as Uint8Array[], stderr: [] as Uint8Array[] }
    const work = this.#connected().then(client =>
      client.run({
        argv,
        ...(options.stdin === undefined ? {} : { stdin: options.stdin }),
        signal: abort.signal,
        onOutput: (which, bytes) => parts[which].push(bytes),
      }),
    )
    const onAbort = () => abort.abort()
    if (options.signal?.aborted) onAbort()
    options.signal?.addEventListener('abort', onAbort, { once: true })
    const deadline = after(timeoutMs)
    try {
      const ended = await Promise.race([work, deadline.passed])
      if (ended === 'late') {
        abort.abort()
        work.catch(() => {})
        throw timedOut(argv, timeoutMs)
      }
      return {
        ...ended,
        stdout: Buffer.concat(parts.stdout).toString(),
        stderr: Buffer.concat(parts.stderr).toString(),
      }
    } catch (error) {
      throw runError(error, argv)
    } finally {
      deadline.cancel()
      options.signal?.removeEventListener('abort', onAbort)
    }
  }

  async stream(argv: readonly string[], options: { signal?: AbortSignal } = {}): Promise<HostStream> {
    const client = await inTime(this.#connected(), argv)
    const abort = new AbortController()
    options.signal?.addEventListener('abort', () => abort.abort(), { once: true })
    if (options.signal?.aborted) abort.abort()
    const lines = new Lines()
    const stderr: Uint8Array[] = []
    let started: () => void = () => {}
    const start = new Promise<void>(resolve => {
      started = resolve
    })
    const work = client.run({
      argv,
      signal: abort.signal,
      onStart: started,
      onOutput: (which, bytes) => (which === 'stdout' ? lines.push(bytes) : stderr.push(bytes)),
    })
    const text = () => Buffer.concat(stderr).toString()
    const done = work.then(
      ended => ({ exit: ended.exit, stderr: text() }),
      error => ({ exit: null, stderr: `${text()}${error instanceof Error ? error.message : String(error)}` }),
    )
    void done.then(() => lines.end())
    // An unknown program is told at once; everything else ends through `done`.
    const begun = Promise.race([
      start,
      work.then(
        () => {},
        error => refuse(error, argv),
      ),
    ])
    await inTime(begun, argv).catch(error => {
      abort.abort()
      throw error
    })
    return { lines, done, kill: () => abort.abort() }
  }

  async connect(target: { port: number } | { path: string }, options: { timeoutMs?: number } = {}) {
    if ('path' in target && NMDM.test(target.path)) {
      // The socket's directory is the kernel's.
      await this.#connected()
      return openNmdm(this.dir, target.path)
    }
    const file = 'port' in target ? portSocket(this.dir, target.port) : pathSocket(this.dir, target.path)
    const what = 'port' in target ? `port ${target.port}` : target.path
    return new Promise<HostSocket>((resolve, reject) => {
      const socket = createConnection(file)
      const refuse = (error?: Error) => {
        socket.destroy()
        reject(
          new AppError('unreachable', `Nothing answers at ${what} of the sandbox.`, {
            stderr: error?.message ?? 'timed out',
          }),
        )
      }
      const deadline = setTimeout(refuse, options.timeoutMs ?? 5000)
      socket.once('error', refuse)
      socket.once('connect', () => {
        clearTimeout(deadline)
        socket.off('error', refuse)
        resolve(socket)
      })
    })
  }

  async #file(op: string, path: string, fields: Record<string, unknown> = {}, body?: Uint8Array) {
    try {
      const answer = this.#connected().then(client => client.call(op, { path, ...fields }, body))
      return await inTime(answer, [op, path])
    } catch (error) {
      throw fileError(error, path)
    }
  }

  async read(path: string): Promise<string> {
    return Buffer.from((await this.#file('file.read', path)).body).toString()
  }

  async write(path: string, text: string, options: { mode?: number } = {}): Promise<void> {
    await this.#file('file.write', path, { mode: options.mode ?? 0o644 }, Buffer.from(text))
  }

  async list(path: string): Promise<FileEntry[]> {
    return z.array(Entry).parse((await this.#file('file.list', path)).header.entries)
  }

  async stat(path: string): Promise<FileEntry | null> {
    return z.nullable(Entry).parse((await this.#file('file.stat', path)).header.entry)
  }

  async remove(path: string): Promise<void> {
    await this.#file('file.remove', path)
  }

  async mkdir(path: string): Promise<void> {
    await this.#file('file.mkdir', path)
  }

  async readBytes(path: string, at: number, bytes: number): Promise<Uint8Array> {
    return (await this.#file('file.readBytes', path, { at, bytes })).body
  }

  async writeBytes(path: string, at: number, bytes: Uint8Array): Promise<void> {
    await this.#file('file.writeBytes', path, { at }, bytes)
  }

  async rename(from: string, to: string): Promise<void> {
    await this.#file('file.rename', from, { to })
  }

  async close(): Promise<void> {
    const coming = this.#client
    this.#client = null
    try {
      const client = await coming
      client?.close()
    } catch {
      // It never came: nothing to close.
    }
  }
}

/** The B end of a null modem, whether or not a guest has the other one. AppError `in_use`. */
async function openNmdm(dir: string, device: string): Promise<HostSocket> {
  const guest = await reach(pathSocket(dir, device))
  if (guest) return guest
  return WaitingEnd.open(pathSocket(dir, device.replace(/B$/, 'A'))).catch((error: unknown) => {
    throw new AppError('in_use', `${device} is open already.`, { stderr: String(error) })
  })
}

function refuse(error: unknown, argv: readonly string[]): never {
  throw runError(error, argv)
}

function runError(error: unknown, argv: readonly string[]): unknown {
  if (!(error instanceof KernelError)) return error
  if (error.code === 'ENOENT') {
    return new AppError('unsupported', `This machine has no program ${argv[0]}.`, { argv: [...argv] })
  }
  return new AppError('unreachable', 'The sandbox went away while it worked.', {
    argv: [...argv],
    stderr: error.message,
  })
}

const FILE_CODES: Record<string, ErrorCode> = {
  ENOENT: 'not_found',
  ENOTDIR: 'not_found',
  EACCES: 'denied',
  EPERM: 'denied',
  EROFS: 'denied',
  EEXIST: 'exists',
  ENOSPC: 'no_space',
  ECONNRESET: 'unreachable',
}
const FILE_WORDS: Partial<Record<ErrorCode, string>> = {
  not_found: 'There is no such file',
  denied: 'The machine does not allow that',
  exists: 'There is a file already',
  no_space: 'There is no room',
  unreachable: 'The sandbox went away',
}

function fileError(error: unknown, path: string): unknown {
  if (!(error instanceof KernelError)) return error
  const code = FILE_CODES[error.code] ?? 'failed'
  return new AppError(code, `${FILE_WORDS[code] ?? 'That did not work'}: ${path}.`, {
    stderr: error.message,
    names: [path],
  })
}

function timedOut(argv: readonly string[], timeoutMs: number): AppError {
  return new AppError('timeout', `${argv[0]} did not answer within ${timeoutMs / 1000} s.`, {
    argv: [...argv],
  })
}

/** The answer, or AppError `timeout`: what comes later is nobody's any more. */
async function inTime<T>(work: Promise<T>, argv: readonly string[]): Promise<T> {
  const deadline = after(DEADLINE_MS)
  try {
    const first = await Promise.race([work.then(value => ({ value })), deadline.passed])
    if (first !== 'late') return first.value
    work.catch(() => {})
    throw timedOut(argv, DEADLINE_MS)
  } finally {
    deadline.cancel()
  }
}

/** A deadline that can be called off. */
function after(milliseconds: number): { passed: Promise<'late'>; cancel: () => void } {
  let timer: NodeJS.Timeout
  const passed = new Promise<'late'>(resolve => {
    timer = setTimeout(() => resolve('late'), milliseconds)
  })
  return { passed, cancel: () => clearTimeout(timer) }
}

/** Cuts bytes into lines, whole UTF-8 characters kept together; read by one reader. */
class Lines implements AsyncIterable<string> {
  readonly #decoder = new TextDecoder()
  #rest = ''
  #ready: string[] = []
  #ended = false
  #wake: () => void = () => {}

  push(bytes: Uint8Array): void {
    const pieces = (this.#rest + this.#decoder.decode(bytes, { stream: true })).split('\n')
    this.#rest = pieces.pop() ?? ''
    this.#ready.push(...pieces)
    this.#wake()
  }

  end(): void {
    if (this.#rest !== '') this.#ready.push(this.#rest)
    this.#rest = ''
    this.#ended = true
    this.#wake()
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<string> {
    for (;;) {
      const line = this.#ready.shift()
      if (line !== undefined) yield line
      else if (this.#ended) return
      else
        await new Promise<void>(resolve => {
          this.#wake = resolve
        })
    }
  }
}
