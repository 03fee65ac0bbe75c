/** One connection to one machine: made when it is needed, shared by everybody, made anew when it broke. */
import ssh2, { type Client, type ConnectConfig, type ServerHostKeyAlgorithm } from 'ssh2'
import { AppError } from '../../errors.ts'
import type { SshAddress } from '../ssh-address.ts'
import { asksMore, connectError, hasNoSuchKey, keyChanged } from './errors.ts'
import { fingerprintOf, HOST_KEY_ALGORITHMS, keyTypeOf, readIdentity, type SshIdentity } from './keys.ts'

const CONNECT_MS = 10_000
/** A machine that says nothing to three questions in a row is gone. */
const KEEP_ALIVE_MS = 3_000
const MOST_UNANSWERED = 3
const FIRST_PAUSE_MS = 250
const LONGEST_PAUSE_MS = 15_000

/** How long a machine is waited for. */
type Patience = {
  /** Until it is connected, signed in and all. */
  connectMs: number
  /** Between two questions whether it is still there. */
  keepAliveMs: number
}

export type ConnectionSettings = { address: SshAddress; hostKey: string; identity: SshIdentity }

function config(settings: ConnectionSettings, patience: Patience): ConnectConfig {
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
    readyTimeout: patience.connectMs,
    keepaliveInterval: patience.keepAliveMs,
    keepaliveCountMax: MOST_UNANSWERED,
    ...(identity.kind === 'file' ? { privateKey: readIdentity(identity.path) } : {}),
    ...(identity.kind === 'agent' && agent ? { agent } : {}),
    // PAM asks by keyboard-interactive where sshd takes no plain password.
    ...(identity.kind === 'password' ? { password: identity.password, tryKeyboard: true } : {}),
  }
}

/** The machine shows a key that is not the pinned one. */
class OtherKey extends Error {
  readonly type: string
  readonly fingerprint: string

  constructor(blob: Buffer) {
    super('another host key')
    this.type = keyTypeOf(blob)
    this.fingerprint = fingerprintOf(blob)
  }
}

/**
 * Connects. A machine has a key of each type, and shows the first type of the client's list that it has: one that was given
 * another type still has the pinned key, and shows it when the other type is not asked for. `knownType` is asked for first.
 * AppError `unreachable` with the reason, `invalid` for a key that cannot be used.
 */
async function connectPinned(
  settings: ConnectionSettings,
  patience: Patience,
  knownType: string | null,
): Promise<{ client: Client; type: string }> {
  const { address, hostKey, identity } = settings
  const types = [...HOST_KEY_ALGORITHMS].sort(([a], [b]) => Number(b === knownType) - Number(a === knownType))
  const left = new Map(types)
  let first: OtherKey | null = null
  for (;;) {
    try {
      return await connectOnce(settings, patience, [...left.values()].flat())
    } catch (error) {
      const isOther = error instanceof OtherKey
      if (isOther) first ??= error
      const hasMore = isOther && left.delete(error.type) && left.size > 0
      if (hasMore) continue
      if (first && (isOther || hasNoSuchKey(error))) throw keyChanged(address, hostKey, first.fingerprint)
      throw connectError(error, address, identity.kind === 'password')
    }
  }
}

/** Rejects with OtherKey, or with what ssh2 says. */
function connectOnce(
  settings: ConnectionSettings,
  patience: Patience,
  serverHostKey: readonly ServerHostKeyAlgorithm[],
): Promise<{ client: Client; type: string }> {
  const { address, hostKey, identity } = settings
  return new Promise((resolve, reject) => {
    const client = new ssh2.Client()
    let type = ''
    let answered = false
    const fail = (error: unknown) => {
      client.destroy()
      reject(error)
    }
    client.on('error', fail)
    client.once('close', () => fail(new Error('the connection was closed')))
    client.on('keyboard-interactive', (_name, _instructions, _language, prompts, finish) => {
      const [prompt, ...more] = prompts
      // PAM also asks for codes and new passwords, and a machine may ask anything: the password is for its own question.
      const isForPassword = prompt?.echo !== true && more.length === 0 && !answered
      if (!prompt) finish([])
      else if (identity.kind === 'password' && isForPassword) {
        answered = true
        finish([identity.password])
      } else fail(asksMore(address, (prompts.find(each => each.echo) ?? prompts.at(-1))?.prompt ?? ''))
    })
    client.once('ready', () => {
      client.setNoDelay(true)
      resolve({ client, type })
    })
    client.connect({
      ...config(settings, patience),
      algorithms: { serverHostKey: [...serverHostKey] },
      hostVerifier: (blob: Buffer) => {
        type = keyTypeOf(blob)
        if (fingerprintOf(blob) === hostKey) return true
        reject(new OtherKey(blob))
        return false
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
  readonly #patience: Patience
  readonly #lost = new Set<() => void>()
  /** Of the pinned key, once it was seen. */
  #type: string | null = null
  #coming: Promise<Client> | null = null
  #failure: { error: unknown; until: number } | null = null
  #pauseMs = FIRST_PAUSE_MS
  #closed = false

  constructor(settings: ConnectionSettings, { connectMs, keepAliveMs }: Partial<Patience> = {}) {
    this.#settings = settings
    this.#patience = { connectMs: connectMs ?? CONNECT_MS, keepAliveMs: keepAliveMs ?? KEEP_ALIVE_MS }
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
    const coming = this.#connect()
    this.#coming = coming
    coming.then(
      client => this.#arrived(coming, client),
      error => this.#failed(coming, error),
    )
    return coming
  }

  async #connect(): Promise<Client> {
    const { client, type } = await connectPinned(this.#settings, this.#patience, this.#type)
    this.#type = type
    return client
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
