/** Builds the image of a laboratory: first kernel and module, then the guest that is held in memory. */
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import {
  cacheDirectory,
  fingerprint,
  imageDirectory,
  needSpace,
  place,
  readManifest,
  stage,
  withLock,
} from './cache.mjs'
import { BUILD_PACKAGES, COMPILE, FURNISH, GUEST_PACKAGES, guestFiles } from './guest.mjs'
import { offerOf } from './offers.mjs'
import { debianMirror, ensureTools, must, source } from './tools.mjs'

/** The two roots, the compiler's about 1.3 GiB, and the image. */
const NEEDED_GIB = 4
const LEAVE_OUT = ['doc', 'man', 'locale', 'info'].map(name => `path-exclude=/usr/share/${name}/*`)

/** The pair of keys that opens every laboratory of this cache, and the pair by which they are known. */
export function ensureKeys() {
  const directory = place('keys')
  for (const name of ['id_ed25519', 'host_ed25519']) {
    if (existsSync(join(directory, `${name}.pub`))) continue
    rmSync(join(directory, name), { force: true })
    must(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-C', 'skep-lab', '-f', join(directory, name)])
  }
  const read = name => readFileSync(join(directory, name), 'utf8')
  return {
    identity: join(directory, 'id_ed25519'),
    userPublic: read('id_ed25519.pub'),
    host: read('host_ed25519'),
    hostPublic: read('host_ed25519.pub'),
  }
}

export function identityFile() {
  return join(cacheDirectory(), 'keys', 'id_ed25519')
}

/** Builds what is missing; what is there and of this recipe stays. `again` takes newer packages too. */
export function ensureImage(zfs, { again = false } = {}) {
  offerOf(zfs)
  return withLock(`build-${zfs}`, async () => {
    const compiled = join(place('modules'), zfs)
    if (again)
      for (const directory of [compiled, imageDirectory(zfs)])
        rmSync(directory, { recursive: true, force: true })
    // What is whole and of this recipe needs neither tools nor root.
    const there = readManifest(imageDirectory(zfs))
    if (there && existsSync(identityFile()) && there.recipe === recipes(zfs, ensureKeys()).image) return there
    return build(zfs, compiled)
  })
}

function recipes(zfs, keys) {
  const module = fingerprint(zfs, JSON.stringify(offerOf(zfs)), BUILD_PACKAGES.join(), COMPILE)
  const files = JSON.stringify(guestFiles(keys))
  return { module, image: fingerprint(module, GUEST_PACKAGES.join(), FURNISH, files, LEAVE_OUT.join()) }
}

async function build(zfs, compiled) {
  ensureTools({ building: true })
  needSpace(NEEDED_GIB)
  const keys = ensureKeys()
  const recipe = recipes(zfs, keys)
  const mirror = debianMirror()
  const logFile = join(place('logs'), `build-${zfs}.log`)
  const log = openSync(logFile, 'w', 0o600)
  try {
    await stage(compiled, recipe.module, out => {
      console.error(`lab: compiling OpenZFS ${zfs} for Debian’s kernel (about ten minutes; ${logFile})`)
      return inRoot(zfs, 'compile', { mirror, packages: BUILD_PACKAGES, script: COMPILE, log }, root => {
        must(['cp', '-a', `${join(root, 'out')}/.`, out], { log })
        return { zfs: readFileSync(join(out, 'zfs'), 'utf8').trim() }
      })
    })
    return await stage(imageDirectory(zfs), recipe.image, out => {
      console.error(`lab: putting the guest with OpenZFS ${zfs} together`)
      const before = root => must(['cp', '-a', compiled, join(root, 'out')], { log })
      const job = { mirror, packages: GUEST_PACKAGES, script: FURNISH, log, before, essential: true }
      return inRoot(zfs, 'guest', job, root => {
        for (const [path, [text, mode]] of Object.entries(guestFiles(keys))) {
          mkdirSync(dirname(join(root, path)), { recursive: true })
          rmSync(join(root, path), { force: true })
          writeFileSync(join(root, path), text, { mode })
        }
        const archive = openSync(join(out, 'root.cpio'), 'w', 0o600)
        try {
          // Not compressed: unpacking is what an emulated processor is slow at.
          const pack = 'cd / && find . -xdev | busybox cpio -o -H newc'
          must(['chroot', root, 'sh', '-c', pack], { log, stdout: archive })
        } finally {
          closeSync(archive)
        }
        must(['cp', join(compiled, 'kernel'), join(out, 'kernel')], { log })
        const read = name => readFileSync(join(compiled, name), 'utf8').trim()
        return { zfs: read('zfs'), kernel: read('release') }
      })
    })
  } catch (error) {
    error.message += ` What the programs said is in ${logFile}.`
    throw error
  } finally {
    closeSync(log)
  }
}

/** Makes a root of Debian packages, runs a script in it, lets `take` carry away what is wanted, and removes it. */
function inRoot(zfs, name, job, take) {
  const { suite, backports } = offerOf(zfs)
  const root = join(place('work'), `${name}-${zfs}`)
  rmSync(root, { recursive: true, force: true })
  const side = join(place('work'), `${name}-${zfs}.apt`)
  // n= (the code name) is what matches backports; a= does not.
  writeFileSync(
    side,
    `Package: src:zfs-linux zfs* libzfs* libzpool* libnvpair* libuutil*\nPin: release n=${suite}-backports\nPin-Priority: 600\n`,
  )
  const sources = [
    source(job.mirror, suite),
    ...(backports ? [source(job.mirror, `${suite}-backports`)] : []),
  ]
  must(
    [
      'mmdebstrap',
      '--quiet',
      '--mode=root',
      `--variant=${job.essential ? 'essential' : 'apt'}`,
      ...LEAVE_OUT.map(line => `--dpkgopt=${line}`),
      '--aptopt=Acquire::Languages "none"',
      '--aptopt=APT::Install-Recommends "false"',
      `--setup-hook=mkdir -p "$1/etc/apt/preferences.d" && cp "${side}" "$1/etc/apt/preferences.d/skep-lab"`,
      `--include=${job.packages.join(',')}`,
      suite,
      root,
      ...sources,
    ],
    { log: job.log },
  )
  job.before?.(root)
  must(['cp', '/etc/resolv.conf', join(root, 'etc/resolv.conf')], { log: job.log })
  writeFileSync(join(root, 'job.sh'), job.script)
  // A mount space of its own: nothing is left mounted, however this ends.
  const mounts = ['proc', 'sys', 'dev'].map(each => `mount --rbind /${each} "$1/${each}"`).join(' && ')
  must(
    [
      'unshare',
      '--mount',
      '--propagation',
      'private',
      'sh',
      '-c',
      `${mounts} && exec chroot "$1" sh /job.sh`,
      'sh',
      root,
    ],
    { log: job.log },
  )
  rmSync(join(root, 'job.sh'))
  const facts = take(root)
  rmSync(root, { recursive: true, force: true })
  rmSync(side, { force: true })
  return facts
}
