/** Runs the console in the foreground: its output is ours, a signal to us is one to it, and so is the end. */
import { spawn } from 'node:child_process'
import { homedir } from 'node:os'
import { join } from 'node:path'

/** The directory of the practice machine: beside the database of the same console. */
export function sandboxAddress() {
  return `sandbox:${join(process.env.SKEP_STATE || join(homedir(), '.skep'), 'sandbox')}`
}

/** Where Node keeps what it has compiled: with it a start takes half the time. It checks by itself what is still good. */
export function compileCache(root) {
  return join(root, 'node_modules/.cache/skep-compile')
}

export function launch(root, node, env) {
  // node:sqlite is no experiment for us: the version is chosen by setup.mjs.
  const child = spawn(node, ['--disable-warning=ExperimentalWarning', join(root, 'server/main.ts')], {
    cwd: root,
    stdio: 'inherit',
    env: {
      NODE_ENV: 'production',
      NEXT_TELEMETRY_DISABLED: '1',
      NODE_COMPILE_CACHE: compileCache(root),
      // A file call that hangs (a suspended pool) keeps a thread for ever; with Node's four nobody could sign in soon.
      UV_THREADPOOL_SIZE: '32',
      ...process.env,
      ...env,
    },
  })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.on('error', error => {
    console.error(`skep: ${node} did not start: ${error.message}`)
    process.exitCode = 1
  })
  child.on('close', (code, signal) => {
    process.exitCode = code ?? (signal === 'SIGINT' || signal === 'SIGTERM' ? 0 : 1)
    process.exit()
  })
}
