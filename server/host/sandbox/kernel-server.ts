/** The kernel's socket: one connection a client, many requests at once on it. */
import { existsSync, rmSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import * as z from 'zod/mini'
import type { Kernel } from './kernel.ts'
import { encodeFrame, type Frame, FrameReader, type Header, KernelError, kernelSocket } from './protocol.ts'
import {
  listDirectory,
  makeDirectory,
  readPiece,
  readText,
  removeFile,
  renameFile,
  statFile,
  writePiece,
  writeText,
} from './store-files.ts'
import {
  closeVolume,
  flushVolume,
  openVolume,
  readVolume,
  type VolumeHandle,
  writeVolume,
} from './store-volume.ts'

const Pathed = z.object({ path: z.string() })
const Run = z.object({
  argv: z.array(z.string()).check(z.minLength(1)),
  cwd: z.optional(z.string()),
  env: z.optional(z.record(z.string(), z.string())),
})
const Write = z.object({ path: z.string(), mode: z.optional(z.number()) })
const Piece = z.object({ path: z.string(), at: z.number(), bytes: z.optional(z.number()) })
const Rename = z.object({ path: z.string(), to: z.string() })
const Open = z.object({ path: z.string(), mode: z.enum(['read', 'write']) })
const At = z.object({ handle: z.number(), at: z.number(), bytes: z.optional(z.number()) })
const Handle = z.object({ handle: z.number() })
const Register = z.object({
  pid: z.number(),
  ppid: z.optional(z.number()),
  argv: z.array(z.string()),
  title: z.string(),
  vm: z.optional(z.nullable(z.string())),
  rssBytes: z.optional(z.number()),
})
const Vmm = z.object({
  name: z.string(),
  cpus: z.number(),
  memoryBytes: z.number(),
  pid: z.number(),
})
const Loaded = z.object({ name: z.string(), memoryBytes: z.number() })
const Named = z.object({ name: z.string() })
const Tap = z.object({ name: z.string(), pid: z.number() })

export type KernelServer = {
  /** Open connections. */
  connections: () => number
  close: () => Promise<void>
}

/** Listens for clients. Rejects when another kernel holds the socket. */
export async function serveKernel(kernel: Kernel): Promise<KernelServer> {
  const file = kernelSocket(kernel.world.dir)
  const clients = new Set<Client>()
  const server = createServer(socket => {
    const client = new Client(kernel, socket)
    clients.add(client)
    socket.once('close', () => {
      clients.delete(client)
      client.gone()
    })
  })
  kernel.world.tell = (pid, message) => {
    const found = [...clients].find(client => client.pid === pid)
    found?.send({ ...message })
    return found !== undefined
  }
  if (existsSync(file)) rmSync(file)
  await listen(server, file)
  return {
    connections: () => clients.size,
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve())
        for (const client of clients) client.close()
      }),
  }
}

function listen(server: Server, file: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(file, () => resolve())
  })
}

type Running = { abort: AbortController; feed: (part: Uint8Array | null) => void }

/** One connection: its programs, its open volumes, the process it speaks for. */
class Client {
  readonly #kernel: Kernel
  readonly #socket: Socket
  readonly #reader = new FrameReader()
  readonly #running = new Map<number, Running>()
  readonly #volumes = new Map<number, VolumeHandle>()
  #nextHandle = 1
  pid: number | null = null

