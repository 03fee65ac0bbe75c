#!/usr/bin/env node
/**
 * `npm test`: installs what the tests need, runs every check and suite, and ends with one line
 * `N passed, N failed`. Dependency-free: it runs before anything is installed.
 *
 * `npm test -- unit` (or `check`, `e2e`, `package`) runs only that part.
 * `HOST=ssh://… npm test -- e2e` runs the specs of storage on a real host (docs/lab.md).
 */
import { spawn } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ensureChromium } from './chromium.mjs'
import { installDebianPackages } from './debian.mjs'
import { identityFile } from './lab/build.mjs'
import { ensureNodes } from './package/nodes.mjs'
import { chooseNode, ensureInstalled } from './setup.mjs'

const PARTS = ['check', 'unit', 'e2e', 'package']
/** What does not end by then hangs: several times what it takes on two cores. */
const DEADLINE_MINUTES = { check: 10, unit: 20, e2e: 30, package: 12 }
/** Time to clean up for what is told to end. */
const GRACE_MS = 20_000

const root = fileURLToPath(new URL('..', import.meta.url))
process.chdir(root)
const wanted = process.argv.slice(2)
const unknown = wanted.filter(part => !PARTS.includes(part))
if (unknown.length > 0) {
  console.error(`test: there is no part “${unknown.join(' ')}”; the parts are ${PARTS.join(', ')}.`)
  process.exit(2)
}
const wants = part => wanted.length === 0 || wanted.includes(part)

ensureInstalled(root)
const node = chooseNode(root)
// Every tool below is a Node program: run them all under the chosen Node.
const bin = name => [node, join(root, 'node_modules', '.bin', name)]

const own = mkdtempSync(join(tmpdir(), 'skep-test-'))
const temporary = join(own, 't')
mkdirSync(temporary)
// Some tests work as an account that is not root, on files below it; nobody else may list it.
chmodSync(own, 0o711)
const removeOwn = () => rmSync(own, { recursive: true, force: true, maxRetries: 5 })
process.on('exit', removeOwn)

/** The process group of the tool that runs now: a signal to us is one to all of it. */
let group = null
function end(signal) {
  try {
    if (group) process.kill(-group, signal)
  } catch (error) {
    if (error.code !== 'ESRCH') throw error
  }
}
for (const [signal, number] of [
  ['SIGHUP', 1],
  ['SIGINT', 2],
  ['SIGTERM', 15],
]) {
  process.on(signal, () => {
    end(signal)
    process.exit(128 + number)
  })
}

/** Runs a program to its end, showing its output. Returns its exit status, or null when it hung and was ended. */
function run(argv, { minutes, env = {} }) {
  return new Promise(resolve => {
    const child = spawn(argv[0], argv.slice(1), {
      detached: true,
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { NO_COLOR: '1', ...process.env, TMPDIR: temporary, ...env },
    })
    group = child.pid ?? null
    let hung = false
    let last
    const deadline = setTimeout(() => {
      hung = true
      console.error(`test: this did not end within ${minutes} minutes and is stopped: ${argv.join(' ')}`)
      end('SIGTERM')
      last = setTimeout(end, GRACE_MS, 'SIGKILL')
    }, minutes * 60_000)
    const done = status => {
      clearTimeout(deadline)
      clearTimeout(last)
      // Whatever it left running in its group has no business any more.
      end('SIGKILL')
      group = null
      resolve(hung ? null : status)
    }
    child.on('error', error => {
      console.error(`test: ${argv[0]} did not start: ${error.message}`)
      done(127)
    })
    child.on('exit', (code, signal) => {
      if (signal && !hung) console.error(`test: it was ended by ${signal}: ${argv.join(' ')}`)
      done(code ?? 128)
    })
  })
}

let passed = 0
let failed = 0
const summary = []

function count(name, ok, bad, since, note = '') {
  passed += ok
  failed += bad
  const seconds = Math.round((Date.now() - since) / 1000)
  summary.push(`${bad === 0 ? 'ok  ' : 'FAIL'} ${name}: ${ok} passed, ${bad} failed${note} (${seconds} s)`)
}

/** Programs that tests run against: a real sshd, an account that borrows rights, and what reads manual pages. */
const PROGRAMS = [
  { paths: ['/usr/sbin/sshd', '/usr/local/sbin/sshd'], debian: 'openssh-server', what: 'OpenSSH’s sshd' },
  { paths: ['/usr/bin/sudo', '/usr/local/bin/sudo'], debian: 'sudo', what: 'sudo' },
  { paths: ['/usr/bin/tcsh', '/bin/tcsh'], debian: 'tcsh', what: 'tcsh' },
  { paths: ['/usr/bin/mandoc'], debian: 'mandoc', what: 'mandoc' },
]

/** Installs what is missing where that is possible, and else says what to install. */
function ensurePrograms() {
  const missing = () => PROGRAMS.filter(({ paths }) => !paths.some(path => existsSync(path)))
  const absent = missing()
  if (absent.length === 0) return
  const names = programs => programs.map(({ what }) => what).join(', ')
  installDebianPackages(
    'test',
    names(absent),
    absent.map(({ debian }) => debian),
  )
  const still = missing()
  if (still.length === 0) return
  const packages = still.map(({ debian }) => debian).join(' ')
  console.error(
    `test: tests that need ${names(still)} will fail here. Install them (on Debian: apt-get install ${packages}).`,
  )
}

