/** The pages as Next built them, and of Next the files that serving them takes. */
import { createHash } from 'node:crypto'
import { copyFileSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { filesBelow } from './files.ts'

/** Image optimisation, which next.config.js turns off: native code that must not be in reach. */
const NATIVE = /^node_modules\/(sharp|@img|detect-libc|semver)\//
/** What the build says about itself, for builds that follow. */
const OF_THE_BUILD = /\.(map|nft\.json)$/

type Json = Record<string, unknown>

/** Copies the production build of `root` to `to`. `fingerprint` is the build's: what it was made of. */
export function copyPages(root: string, to: string, fingerprint: string) {
  for (const file of runtimeOfNext(root)) copy(root, to, file)
  for (const file of filesBelow(path.join(root, '.next/server')))
    if (!OF_THE_BUILD.test(file)) copy(root, to, path.join('.next/server', file))
  for (const file of filesBelow(path.join(root, '.next/static')))
    copy(root, to, path.join('.next/static', file))
  const required = readJson(path.join(root, '.next/required-server-files.json'))
  for (const file of strings(required.files)) copy(root, to, file)

  writeJson(path.join(to, '.next/required-server-files.json'), {
    version: required.version,
    config: withoutPlaces(object(required.config)),
    files: required.files,
  })
  const preview = previewKeys(fingerprint)
  writeJson(path.join(to, '.next/server/preview-props.json'), preview)
  const prerendered = path.join(to, '.next/prerender-manifest.json')
  writeJson(prerendered, { ...readJson(prerendered), preview })
}

/** The files that Next's own trace of its server names; links are not among them. */
function runtimeOfNext(root: string): string[] {
  const trace = readJson(path.join(root, '.next/next-server.js.nft.json'))
  return strings(trace.files)
    .map(file => path.join('.next', file))
    .filter(file => !NATIVE.test(file) && statSync(path.join(root, file)).isFile())
    .sort()
}

/** Where the build took place is nobody's business, and no two builds would be the same. */
function withoutPlaces(config: Json): Json {
  const { outputFileTracingRoot: _, repoRoot: __, turbopack: ___, ...rest } = config
  return rest
}

/** Next makes random keys for its preview mode, which Skep does not have; made of the build's hash they are reproducible. */
function previewKeys(fingerprint: string) {
  const key = (name: string) => createHash('sha256').update(`${name}:${fingerprint}`).digest('hex')
  return {
    previewModeId: key('id').slice(0, 32),
    previewModeSigningKey: key('signing'),
    previewModeEncryptionKey: key('encryption'),
  }
}

function copy(root: string, to: string, file: string) {
  const target = path.join(to, file)
  mkdirSync(path.dirname(target), { recursive: true })
  copyFileSync(path.join(root, file), target)
}

function readJson(file: string): Json {
  return object(JSON.parse(readFileSync(file, 'utf8')))
}

function writeJson(file: string, value: Json) {
  writeFileSync(file, `${JSON.stringify(value, null, 1)}\n`)
}

function object(value: unknown): Json {
  if (typeof value !== 'object' || value === null)
    throw new Error('the build wrote something else than an object')
  return Object.fromEntries(Object.entries(value))
}

function strings(value: unknown): string[] {
  if (!Array.isArray(value)) throw new Error('the build wrote something else than a list')
  return value.map(String)
}
