/** The machine as the bhyve process of a sandbox sees it: files, zvols, taps, and unix sockets in place of ports and ttys. */
import { rmSync } from 'node:fs'
import { access, constants, stat } from 'node:fs/promises'
import { createServer, type Socket } from 'node:net'
import path from 'node:path'
import { BhyveExit } from '../bhyve/config.ts'
import type { HostFacts, PathFacts } from './bhyve-init-device.ts'
import { type Backing, openFile } from './engine/disk.ts'
import { NMDM, reach } from './nmdm.ts'
import { isReserved } from './pciconf.ts'
import { type KernelClient, KernelError, pathSocket, portSocket } from './protocol.ts'

const ZVOL = '/dev/zvol/'

/** A sick program of the machine must not keep a guest from starting. */
const ASK_MS = 1000

/** bhyve's words, by what the kernel says of the machine a loader should have left. */
const WHY_NOT_TAKEN: Record<string, string> = {
  ENOENT: 'bhyve: no bootrom was configured',
  ENXIO: 'vm_run error -1, errno 6',
  EINVAL: 'Unable to setup memory (22)',
}

export type SerialPort = { write: (byte: number) => void; close: () => void }

export class BhyveHost implements HostFacts {
  readonly kernel: KernelClient
  /** Major version of the userland: 14, 15. */
  userland = 14
  maxCpus = 16

  readonly #dir: string
  readonly #volumes = new Map<string, Backing>()

  constructor(dir: string, kernel: KernelClient) {
    this.#dir = dir
    this.kernel = kernel
  }

  /** Asks the machine for what decides how bhyve behaves. */
  async learn(): Promise<void> {
    this.userland = Number.parseInt(await this.#ask(['freebsd-version', '-u']), 10) || this.userland
    this.maxCpus = Number.parseInt(await this.#ask(['sysctl', '-n', 'hw.vmm.maxcpu']), 10) || this.maxCpus
  }

  /** The real file; a relative path counts from where this process was started. */
  async realPath(machinePath: string): Promise<string> {
    return machinePath.startsWith('/') ? await this.kernel.resolve(machinePath) : path.resolve(machinePath)
  }

  async stat(machinePath: string): Promise<PathFacts> {
    if (NMDM.test(machinePath)) return { kind: 'tty', sizeBytes: 0, writable: true }
    if (machinePath.startsWith(ZVOL)) {
      const volume = await this.#volume(machinePath)
      return { kind: 'file', sizeBytes: volume.sizeBytes, writable: !volume.readOnly }
    }
    const real = await this.realPath(machinePath)
    const found = await stat(real)
    const writable = await access(real, constants.W_OK).then(
      () => true,
      () => false,
    )
    return { kind: found.isDirectory() ? 'directory' : 'file', sizeBytes: found.size, writable }
  }

  async openTap(name: string): Promise<boolean> {
    return await this.kernel.openTap(name, process.pid).then(
      () => true,
      () => false,
    )
  }

  /** One left behind by a process that is gone is taken over, as with a bootrom on FreeBSD. */
  async createVm(name: string, cpus: number, memoryBytes: number): Promise<void> {
    try {
      await this.kernel.createVmm(name, { cpus, memoryBytes, pid: process.pid })
    } catch (error) {
      if (!(error instanceof KernelError)) throw error
      throw new BhyveExit(
        4,
        error.code === 'EEXIST' ? 'vm_reinit: Device busy' : `vm_create: ${error.message}`,
      )
    }
  }

  async takeVm(name: string, cpus: number, memoryBytes: number): Promise<void> {
    try {
      await this.kernel.takeVmm(name, { cpus, memoryBytes, pid: process.pid })
    } catch (error) {
      if (!(error instanceof KernelError)) throw error
      throw new BhyveExit(4, WHY_NOT_TAKEN[error.code] ?? `vm_open: ${error.message}`)
    }
  }

  hasPpt(device: string): boolean {
    return isReserved(device)
  }

  /** The bytes of a disk that `stat` found. */
  async open(machinePath: string, readOnly: boolean): Promise<Backing> {
    if (machinePath.startsWith(ZVOL)) {
      const volume = await this.#volume(machinePath)
      return readOnly ? { ...volume, readOnly: true } : volume
    }
    return await openFile(await this.realPath(machinePath), readOnly)
  }

  /** The unix socket that stands for a port. Exit 4 when another process listens there; a dead one's is removed. */
  async freePort(port: number): Promise<string> {
    const socket = portSocket(this.#dir, port)
    if (await answers(socket))
      throw new BhyveExit(
        4,
        'bind: Address already in use\nDevice emulation initialization error: Address already in use',
      )
    rmSync(socket, { force: true })
    return socket
  }

  /** The first serial port: standard streams, the B end of a null modem, or a port. Output nobody reads is lost. */
  async serial(backend: string | null, onInput: (bytes: Uint8Array) => void): Promise<SerialPort> {
    if (backend === null) return { write: () => {}, close: () => {} }
    if (backend === 'stdio') {
      process.stdin.on('data', onInput)
      return { write: byte => void process.stdout.write(Buffer.from([byte])), close: () => {} }
    }
    const port = /^tcp=.*:(\d+)$/.exec(backend)?.[1]
    const socket =
      port === undefined
        ? pathSocket(this.#dir, backend.replace(/A$/, 'B'))
        : portSocket(this.#dir, Number(port))
    rmSync(socket, { force: true })
    const waiting = NMDM.test(backend) ? await reach(pathSocket(this.#dir, backend)) : null
    return await serialOn(socket, onInput, waiting)
  }

  async #volume(machinePath: string): Promise<Backing> {
    const open = this.#volumes.get(machinePath)
    if (open) return open
    let readOnly = false
    const volume = await this.kernel.openVolume(machinePath, 'write').catch(async (error: unknown) => {
      if (!(error instanceof KernelError) || error.code !== 'EACCES') throw error
      readOnly = true
      return await this.kernel.openVolume(machinePath, 'read')
    })
    const backing: Backing = {
      sizeBytes: volume.sizeBytes,
      readOnly,
      read: (at, bytes) => volume.read(at, bytes),
      write: (at, bytes) => volume.write(at, bytes),
    }
    this.#volumes.set(machinePath, backing)
    return backing
  }

  /** Standard output of a program of the machine; '' when it is not there or fails. */
  async #ask(argv: string[]): Promise<string> {
    const parts: Uint8Array[] = []
    await this.kernel
      .run({
        argv,
        signal: AbortSignal.timeout(ASK_MS),
        onOutput: (which, bytes) => void (which === 'stdout' && parts.push(bytes)),
      })
      .catch(() => {})
    return Buffer.concat(parts).toString()
  }
}

async function answers(socket: string): Promise<boolean> {
  const connection = await reach(socket)
  connection?.destroy()
  return connection !== null
}

/** `waiting`: who had the other end open before the guest was there. */
async function serialOn(
  socket: string,
  onInput: (bytes: Uint8Array) => void,
  waiting: Socket | null,
): Promise<SerialPort> {
  const peers = new Set<Socket>()
  const plug = (peer: Socket) => {
    peers.add(peer)
    peer.on('data', onInput)
    peer.on('error', () => peer.destroy())
    peer.on('close', () => peers.delete(peer))
  }
  const server = createServer(plug)
  if (waiting) plug(waiting)
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(socket, resolve)
  })
  return {
    write: byte => {
      for (const peer of peers) peer.write(Buffer.from([byte]))
    },
    close: () => {
      server.close()
      for (const peer of peers) peer.destroy()
      rmSync(socket, { force: true })
    },
  }
}
