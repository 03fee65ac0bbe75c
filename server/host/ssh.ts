/** The adapter of another machine: everything over one SSH connection. Nothing of Skep is installed there. */
import { AppError } from '../errors.ts'
import type { Host, HostStream, RunOptions, RunResult } from './host.ts'
import { killedWhenLeft, lines, OutputBuffer } from './local/output.ts'
import { type Privilege, throwIfRefused } from './privilege.ts'
import { connectThrough } from './ssh/connect.ts'
import { Connection } from './ssh/connection.ts'
import { cutOff, noShell } from './ssh/errors.ts'
import { createExecute, Deadline, MOST_STDERR_BYTES } from './ssh/execute.ts'
import { filesOf } from './ssh/files.ts'
import type { SshIdentity } from './ssh/keys.ts'
import { BEGUN, BEGUN_AS, NOT_FOUND, NOT_FOUND_STATUS, runScript, streamScript } from './ssh/script.ts'
import { letGo, Sessions } from './ssh/sessions.ts'
import { Terminals } from './ssh/terminals.ts'
import type { SshAddress } from './ssh-address.ts'
import { terminalOf } from './terminal.ts'

export { readHostKey } from './ssh/connection.ts'
export { installKey } from './ssh/install-key.ts'
export { type OwnKey, ownKey, type SshIdentity } from './ssh/keys.ts'

export type SshSettings = {
  /** The host's id, as in URLs. */
  id: string
  address: SshAddress
  /** The pinned host key, as `ssh-keygen -l` prints it: `SHA256:…`. Any other is refused. */
  hostKey: string
  identity: SshIdentity
  /** How programs get the rights they need when the account has not: doas(1) or sudo(8), without a password. */
  privilege: Privilege
}

/** Only tests change these. */
export type SshOptions = {
  /** The directories programs are looked for in. */
  path?: readonly string[]
  /** Ends a flood. */
  mostStdoutBytes?: number
  /** How often a machine that says nothing is asked whether it is there. */
  keepAliveMs?: number
  /** How long connecting may take. */
  connectMs?: number
  /** Where programs lock terminals there. */
  lockDirectory?: string
}

export function sshHost(settings: SshSettings, options: SshOptions = {}): Host {
  const { address } = settings
  const connection = new Connection(settings, options)
  const sessions = new Sessions(connection)
  const how = { privilege: settings.privilege, ...(options.path ? { path: options.path } : {}) }
  const { mostStdoutBytes } = options
  const connect = connectThrough(connection)
  const terminals = new Terminals(() => new Connection(settings, options), how, options.lockDirectory)
  const execute = createExecute({
    sessions,
    address,
    ...how,
    ...(mostStdoutBytes ? { mostStdoutBytes } : {}),
  })

  async function run(argv: readonly string[], runOptions: RunOptions = {}): Promise<RunResult> {
    checkArgv(argv)
    const script = runScript(argv, { ...how, hasStdin: runOptions.stdin !== undefined })
    const ended = await execute(argv, script, runOptions)
    throwIfNotRun(argv, how.privilege, ended.exit, ended.stderr)
    return { ...ended, stdout: ended.stdout.toString() }
  }

  /** Where sshd allows few sessions, one that stays open has a connection to itself. */
  function forStream(): { sessions: Sessions; close: () => void } {
    if (!sessions.scarce) return { sessions, close: () => undefined }
    const own = new Connection(settings, options)
    return { sessions: new Sessions(own), close: () => void own.close() }
  }

  async function stream(
    argv: readonly string[],
    streamOptions: { signal?: AbortSignal } = {},
  ): Promise<HostStream> {
    checkArgv(argv)
    const { signal } = streamOptions
    const deadline = new Deadline(argv, streamOptions)
    const own = forStream()
    try {
      const { channel, end } = await deadline.wait(own.sessions.exec(deadline.signal))
      channel.on('error', () => undefined)
      const stderr = new OutputBuffer(channel.stderr, MOST_STDERR_BYTES)
      // The end of its input is what tells the script that nobody listens any more.
      const kill = () => letGo(channel)
      signal?.addEventListener('abort', kill, { once: true })
      const done = end.then(ended => {
        signal?.removeEventListener('abort', kill)
        own.close()
        const said = stderr.text()
        const begun = BEGUN_AS.exec(said)
        const words = begun ? said.slice(begun.index + begun[0].length) : said
        return ended === 'cut off'
          ? { exit: null, stderr: `${words}${cutOff(argv, address).message}` }
          : { exit: ended.exit, stderr: words }
      })
      channel.write(streamScript(argv, how))
      const printed = lines(channel)[Symbol.asyncIterator]()
      if (!(await deadline.wait(hasBegun(printed), kill))) {
        const { exit, stderr: said } = await done
        throwIfNotRun(argv, how.privilege, exit, said)
        if (exit === null) throw cutOff(argv, address)
        throw noShell(address, said)
      }
      return { lines: killedWhenLeft({ [Symbol.asyncIterator]: () => printed }, kill), done, kill }
    } catch (error) {
      own.close()
      throw error
    } finally {
      deadline.over()
    }
  }

  return {
    id: settings.id,
    kind: 'ssh',
    run,
    stream,
    connect(target, connectOptions) {
      const device = terminalOf(target)
      return device === null ? connect(target, connectOptions) : terminals.open(device)
    },
    ...filesOf({ connection, sessions, execute, ...how }),
    async close() {
      await Promise.all([connection.close(), terminals.close()])
    },
  }
}

/** Reads up to the mark that stands in front of the program's own lines, and sees whether the program is there. */
async function hasBegun(printed: AsyncIterator<string>): Promise<boolean> {
  for (let begun = 0; begun < 2; ) {
    const { value, done } = await printed.next()
    if (done) return false
    if (value === BEGUN) begun++
  }
  return true
}

function checkArgv(argv: readonly string[]): void {
  const detail = { argv: [...argv] }
  if (!/^[A-Za-z0-9_][A-Za-z0-9_.+-]*$/.test(argv[0] ?? '')) {
    throw new AppError('invalid', `“${argv[0] ?? ''}” is not the bare name of a program.`, detail)
  }
  if (argv.some(word => word.includes('\0'))) {
    throw new AppError('invalid', `“${argv[0]}” cannot be given these words: one holds a NUL.`, detail)
  }
}

/** AppError `unsupported` (no such program there), `denied` (sudo or doas did not let it run). */
function throwIfNotRun(
  argv: readonly string[],
  privilege: Privilege,
  exit: number | null,
  stderr: string,
): void {
  const name = argv[0] ?? ''
  if (exit === NOT_FOUND_STATUS && stderr === NOT_FOUND) {
    throw new AppError('unsupported', `The program “${name}” is not installed on this host.`, {
      argv: [...argv],
    })
  }
  throwIfRefused(argv, privilege, { exit, stderr }, 'there')
}
