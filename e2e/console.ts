import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { existsSync, mkdtempSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { openHost } from '../scripts/lab/host.ts'
import type { Host } from '../server/host/host.ts'
import { sandboxHost } from '../server/host/sandbox/adapter.ts'
import { makeWorld, removeWorld } from './world.ts'

const run = promisify(execFile)
const root = fileURLToPath(new URL('..', import.meta.url))
const node = process.env.SKEP_NODE ?? process.execPath

/** A real host to run the storage specs on, `ssh://…`, and the key to it; without, each console has a sandbox of its own. */
const HOST = process.env.HOST || null
const IDENTITY = process.env.HOST_IDENTITY || ''

export const ADMIN = { name: 'admin', password: 'a hive made of straw' }

/** A Skep of its own with a sandbox host of its own, as `npm run demo` starts them; or on the host of `HOST`. */
export class Console {
  readonly state = mkdtempSync(join(tmpdir(), 'skep-e2e-'))
  readonly sandbox = join(this.state, 'sandbox')
  readonly address = HOST ?? `sandbox:${this.sandbox}`
  #child: ChildProcess | null = null
  #port = 0
  #door: Promise<Host> | null = null
  /** The line that the console printed: address and, at first, the set-up link. */
  welcome = ''

  get url(): string {
    return `http://127.0.0.1:${this.#port}`
  }

  /** The console's process. */
  get pid(): number {
    return this.#child?.pid ?? 0
  }

  /** Makes on a real host what a sandbox is born with. */
  async prepare(): Promise<void> {
    if (HOST) await this.door(makeWorld)
  }

  /** Starts it (again): the port stays the same, so that open pages find it. */
  async start(): Promise<void> {
    const child = spawn(node, ['--disable-warning=ExperimentalWarning', join(root, 'server/main.ts')], {
      cwd: root,
      env: {
        ...process.env,
        NODE_ENV: 'production',
        PORT: String(this.#port),
        SKEP_STATE: this.state,
        SKEP_HOST: this.address,
        SKEP_SSH_IDENTITY: IDENTITY,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.#child = child
    let errors = ''
    child.stderr.on('data', chunk => {
      errors += chunk
    })
    this.welcome = await new Promise<string>((resolve, reject) => {
      let output = ''
      child.stdout.on('data', chunk => {
        output += chunk
        const line = output.split('\n').find(each => each.startsWith('Skep: '))
        if (line) resolve(line)
      })
      child.once('exit', status =>
        reject(new Error(`the console ended with ${status}: ${errors.slice(-2000)}`)),
      )
    })
    const port = /:(\d+)/.exec(this.welcome.replace('Skep: http', ''))?.[1]
    if (!port) throw new Error(`no port in: ${this.welcome}`)
    this.#port = Number(port)
    // The machine begins with the first who asks it something; only then its programs are on its PATH.
    await this.door(host => host.run(['uname']))
  }

  /** Ends the process: in order, or at once as a crash would (SIGKILL). */
  async end(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
    const child = this.#child
    this.#child = null
    if (!child || child.exitCode !== null) return
    const gone = new Promise(resolve => child.once('exit', resolve))
    child.kill(signal)
    await gone
  }

  /** Runs a command on the host itself, past the console. Rejects when it fails. */
  async host(...argv: string[]): Promise<string> {
    const { exit, stdout, stderr } = await this.door(host => host.run(argv))
    if (exit !== 0) throw new Error(`${argv.join(' ')} ended with ${exit}: ${stderr}`)
    return stdout
  }

  /** The same as a person in a terminal would: by the executable on the machine's PATH. */
  async terminal(...argv: string[]): Promise<string> {
    if (HOST) return this.host(...argv)
    const [program = '', ...rest] = argv
    const { stdout } = await run(join(this.sandbox, 'bin', program), rest, {
      maxBuffer: 64 * 2 ** 20,
      encoding: 'utf8',
    })
    return stdout
  }

  /** The same for programs whose output is bytes. */
  async hostBytes(...argv: string[]): Promise<Buffer> {
    // By that door output is text; what the specs write is ASCII.
    if (HOST) return Buffer.from(await this.host(...argv))
    const [program = '', ...rest] = argv
    const { stdout } = await run(join(this.sandbox, 'bin', program), rest, {
      maxBuffer: 64 * 2 ** 20,
      encoding: 'buffer',
    })
    return stdout
  }

  /** A file of the host, as text. */
  file(path: string): Promise<string> {
    return this.door(host => host.read(path))
  }

  /** Looks at the host through a door of our own, beside the console's. */
  async door<Seen>(look: (host: Host) => Promise<Seen>): Promise<Seen> {
    if (HOST) {
      this.#door ??= openHost(HOST, IDENTITY)
      return look(await this.#door)
    }
    const host = sandboxHost(this.sandbox)
    try {
      return await look(host)
    } finally {
      await host.close()
    }
  }

  /** Waits until the nodes of zvols are where their names say: on Linux udev puts them there after zfs has ended. */
  async settle(): Promise<void> {
    if (HOST) await this.door(host => host.run(['udevadm', 'settle'])).catch(() => undefined)
  }

  /** Powers the sandbox host off, or takes the pools off the real one, and removes everything. */
  async dispose(): Promise<void> {
    await this.end()
    if (HOST) {
      await this.door(removeWorld)
      await (await this.#door)?.close()
    } else await this.host('shutdown', '-p', 'now').catch(() => '')
    // Giving up its lock is the kernel's last act; what its guests still write goes with a further round. A removal
    // whose entries vanish meanwhile may stop half way without a word, so what counts is whether anything is left.
    const deadline = Date.now() + 20_000
    while (existsSync(join(this.sandbox, 'kernel.pid')) && Date.now() < deadline) await pause(20)
    while (existsSync(this.state)) {
      await rm(this.state, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })
      if (Date.now() > deadline) throw new Error(`something still writes in ${this.state}`)
    }
  }
}
