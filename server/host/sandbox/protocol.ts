/**
 * How programs of the computer speak with a sandbox's kernel: frames over one unix socket. A frame is two 32-bit
 * lengths (big-endian), a JSON header and a body of bytes. A request carries `id` and `op`; everything that answers
 * it carries the same `id`, the last frame `done: true`. Frames without `id` are messages to a registered process.
 */
import { createHash } from 'node:crypto'
import { lstatSync, mkdirSync } from 'node:fs'
import { createConnection, type Socket } from 'node:net'
import os from 'node:os'
import path from 'node:path'

export type Header = { id?: number; op?: string; done?: boolean; [key: string]: unknown }
export type Frame = { header: Header; body: Uint8Array }

const NO_BODY = new Uint8Array(0)
const LARGEST_HEADER = 16 * 1024 * 1024
const LARGEST_BODY = 64 * 1024 * 1024

export function encodeFrame(header: Header, body: Uint8Array = NO_BODY): Buffer {
  const text = Buffer.from(JSON.stringify(header))
  const lengths = Buffer.alloc(8)
  lengths.writeUInt32BE(text.length, 0)
  lengths.writeUInt32BE(body.length, 4)
  return Buffer.concat([lengths, text, body])
}

/** Cuts a byte stream into frames. Throws when the other side does not speak the protocol. */
export class FrameReader {
  #parts: Buffer[] = []
  #bytes = 0
  /** How much must be there before it is worth looking: 8 for the lengths, then the whole frame. */
  #wanted = 8

