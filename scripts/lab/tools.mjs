/** The programs of this machine that building and running a laboratory take, all from Debian packages. */
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Program → Debian package that brings it. */
const RUNNING = { 'qemu-system-x86_64': 'qemu-system-x86', zstd: 'zstd' }
const BUILDING = { mmdebstrap: 'mmdebstrap', unshare: 'util-linux', 'ssh-keygen': 'openssh-client' }
const ARCHIVE_KEYS = '/usr/share/keyrings/debian-archive-keyring.gpg'

function find(program) {
  return (process.env.PATH || '')
    .split(':')
    .concat('/usr/sbin', '/sbin')
    .map(directory => join(directory, program))
    .find(path => existsSync(path))
}

function absent(programs) {
  return Object.entries(programs).flatMap(([program, name]) => (find(program) ? [] : [name]))
}

/** Installs what is missing where root on Debian may; throws with a sentence elsewhere. */
export function ensureTools({ building }) {
  const wanted = building ? { ...RUNNING, ...BUILDING } : RUNNING
  const packages = absent(wanted)
  if (building && !existsSync(ARCHIVE_KEYS)) packages.push('debian-archive-keyring')
  if (packages.length > 0) {
    if (!existsSync('/usr/bin/apt-get') || process.getuid?.() !== 0)
      throw new Error(
        `the laboratory needs ${packages.join(', ')}: on Debian, apt-get install ${packages.join(' ')}. It can be built and run on Debian (x86-64) only.`,
      )
    console.error(`lab: installing ${packages.join(', ')} with apt-get`)
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
    const stdio = ['ignore', 2, 2]
    spawnSync('apt-get', ['update', '-qq'], { stdio, env })
    spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages], { stdio, env })
    const left = absent(wanted)
    if (left.length > 0) throw new Error(`apt-get could not install ${left.join(', ')}; see above.`)
  }
  if (building && process.getuid?.() !== 0)
    throw new Error('building the image needs root (it makes a Debian root directory); starting it does not.')
}

/** The Debian archive this very machine is installed from. */
export function debianMirror() {
  if (process.env.SKEP_LAB_MIRROR) return process.env.SKEP_LAB_MIRROR
  const directory = '/etc/apt/sources.list.d'
  const files = existsSync(directory) ? readdirSync(directory).map(name => join(directory, name)) : []
  for (const file of [...files, '/etc/apt/sources.list']) {
    if (!existsSync(file)) continue
    const text = readFileSync(file, 'utf8')
    const found =
      /^URIs:\s*(\S*\/debian)\/?\s*$/m.exec(text) ?? /^deb\s+(?:\[[^\]]*\]\s+)?(\S*\/debian)\/?\s/m.exec(text)
    if (found) return found[1]
  }
  throw new Error('which Debian archive to take packages from is not known; set SKEP_LAB_MIRROR to it.')
}

/** A line of apt's sources for one suite of the archive. */
export function source(mirror, suite) {
  return `deb [signed-by=${ARCHIVE_KEYS}] ${mirror} ${suite} main contrib`
}

/** Runs a program; its output goes to a log file, whose end is shown when the program fails. */
export function must(argv, { log, input, stdout } = {}) {
  const [program = '', ...rest] = argv
  const done = spawnSync(find(program) ?? program, rest, {
    input,
    stdio: [input === undefined ? 'ignore' : 'pipe', stdout ?? log ?? 'pipe', log ?? 'pipe'],
    maxBuffer: 2 ** 26,
    env: { ...process.env, LC_ALL: 'C', DEBIAN_FRONTEND: 'noninteractive' },
  })
  if (done.status === 0) return done.stdout?.toString() ?? ''
  const why = done.error?.message ?? (done.signal ? `ended by ${done.signal}` : `ended with ${done.status}`)
  throw new Error(`${program} ${why}${done.stderr ? `: ${done.stderr.toString().trim()}` : ''}`)
}
