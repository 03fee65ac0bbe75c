/** One connection to one machine: made when it is needed, shared by everybody, made anew when it broke. */
import ssh2, { type Client, type ConnectConfig } from 'ssh2'
import { AppError } from '../../errors.ts'
import type { SshAddress } from '../ssh-address.ts'
import { connectError, keyChanged } from './errors.ts'
import { fingerprintOf, keyTypeOf, readIdentity, type SshIdentity } from './keys.ts'

const CONNECT_MS = 10_000
/** A machine that says nothing to three questions in a row is gone. */
const KEEP_ALIVE_MS = 3_000
const MOST_UNANSWERED = 3
const FIRST_PAUSE_MS = 250
const LONGEST_PAUSE_MS = 15_000

export type ConnectionSettings = { address: SshAddress; hostKey: string; identity: SshIdentity }

function config(settings: ConnectionSettings, keepAliveMs: number): ConnectConfig {
  const { address, identity } = settings
  const agent = process.env.SSH_AUTH_SOCK
  if (identity.kind === 'agent' && !agent) {
    throw new AppError('invalid', 'There is no agent: SSH_AUTH_SOCK is not set where Skep was started.', {
      field: 'identity',
    })
  }
  return {
    host: address.host,
    port: address.port,
    username: address.user,
    readyTimeout: CONNECT_MS,
    keepaliveInterval: keepAliveMs,
    keepaliveCountMax: MOST_UNANSWERED,
    ...(identity.kind === 'file' ? { privateKey: readIdentity(identity.path) } : {}),
    ...(identity.kind === 'agent' && agent ? { agent } : {}),
    // PAM asks by keyboard-interactive where sshd takes no plain password.
    ...(identity.kind === 'password' ? { password: identity.password, tryKeyboard: true } : {}),
  }
}

/** Connects once. AppError `unreachable` with the reason, `invalid` for a key that cannot be used. */
function connectOnce(settings: ConnectionSettings, keepAliveMs: number): Promise<Client> {
  const { address, hostKey, identity } = settings
  return new Promise((resolve, reject) => {
    const client = new ssh2.Client()
    let shown: string | null = null
    const fail = (error: unknown) => {
      client.destroy()
      reject(
        shown !== null && shown !== hostKey
          ? keyChanged(address, hostKey, shown)
          : connectError(error, address, identity.kind === 'password'),
      )
    }
    client.on('error', fail)
    client.once('close', () => fail(new Error('the connection was closed')))
    client.on('keyboard-interactive', (_name, _instructions, _language, prompts, finish) => {
      finish(prompts.map(() => (identity.kind === 'password' ? identity.password : '')))
    })
    client.once('ready', () => {
      client.setNoDelay(true)
      resolve(client)
    })
    client.connect({
      ...config(settings, keepAliveMs),
      hostVerifier: (blob: Buffer) => {
        shown = fingerprintOf(blob)
        return shown === hostKey
      },
    })
  })
}

/** What the machine shows at first contact; nobody is signed in. AppError `unreachable`. */
export function readHostKey(
  address: SshAddress,
  options: { timeoutMs?: number } = {},
): Promise<{ fingerprint: string; type: string }> {
  return new Promise((resolve, reject) => {
    const client = new ssh2.Client()
    const fail = (error: unknown) => {
      client.destroy()
      reject(connectError(error, address))
    }
    client.on('error', fail)
    client.once('close', () => fail(new Error('the connection was closed')))
    client.connect({
      host: address.host,
      port: address.port,
      username: address.user,
      readyTimeout: options.timeoutMs ?? CONNECT_MS,
      hostVerifier: (blob: Buffer) => {
        resolve({ fingerprint: fingerprintOf(blob), type: keyTypeOf(blob) })
        return false
      },
    })
  })
}

/**
 * The shared connection. Whoever asks while one is being made waits for that one; after a failure nobody tries again
 * before a pause that doubles (with a quarter of chance, so that many consoles do not knock at once), and whoever asks
 * meanwhile is told the last reason at once.
 */
export class Connection {
  readonly #settings: ConnectionSettings
  readonly #keepAliveMs: number
  readonly #lost = new Set<() => void>()
  #coming: Promise<Client> | null = null
  #failure: { error: unknown; until: number } | null = null
  #pauseMs = FIRST_PAUSE_MS
  #closed = false

  constructor(settings: ConnectionSettings, options: { keepAliveMs?: number } = {}) {
    this.#settings = settings
    this.#keepAliveMs = options.keepAliveMs ?? KEEP_ALIVE_MS
  }

  /** Calls back once when the connection that is there now breaks; the returned function forgets it. */
  onLost(listener: () => void): () => void {
    this.#lost.add(listener)
    return () => this.#lost.delete(listener)
  }

  client(): Promise<Client> {
    if (this.#closed)
      return Promise.reject(new AppError('unreachable', 'Skep has closed this machine’s door.'))
    if (this.#coming) return this.#coming
    if (this.#failure && Date.now() < this.#failure.until) return Promise.reject(this.#failure.error)
    const coming = connectOnce(this.#settings, this.#keepAliveMs)
    this.#coming = coming
    coming.then(
      client => this.#arrived(coming, client),
      error => this.#failed(coming, error),
    )
    return coming
  }

  #arrived(coming: Promise<Client>, client: Client): void {
    this.#failure = null
    this.#pauseMs = FIRST_PAUSE_MS
    client.removeAllListeners('error')
    // What broke it is told by `close`, to those who were using it.
    client.on('error', () => client.destroy())
    client.once('close', () => {
      if (this.#coming === coming) this.#coming = null
      const listeners = [...this.#lost]
      this.#lost.clear()
      for (const listener of listeners) listener()
    })
    if (this.#closed) client.end()
  }

  #failed(coming: Promise<Client>, error: unknown): void {
    if (this.#coming === coming) this.#coming = null
    this.#failure = { error, until: Date.now() + this.#pauseMs * (0.75 + Math.random() / 2) }
    this.#pauseMs = Math.min(LONGEST_PAUSE_MS, this.#pauseMs * 2)
  }

  /** Ends it for good, with whatever runs in it. */
  async close(): Promise<void> {
    this.#closed = true
    const client = await this.#coming?.catch(() => null)
    if (!client) return
    const gone = new Promise<void>(resolve => client.once('close', () => resolve()))
    client.end()
    const late = setTimeout(() => client.destroy(), 1000)
    await gone
    clearTimeout(late)
  }
}
