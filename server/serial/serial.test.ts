/** The owner of a serial port: what is kept, who types, and what a host that misbehaves does to those who look. */
import { once } from 'node:events'
import { readFile, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import path from 'node:path'
import { Duplex } from 'node:stream'
import pino from 'pino'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { VNC_CLOSE } from '../console/model.ts'
import { AppError } from '../errors.ts'
import { quietInventory, temporaryDirectory } from '../testing.ts'
import { vmRow } from '../vms/row.testing.ts'
import { createSerialHubs } from './hubs.ts'
import { BUFFER_BYTES, gapLine, type SerialControl } from './model.ts'

const cleanUp: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const work of cleanUp.splice(0).reverse()) await work()
})

/** Skep's end of a null modem: what the guest says is pushed, what reaches the guest is collected. */
class Port extends Duplex {
  typed = ''
  /** Whether the guest takes what is typed. */
  reads = true
  override _read(): void {}
  override _write(bytes: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.typed += bytes.toString()
    if (this.reads) done()
  }
}

/** A browser at a serial console: its control messages and what its terminal would hold. */
function browserAt(url: string) {
  const socket = new WebSocket(url)
  const controls: SerialControl[] = []
  let screen = ''
  socket.on('message', (data: Buffer, isBinary) => {
    if (isBinary) {
      screen += data.toString('latin1')
      return
    }
    const message: SerialControl = JSON.parse(data.toString())
    if (message.type === 'hello') screen = ''
    controls.push(message)
  })
  socket.on('error', () => undefined)
  const last = (type: SerialControl['type']) => controls.findLast(each => each.type === type)
  const people = () => {
    const message = last('people')
    return message?.type === 'people' ? message : { people: [], typist: null }
  }
  const holds = () => controls.flatMap(each => ('held' in each ? [each.held] : [])).at(-1)
  return {
    socket,
    controls,
    closed: once(socket, 'close').then(([code]: number[]) => code),
    shows: (text: string) => vi.waitFor(() => expect(screen).toBe(text)),
    screen: () => screen,
    hears: (message: object) => vi.waitFor(() => expect(controls).toContainEqual(message)),
    /** Whether the port is held, as this browser was told last. */
    isTold: (held: object) => vi.waitFor(() => expect(holds()).toMatchObject(held)),
    greeted: () => vi.waitFor(() => expect(people().people).not.toEqual([])),
    typist: (user: string | null) =>
      vi.waitFor(() => {
        const { people: all, typist } = people()
        expect(all.find(({ id }) => id === typist)?.user ?? null).toBe(user)
      }),
    take: () => socket.send(JSON.stringify({ type: 'take' })),
  }
}

