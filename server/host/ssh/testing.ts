/** A real sshd(8) on the loopback interface, with keys and settings of its own. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import net from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { type SshOptions, type SshSettings, sshHost } from '../ssh.ts'
import { fingerprintOf, newKeyPair } from './keys.ts'

const SSHD = ['/usr/sbin/sshd', '/usr/local/sbin/sshd'].find(existsSync)

export type TestSshd = Awaited<ReturnType<typeof startSshd>>

/**
 * A port that was free a moment ago. It lies below the ports that Linux gives to outgoing connections
 * (ip_local_port_range, from 32768 on), or one of those could take it while sshd is stopped for a test.
 */
async function freePort(): Promise<number> {
  for (let tried = 0; tried < 50; tried++) {
    const port = randomInt(20_000, 32_768)
    if (await isFree(port)) return port
  }
  throw new Error('no free port between 20000 and 32768')
}

function isFree(port: number): Promise<boolean> {
  return new Promise(resolve => {
    const server = net.createServer()
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
}

/** Every process below `pid`, children first. sshd makes one or two for each connection. */
function below(pid: number): number[] {
  const parents = new Map<number, number>()
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue
    try {
      const text = readFileSync(`/proc/${name}/stat`, 'utf8')
      // Behind the name, which may hold blanks and brackets: state and parent (proc_pid_stat(5)).
      parents.set(Number(name), Number(text.slice(text.lastIndexOf(')') + 2).split(' ')[1]))
    } catch {
      // Gone meanwhile.
    }
  }
  const of = (parent: number): number[] =>
    [...parents].filter(([, above]) => above === parent).flatMap(([child]) => [...of(child), child])
  return of(pid)
}

function signalAll(pids: readonly number[], signal: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, signal)
    } catch {
      // Gone meanwhile.
    }
  }
}

/** `extra` are lines of sshd_config(5). */
export async function startSshd(extra: readonly string[] = []) {
  if (!SSHD) throw new Error('These tests need OpenSSH’s sshd: apt-get install openssh-server')
  const dir = mkdtempSync(path.join(os.tmpdir(), 'skep-sshd-'))
  const file = (name: string) => path.join(dir, name)
  const port = await freePort()
  const newKey = (name: string) => {
    const pair = newKeyPair('test')
    writeFileSync(file(name), pair.private, { mode: 0o600 })
    writeFileSync(file(`${name}.pub`), `${pair.public}\n`)
    return pair.public
  }
  const hostPublic = newKey('host')
  writeFileSync(file('authorized_keys'), `${newKey('client')}\n`, { mode: 0o600 })
  writeFileSync(
    file('config'),
    [
      `Port ${port}`,
      'ListenAddress 127.0.0.1',
      `HostKey ${file('host')}`,
      `AuthorizedKeysFile ${file('authorized_keys')}`,
      'StrictModes no',
      'UsePAM no',
      'PasswordAuthentication no',
      'PermitRootLogin yes',
      `PidFile ${file('pid')}`,
      // bash(1) reads ~/.bashrc for a command of sshd's, unless it is no outermost shell: what stands there is not ours.
      'SetEnv SHLVL=1 ENV=/dev/null',
      ...(extra.some(line => line.startsWith('Subsystem')) ? [] : ['Subsystem sftp internal-sftp']),
      ...extra,
      '',
    ].join('\n'),
  )
  // Debian's sshd wants its directory of privilege separation.
  mkdirSync('/run/sshd', { recursive: true })

  let child: ChildProcess | null = null
  /**
   * A process that the stopped listener had just forked for a connection can hold the port for another moment: sshd is
   * then started again, as a service would be.
   */
  async function start(): Promise<void> {
    const until = Date.now() + 10_000
    for (;;) {
      const refused = await listen()
      if (refused === null) return
      if (!refused.includes('Address already in use') || Date.now() > until)
        throw new Error(`sshd does not listen: ${refused}`)
      await pause(50)
    }
  }

  /** Resolves to null when it listens, to what it said when it ended instead. */
  function listen(): Promise<string | null> {
    const own = spawn(SSHD ?? '', ['-D', '-e', '-f', file('config')], { stdio: ['ignore', 'ignore', 'pipe'] })
    child = own
    return new Promise(resolve => {
      let said = ''
      own.once('close', () => resolve(said))
      own.stderr.on('data', chunk => {
        said += chunk
        if (said.includes('Server listening on 127.0.0.1')) resolve(null)
      })
    })
  }
  const pid = () => child?.pid ?? 0
  const sessions = () => below(pid())

  /** Ends the listener; connections go on, as with a restart of the service. */
  async function stopListening(): Promise<void> {
    const own = child
    child = null
    if (!own || own.exitCode !== null) return
    await new Promise(resolve => {
      own.once('exit', resolve)
      own.kill('SIGTERM')
    })
  }
  await start()

  const settings: SshSettings = {
    id: 'other',
    address: { user: os.userInfo().username, host: '127.0.0.1', port },
    hostKey: fingerprintOf(Buffer.from(hostPublic.split(' ')[1] ?? '', 'base64')),
    identity: { kind: 'file', path: file('client') },
    privilege: 'none',
  }
  return {
    dir,
    port,
    settings,
    start,
    stopListening,
    /** The host behind it. */
    host: (change: Partial<SshSettings> = {}, options: SshOptions = {}) =>
      sshHost({ ...settings, ...change }, options),
    /** Cuts every connection as a router that loses its mind would: the processes of sshd are gone. */
    cut: () =>
      signalAll(
        sessions().filter(each => nameOf(each).startsWith('sshd')),
        'SIGKILL',
      ),
    /** Takes everything down: the listener and every connection. */
    async stop() {
      const all = sessions().filter(each => nameOf(each).startsWith('sshd'))
      await stopListening()
      signalAll(all, 'SIGKILL')
    },
    freeze: () => signalAll([pid(), ...sessions()], 'SIGSTOP'),
    thaw: () => signalAll([...sessions(), pid()], 'SIGCONT'),
    /** What runs below sshd now, by name. */
    programs: () =>
      sessions()
        .map(nameOf)
        .filter(name => !name.startsWith('sshd')),
    /** Another key, as of a machine that was installed anew. */
    newHostKey: () => newKey('host'),
    fingerprintByKeygen: () =>
      execFileSync('ssh-keygen', ['-lf', file('host.pub')], { encoding: 'utf8' }).split(' ')[1] ?? '',
    async dispose() {
      signalAll([...sessions(), pid()], 'SIGCONT')
      const all = sessions()
      await stopListening()
      signalAll(all, 'SIGKILL')
      rmSync(dir, { recursive: true, force: true })
    },
  }
}

function nameOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim()
  } catch {
    return ''
  }
}
