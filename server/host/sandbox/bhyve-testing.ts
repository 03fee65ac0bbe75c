/** Real guests for tests: `bhyve` of a sandbox as a shell would start it, and a viewer on its screen. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { PRACTICE_SCREEN } from './engine/practice.ts'
import { Viewer, type ViewerOptions } from './engine/testing.ts'
import { portSocket } from './protocol.ts'
import type { TestHost } from './testing.ts'

const ROM = '/usr/local/share/uefi-firmware/BHYVE_UEFI.fd'
const FIRST_PORT = 5961

export type Guest = {
  child: ChildProcess
  port: number
  /** The unix socket of its screen. */
  socket: string
  stderr: () => string
  ended: Promise<{ exit: number | null; signal: string | null }>
  /** A viewer; waits until the screen listens. */
  view: (options?: ViewerOptions) => Promise<Viewer>
}

export class Guests {
  readonly #host: TestHost
  readonly #running = new Set<ChildProcess>()
  #nextPort = FIRST_PORT

  constructor(host: TestHost) {
    this.#host = host
    this.file(ROM, Buffer.alloc(8192))
  }

  /** Puts bytes at a path of the machine; returns the path. */
  file(machinePath: string, bytes: Buffer): string {
    const real = this.#host.world.resolve(machinePath)
    mkdirSync(path.dirname(real), { recursive: true })
    writeFileSync(real, bytes)
    return machinePath
  }

  /** A disk image that begins with these bytes. */
  disk(name: string, bytes: Buffer): string {
    return this.file(`/vm/${name}.img`, Buffer.concat([bytes, Buffer.alloc(2 << 20)]))
  }

  /** `devices` are words for -s; `fbuf` and `rom` are added to those of the frame buffer and the firmware. */
  start(name: string, devices: string[], fbuf = '', port = this.#nextPort++, rom = ''): Guest {
    const slots = ['0,hostbridge', ...devices, `29,fbuf,tcp=127.0.0.1:${port}${fbuf}`, '31,lpc']
    const lpc = ['-l', `bootrom,${ROM}${rom}`, '-l', `com1,/dev/nmdm-${name}.1A`]
    const words = ['-H', '-m', '64M', ...slots.flatMap(slot => ['-s', slot]), ...lpc, name]
    const child = spawn(path.join(this.#host.dir, 'bin', 'bhyve'), words, {
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    this.#running.add(child)
    let stderr = ''
    child.stderr?.on('data', data => {
      stderr += data
    })
    const ended = once(child, 'close').then(([exit, signal]) => {
      this.#running.delete(child)
      return { exit, signal }
    })
    const socket = portSocket(this.#host.dir, port)
    return { child, port, socket, stderr: () => stderr, ended, view: options => connect(socket, options) }
  }

  /** Ends what still runs. */
  kill(): void {
    for (const child of this.#running) child.kill('SIGKILL')
  }
}

/** Tries again while nothing listens; what the server itself refuses is passed on. */
async function connect(socket: string, options?: ViewerOptions): Promise<Viewer> {
  const deadline = performance.now() + 20_000
  for (;;) {
    const viewer = await Viewer.connect(socket, options).catch((error: Error) => error)
    if (viewer instanceof Viewer) return viewer
    if (viewer.message !== 'closed' || performance.now() > deadline) throw viewer
    await new Promise(resolve => setTimeout(resolve, 25))
  }
}

/** Resolves when the practice guest has drawn its picture and waits for keys. */
export async function picture(viewer: Viewer): Promise<void> {
  const { keys, width } = PRACTICE_SCREEN
  const { area } = keys
  const drawn = () => {
    for (let y = area.y; y < area.y + area.height; y++)
      for (let x = area.x; x < area.x + area.width; x++) if (viewer.at(x, y) === keys.colour) return true
    return false
  }
  await viewer.until(() => viewer.width === width && drawn(), 'the picture of the practice guest')
}
