/** How many programs run at once over one connection: sshd(8) allows MaxSessions of them, 10 when nobody set it. */
import { setTimeout as pause } from 'node:timers/promises'
import type { Client, ClientChannel } from 'ssh2'
import { AppError } from '../../errors.ts'
import type { RunResult } from '../host.ts'
import type { Connection } from './connection.ts'
import { COMMAND } from './script.ts'

/** Two fewer than sshd's default, which leaves room for sftp. */
const AT_FIRST = 8
/** How often a session is asked for that sshd refuses though none is open, and how long after. */
const MOST_ALONE = 5
const PAUSE_MS = 50
/** Below this, what stays open for long gets a connection of its own. */
const FEW = 3

type Waiting = { go: () => void }
type Ended = Pick<RunResult, 'exit' | 'signal'>

/** A shell that waits for its script, and how it ends. A shell that reads nothing may end as soon as it is there. */
export type Session = { channel: ClientChannel; end: Promise<Ended | 'cut off'> }

/** A queue in front of the machine's sessions; learns from sshd how many there may be. */
export class Sessions {
  readonly #connection: Connection
  readonly #waiting: Waiting[] = []
  #limit = AT_FIRST
  /** Those that have begun to ask for a session, and not ended. */
  #open = 0
  /** Sessions that sshd granted and that are open now, and how often it has granted one. */
  #granted = 0
  #grants = 0
  #givesBack: () => Promise<boolean> = () => Promise.resolve(false)

  constructor(connection: Connection) {
    this.#connection = connection
  }

  /** Whether sshd allows so few that a stream would leave no room for anything else. */
  get scarce(): boolean {
    return this.#limit < FEW
  }

  /** Whether the next one would wait. */
  get full(): boolean {
    return this.#open >= this.#limit
  }

  /** Who holds a session that is not counted here gives it back when there are few; resolves to whether it had one. */
  whenScarce(givesBack: () => Promise<boolean>): void {
    this.#givesBack = givesBack
  }

  /** Starts the shell that waits for its script, as soon as there is room. AppError `unreachable`; the signal's reason when it gave up waiting. */
  async exec(signal: AbortSignal): Promise<Session> {
    for (let alone = 0; ; ) {
      await this.#enter(signal)
      let isOpen = false
      const grants = this.#grants
      try {
        const client = await this.#connection.client()
        signal.throwIfAborted()
        const session = await open(client)
        const { channel } = session
        isOpen = true
        this.#granted++
        this.#grants++
        channel.once('close', () => {
          this.#granted--
          this.#leave()
        })
        if (!signal.aborted) return session
        letGo(channel)
        throw signal.reason
      } catch (error) {
        if (!(error instanceof SessionRefused)) throw error
        // As many as are open now are all there may be.
        this.#limit = Math.max(1, this.#granted)
        const wasBusy = this.#granted > 0 || this.#grants !== grants
        if ((await this.#givesBack()) || wasBusy) continue
        // sshd may be a moment behind with a session that has ended; one that refuses on and on refuses for good.
        if (++alone > MOST_ALONE) throw refusedForGood(error)
        await pause(PAUSE_MS * alone, undefined, { signal })
      } finally {
        if (!isOpen) this.#leave()
      }
    }
  }

  #enter(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    if (this.#open < this.#limit) {
      this.#open++
      return Promise.resolve()
    }
    return new Promise((resolve, reject) => {
      const waiting: Waiting = {
        go: () => {
          signal.removeEventListener('abort', giveUp)
          this.#open++
          resolve()
        },
      }
      const giveUp = () => {
        this.#waiting.splice(this.#waiting.indexOf(waiting), 1)
        reject(signal.reason)
      }
      signal.addEventListener('abort', giveUp, { once: true })
      this.#waiting.push(waiting)
    })
  }

  #leave(): void {
    this.#open--
    if (this.#open < this.#limit) this.#waiting.shift()?.go()
  }
}

/** Ends a channel that nobody reads any more: what is unread would keep it from closing. */
export function letGo(channel: ClientChannel): void {
  channel.on('error', () => undefined)
  channel.end()
  channel.close()
  channel.resume()
  channel.stderr.resume()
}

/** How long output may still come after the program itself has ended (a child of it may hold the pipe open). */
const DRAIN_MS = 1_000

/** How a channel ended: the program's status, or `cut off` when the connection went first. */
function endOf(channel: ClientChannel): Promise<Ended | 'cut off'> {
  return new Promise(resolve => {
    let ended: Ended | 'cut off' = 'cut off'
    let drain: NodeJS.Timeout | undefined
    channel.once('exit', (exit: number | null, signal?: string) => {
      ended = exit === null && signal !== undefined ? { exit, signal } : { exit }
      drain = setTimeout(() => {
        resolve(ended)
        letGo(channel)
      }, DRAIN_MS)
    })
    channel.once('close', () => {
      clearTimeout(drain)
      resolve(ended)
    })
  })
}

class SessionRefused extends Error {}

function refusedForGood(error: SessionRefused): AppError {
  return new AppError('unreachable', 'The machine’s sshd opens no session for a program.', {
    stderr: error.message,
    next: 'Look at MaxSessions in /etc/ssh/sshd_config there.',
  })
}

function open(client: Client): Promise<Session> {
  return new Promise((resolve, reject) => {
    const gone = () =>
      reject(new AppError('unreachable', 'The connection was lost before the program began.'))
    client.once('close', gone)
    client.exec(COMMAND, (error, channel) => {
      client.off('close', gone)
      if (error) reject(/open fail/i.test(error.message) ? new SessionRefused(error.message) : error)
      // Listened to at once: sshd may tell of the end in the packets behind its consent.
      else resolve({ channel, end: endOf(channel) })
    })
  })
}
