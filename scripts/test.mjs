#!/usr/bin/env node
/**
 * `npm test`: installs what the tests need, runs every check and suite, and ends with one line
 * `N passed, N failed`. Dependency-free: it runs before anything is installed.
 *
 * `npm test -- unit` (or `check`, `e2e`, `package`, `lab`) runs only that part. `lab` is real OpenZFS (docs/lab.md): a piece
 * of it runs where a laboratory has been built before, all of it with LAB=1, which builds one.
 * `HOST=ssh://… npm test -- e2e` runs the specs of storage on a real host.
 */
import { spawn } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { stripVTControlCharacters } from 'node:util'
import { ensureChromium } from './chromium.mjs'
import { installDebianPackages } from './debian.mjs'
import { borrowLab, labEnv } from './lab/borrow.mjs'
import { hasImage } from './lab/cache.mjs'
import { NEWEST } from './lab/offers.mjs'
import { ensureNodes } from './package/nodes.mjs'
import { chooseNode, ensureInstalled } from './setup.mjs'

const PARTS = ['check', 'unit', 'e2e', 'package', 'lab']
/** What does not end by then hangs: several times what it takes on two cores. */
const DEADLINE_MINUTES = { check: 10, unit: 20, e2e: 30, package: 12, lab: 30 }
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

function count(name, ok, bad, since, note = '', failures = []) {
  passed += ok
  failed += bad
  const seconds = Math.round((Date.now() - since) / 1000)
  summary.push(`${bad === 0 ? 'ok  ' : 'FAIL'} ${name}: ${ok} passed, ${bad} failed${note} (${seconds} s)`)
  for (const { name, why } of failures) summary.push(`     ${name}\n${indented(why)}`)
}

/** As much of a failure as tells one from another, below the line that counts it. */
const LINES_OF_WHY = 8
const indented = why =>
  stripVTControlCharacters(why)
    .split('\n')
    .filter(line => line.trim() !== '')
    .slice(0, LINES_OF_WHY)
    .map(line => `       ${line}`)
    .join('\n')

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
  let counts = { ok: 0, bad: 0, skipped: 0, failures: [] }
  try {
    counts = read(JSON.parse(readFileSync(file, 'utf8')))
  } catch (error) {
    console.error(`test: ${name} left no report that can be read: ${error.message}`)
  }
  if (counts.ok + counts.bad === 0) console.error(`test: ${name} ran no test`)
  if (counts.bad === 0 && (status !== 0 || counts.ok === 0)) counts.bad = 1
  const note = counts.skipped > 0 ? `, ${counts.skipped} skipped` : ''
  count(name, counts.ok, counts.bad, since, note, counts.failures)
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
    failures: [
      ...unread.map(({ name, message }) => ({ name: relative(root, name), why: message })),
      ...report.testResults.flatMap(({ name, assertionResults }) =>
        assertionResults
          .filter(({ status }) => status === 'failed')
          .map(({ fullName, failureMessages }) => ({
            name: `${relative(root, name)} › ${fullName}`,
            why: failureMessages.join('\n'),
          })),
      ),
    ],
  }
}

/** What playwright's JSON report says. A test that passed only when tried again has failed. */
function playwrightCounts(report) {
  const why = tests =>
    tests.flatMap(({ results }) =>
      results.flatMap(({ errors }) => errors.map(({ message }) => message ?? '')),
    )
  const failuresOf = suite => [
    ...(suite.specs ?? [])
      .filter(({ tests }) => tests.some(({ status }) => status === 'unexpected' || status === 'flaky'))
      .map(({ file, line, title, tests }) => ({
        name: `e2e/${file}:${line} › ${title}`,
        why: why(tests).join('\n'),
      })),
    ...(suite.suites ?? []).flatMap(failuresOf),
  ]
  return {
    ok: report.stats.expected,
    // An error outside of tests, such as a spec that cannot be read, is in no test's count.
    bad: report.stats.unexpected + report.stats.flaky + report.errors.length,
    skipped: report.stats.skipped,
    failures: [
      ...report.errors.map(({ message }) => ({ name: 'outside of the tests', why: message ?? '' })),
      ...failuresOf(report),
    ],
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
let pages = null
/** The production build, once. */
const buildPages = () => {
  pages ??= check('production build (next)', [node, 'scripts/build.mjs'])
  return pages
}

/** The specs in a browser; `env` says on which host, `words` which of them. */
async function specs(name, env, words = []) {
  const since = Date.now()
  const chromium = ensureChromium('test')
  if (chromium === null || !(await buildPages())) {
    console.error('test: the e2e specs were not run, which counts as a failure')
    return count(name, 0, 1, since)
  }
  const file = join(own, 'e2e.json')
  rmSync(file, { force: true })
  await suite(
    name,
    [...bin('playwright'), 'test', '--config', 'e2e/playwright.config.ts', ...words],
    {
      minutes: DEADLINE_MINUTES.e2e,
      // Playwright's workers are told FORCE_COLOR, and Node warns where both are set.
      env: {
        ...env,
        CHROMIUM: chromium,
        PLAYWRIGHT_JSON_OUTPUT_FILE: file,
        SKEP_NODE: node,
        NO_COLOR: undefined,
      },
    },
    file,
    playwrightCounts,
  )
  checkNothingLeft(name)
}
if (wants('e2e')) await specs('end to end (playwright)', process.env.HOST ? labEnv(process.env.HOST) : {})
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

/** What a run without LAB=1 has time for: going back, holds and live news are where a sandbox could deceive most. */
const PIECE = {
  stories: ['-t', 'Rolling back|Snapshots, holds, bookmarks'],
  specs: ['-g', 'sneaked in between plan|of a terminal appear'],
}

/** The contract suite and the specs of storage on a laboratory of its own; one that does not start is a failure. */
async function onLab(isAll) {
  const since = Date.now()
  console.log('\ntest: a laboratory')
  let lab
  try {
    lab = await borrowLab(NEWEST)
  } catch (error) {
    console.error(`test: ${error.message}`)
    return count('a laboratory starts', 0, 1, since)
  }
  count('a laboratory starts', 1, 0, since)
  const env = labEnv(lab.address)
  const file = join(own, 'lab.json')
  await suite(
    `contract on OpenZFS ${NEWEST} (vitest)`,
    [
      ...bin('vitest'),
      'run',
      '--config',
      'scripts/vitest.config.ts',
      '--reporter=dot',
      '--reporter=json',
      `--outputFile.json=${file}`,
      'server/host/contract/real.test.ts',
      ...(isAll ? [] : PIECE.stories),
    ],
    { minutes: DEADLINE_MINUTES.lab, env },
    file,
    vitestCounts,
  )
  await specs(`end to end on OpenZFS ${NEWEST} (playwright)`, env, isAll ? [] : PIECE.specs)
  await lab.giveBack()
}

const isAllOfLab = wanted.includes('lab') || process.env.LAB === '1'
if (isAllOfLab || (wants('lab') && !process.env.HOST && hasImage(NEWEST))) await onLab(isAllOfLab)
else if (wants('lab'))
  console.log(
    '\ntest: without real OpenZFS, of which no laboratory is built here: LAB=1 npm test (docs/lab.md)',
  )

console.log(`\n${summary.join('\n')}\n\n${passed} passed, ${failed} failed`)
process.exitCode = failed === 0 ? 0 : 1
