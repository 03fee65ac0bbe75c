/** Plays daemon(8), as far as rc.d/skep asks for it. */
import { spawn } from 'node:child_process'
import { closeSync, existsSync, openSync, rmSync, writeFileSync } from 'node:fs'
import { userInfo } from 'node:os'
import { parseArgs } from 'node:util'

/** Nobody waits for real ones. */
const SECOND_MS = 10

const text = { type: 'string' }
const flag = { type: 'boolean', default: false }
const { values, positionals } = parseArgs({
  options: {
    pidfile: { ...text, short: 'P' },
    delay: { ...text, short: 'R' },
    title: { ...text, short: 't' },
    user: { ...text, short: 'u' },
    output: { ...text, short: 'o' },
    reopen: { ...flag, short: 'H' },
    supervise: flag,
  },
  allowPositionals: true,
})

if (!values.supervise) {
  const argv = process.argv.slice(2)
  const end = argv.indexOf(positionals[0])
  // The words behind the command's name are its own.
  const supervisor = [process.argv[1], ...argv.slice(0, end), '--supervise', '--', ...argv.slice(end)]
  const child = spawn(process.execPath, supervisor, {
    detached: true,
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  })
  // It says so when its pid file stands.
  child.once('message', () => process.exit(0))
  child.once('exit', code => process.exit(code ?? 1))
} else {
  const { pidfile, output } = values
  if (values.user !== userInfo().username) throw new Error(`this stand-in runs nothing as ${values.user}`)
  let log = openSync(output, 'a', 0o600)
  let ending = false
  let child
  const start = () => {
    const piped = ['ignore', 'pipe', 'pipe']
    child = spawn(positionals[0], positionals.slice(1), { stdio: piped })
    for (const stream of [child.stdout, child.stderr]) stream.on('data', bytes => writeFileSync(log, bytes))
    child.on('close', () => {
      if (!ending) return setTimeout(start, Number(values.delay) * SECOND_MS)
      rmSync(pidfile)
      process.exit(0)
    })
  }
  process.on('SIGTERM', () => {
    ending = true
    child.kill('SIGTERM')
  })
  process.on('SIGHUP', () => {
    if (!values.reopen) process.exit(1)
    closeSync(log)
    log = openSync(output, 'a', 0o600)
  })
  // flock(2) on FreeBSD; here only one script at a time starts it.
  if (existsSync(pidfile)) throw new Error('process already running')
  start()
  writeFileSync(pidfile, String(process.pid))
  process.send('up')
  process.disconnect()
}
