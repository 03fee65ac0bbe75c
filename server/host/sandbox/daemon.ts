/** daemon(8): starts a real, detached process of the computer whose PATH begins with the machine's programs. */
import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { getopt, type Options } from './getopt.ts'
import { fail, ok, type Program } from './programs.ts'
import { isAlive, type World } from './world.ts'

const USAGE =
  'usage: daemon [-cfHrS] [-p child_pidfile] [-P supervisor_pidfile]\n              [-u user] [-o output_file] [-M output_file_mode] [-t title]\n              [-l syslog_facility] [-s syslog_priority]\n              [-T syslog_tag] [-m output_mask] [-R restart_delay_secs]\n              [-C restart_count]\ncommand arguments ...\n'

/** `$0` is the delay or `once`, `$1` the child's pid file or empty; the command follows. TERM goes on to the child. */
const SUPERVISOR = `
delay=$0 pidfile=$1; shift
trap 'delay=once; kill -TERM $child 2>/dev/null' TERM
while :; do
  "$@" & child=$!
  [ -z "$pidfile" ] || echo $child > "$pidfile"
  while kill -0 $child 2>/dev/null; do wait $child; done
  [ "$delay" = once ] && break
  sleep "$delay"
done
[ -z "$pidfile" ] || rm -f "$pidfile"
`

export const daemon: Program = (world, argv, io) => {
  const options = getopt(argv.slice(1), 'cfHrSp:P:u:o:M:t:l:s:T:m:R:C:')
  if ('bad' in options) return fail(1, `daemon: illegal option -- ${options.bad}\n${USAGE}`)
  const [command, ...words] = options.operands
  if (command === undefined) return fail(1, USAGE)
  const locate = (file: string | null) => (file === null ? null : path.posix.resolve(io.cwd, file))
  const childFile = locate(options.value('p'))
  const supervisorFile = locate(options.value('P'))
  for (const file of [childFile, supervisorFile]) {
    const running = file === null ? null : livingPid(world, file)
    if (running !== null) return fail(3, `daemon: process already running, pid: ${running}\n`)
    if (file !== null && !existsSync(path.dirname(world.resolve(file))))
      return fail(2, `daemon: ppidfile \`\`${file}'': No such file or directory\n`)
  }
  const own = [command, ...words]
  const real = own.map(word => toReal(world, word))
  const delay = options.value('R') ?? (options.has('r') ? '1' : null)
  const supervised = delay !== null || supervisorFile !== null
  const launched = supervised
    ? [
        '/bin/sh',
        '-c',
        SUPERVISOR,
        delay ?? 'once',
        childFile === null ? '' : world.resolve(childFile),
        ...real,
      ]
    : real
  const child = launch(world, launched, options, io.cwd)
  if (child.pid === undefined) return ok()
  const title = options.value('t')
  register(
    world,
    child,
    supervised ? ['daemon', ...own] : own,
    title ?? (supervised ? `daemon: ${own.join(' ')}` : ''),
  )
  if (supervisorFile !== null) keepPid(world, supervisorFile, child)
  else if (childFile !== null && !supervised) keepPid(world, childFile, child)
  return ok()
}

function livingPid(world: World, file: string): number | null {
  const real = world.resolve(file)
  if (!existsSync(real)) return null
  const pid = Number(readFileSync(real, 'utf8'))
  return pid > 1 && isAlive(pid) ? pid : null
}

/** A word that names a file of the machine becomes the real file's path: only then can a real process open it. */
function toReal(world: World, word: string): string {
  if (!word.startsWith('/')) return word
  const real = world.resolve(word)
  return existsSync(real) ? real : word
}

function launch(world: World, argv: string[], options: Options, cwd: string): ChildProcess {
  const [command = '', ...words] = argv
  const output = options.value('o')
  const log = output === null ? null : openLog(world, path.posix.resolve(cwd, output))
  const directory = world.resolve(options.has('c') ? '/' : cwd)
  const bin = path.join(world.dir, 'bin')
  const child = spawn(
    existsSync(path.join(bin, command)) && !command.includes('/') ? path.join(bin, command) : command,
    words,
    {
      cwd: existsSync(directory) ? directory : path.join(world.dir, 'root'),
      detached: true,
      stdio: ['ignore', log ?? 'ignore', log ?? 'ignore'],
      env: {
        PATH: `${bin}:/usr/bin:/bin`,
        LC_ALL: 'C',
        HOME: path.join(world.dir, 'root'),
        SKEP_SANDBOX: world.dir,
        NODE_ENV: 'production',
      },
    },
  )
  child.on('error', () => {})
  child.unref()
  if (log !== null) closeSync(log)
  return child
}

function openLog(world: World, file: string): number {
  const real = world.resolve(file)
  mkdirSync(path.dirname(real), { recursive: true })
  return openSync(real, 'a', 0o600)
}

function register(world: World, child: ChildProcess, argv: string[], title: string): void {
  const pid = child.pid
  if (pid === undefined) return
  world.state.processes[String(pid)] = {
    pid,
    ppid: 1,
    argv,
    title,
    startedAt: world.now(),
    rssBytes: 0,
    vm: null,
    real: true,
  }
  world.changed()
  child.once('exit', () => {
    delete world.state.processes[String(pid)]
    world.changed()
  })
}

function keepPid(world: World, file: string, child: ChildProcess): void {
  const real = world.resolve(file)
  writeFileSync(real, String(child.pid), { mode: 0o600 })
  child.once('exit', () => rmSync(real, { force: true }))
}