/** A console of the guest web1, whose port `connect` gives. */
async function consoleFor(connect: (path: string) => Promise<Duplex>, files: Record<string, string> = {}) {
  const vms = [vmRow('web1', { directory: '/vm/web1' })]
  const clock = { now: Date.UTC(2026, 0, 1) }
  const { dir, remove } = await temporaryDirectory()
  const hubs = createSerialHubs({
    host: {
      connect: target => connect('path' in target ? target.path : ''),
      async read(file) {
        const text = files[file]
        if (text === undefined) throw new AppError('not_found', 'There is no such file.')
        return text
      },
    },
    inventory: quietInventory(vms),
    log: pino({ level: 'silent' }),
    now: () => clock.now,
    directory: dir,
  })
  const server = createServer()
  const sockets = new WebSocketServer({ server })
  sockets.on('connection', (socket, request) => {
    const query = new URL(request.url ?? '', 'http://x').searchParams
    const user = query.get('user') ?? ''
    void hubs.open(
      { guest: query.get('guest') ?? 'web1', port: query.get('port') ?? 'com1' },
      {
        socket,
        user,
        viewOnly: query.get('role') === 'viewer',
        sessionId: `session of ${user}`,
        address: '192.0.2.1',
        tab: query.get('tab') ?? `tab of ${user}`,
      },
    )
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  cleanUp.push(remove, async () => {
    await hubs.close()
    for (const client of sockets.clients) client.terminate()
    server.close()
  })
  const visit = (user: string, query = '') => browserAt(`ws://127.0.0.1:${port}/?user=${user}&${query}`)
  return { hubs, visit, vms, dir, clock }
}

describe('the port', () => {
  it('is opened before anybody looks, and what came meanwhile is shown', async () => {
    const port = new Port()
    const connect = vi.fn(async () => port)
    const { hubs, visit } = await consoleFor(connect)
    await hubs.follow()
    expect(connect).toHaveBeenCalledExactlyOnceWith('/dev/nmdm-web1.1B')
    port.push('boot 1\r\n')
    const browser = visit('olga')
    await browser.shows('boot 1\r\n')
    port.push('login: ')
    await browser.shows('boot 1\r\nlogin: ')
    await hubs.follow()
    expect(connect).toHaveBeenCalledOnce()
    expect(hubs.size).toBe(1)
  })

  it('is the one that the guest was started with', async () => {
    const connect = vi.fn(async () => new Port())
    const { hubs } = await consoleFor(connect, { '/vm/web1/console': 'com1=/dev/nmdm-other.1B\nvnc=x\n' })
    await hubs.follow()
    expect(connect).toHaveBeenCalledExactlyOnceWith('/dev/nmdm-other.1B')
  })

  it.each([
    { file: '/vm/web1/web1.conf', text: 'comports=""\n', words: /^web1 has no com1/ },
    { file: '/vm/web1/console', text: 'com1=tmux/web1\n', words: /^The serial console of web1 is in tmux/ },
  ])('that is not there is told in words: $words', async ({ file, text, words }) => {
    const connect = vi.fn(async () => new Port())
    const { visit } = await consoleFor(connect, { [file]: text })
    await visit('olga').isTold({ open: false, message: expect.stringMatching(words) })
    expect(connect).not.toHaveBeenCalled()
  })

  it('that somebody else holds is told, is had when it is free, and the log says what it lacks', async () => {
    let held = true
    const port = new Port()
    const { hubs, visit, clock } = await consoleFor(async () => {
      if (held) throw new AppError('in_use', 'cu has it.', { next: 'End it.' })
      return port
    })
    const browser = visit('olga')
    const since = clock.now
    await browser.isTold({ open: false, since, message: 'cu has it.', next: 'End it.' })
    browser.socket.send(Buffer.from('lost'))
    await browser.hears({ type: 'dropped' })
    held = false
    clock.now += 61_000
    await hubs.follow()
    await browser.isTold({ open: true, since: clock.now })
    browser.socket.send(Buffer.from('ls\r'))
    await vi.waitFor(() => expect(port.typed).toBe('ls\r'))
    await browser.shows(
      '\r\n--- Skep: not heard from 2026-01-01 00:00:00 to 2026-01-01 00:01:01 UTC: cu has it. ' +
        'What the guest said meanwhile is not here. ---\r\n',
    )
  })

  it('that breaks is told, and what it said stays', async () => {
    const ports = [new Port(), new Port()]
    const [first, second] = ports
    let opened = 0
    const { hubs, visit, clock } = await consoleFor(async () => ports[opened++] ?? new Port())
    const browser = visit('olga')
    await vi.waitFor(() => expect(opened).toBe(1))
    first?.push('one ')
    await browser.shows('one ')
    const from = clock.now
    first?.destroy(new AppError('unreachable', 'The connection was lost.'))
    await browser.isTold({ open: false, message: 'The connection was lost.' })
    clock.now += 5000
    await hubs.follow()
    second?.push('two')
    await browser.shows(`one ${gapLine(from, clock.now, 'The connection was lost.')}two`)
  })

  it('that was held for a while is tried again at once, and by itself', async () => {
    let opened = 0
    const ports = [new Port(), new Port()]
    const { visit, clock } = await consoleFor(async () => ports[opened++] ?? new Port())
    const browser = visit('olga')
    await browser.isTold({ open: true })
    clock.now += 60_000
    ports[0]?.destroy()
    await vi.waitFor(() => expect(opened).toBe(2))
    await browser.isTold({ open: true, since: clock.now })
  })

  it('is one of several, each with its own people and its own log', async () => {
    const ports = new Map<string, Port>()
    const { visit, vms, hubs } = await consoleFor(
      async device => {
        const port = new Port()
        ports.set(device, port)
        return port
      },
      { '/vm/web1/web1.conf': 'comports="com1 com3"\n' },
    )
    vms[0] = vmRow('web1', { directory: '/vm/web1', comPorts: ['com1', 'com3'] })
    await hubs.follow()
    expect([...ports.keys()]).toEqual(['/dev/nmdm-web1.1B', '/dev/nmdm-web1.2B'])
    const one = visit('olga')
    const three = visit('piet', 'port=com3')
    await Promise.all([one.typist('olga'), three.typist('piet')])
    ports.get('/dev/nmdm-web1.2B')?.push('from com3')
    await three.shows('from com3')
    expect(one.screen()).toBe('')
    expect(await visit('olga', 'port=com2').closed).toBe(VNC_CLOSE.reason)
  })

  it('is let go when its guest is gone, and those who look are told', async () => {
    const port = new Port()
    const { hubs, visit, vms } = await consoleFor(async () => port)
    const browser = visit('olga')
    await browser.greeted()
    vms.length = 0
    await hubs.follow()
    expect(await browser.closed).toBe(VNC_CLOSE.reason)
    expect(browser.controls.at(-1)).toEqual({
      type: 'reason',
      message: 'There is no com1 of a guest named web1.',
      retry: false,
    })
    expect(port.destroyed).toBe(true)
    expect(hubs.size).toBe(0)
  })

  it('of a guest that never was is not opened', async () => {
    const connect = vi.fn(async () => new Port())
    const { visit } = await consoleFor(connect)
    const browser = visit('olga', 'guest=nobody')
    expect(await browser.closed).toBe(VNC_CLOSE.reason)
    expect(connect).not.toHaveBeenCalled()
  })
})

describe('the keyboard', () => {
  it('is of the first who may type, is taken by a click, and free when its holder leaves', async () => {
    const port = new Port()
    const { visit } = await consoleFor(async () => port)
    const viewer = visit('vera', 'role=viewer')
    await viewer.greeted()
    await viewer.typist(null)
    const olga = visit('olga')
    await Promise.all([olga.typist('olga'), viewer.typist('olga')])
    const piet = visit('piet')
    await piet.typist('olga')

    viewer.take()
    viewer.socket.send(Buffer.from('viewer'))
    piet.socket.send('not json')
    piet.socket.send(Buffer.from('piet too early'))
    piet.take()
    await olga.typist('piet')
    olga.socket.send(Buffer.from('olga too late'))
    // An answer to what comes after it: the port has heard all that it ever will of that.
    olga.take()
    await piet.typist('olga')
    olga.socket.send(Buffer.from('olga'))
    await vi.waitFor(() => expect(port.typed).toBe('olga'))

    olga.socket.close()
    await piet.typist(null)
    piet.socket.send(Buffer.from('nobody'))
    piet.take()
    await viewer.typist('piet')
    port.push('done')
    await viewer.shows('done')
    expect(port.typed).toBe('olga')
  })

  it('stays with a page that comes back before its broken connection was noticed', async () => {
    const { visit } = await consoleFor(async () => new Port())
    const first = visit('olga', 'tab=one')
    await first.typist('olga')
    const other = visit('piet')
    await other.typist('olga')
    const again = visit('olga', 'tab=one')
    await first.closed
    await Promise.all([again.typist('olga'), other.typist('olga')])
  })

  it('says when the guest does not take what is typed, and keeps no more than some of it', async () => {
    const port = new Port()
    port.reads = false
    const { visit } = await consoleFor(async () => port)
    const olga = visit('olga')
    await olga.greeted()
    for (let n = 0; n < 5; n++) olga.socket.send(Buffer.alloc(60 * 1024, 'x'))
    await olga.hears({ type: 'dropped' })
    expect(port.writableLength).toBeLessThanOrEqual(256 * 1024)
  })
})

describe('a slow browser', () => {
  it('loses its place instead of the memory of Skep, and has everything when it is back', async () => {
    const port = new Port()
    const { visit } = await consoleFor(async () => port)
    const slow = visit('olga')
    const quick = visit('piet')
    await Promise.all([slow.greeted(), quick.greeted()])
    slow.socket.pause()
    const block = Buffer.alloc(256 * 1024, 'a')
    // More than the operating system takes on behalf of who does not read.
    for (let n = 0; n < 80; n++) {
      port.push(block)
      await vi.waitFor(() => expect(quick.screen().length).toBe((n + 1) * block.length), { interval: 1 })
    }
    slow.socket.resume()
    await vi.waitFor(() => expect(slow.controls.filter(each => each.type === 'hello')).toHaveLength(2))
    port.push('end')
    await vi.waitFor(() => expect(slow.screen().endsWith('aend')).toBe(true))
    expect(slow.screen().length).toBeLessThanOrEqual(BUFFER_BYTES + 3)
  })
})

describe('what is kept', () => {
  it('is shown before what comes new, with a line for what was not heard between', async () => {
    const port = new Port()
    const { visit, dir, clock } = await consoleFor(async () => port)
    const log = path.join(dir, 'web1.com1.log')
    await writeFile(log, 'old')
    const { mtimeMs } = await stat(log)
    const browser = visit('olga')
    const gap = gapLine(mtimeMs, clock.now, 'Skep did not run or did not hold the port.')
    await browser.shows(`old${gap}`)
    port.push('new')
    await browser.shows(`old${gap}new`)
    await vi.waitFor(async () => expect(await readFile(log, 'utf8')).toBe(`old${gap}new`))
  })
})
