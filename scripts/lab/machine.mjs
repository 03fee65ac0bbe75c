/** The guest as a process of this machine: start, stop, and its state frozen to a file and thawed again. */
import { spawn, spawnSync } from 'node:child_process'
import {
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { connect, createServer } from 'node:net'
import { join } from 'node:path'
import {
  cacheDirectory,
  fingerprint,
  imageDirectory,
  isAlive,
  needSpace,
  place,
  readManifest,
  verify,
} from './cache.mjs'
import { withQmp } from './qmp.mjs'
import { must } from './tools.mjs'

const MEMORY_MIB = 2048
/** `vda` is small and spare; the others are for pools. Sparse: they take what is written. */
const DISKS_MIB = [64, 1024, 1024, 1024, 1024, 1024, 1024, 2048, 2048]
const NEEDED_GIB = 2
/** A start takes about 20 s on two idle cores. */
const PATIENCE_MS = 240_000

/** Nehalem without cmpxchg16b: QEMU 7.2's emulation of it breaks flags, and the guest's kernel falls over. */
const CPU = 'Nehalem,+rdrand,-cx16'
const KERNEL_LINE =
  'console=ttyS0 quiet loglevel=3 net.ifnames=0 mitigations=off random.trust_cpu=on no_timer_check tsc=reliable nokaslr nowatchdog audit=0'

export function machineOf(zfs, port) {
  const directory = join(cacheDirectory(), 'run', `${zfs}-${port}`)
  return { zfs, port, directory, file: name => join(directory, name) }
}

/** Every laboratory that was started from this cache. */
export function machines() {
  const directory = join(cacheDirectory(), 'run')
  if (!existsSync(directory)) return []
  return readdirSync(directory).flatMap(name => {
    const match = /^([\d.]+)-(\d+)$/.exec(name)
    return match ? [machineOf(match[1], Number(match[2]))] : []
  })
}

/** The process of a running guest; null when it does not run. A recycled number is not taken for it. */
export function pidOf(machine) {
  try {
    const pid = Number(readFileSync(machine.file('pid'), 'utf8'))
    const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')
    return isAlive(pid) && words.some(word => word.startsWith(`unix:${machine.file('qmp')},`)) ? pid : null
  } catch {
    return null
  }
}

function diskFiles(machine) {
  return DISKS_MIB.map((mebibytes, index) => ({ path: machine.file(`disk${index}.raw`), mebibytes }))
}

function launch(machine, more = []) {
  for (const name of ['qmp', 'clock', 'console.log', 'pid']) rmSync(machine.file(name), { force: true })
  const disks = diskFiles(machine).flatMap(({ path, mebibytes }, index) => {
    if (!existsSync(path)) {
      writeFileSync(path, '')
      truncateSync(path, mebibytes * 2 ** 20)
    }
    return [
      '-drive',
      `if=none,id=d${index},file=${path},format=raw,cache=unsafe,discard=unmap,detect-zeroes=unmap`,
      '-device',
      `virtio-blk-pci,drive=d${index},serial=skep-lab-${index}`,
    ]
  })
  const image = imageDirectory(machine.zfs)
  must([
    'qemu-system-x86_64',
    ...['-name', `skep-lab ${machine.zfs}`, '-machine', 'q35,usb=off,smbus=off,sata=off,vmport=off'],
    ...['-accel', 'tcg,thread=multi,tb-size=512', '-cpu', CPU, '-smp', '2', '-m', String(MEMORY_MIB)],
    ...['-no-user-config', '-nodefaults', '-no-reboot', '-display', 'none', '-vga', 'none'],
    ...['-kernel', join(image, 'kernel'), '-initrd', join(image, 'root.cpio'), '-append', KERNEL_LINE],
    ...disks,
    ...['-device', 'virtio-rng-pci'],
    // Reached on the loopback only, and reaches nothing itself.
    ...['-netdev', `user,id=net,restrict=on,hostfwd=tcp:127.0.0.1:${machine.port}-:22`],
    ...['-device', 'virtio-net-pci,netdev=net,romfile='],
    ...['-chardev', `file,id=console,path=${machine.file('console.log')}`, '-serial', 'chardev:console'],
    ...[
      '-chardev',
      `socket,id=clock,path=${machine.file('clock')},server=on,wait=off`,
      '-serial',
      'chardev:clock',
    ],
    ...['-qmp', `unix:${machine.file('qmp')},server=on,wait=off`],
    ...['-pidfile', machine.file('pid'), '-daemonize'],
    ...more,
  ])
}

async function refuseRunning(machine) {
  if (pidOf(machine) !== null)
    throw new Error(
      `OpenZFS ${machine.zfs} runs on port ${machine.port} already; stop it first: npm run lab -- stop.`,
    )
  if (await greets(machine.port))
    throw new Error(`port ${machine.port} is in use; choose another one with --port.`)
}

/** Boots it. With `keepDisks` the disks are those of the run before, as after a power cut. */
export async function start(machine, { keepDisks = false } = {}) {
  await refuseRunning(machine)
  await verify(imageDirectory(machine.zfs))
  place('run', `${machine.zfs}-${machine.port}`)
  if (!keepDisks) removeDisks(machine)
  needSpace(NEEDED_GIB)
  launch(machine)
  await ready(machine, () => consoleOf(machine).includes('skep-lab: ready'))
}

function consoleOf(machine) {
  return existsSync(machine.file('console.log')) ? readFileSync(machine.file('console.log'), 'utf8') : ''
}

async function ready(machine, isUp) {
  const end = Date.now() + PATIENCE_MS
  while (!(isUp() && (await greets(machine.port)))) {
    if (pidOf(machine) === null)
      throw new Error(`the guest ended while it started:\n${consoleOf(machine).slice(-2000)}`)
    if (Date.now() > end) {
      const said = consoleOf(machine).slice(-2000)
      await stop(machine)
      throw new Error(`the guest was not ready after ${PATIENCE_MS / 1000} s:\n${said}`)
    }
    await new Promise(resolve => setTimeout(resolve, 250))
  }
}

/** Whether sshd says its name there. */
function greets(port) {
  return new Promise(resolve => {
    const socket = connect({ host: '127.0.0.1', port, timeout: 5000 })
    const answer = isThere => {
      socket.destroy()
      resolve(isThere)
    }
    socket
      .once('data', data => answer(data.toString().startsWith('SSH-')))
      .once('error', () => answer(false))
      .once('timeout', () => answer(false))
      .once('close', () => resolve(false))
  })
}

/** Ends it. Its disks go with it, unless they are kept (`cut`: the plug is pulled). Resolves to whether it ran. */
export async function stop(machine, { keepDisks = false } = {}) {
  const pid = pidOf(machine)
  if (pid !== null) {
    // Nothing in it is worth an orderly end, and a stopped process answers no polite word.
    process.kill(pid, 'SIGKILL')
    while (isAlive(pid)) await new Promise(resolve => setTimeout(resolve, 50))
  }
  rmSync(machine.file('pid'), { force: true })
  if (!keepDisks) rmSync(machine.directory, { recursive: true, force: true })
  return pid !== null
}

function removeDisks(machine) {
  for (const { path } of diskFiles(machine)) rmSync(path, { force: true })
}

function frozenDirectory(zfs) {
  return join(cacheDirectory(), 'frozen', zfs)
}

/** A frozen state fits only the image and the QEMU it was frozen with. */
function fitOf(zfs) {
  const qemu = spawnSync('qemu-system-x86_64', ['--version'], { encoding: 'utf8' }).stdout ?? ''
  return fingerprint(
    readManifest(imageDirectory(zfs))?.recipe ?? '',
    qemu,
    JSON.stringify(DISKS_MIB),
    KERNEL_LINE,
    CPU,
  )
}

export function isFrozen(zfs) {
  try {
    return readFileSync(join(frozenDirectory(zfs), 'fit'), 'utf8') === fitOf(zfs)
  } catch {
    return false
  }
}

/** Writes memory, devices and disks of a running guest to the cache, and ends it. */
export async function freeze(machine) {
  if (pidOf(machine) === null) throw new Error('it does not run: there is nothing to freeze.')
  const directory = frozenDirectory(machine.zfs)
  const unfinished = `${directory}.unfinished`
  rmSync(unfinished, { recursive: true, force: true })
  place('frozen', `${machine.zfs}.unfinished`)
  await withQmp(machine.file('qmp'), async send => {
    await send('stop')
    await send('migrate-set-parameters', { 'max-bandwidth': 4 * 2 ** 30 })
    const written = receive(machine.file('state'), join(unfinished, 'memory.zst'))
    await send('migrate', { uri: `unix:${machine.file('state')}` })
    await migrated(send)
    await written
  })
  const names = diskFiles(machine).map(({ path }) => path.slice(machine.directory.length + 1))
  must([
    'tar',
    '-C',
    machine.directory,
    '--sparse',
    '--zstd',
    '-cf',
    join(unfinished, 'disks.tar.zst'),
    ...names,
  ])
  // The last word: without it the state is not taken for whole.
  writeFileSync(join(unfinished, 'fit'), fitOf(machine.zfs))
  rmSync(directory, { recursive: true, force: true })
  renameSync(unfinished, directory)
  await stop(machine)
}

/** Starts it where it was frozen: no boot at all. */
export async function thaw(machine) {
  await refuseRunning(machine)
  if (!isFrozen(machine.zfs))
    throw new Error('nothing is frozen that fits this image: npm run lab -- freeze makes it.')
  const directory = frozenDirectory(machine.zfs)
  place('run', `${machine.zfs}-${machine.port}`)
  removeDisks(machine)
  must(['tar', '-C', machine.directory, '--zstd', '-xf', join(directory, 'disks.tar.zst')])
  launch(machine, ['-incoming', 'defer'])
  await withQmp(machine.file('qmp'), async send => {
    await send('migrate-incoming', { uri: `unix:${machine.file('state')}` })
    await give(join(directory, 'memory.zst'), machine.file('state'))
    await migrated(send)
    await send('cont')
  })
  await tellTime(machine)
  await ready(machine, () => true)
}

async function migrated(send) {
  for (;;) {
    const { status } = await send('query-migrate')
    if (status === 'completed') return
    if (status === 'failed' || status === 'cancelled')
      throw new Error(`QEMU’s state was not carried over: ${status}.`)
    await new Promise(resolve => setTimeout(resolve, 100))
  }
}

/** Listens where QEMU will write its state, and packs it into a file. Resolves when the file is whole. */
function receive(socketPath, file) {
  rmSync(socketPath, { force: true })
  const packing = spawn('zstd', ['-q', '-3', '-T2', '-f', '-o', file], {
    stdio: ['pipe', 'inherit', 'inherit'],
  })
  const server = createServer(socket => socket.pipe(packing.stdin)).listen(socketPath)
  return new Promise((resolve, reject) => {
    packing.once('error', reject)
    packing.once('close', code => {
      server.close()
      code === 0 ? resolve() : reject(new Error(`zstd ended with ${code}.`))
    })
  })
}

/** Unpacks a file into the socket where QEMU waits for its state. */
function give(file, socketPath) {
  const unpacking = spawn('zstd', ['-qdc', file], { stdio: ['ignore', 'pipe', 'inherit'] })
  const socket = connect(socketPath)
  unpacking.stdout.pipe(socket)
  return new Promise((resolve, reject) => {
    socket.once('error', reject)
    unpacking.once('error', reject)
    unpacking.once('close', code => (code === 0 ? resolve() : reject(new Error(`zstd ended with ${code}.`))))
  })
}

/** Its clock stood still while it was frozen. */
function tellTime(machine) {
  return new Promise((resolve, reject) => {
    const socket = connect(machine.file('clock'))
    socket.once('error', reject)
    socket.once('connect', () => socket.end(`${Math.floor(Date.now() / 1000)}\n`, resolve))
  })
}