  push(part: Buffer): Frame[] {
    this.#parts.push(part)
    this.#bytes += part.length
    const frames: Frame[] = []
    while (this.#bytes >= this.#wanted) {
      const [only = part] = this.#parts
      const first = this.#parts.length === 1 ? only : Buffer.concat(this.#parts)
      this.#parts = [first]
      const headerBytes = first.readUInt32BE(0)
      const bodyBytes = first.readUInt32BE(4)
      if (headerBytes > LARGEST_HEADER || bodyBytes > LARGEST_BODY)
        throw new Error('not a frame of the sandbox')
      this.#wanted = 8 + headerBytes + bodyBytes
      if (this.#bytes < this.#wanted) break
      const header: Header = JSON.parse(first.toString('utf8', 8, 8 + headerBytes))
      frames.push({ header, body: first.subarray(8 + headerBytes, this.#wanted) })
      this.#parts = [first.subarray(this.#wanted)]
      this.#bytes -= this.#wanted
      this.#wanted = 8
    }
    return frames
  }
}

/**
 * Short directory for sockets: a unix socket's path may have 107 bytes at most. Never in TMPDIR: console, kernel, guests
 * and terminals each have their own environment, and all of them must find the same place.
 */
export function socketDirectory(dir: string): string {
  const hash = createHash('sha256').update(path.resolve(dir)).digest('hex').slice(0, 12)
  return path.join('/tmp', `skep-${os.userInfo().uid}-${hash}`)
}

/** Makes the directory for sockets. Throws when it is not this user's alone. */
export function makeSocketDirectory(dir: string): void {
  mkdirSync(socketDirectory(dir), { recursive: true, mode: 0o700 })
  trustSocketDirectory(dir)
}

/** Anybody may write to /tmp: a directory there that is not this user's alone is not spoken to. */
function trustSocketDirectory(dir: string): void {
  const directory = socketDirectory(dir)
  const facts = lstatSync(directory, { throwIfNoEntry: false })
  if (!facts) return
  if (!facts.isDirectory() || facts.uid !== os.userInfo().uid || (facts.mode & 0o077) !== 0) {
    throw new Error(`${directory} is not a directory of this user alone`)
  }
}

export function kernelSocket(dir: string): string {
  return path.join(socketDirectory(dir), 'kernel')
}

/** The unix socket that stands for a TCP port of the machine's loopback; servers listen on it. */
export function portSocket(dir: string, port: number): string {
  return path.join(socketDirectory(dir), `port-${port}`)
}

/** The unix socket that stands for a unix socket of the machine (whose real path may be too long). */
export function pathSocket(dir: string, machinePath: string): string {
  const hash = createHash('sha256').update(path.posix.normalize(machinePath)).digest('hex').slice(0, 16)
  return path.join(socketDirectory(dir), `path-${hash}`)
}

export type ProcessFacts = {
  pid: number
  ppid?: number
  argv: string[]
  title: string
  vm?: string | null
  rssBytes?: number
}

type Waiting = { onFrame: (frame: Frame) => void; fail: (error: Error) => void }

/** An open block device. Offsets and lengths are bytes, any alignment. Writes are atomic to a snapshot each. */
export type Volume = {
  sizeBytes: number
  volblocksize: number
  read(at: number, bytes: number): Promise<Uint8Array>
  /** Rejects with code ENOSPC when the pool or the quota is full. */
  write(at: number, bytes: Uint8Array): Promise<void>
  flush(): Promise<void>
  close(): Promise<void>
}

/** An error the kernel answered with; `code` is errno's name. */
export class KernelError extends Error {
  readonly code: string

  constructor(code: string, message: string) {
    super(message)
    this.name = 'KernelError'
    this.code = code
  }
}

export type RunRequest = {
  argv: readonly string[]
  cwd?: string
  env?: Record<string, string>
  stdin?: string | AsyncIterable<Uint8Array>
  signal?: AbortSignal
  /** Called once the program is found. */
  onStart?: () => void
  onOutput: (which: 'stdout' | 'stderr', bytes: Uint8Array) => void
}

/** One connection to a kernel. When it closes, its programs are aborted and its registered process is gone. */
export class KernelClient {
  readonly #socket: Socket
  readonly #waiting = new Map<number, Waiting>()
  readonly #reader = new FrameReader()
  #nextId = 1
  /** Messages to the registered process (`poweroff`, `reset`, `nmi`). */
  onMessage: (message: Record<string, unknown>) => void = () => {}
  onClose: () => void = () => {}

  constructor(socket: Socket) {
    this.#socket = socket
    socket.on('data', part => {
      try {
        for (const frame of this.#reader.push(part)) this.#take(frame)
      } catch (error) {
        socket.destroy(error instanceof Error ? error : undefined)
      }
    })
    socket.on('error', () => {})
    socket.on('close', () => {
      for (const waiting of this.#waiting.values()) {
        waiting.fail(new KernelError('ECONNRESET', 'the sandbox ended'))
      }
      this.#waiting.clear()
      this.onClose()
    })
  }

  /** Rejects with the socket's error when no kernel listens there. */
  static connect(dir: string): Promise<KernelClient> {
    return new Promise((resolve, reject) => {
      trustSocketDirectory(dir)
      const socket = createConnection(kernelSocket(dir))
      socket.once('error', reject)
      socket.once('connect', () => {
        socket.off('error', reject)
        resolve(new KernelClient(socket))
      })
    })
  }

  #take(frame: Frame): void {
    const { id } = frame.header
    if (id === undefined) this.onMessage(frame.header)
    else this.#waiting.get(id)?.onFrame(frame)
  }

  #send(header: Header, body?: Uint8Array): void {
    this.#socket.write(encodeFrame(header, body))
  }

  /** One request, one answer. Rejects with KernelError. */
  call(op: string, fields: Record<string, unknown> = {}, body?: Uint8Array): Promise<Frame> {
    const id = this.#nextId++
    return new Promise((resolve, reject) => {
      const end = () => this.#waiting.delete(id)
      this.#waiting.set(id, {
        onFrame: frame => {
          end()
          const { error } = frame.header
          if (isError(error)) reject(new KernelError(error.code, error.message))
          else resolve(frame)
        },
        fail: error => {
          end()
          reject(error)
        },
      })
      if (this.#socket.destroyed)
        return this.#waiting.get(id)?.fail(new KernelError('ECONNRESET', 'the sandbox ended'))
      this.#send({ ...fields, id, op }, body)
    })
  }

  /** Runs a program; output goes to `onOutput` as it comes. Rejects with KernelError ENOENT for an unknown program. */
  run(request: RunRequest): Promise<{ exit: number | null; signal?: string }> {
    const id = this.#nextId++
    return new Promise((resolve, reject) => {
      const onAbort = () => this.#send({ id, op: 'kill' })
      const end = () => {
        this.#waiting.delete(id)
        request.signal?.removeEventListener('abort', onAbort)
      }
      this.#waiting.set(id, {
        onFrame: ({ header, body }) => {
          if (header.started === true) request.onStart?.()
          else if (header.wants === 'stdin') void this.#feed(id, request.stdin)
          else if (header.output === 'stdout' || header.output === 'stderr')
            request.onOutput(header.output, body)
          if (!header.done) return
          end()
          if (isError(header.error)) reject(new KernelError(header.error.code, header.error.message))
          else
            resolve({
              exit: typeof header.exit === 'number' ? header.exit : null,
              ...(typeof header.signal === 'string' ? { signal: header.signal } : {}),
            })
        },
        fail: error => {
          end()
          reject(error)
        },
      })
      if (this.#socket.destroyed)
        return this.#waiting.get(id)?.fail(new KernelError('ECONNRESET', 'the sandbox ended'))
      this.#send({ id, op: 'run', argv: request.argv, cwd: request.cwd, env: request.env })
      if (request.signal?.aborted) onAbort()
      else request.signal?.addEventListener('abort', onAbort, { once: true })
    })
  }

  async #feed(id: number, stdin: RunRequest['stdin']): Promise<void> {
    if (typeof stdin === 'string') this.#send({ id, op: 'stdin' }, Buffer.from(stdin))
    else if (stdin) {
      for await (const part of stdin) {
        if (!this.#waiting.has(id)) return
        this.#send({ id, op: 'stdin' }, part)
      }
    }
    if (this.#waiting.has(id)) this.#send({ id, op: 'stdin', end: true })
  }

  /** Opens `/dev/zvol/NAME` (KernelError ENOENT, EACCES for a readonly one). */
  async openVolume(machinePath: string, mode: 'read' | 'write'): Promise<Volume> {
    const { header } = await this.call('volume.open', { path: machinePath, mode })
    const handle = Number(header.handle)
    return {
      sizeBytes: Number(header.sizeBytes),
      volblocksize: Number(header.volblocksize),
      read: async (at, bytes) => (await this.call('volume.read', { handle, at, bytes })).body,
      write: async (at, bytes) => void (await this.call('volume.write', { handle, at }, bytes)),
      flush: async () => void (await this.call('volume.flush', { handle })),
      close: async () => void (await this.call('volume.close', { handle })),
    }
  }

  /** The real file behind a path of the machine (disk images, ISOs, sockets). */
  async resolve(machinePath: string): Promise<string> {
    return String((await this.call('resolve', { path: machinePath })).header.path)
  }

  /** Puts this process into the machine's process table until the connection closes; again = update. */
  async register(facts: ProcessFacts): Promise<void> {
    await this.call('process.register', facts)
  }

  /** Makes `/dev/vmm/NAME` (KernelError EEXIST); it stays when the process goes, as on FreeBSD. */
  async createVmm(name: string, facts: { cpus: number; memoryBytes: number; pid: number }): Promise<void> {
    await this.call('vmm.create', { name, ...facts })
  }

  /** What a boot loader leaves: `/dev/vmm/NAME` with a filled memory. KernelError EBUSY. */
  async loadVmm(name: string, memoryBytes: number): Promise<void> {
    await this.call('vmm.load', { name, memoryBytes })
  }

  /** Runs what a loader has left. KernelError ENOENT, EBUSY, ENXIO (it has run already), EINVAL (memory of another size). */
  async takeVmm(name: string, facts: { cpus: number; memoryBytes: number; pid: number }): Promise<void> {
    await this.call('vmm.take', { name, ...facts })
  }

  async destroyVmm(name: string): Promise<void> {
    await this.call('vmm.destroy', { name })
  }

  /** Opens a tap for this process (KernelError ENOENT, EBUSY); closed with the connection. */
  async openTap(name: string, pid: number): Promise<void> {
    await this.call('tap.open', { name, pid })
  }

  close(): void {
    this.#socket.end()
  }
}

function isError(error: unknown): error is { code: string; message: string } {
  return typeof error === 'object' && error !== null && 'code' in error && 'message' in error
}