/** A check is one test: it holds or it does not. */
async function check(name, argv) {
  console.log(`\ntest: ${name}`)
  const since = Date.now()
  const ok = (await run(argv, { minutes: DEADLINE_MINUTES.check })) === 0
  count(name, ok ? 1 : 0, ok ? 0 : 1, since)
  return ok
}

/** A suite reports its own counts as JSON; one that dies without a report has failed as a whole. */
async function suite(name, argv, { minutes, env }, file, read) {
  console.log(`\ntest: ${name}`)
  const since = Date.now()
  const status = await run(argv, { minutes, env })
  let counts = { ok: 0, bad: 0, skipped: 0 }
  try {
    counts = read(JSON.parse(readFileSync(file, 'utf8')))
  } catch (error) {
    console.error(`test: ${name} left no report that can be read: ${error.message}`)
  }
  if (counts.ok + counts.bad === 0) console.error(`test: ${name} ran no test`)
  if (counts.bad === 0 && (status !== 0 || counts.ok === 0)) counts.bad = 1
  count(name, counts.ok, counts.bad, since, counts.skipped > 0 ? `, ${counts.skipped} skipped` : '')
}

/** What vitest's JSON report says. */
function vitestCounts(report) {
  // A file that could not even be read has no test that could fail.
  const unread = report.testResults.filter(
    each => each.status === 'failed' && each.assertionResults.length === 0,
  )
  return {
    ok: report.numPassedTests,
    bad: report.numFailedTests + unread.length,
    skipped: report.numPendingTests + report.numTodoTests,
  }
}

/** Tests remove what they made. */
function checkNothingLeft(part) {
  const left = readdirSync(temporary).filter(name => name.startsWith('skep-'))
  if (left.length > 0) console.error(`test: left behind in the temporary directory: ${left.join(' ')}`)
  count(`nothing left behind (${part})`, left.length === 0 ? 1 : 0, left.length === 0 ? 0 : 1, Date.now())
  for (const name of left) rmSync(join(temporary, name), { recursive: true, force: true, maxRetries: 5 })
}

if (wants('check')) {
  // Next writes types of the routes it built; those of another build than these files are no fault of theirs.
  for (const place of ['.next/types', '.next/dev/types'])
    rmSync(join(root, place), { recursive: true, force: true })
  await check('format and lint (biome)', [...bin('biome'), 'check', '.'])
  await check('types (tsc)', bin('tsc'))
  await check('import rules (dependency-cruiser)', [
    ...bin('depcruise'),
    '--config',
    'scripts/import-rules.cjs',
    'app',
    'components',
    'server',
  ])
  await check('dead code (knip)', [...bin('knip'), '--no-progress'])
}
if (wants('unit') || wants('e2e')) ensurePrograms()
if (wants('unit')) {
  const file = join(own, 'unit.json')
  await suite(
    'unit and contract (vitest)',
    [
      ...bin('vitest'),
      'run',
      '--config',
      'scripts/vitest.config.ts',
      '--silent=passed-only',
      '--reporter=dot',
      '--reporter=json',
      `--outputFile.json=${file}`,
    ],
    { minutes: DEADLINE_MINUTES.unit },
    file,
    vitestCounts,
  )
  checkNothingLeft('unit')
}
if (wants('e2e')) {
  const since = Date.now()
  const chromium = ensureChromium('test')
  const built = chromium !== null && (await check('production build (next)', [node, 'scripts/build.mjs']))
  if (built) {
    const file = join(own, 'e2e.json')
    await suite(
      'end to end (playwright)',
      [...bin('playwright'), 'test', '--config', 'e2e/playwright.config.ts'],
      {
        minutes: DEADLINE_MINUTES.e2e,
        // Playwright's workers are told FORCE_COLOR, and Node warns where both are set.
        env: {
          CHROMIUM: chromium,
          HOST_IDENTITY: process.env.HOST_IDENTITY || identityFile(),
          PLAYWRIGHT_JSON_OUTPUT_FILE: file,
          SKEP_NODE: node,
          NO_COLOR: undefined,
        },
      },
      file,
      report => ({
        ok: report.stats.expected,
        // An error outside of tests, such as a spec that cannot be read, is in no test's count.
        bad: report.stats.unexpected + report.stats.flaky + report.errors.length,
        skipped: report.stats.skipped,
      }),
    )
    checkNothingLeft('e2e')
  } else {
    console.error('test: the e2e specs were not run, which counts as a failure')
    count('end to end (playwright)', 0, 1, since)
  }
}
if (wants('package')) {
  const since = Date.now()
  ensurePrograms()
  const nodes = ensureNodes(root)
  const place = join(own, 'package')
  // The pages are those of the production build above, where that ran.
  const made = nodes !== null && (await check('the package', [node, 'scripts/package.mjs', place]))
  if (made) {
    const tarball = readdirSync(place).find(name => name.endsWith('.tar.gz'))
    const file = join(own, 'package.json')
    await suite(
      'the package, unpacked and run (vitest)',
      [
        ...bin('vitest'),
        'run',
        '--config',
        'scripts/package/vitest.config.ts',
        '--silent=passed-only',
        '--reporter=dot',
        '--reporter=json',
        `--outputFile.json=${file}`,
      ],
      { minutes: DEADLINE_MINUTES.package, env: { PACKAGE: join(place, tarball), ...nodes } },
      file,
      vitestCounts,
    )
    checkNothingLeft('package')
  } else {
    console.error('test: the package was not tried, which counts as a failure')
    count('the package, unpacked and run (vitest)', 0, 1, since)
  }
}

console.log(`\n${summary.join('\n')}\n\n${passed} passed, ${failed} failed`)
process.exitCode = failed === 0 ? 0 : 1