  constructor(kernel: Kernel, socket: Socket) {
    this.#kernel = kernel
    this.#socket = socket
    socket.on('error', () => {})
    socket.on('data', part => {
      try {
        for (const frame of this.#reader.push(part)) this.#take(frame)
      } catch {
        socket.destroy()
      }
    })
  }

  send(header: Header, body?: Uint8Array): boolean {
    return !this.#socket.destroyed && this.#socket.write(encodeFrame(header, body))
  }

  close(): void {
    this.#socket.destroy()
  }

  /** The connection ended: what it held is released. */
  gone(): void {
    for (const { abort } of this.#running.values()) abort.abort()
    for (const volume of this.#volumes.values()) closeVolume(this.#kernel.world, volume)
    if (this.pid !== null) endProcess(this.#kernel, this.pid)
  }

  #take({ header, body }: Frame): void {
    const { id, op } = header
    if (id === undefined || op === undefined) return
    if (op === 'run') void this.#run(id, header)
    else if (op === 'stdin') this.#running.get(id)?.feed(header.end === true ? null : body)
    else if (op === 'kill') this.#running.get(id)?.abort.abort()
    else this.#answer(id, op, header, body)
  }

  #answer(id: number, op: string, header: Header, body: Uint8Array): void {
    try {
      const answer = this.#call(op, header, body)
      if (answer instanceof Uint8Array) this.send({ id, done: true }, answer)
      else this.send({ ...answer, id, done: true })
    } catch (error) {
      this.send({ id, done: true, error: told(error) })
    }
  }

  #call(op: string, header: Header, body: Uint8Array): Header | Uint8Array {
    const { world } = this.#kernel
    switch (op) {
      case 'file.read':
        return Buffer.from(readText(world, Pathed.parse(header).path))
      case 'file.write': {
        const { path, mode } = Write.parse(header)
        writeText(world, path, Buffer.from(body).toString(), mode ?? 0o644)
        return {}
      }
      case 'file.list':
        return { entries: listDirectory(world, Pathed.parse(header).path) }
      case 'file.stat':
        return { entry: statFile(world, Pathed.parse(header).path) }
      case 'file.remove':
        removeFile(world, Pathed.parse(header).path)
        return {}
      case 'file.mkdir':
        makeDirectory(world, Pathed.parse(header).path)
        return {}
      case 'file.readBytes': {
        const { path, at, bytes } = Piece.parse(header)
        return readPiece(world, path, at, bytes ?? 0)
      }
      case 'file.writeBytes': {
        const { path, at } = Piece.parse(header)
        writePiece(world, path, at, body)
        return {}
      }
      case 'file.rename': {
        const { path, to } = Rename.parse(header)
        renameFile(world, path, to)
        return {}
      }
      case 'resolve':
        return { path: world.resolve(Pathed.parse(header).path) }
      case 'volume.open': {
        const { path, mode } = Open.parse(header)
        const volume = openVolume(world, path, mode)
        const handle = this.#nextHandle++
        this.#volumes.set(handle, volume)
        return { handle, sizeBytes: volume.sizeBytes, volblocksize: volume.volblocksize }
      }
      case 'volume.read': {
        const { handle, at, bytes } = At.parse(header)
        return readVolume(world, this.#volume(handle), at, bytes ?? 0)
      }
      case 'volume.write': {
        const { handle, at } = At.parse(header)
        writeVolume(world, this.#volume(handle), at, body)
        return {}
      }
      case 'volume.flush':
        flushVolume(world, this.#volume(Handle.parse(header).handle))
        return {}
      case 'volume.close': {
        const { handle } = Handle.parse(header)
        closeVolume(world, this.#volume(handle))
        this.#volumes.delete(handle)
        return {}
      }
      default:
        return this.#machine(op, header)
    }
  }

  #machine(op: string, header: Header): Header {
    const { world } = this.#kernel
    const { state } = world
    switch (op) {
      case 'process.register': {
        const facts = Register.parse(header)
        const before = state.processes[String(facts.pid)]
        state.processes[String(facts.pid)] = {
          pid: facts.pid,
          ppid: facts.ppid ?? before?.ppid ?? 1,
          argv: facts.argv,
          title: facts.title,
          startedAt: before?.startedAt ?? world.now(),
          rssBytes: facts.rssBytes ?? before?.rssBytes ?? 0,
          vm: facts.vm ?? null,
          real: true,
        }
        this.pid = facts.pid
        world.changed()
        return {}
      }
      case 'vmm.create': {
        const { name, cpus, memoryBytes, pid } = Vmm.parse(header)
        // One that nobody runs is taken over and begins anew, as bhyve does with a bootrom.
        if (Object.hasOwn(state.vmm, name) && state.vmm[name]?.pid !== null)
          throw new KernelError('EEXIST', `${name}: File exists`)
        state.vmm[name] = { name, pid, cpus, memoryBytes, createdAt: world.now() }
        world.changed()
        return {}
      }
      case 'vmm.load': {
        const { name, memoryBytes } = Loaded.parse(header)
        if (Object.hasOwn(state.vmm, name) && state.vmm[name]?.pid !== null)
          throw new KernelError('EBUSY', `${name}: Device busy`)
        state.vmm[name] = { name, pid: null, cpus: 1, memoryBytes, createdAt: world.now(), loaded: true }
        world.changed()
        return {}
      }
      case 'vmm.take': {
        const { name, cpus, memoryBytes, pid } = Vmm.parse(header)
        const machine = Object.hasOwn(state.vmm, name) ? state.vmm[name] : undefined
        if (!machine) throw new KernelError('ENOENT', `${name}: No such file or directory`)
        if (machine.pid !== null) throw new KernelError('EBUSY', `${name}: Device busy`)
        if (!machine.loaded) throw new KernelError('ENXIO', `${name}: Device not configured`)
        if (machine.memoryBytes !== memoryBytes) throw new KernelError('EINVAL', `${name}: Invalid argument`)
        state.vmm[name] = { ...machine, pid, cpus, loaded: false }
        world.changed()
        return {}
      }
      case 'vmm.destroy': {
        const { name } = Named.parse(header)
        if (!Object.hasOwn(state.vmm, name))
          throw new KernelError('ENOENT', `${name}: No such file or directory`)
        delete state.vmm[name]
        world.changed()
        return {}
      }
      case 'tap.open': {
        const { name, pid } = Tap.parse(header)
        const tap = state.interfaces[name]
        if (tap?.type !== 'tap') throw new KernelError('ENOENT', `${name}: No such file or directory`)
        if (tap.openedBy !== null && tap.openedBy !== pid)
          throw new KernelError('EBUSY', `${name}: Device busy`)
        // bhyve brings it up itself (net_backends.c, tap_init), whatever net.link.tap.up_on_open says.
        Object.assign(tap, { openedBy: pid, up: true })
        world.changed()
        return {}
      }
      default:
        throw new KernelError('ENOSYS', `${op}: no such call`)
    }
  }

  #volume(handle: number): VolumeHandle {
    const volume = this.#volumes.get(handle)
    if (!volume) throw new KernelError('EBADF', `handle ${handle} is not open`)
    return volume
  }

  async #run(id: number, header: Header): Promise<void> {
    const asked = Run.safeParse(header)
    if (!asked.success)
      return void this.send({ id, done: true, error: { code: 'EINVAL', message: 'no argv' } })
    const stdin = new Feed(() => this.send({ id, wants: 'stdin' }))
    const running: Running = { abort: new AbortController(), feed: part => stdin.push(part) }
    this.#running.set(id, running)
    try {
      const { argv, cwd, env } = asked.data
      const ended = await this.#kernel.run({
        argv,
        ...(cwd === undefined ? {} : { cwd: this.#kernel.world.unresolve(cwd) }),
        ...(env === undefined ? {} : { env }),
        stdin,
        signal: running.abort.signal,
        onStart: () => void this.send({ id, started: true }),
        onOutput: async (which, bytes) => {
          if (!this.send({ id, output: which }, bytes)) await this.#drained()
        },
      })
      this.send({ id, done: true, ...ended })
    } catch (error) {
      this.send({ id, done: true, error: told(error) })
    } finally {
      this.#running.delete(id)
    }
  }

  #drained(): Promise<void> {
    if (this.#socket.destroyed) return Promise.resolve()
    return new Promise(resolve => {
      const end = () => {
        this.#socket.off('drain', end)
        this.#socket.off('close', end)
        resolve()
      }
      this.#socket.once('drain', end)
      this.#socket.once('close', end)
    })
  }
}

/** Standard input of a program: asked for from the client at the first look. */
class Feed implements AsyncIterable<Uint8Array> {
  readonly #ask: () => void
  #asked = false
  #parts: (Uint8Array | null)[] = []
  #wake: () => void = () => {}

  constructor(ask: () => void) {
    this.#ask = ask
  }

  push(part: Uint8Array | null): void {
    this.#parts.push(part)
    this.#wake()
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    if (!this.#asked) this.#ask()
    this.#asked = true
    for (;;) {
      const part = this.#parts.shift()
      if (part === null) return
      if (part) yield part
      else
        await new Promise<void>(resolve => {
          this.#wake = resolve
        })
    }
  }
}

/** A process is gone: its taps are free; its vmm object stays, as on FreeBSD. */
function endProcess(kernel: Kernel, pid: number): void {
  const { state } = kernel.world
  delete state.processes[String(pid)]
  for (const tap of Object.values(state.interfaces)) {
    if (tap.openedBy === pid) Object.assign(tap, { openedBy: null, up: false })
  }
  for (const guest of Object.values(state.vmm)) {
    if (guest.pid === pid) guest.pid = null
  }
  kernel.world.changed()
}

function told(error: unknown): { code: string; message: string } {
  if (error instanceof KernelError) return { code: error.code, message: error.message }
  return { code: 'EIO', message: error instanceof Error ? error.message : String(error) }
}
