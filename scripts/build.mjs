#!/usr/bin/env node
/** `npm run build`: the production build of the pages, with every text file compressed once beside itself. */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { dirname, extname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import { chooseNode, ensureInstalled } from './setup.mjs'

const TEXTS = new Set(['.css', '.html', '.js', '.json', '.svg', '.txt', '.wasm', '.webmanifest'])
export const STAMP = '.next/skep-build'

function filesBelow(directory) {
  if (!existsSync(directory)) return []
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath, entry.name))
    .sort()
}

/** Of the server only what a browser may import: models, names, the errors, a guest's conf. */
function isInput(root, file) {
  return !relative(root, file).startsWith('server/') || /\/(model|names|conf|errors)\.ts$/.test(file)
}

/** One hash over everything the pages are made of. */
function fingerprint(root) {
  const hash = createHash('sha256')
  const files = ['app', 'components', 'public', 'server'].flatMap(room => filesBelow(join(root, room)))
  for (const name of ['next.config.js', 'package.json', 'package-lock.json', 'tsconfig.json'])
    files.push(join(root, name))
  for (const file of files) {
    if (/\.test\.tsx?$/.test(file) || !isInput(root, file)) continue
    hash
      .update(`${relative(root, file)}\0`)
      .update(readFileSync(file))
      .update('\0')
  }
  return hash.digest('hex')
}

/** `NAME.br` and `NAME.gz` beside every text file that they make smaller. */
export function compress(directory) {
  for (const file of filesBelow(directory)) {
    if (!TEXTS.has(extname(file))) continue
    const plain = readFileSync(file)
    const params = { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY }
    for (const [suffix, packed] of [
      ['br', brotliCompressSync(plain, { params })],
      ['gz', gzipSync(plain, { level: constants.Z_BEST_COMPRESSION })],
    ])
      if (packed.length < plain.length) writeFileSync(`${file}.${suffix}`, packed)
  }
}

/** Waits for a build that another process is at, then holds the lock; one whose holder died is taken over. */
function lock(root) {
  const file = join(root, 'node_modules/.cache/skep-build.pid')
  mkdirSync(dirname(file), { recursive: true })
  for (let waited = false; ; waited = true) {
    try {
      writeFileSync(file, String(process.pid), { flag: 'wx' })
      return () => rmSync(file, { force: true })
    } catch (error) {
      if (error.code !== 'EEXIST') throw error
    }
    if (!waited) console.error('skep: waiting for another build of the pages')
    if (!isAlive(file)) rmSync(file, { force: true })
    else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 500)
  }
}

function isAlive(file) {
  try {
    process.kill(Number(readFileSync(file, 'utf8')), 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}

/** Next's compiler (SWC) is native and published for these only: elsewhere the pages come from another machine. */
const BUILDERS = ['darwin', 'linux', 'win32']

function cannotBuild(root, stamp) {
  const why = existsSync(stamp)
    ? 'the pages in .next were built from other files than these'
    : 'the pages are not built yet'
  console.error(
    [
      `skep: ${why}, and Next has no compiler for ${process.platform}.`,
      'skep: build them on Linux or macOS, from the very same version: npm run build',
      `skep: then bring its directory .next here and start again, for instance there: tar -cf - --exclude .next/cache .next | ssh ${hostname()} tar -C ${root} -xf -`,
    ].join('\n'),
  )
  process.exit(1)
}

/** Builds where the last build is not of these very files. Ends the process when it fails. */
export function ensureBuilt(root, node) {
  const stamp = join(root, STAMP)
  const isBuilt = wanted => existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted
  if (isBuilt(fingerprint(root))) return
  if (!BUILDERS.includes(process.platform)) cannotBuild(root, stamp)
  const unlock = lock(root)
  try {
    const wanted = fingerprint(root)
    if (!isBuilt(wanted)) build(root, node, stamp, wanted)
  } catch (error) {
    console.error(`skep: ${error.message}`)
    process.exitCode = 1
  } finally {
    unlock()
  }
  if (process.exitCode) process.exit()
}

function build(root, node, stamp, wanted) {
  rmSync(stamp, { force: true })
  console.error('skep: building the pages')
  // Its output is progress: standard output belongs to the line that says where Skep is.
  const done = spawnSync(node, [join(root, 'node_modules/next/dist/bin/next'), 'build'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
    env: {
      ...process.env,
      NODE_ENV: 'production',
      NEXT_TELEMETRY_DISABLED: '1',
      NEXT_IGNORE_INCORRECT_LOCKFILE: '1',
      // Both are random otherwise, and the same files would not give the same build. Skep has no server actions.
      SKEP_BUILD_ID: wanted.slice(0, 20),
      NEXT_SERVER_ACTIONS_ENCRYPTION_KEY: Buffer.from(wanted, 'hex').toString('base64'),
    },
  })
  if (done.status !== 0) {
    throw new Error('the pages could not be built; the reason is above.')
  }
  compress(join(root, '.next/static'))
  writeFileSync(stamp, wanted)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const root = fileURLToPath(new URL('..', import.meta.url))
  ensureInstalled(root)
  ensureBuilt(root, chooseNode(root))
}
