#!/usr/bin/env node
/**
 * `npm test`: installs what the tests need, runs every check and suite, and ends with one line
 * `N passed, N failed`. Dependency-free: it runs before anything is installed.
 *
 * `npm test -- unit` (or `check`, `e2e`) runs only that part.
 */
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ensureChromium } from './chromium.mjs'
import { chooseNode, ensureInstalled } from './setup.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
process.chdir(root)
const wanted = new Set(process.argv.slice(2))
const wants = part => wanted.size === 0 || wanted.has(part)

/** Runs a program to its end, showing its output. Returns its exit status. */
function run(argv, env = {}) {
  return new Promise(resolve => {
    const child = spawn(argv[0], argv.slice(1), {
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { ...process.env, ...env },
    })
    child.on('error', error => {
      console.error(`test: ${argv[0]} did not start: ${error.message}`)
      resolve(127)
    })
    child.on('close', (code, signal) => resolve(code ?? (signal ? 128 : 1)))
  })
}

let passed = 0
let failed = 0
const summary = []

function count(name, ok, bad, seconds) {
  passed += ok
  failed += bad
  summary.push(`${bad === 0 ? 'ok  ' : 'FAIL'} ${name}: ${ok} passed, ${bad} failed (${seconds} s)`)
}

async function timed(work) {
  const start = Date.now()
  const value = await work()
  return { value, seconds: Math.round((Date.now() - start) / 1000) }
}

/** A check is one test: it holds or it does not. */
async function check(name, argv) {
  console.log(`\ntest: ${name}`)
  const { value: status, seconds } = await timed(() => run(argv))
  count(name, status === 0 ? 1 : 0, status === 0 ? 0 : 1, seconds)
  return status === 0
}

/** A suite reports its own counts as JSON; one that dies without a report has failed as a whole. */
async function suite(name, argv, env, file, read) {
  console.log(`\ntest: ${name}`)
  const { value: status, seconds } = await timed(() => run(argv, env))
  let counts = { ok: 0, bad: 0 }
  try {
    counts = read(JSON.parse(readFileSync(file, 'utf8')))
  } catch {
    console.error(`test: ${name} left no report`)
  }
  if (status !== 0 && counts.bad === 0) counts.bad = 1
  if (counts.ok + counts.bad === 0) counts.bad = 1
  count(name, counts.ok, counts.bad, seconds)
}

ensureInstalled(root)
const node = chooseNode(root)
// Every tool below is a Node program: run them all under the chosen Node.
const bin = name => [node, join(root, 'node_modules', '.bin', name)]
const reports = mkdtempSync(join(tmpdir(), 'skep-test-'))

if (wants('check')) {
  await check('format and lint (biome)', [join(root, 'node_modules/.bin/biome'), 'check', '.'])
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
if (wants('unit')) {
  const file = join(reports, 'unit.json')
  await suite(
    'unit and contract (vitest)',
    [
      ...bin('vitest'),
      'run',
      '--config',
      'scripts/vitest.config.ts',
      '--reporter=dot',
      '--reporter=json',
      `--outputFile.json=${file}`,
    ],
    {},
    file,
    report => ({
      ok: report.numPassedTests,
      bad: report.numFailedTests + (report.numFailedTestSuites > 0 && report.numFailedTests === 0 ? 1 : 0),
    }),
  )
}
if (wants('e2e')) {
  const chromium = ensureChromium('test')
  const built = await check('production build (next)', [node, 'scripts/build.mjs'])
  if (chromium && built) {
    const file = join(reports, 'e2e.json')
    await suite(
      'end to end (playwright)',
      [...bin('playwright'), 'test', '--config', 'e2e/playwright.config.ts'],
      { CHROMIUM: chromium, PLAYWRIGHT_JSON_OUTPUT_NAME: file, SKEP_NODE: node },
      file,
      report => ({ ok: report.stats.expected, bad: report.stats.unexpected + report.stats.flaky }),
    )
  } else {
    count('end to end (playwright)', 0, 1, 0)
  }
}

rmSync(reports, { recursive: true, force: true })
console.log(`\n${summary.join('\n')}\n\n${passed} passed, ${failed} failed`)
process.exitCode = failed === 0 ? 0 : 1
