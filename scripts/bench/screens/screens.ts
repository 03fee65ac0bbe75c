/** Guests' screens through Skep's hub, through a bare copy of the bytes, and through Debian's websockify. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { createInterface } from 'node:readline'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { median, type Row } from '../table.ts'
import { processorMs } from './processor.ts'
import { type Viewer, viewerAt } from './viewer.ts'

const MANY = 8
const SECONDS = 4
const KEYS = 200

type Guests = { film: number[]; keys: number }
/** Something between viewers and guests: an address for each of its viewers. */
type Between = { children: ChildProcess[]; addresses: string[] }
type Film = { perSecond: number; processorMs: number; kibPerPicture: number }

function start(program: string, ...args: string[]): ChildProcess {
  const [command, first] = program.endsWith('.ts')
    ? [process.execPath, [fileURLToPath(new URL(program, import.meta.url))]]
    : [program, []]
  return spawn(command, [...first, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
}

async function firstLine(child: ChildProcess): Promise<string> {
  if (!child.stdout) throw new Error('it says nothing')
  const [line] = await once(createInterface(child.stdout), 'line')
  return line
}

async function stop(children: readonly ChildProcess[]) {
  await Promise.all(
    children.map(async child => {
      if (child.exitCode !== null || child.signalCode !== null) return
      child.kill()
      await once(child, 'exit')
    }),
  )
}

/** bhyve lets one client in, so without a hub each viewer has a guest of its own. */
async function copies(guests: readonly number[]): Promise<Between> {
  const children = guests.map(port => start('./between.ts', 'copy', String(port)))
  return { children, addresses: await Promise.all(children.map(firstLine)) }
}

async function hub(guest: number, viewers: number): Promise<Between> {
  const child = start('./between.ts', 'hub', String(guest))
  const url = await firstLine(child)
  return { children: [child], addresses: Array.from({ length: viewers }, (_, at) => `${url}/?user=v${at}`) }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  return typeof address === 'object' && address ? address.port : 0
}

async function websockify(guests: readonly number[]): Promise<Between> {
  const ports = await Promise.all(guests.map(freePort))
  const children = guests.map((guest, at) =>
    spawn('websockify', [`127.0.0.1:${ports[at]}`, `127.0.0.1:${guest}`], { stdio: 'ignore' }),
  )
  const addresses = ports.map(port => `ws://127.0.0.1:${port}`)
  return { children, addresses }
}

/** websockify tells nobody when it is ready. */
async function arrive(address: string): Promise<Viewer> {
  for (const until = performance.now() + 10_000; ; await setTimeout(50)) {
    try {
      return await viewerAt(address)
    } catch (error) {
      if (performance.now() > until) throw error
    }
  }
}

/** All viewers take pictures as fast as they come, for some seconds. */
async function film({ children, addresses }: Between): Promise<Film> {
  const viewers = await Promise.all(addresses.map(arrive))
  let [counts, ended] = [false, false]
  let pictures = 0
  const takes = viewers.map(async viewer => {
    viewer.want(false)
    while (!ended) {
      await viewer.update()
      if (counts) pictures += 1
      viewer.want(true)
    }
  })
  const spent = () => children.reduce((sum, { pid = 0 }) => sum + processorMs(pid), 0)
  await setTimeout(1000)
  const [work, bytes] = [spent(), viewers.reduce((sum, viewer) => sum + viewer.bytes(), 0)]
  const began = performance.now()
  counts = true
  await setTimeout(SECONDS * 1000)
  counts = false
  const seconds = (performance.now() - began) / 1000
  const taken = viewers.reduce((sum, viewer) => sum + viewer.bytes(), 0) - bytes
  const worked = spent() - work
  ended = true
  await Promise.all(takes)
  await Promise.all(viewers.map(viewer => viewer.close()))
  await stop(children)
  return {
    perSecond: pictures / seconds / viewers.length,
    processorMs: worked / pictures,
    kibPerPicture: taken / pictures / 1024,
  }
}

/** From a key until what it changed is here. */
async function keys({ children, addresses: [address = ''] }: Between): Promise<number> {
  const viewer = await arrive(address)
  viewer.want(false)
  await viewer.update()
  const taken: number[] = []
  for (let key = 0; key < KEYS; key++) {
    viewer.want(true)
    const began = performance.now()
    viewer.press()
    await viewer.update()
    taken.push(performance.now() - began)
  }
  await viewer.close()
  await stop(children)
  return median(taken)
}

export async function screensRows(): Promise<Row[]> {
  const child = start('./guest.ts', String(MANY))
  const guests: Guests = JSON.parse(await firstLine(child))
  const [first = 0] = guests.film
  const hasWebsockify = await new Promise<boolean>(resolve =>
    spawn('websockify', ['--help'], { stdio: 'ignore' })
      .on('error', () => resolve(false))
      .on('exit', () => resolve(true)),
  )
  if (!hasWebsockify) console.error('bench: there is no websockify here: it is left out')
  try {
    const rows: Row[] = []
    for (const viewers of [1, MANY]) {
      const ports = guests.film.slice(0, viewers)
      const ours = await film(await hub(first, viewers))
      const peers: [string, Film][] = [['a bare copy of the bytes', await film(await copies(ports))]]
      if (hasWebsockify) peers.push(['websockify', await film(await websockify(ports))])
      const what = `screens, ${viewers === 1 ? '1 viewer' : `${viewers} viewers`}:`
      for (const [against, peer] of peers) {
        const row = (measure: string, unit: Row['unit'], skep: number, other: number) =>
          rows.push({ measure: `${what} ${measure}`, skep, peer: other, against, unit })
        row('pictures each', '/s', ours.perSecond, peer.perSecond)
        row('processor for a picture of one', 'ms', ours.processorMs, peer.processorMs)
        row('sent for a picture', 'KiB', ours.kibPerPicture, peer.kibPerPicture)
      }
    }
    const straight = await keys({ children: [], addresses: [`tcp:${guests.keys}`] })
    const ours = await keys(await hub(guests.keys, 1))
    const peers: [string, number][] = [
      ['straight from the guest', straight],
      ['a bare copy of the bytes', await keys(await copies([guests.keys]))],
    ]
    if (hasWebsockify) peers.push(['websockify', await keys(await websockify([guests.keys]))])
    for (const [against, peer] of peers)
      rows.push({ measure: 'screens: from a key to its picture', skep: ours, peer, against, unit: 'ms' })
    return rows
  } finally {
    await stop([child])
  }
}
