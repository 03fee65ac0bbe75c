/**
 * Where laboratories are kept: `$XDG_CACHE_HOME/skep-lab` (else `~/.cache/skep-lab`), outside of the source tree.
 * What is in place is whole: a stage is made beside its place and renamed into it with the checksums of its files.
 */
import { createHash } from 'node:crypto'
import {
  createReadStream,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statfsSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

export function cacheDirectory() {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'skep-lab')
}

/** A directory of the cache; only its owner may look in, for there are keys. */
export function place(...parts) {
  const directory = join(cacheDirectory(), ...parts)
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  return directory
}

export function imageDirectory(zfs) {
  return join(cacheDirectory(), 'images', zfs)
}

export function fingerprint(...texts) {
  const hash = createHash('sha256')
  for (const text of texts) hash.update(`${text}\0`)
  return hash.digest('hex')
}

function digestOf(file) {
  return new Promise((resolve, reject) => {
    const hash = createHash('sha256')
    createReadStream(file)
      .on('data', chunk => hash.update(chunk))
      .on('error', reject)
      .on('end', () => resolve(hash.digest('hex')))
  })
}

const MANIFEST = 'manifest.json'

/** What a finished stage says of itself, or null where there is none or it is not whole. */
export function readManifest(directory) {
  try {
    const manifest = JSON.parse(readFileSync(join(directory, MANIFEST), 'utf8'))
    const whole = manifest.files.every(({ name, bytes }) => statSync(join(directory, name)).size === bytes)
    return whole ? manifest : null
  } catch {
    return null
  }
}

/** Reads every byte again. Throws with a sentence when a file is not what was built. */
export async function verify(directory) {
  const manifest = readManifest(directory)
  if (!manifest) throw new Error(`${directory} is not whole.`)
  for (const { name, sha256 } of manifest.files) {
    if ((await digestOf(join(directory, name))) !== sha256)
      throw new Error(`${join(directory, name)} is not what was built; build it again.`)
  }
  return manifest
}

/**
 * Makes a stage: `make` fills an empty directory and returns what the manifest should say beside the checksums. Nothing
 * is in place before all of it is.
 */
export async function stage(directory, recipe, make) {
  const before = readManifest(directory)
  if (before?.recipe === recipe) return before
  const unfinished = `${directory}.unfinished`
  rmSync(unfinished, { recursive: true, force: true })
  mkdirSync(unfinished, { recursive: true, mode: 0o700 })
  const facts = await make(unfinished)
  const files = []
  for (const entry of readdirSync(unfinished, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const path = join(entry.parentPath, entry.name)
    files.push({
      name: path.slice(unfinished.length + 1),
      bytes: statSync(path).size,
      sha256: await digestOf(path),
    })
  }
  const manifest = { recipe, ...facts, files }
  writeFileSync(join(unfinished, MANIFEST), `${JSON.stringify(manifest, null, 2)}\n`)
  rmSync(directory, { recursive: true, force: true })
  renameSync(unfinished, directory)
  return manifest
}

/** One build or start of a thing at a time; a lock whose holder died is taken over. */
export async function withLock(name, work) {
  const file = join(place('locks'), `${name}.pid`)
  for (let waited = false; ; waited = true) {
    try {
      writeFileSync(file, String(process.pid), { flag: 'wx' })
      break
    } catch (error) {
      if (error.code !== 'EEXIST') throw error
    }
    if (!isAlive(Number(readHolder(file)))) rmSync(file, { force: true })
    else if (!waited) console.error(`lab: waiting for another process that is at ${name}`)
    await new Promise(resolve => setTimeout(resolve, 300))
  }
  const release = () => rmSync(file, { force: true })
  process.once('exit', release)
  try {
    return await work()
  } finally {
    release()
    process.removeListener('exit', release)
  }
}

function readHolder(file) {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}

export function isAlive(pid) {
  if (!Number.isInteger(pid) || pid <= 0) return false
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}

/** Throws with a sentence when less than this is free where the cache is. */
export function needSpace(gibibytes) {
  const directory = place()
  const { bavail, bsize } = statfsSync(directory)
  const free = (bavail * bsize) / 2 ** 30
  if (free < gibibytes)
    throw new Error(
      `${directory} has ${free.toFixed(1)} GiB free, and this needs ${gibibytes} GiB; set XDG_CACHE_HOME to a larger place.`,
    )
}

export function hasImage(zfs) {
  return existsSync(join(imageDirectory(zfs), MANIFEST)) && readManifest(imageDirectory(zfs)) !== null
}
