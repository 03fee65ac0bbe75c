/** Terminal devices of a host, as `Host.connect` is asked for them: a guest's nmdm(4), held by a program of the host. */
import { Duplex, type Readable, type Writable } from 'node:stream'
import { AppError } from '../errors.ts'
import type { HostSocket } from './host.ts'
import { isPrivilegeRefused, type Privilege } from './privilege.ts'
import { HELD, HOLDS, TAKEN, typedLine } from './terminal-script.ts'

const DEADLINE_MS = 10_000
/** Well below what a pipe takes without anybody reading it, four characters a byte. */
const MOST_AT_ONCE_BYTES = 512
const MOST_WORDS = 64 * 1024

/** The device that is asked for; null for a port or a socket. */
export function terminalOf(target: { port: number } | { path: string }): string | null {
  return 'path' in target && target.path.startsWith('/dev/') ? target.path : null
}

/** `OPEN` of terminal-script.ts, running somewhere. */
export type Holder = {
  input: Writable
  output: Readable
  errors: Readable
  /** How it ended, `cut off` when the connection to it did. Never rejects. */
  ended: Promise<number | null | 'cut off'>
  /** Lets it end: nobody listens any more. */
  letGo(): void
}

/** The device as a stream, as soon as it is held. AppError `in_use` with who has it, `not_found`, `denied`, `timeout`. */
export function openTerminal(
  holder: Holder,
  options: { device: string; privilege: Privilege; timeoutMs?: number },
): Promise<HostSocket> {
  const { device, privilege, timeoutMs = DEADLINE_MS } = options
  return new Promise((resolve, reject) => {
    const terminal = new Terminal(holder, resolve)
    const deadline = setTimeout(() => {
      terminal.destroy(
        new AppError('timeout', `${device} could not be opened within ${timeoutMs / 1000} s.`, {
          next: 'Somebody waits for the other end of it, most likely: fstat shows who.',
        }),
      )
    }, timeoutMs)
    terminal.once('open', () => clearTimeout(deadline))
    terminal.once('error', reject)
    terminal.once('close', () => clearTimeout(deadline))
    holder.ended.then(exit => terminal.destroy(reasonOf(exit, terminal.words, device, privilege)))
  })
}

class Terminal extends Duplex {
  readonly #holder: Holder
  /** What came before the device's own bytes; null behind them. */
  #before: Buffer | null = Buffer.alloc(0)
  #taken: (() => void) | null = null
  words = ''

  constructor(holder: Holder, opened: (terminal: Terminal) => void) {
    super()
    this.#holder = holder
    // Whoever has the stream listens as well; nobody has it yet.
    this.on('error', () => undefined)
    const { input, output, errors } = holder
    for (const each of [input, output, errors]) each.on('error', () => undefined)
    errors.on('data', (bytes: Buffer) => this.#told(bytes.toString()))
    output.on('data', (bytes: Buffer) => {
      if (this.#before === null) return this.#heard(bytes)
      const all = Buffer.concat([this.#before, bytes])
      const at = all.indexOf(`${HOLDS}\n`)
      if (at < 0) {
        this.#before = all.subarray(-MOST_WORDS)
        return
      }
      this.#before = null
      this.emit('open')
      opened(this)
      this.#heard(all.subarray(at + HOLDS.length + 1))
    })
  }

  #heard(bytes: Buffer): void {
    if (bytes.length > 0 && !this.push(bytes)) this.#holder.output.pause()
  }

  #told(text: string): void {
    const lines = `${this.words}${text}`.split('\n')
    const taken = lines.filter(line => line === TAKEN).length
    this.words = lines
      .filter(line => line !== TAKEN)
      .join('\n')
      .slice(-MOST_WORDS)
    if (taken === 0) return
    const next = this.#taken
    this.#taken = null
    next?.()
  }

  override _read(): void {
    this.#holder.output.resume()
  }

  override _write(bytes: Buffer, _encoding: BufferEncoding, done: () => void): void {
    const send = (rest: Buffer): void => {
      this.#taken = rest.length > MOST_AT_ONCE_BYTES ? () => send(rest.subarray(MOST_AT_ONCE_BYTES)) : done
      this.#holder.input.write(typedLine(rest.subarray(0, MOST_AT_ONCE_BYTES)))
    }
    send(bytes)
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#taken = null
    this.#holder.letGo()
    done(error)
  }
}

/** Why a device is not held, or no longer. */
function reasonOf(
  exit: number | null | 'cut off',
  words: string,
  device: string,
  privilege: Privilege,
): AppError {
  const detail = { stderr: words }
  const [, pid, user, command] = HELD.exec(words) ?? []
  if (pid !== undefined) {
    const by = `${user} has ${device} open in a terminal of the host: “${command}”, process ${pid}.`
    return new AppError('in_use', `${by} Skep takes it back when that ends.`, detail)
  }
  if (exit === 'cut off')
    return new AppError('unreachable', 'The connection to the machine was lost.', detail)
  if (exit !== null && isPrivilegeRefused(privilege, exit, words)) {
    const next = 'Skep holds serial ports through /bin/sh as root: allow that, or let it be root.'
    return new AppError('denied', `${privilege} does not let this account hold ${device}.`, {
      ...detail,
      next,
    })
  }
  if (/already locked/.test(words))
    return new AppError('in_use', `Another Skep holds ${device}: one at a time can.`, detail)
  if (/No such file|Device not configured/.test(words))
    return new AppError('not_found', `There is no ${device}: nmdm(4) is not loaded (kldload nmdm).`, detail)
  if (/Permission denied|Operation not permitted/.test(words))
    return new AppError('denied', `The host does not permit Skep to open ${device}.`, detail)
  if (/not found$/m.test(words))
    return new AppError('unsupported', `The host lacks a program to hold ${device}: ${words.trim()}.`, detail)
  return new AppError('unreachable', `${device} was closed by the host.`, detail)
}
