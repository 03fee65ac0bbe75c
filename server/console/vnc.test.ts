import { once } from 'node:events'
import { createServer } from 'node:http'
import pino from 'pino'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { WebSocketServer } from 'ws'
import { AppError } from '../errors.ts'
import { quietInventory, scriptedHost } from '../testing.ts'
import type { Vm } from '../vms/model.ts'
import { vmRow } from '../vms/row.testing.ts'
import { VNC_CLOSE } from './model.ts'
import { browserAt, guestScreen } from './testing.ts'
import { createVncHubs } from './vnc.ts'

const cleanUp: (() => void)[] = []
afterEach(() => {
  for (const work of cleanUp.splice(0).reverse()) work()
})

const guest = (more: Partial<Vm> = {}): Vm =>
  vmRow('web1', { state: 'running', pid: 1, startedAt: 0, supervisor: 'skep', ...more })

/** A console with one guest; `visit` opens a browser tab of somebody at its screen. */
async function consoleFor(options: {
  screen?: Awaited<ReturnType<typeof guestScreen>>
  vm?: Partial<Vm>
  vms?: Vm[]
  password?: string
  connect?: () => Promise<never>
}) {
  const { screen, vm = {}, password } = options
  if (screen) cleanUp.push(screen.close)
  const vms = options.vms ?? [guest({ vnc: screen ? `127.0.0.1:${screen.port}` : null, ...vm })]
  const hubs = createVncHubs({
    host: scriptedHost(undefined, options.connect ?? screen?.connect),
    inventory: quietInventory(vms),
    log: pino({ level: 'silent' }),
    now: () => 1000,
    passwordOf: async () => password ?? null,
    bannerMs: 100,
  })
  const sockets = new WebSocketServer({ noServer: true })
  const server = createServer()
  server.on('upgrade', (request, socket, head) => {
    const query = URL.parse(request.url ?? '', 'http://x')?.searchParams ?? new URLSearchParams()
    const name = query.get('user') ?? ''
    sockets.handleUpgrade(request, socket, head, client => {
      void hubs.open({
        socket: client,
        guest: 'web1',
        user: name,
        viewOnly: query.get('role') === 'viewer',
        sessionId: `session of ${name}`,
        address: '192.0.2.1',
        tab: query.get('tab') ?? 'tab',
        take: query.get('take') === '1',
      })
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  cleanUp.push(() => {
    for (const client of sockets.clients) client.terminate()
    server.close()
  })
  const visit = (user: string, query = '') => browserAt(`ws://127.0.0.1:${port}/?user=${user}&${query}`)
  return { hubs, visit }
}

describe('colours', () => {
  it.each([
    { obeysSetPixelFormat: false, encodings: [0], encoding: 0 },
    { obeysSetPixelFormat: false, encodings: [6, 0], encoding: 6 },
    { obeysSetPixelFormat: true, encodings: [6, 0], encoding: 6 },
  ])(
    'are right on a guest with $obeysSetPixelFormat, in encoding $encoding',
    async ({ obeysSetPixelFormat, encodings, encoding }) => {
      const { visit } = await consoleFor({ screen: await guestScreen({ obeysSetPixelFormat }) })
      const browser = visit('olga')
      expect(await browser.greet(encodings)).toEqual({ width: 20, height: 10 })
      for (let frame = 0; frame < 3; frame++) {
        expect(await browser.picture()).toEqual({
          encoding,
          width: 20,
          height: 10,
          red: 255,
          green: 128,
          blue: 1,
        })
      }
    },
  )

  it('arrive whole when the picture is large', async () => {
    const { visit } = await consoleFor({ screen: await guestScreen({ width: 1920, height: 1200 }) })
    const browser = visit('olga')
    await browser.greet()
    expect(await browser.picture()).toMatchObject({ encoding: 6, width: 1920, red: 255, green: 128, blue: 1 })
  })
})

describe('what reaches the guest', () => {
  const key = [4, 1, 0, 0, 0, 0, 0, 0x61]
  const qemuKey = [255, 0, 0, 1, 0, 0, 0, 0x61, 0, 0, 0, 30]
  const pointer = [5, 1, 0, 3, 0, 4]
  const cutText = [6, 0, 0, 0, 0, 0, 0, 2, 0x68, 0x69]

  it('is what an operator types, only in messages that bhyve knows', async () => {
    const screen = await guestScreen()
    const { visit } = await consoleFor({ screen })
    const browser = visit('olga')
    await browser.greet()
    for (const message of [key, qemuKey, pointer, cutText]) browser.send(...message)
    await browser.picture()
    const encodings = [2, 0, 0, 3, 0, 0, 0, 0, 255, 255, 255, 0x21, 255, 255, 254, 254]
    expect(screen.received.slice(0, 4).map(one => [...one])).toEqual([encodings, key, qemuKey, pointer])
    expect(screen.received[4]?.readUInt8()).toBe(3)
  })

  it('is nothing that a viewer types', async () => {
    const screen = await guestScreen()
    const { visit } = await consoleFor({ screen })
    const browser = visit('vera', 'role=viewer')
    await browser.greet()
    for (const message of [key, qemuKey, pointer, cutText]) browser.send(...message)
    expect(await browser.picture()).toMatchObject({ red: 255 })
    expect(browser.controls).toMatchObject([{ type: 'hello', viewOnly: true }])
    expect(screen.received.map(one => one.readUInt8())).toEqual([2, 3])
  })

  it('is no message of an unknown type: the browser is told and let go', async () => {
    const { visit } = await consoleFor({ screen: await guestScreen() })
    const browser = visit('olga')
    await browser.greet()
    browser.send(77)
    expect(await browser.closed).toBe(VNC_CLOSE.reason)
    expect(browser.controls.at(-1)).toMatchObject({ type: 'reason', code: 'refused' })
  })

  it('is the letting go of keys and buttons that were down when their browser left', async () => {
    const screen = await guestScreen()
    const { visit } = await consoleFor({ screen })
    const browser = visit('olga')
    await browser.greet()
    for (const message of [key, qemuKey, pointer]) browser.send(...message)
    await browser.picture()
    browser.socket.close()
    const released = [
      [4, 0, 0, 0, 0, 0, 0, 0x61],
      [255, 0, 0, 0, 0, 0, 0, 0x61, 0, 0, 0, 30],
      [5, 0, 0, 3, 0, 4],
    ]
    await vi.waitFor(() => expect(screen.received.slice(5).map(one => [...one])).toEqual(released))
  })
})

describe('one screen, several browsers', () => {
  it('the second is told who holds it, and nothing is opened for it', async () => {
    const screen = await guestScreen()
    const { visit } = await consoleFor({ screen })
    const first = visit('olga')
    await first.greet()
    const second = visit('paul', 'tab=other')
    expect(await second.closed).toBe(VNC_CLOSE.busy)
    expect(second.controls).toEqual([
      {
        type: 'busy',
        holder: { user: 'olga', since: 1000, address: '192.0.2.1', viewOnly: false },
        mayTake: true,
      },
    ])
    expect(screen.connections()).toBe(1)
    expect(await first.picture()).toMatchObject({ red: 255 })
  })

  it('the second may take over: the first is told, the guest keeps its one connection', async () => {
    const screen = await guestScreen()
    const { visit } = await consoleFor({ screen })
    const first = visit('olga')
    await first.greet()
    await first.picture()
    screen.resize(640, 480)
    await first.read(16)
    const second = visit('paul', 'tab=other&take=1')
    expect(await first.closed).toBe(VNC_CLOSE.taken)
    expect(first.controls.at(-1)).toEqual({ type: 'taken', by: 'paul' })
    expect(await second.greet()).toEqual({ width: 640, height: 480 })
    expect(await second.picture()).toMatchObject({ red: 255, green: 128, blue: 1 })
    expect(second.controls).toMatchObject([{ type: 'hello', takenFrom: 'olga' }])
    expect(screen.connections()).toBe(1)
  })

  it('a viewer cannot take it from somebody who works', async () => {
    const { visit } = await consoleFor({ screen: await guestScreen() })
    const first = visit('olga')
    await first.greet()
    const second = visit('vera', 'tab=other&take=1&role=viewer')
    expect(await second.closed).toBe(VNC_CLOSE.busy)
    expect(second.controls).toMatchObject([{ type: 'busy', mayTake: false }])
  })

  it('the same tab that comes back gets it again without asking', async () => {
    const screen = await guestScreen()
    const { visit } = await consoleFor({ screen })
    const first = visit('olga', 'tab=mine')
    await first.greet()
    const again = visit('olga', 'tab=mine')
    await again.greet()
    expect(again.controls).toMatchObject([{ type: 'hello', takenFrom: null }])
    expect(await again.picture()).toMatchObject({ red: 255 })
    expect(screen.connections()).toBe(1)
  })

  it('the connection is closed when the last browser leaves, and only then opened anew', async () => {
    const screen = await guestScreen()
    const { visit, hubs } = await consoleFor({ screen })
    for (let visits = 1; visits <= 5; visits++) {
      const browser = visit('olga', `tab=${visits}`)
      await browser.greet()
      expect(await browser.picture()).toMatchObject({ red: 255 })
      expect(screen.open()).toBe(1)
      expect(screen.connections()).toBe(visits)
      browser.socket.close()
      await vi.waitFor(() => expect(hubs.size).toBe(0))
    }
    await vi.waitFor(() => expect(screen.open()).toBe(0))
  })
})

describe('passwords', () => {
  it('of the conf are answered here; the browser is asked for none', async () => {
    const screen = await guestScreen({ password: 'secret12' })
    const { visit } = await consoleFor({ screen, password: 'secret12 and what bhyve cuts off' })
    const browser = visit('olga')
    await browser.greet()
    expect(await browser.picture()).toMatchObject({ red: 255 })
  })

  it.each([
    ['wrong', /refused the connection: wrong password/],
    [undefined, /wants a password, and the conf of the guest has none/],
  ])('that are %s are told in words', async (password, words) => {
    const screen = await guestScreen({ password: 'secret12' })
    const { visit } = await consoleFor({ screen, ...(password ? { password } : {}) })
    const browser = visit('olga')
    expect(await browser.closed).toBe(VNC_CLOSE.reason)
    expect(browser.controls).toMatchObject([
      { type: 'reason', code: 'refused', message: expect.stringMatching(words) },
    ])
  })
})

describe('no picture', () => {
  it.each([
    [{ state: 'stopped' }, 'stopped', false],
    [{ state: 'crashed', stateReason: 'It ended with status 4.' }, 'stopped', false],
    [{ graphics: false }, 'no_framebuffer', false],
    [{ state: 'running' }, 'no_framebuffer', false],
    [{ state: 'starting' }, 'not_yet', true],
    [{ state: 'firmware' }, 'not_yet', true],
    [{ state: 'running', vnc: '192.0.2.10:5900' }, 'unreachable', false],
  ] as const)('of a guest with %j is %s', async (vm, code, retry) => {
    const { visit } = await consoleFor({ vm: { ...vm } })
    const browser = visit('olga')
    expect(await browser.closed).toBe(VNC_CLOSE.reason)
    expect(browser.controls).toMatchObject([
      { type: 'reason', code, retry, message: expect.stringMatching(/\.$/) },
    ])
  })

  it('of a guest that is not there is not_found', async () => {
    const { visit } = await consoleFor({ vms: [] })
    const browser = visit('olga')
    await browser.closed
    expect(browser.controls).toMatchObject([{ type: 'reason', code: 'not_found' }])
  })

  it('comes when another VNC client has the one connection, and comes back when that one leaves', async () => {
    const screen = await guestScreen()
    const outside = await screen.connect({ port: screen.port })
    await once(outside, 'data')
    const { visit } = await consoleFor({ screen })
    const browser = visit('olga')
    expect(await browser.closed).toBe(VNC_CLOSE.reason)
    expect(browser.controls).toMatchObject([{ type: 'reason', code: 'held_elsewhere', retry: true }])
    outside.destroy()
    await vi.waitFor(() => expect(screen.open()).toBe(0))
    const again = visit('olga')
    await again.greet()
    expect(await again.picture()).toMatchObject({ red: 255 })
  })

  it('is told when the machine cannot be reached', async () => {
    const { visit } = await consoleFor({
      vm: { vnc: '127.0.0.1:5900' },
      connect: () => Promise.reject(new AppError('unreachable', 'The machine does not answer.')),
    })
    const browser = visit('olga')
    await browser.closed
    expect(browser.controls).toMatchObject([{ type: 'reason', code: 'unreachable', retry: true }])
  })

  it('any more is told when the guest goes, and the next visit gets a new connection', async () => {
    const screen = await guestScreen()
    const { visit, hubs } = await consoleFor({ screen })
    const browser = visit('olga')
    await browser.greet()
    screen.drop()
    expect(await browser.closed).toBe(VNC_CLOSE.reason)
    expect(browser.controls.at(-1)).toMatchObject({ type: 'reason', code: 'ended', retry: true })
    await vi.waitFor(() => expect(hubs.size).toBe(0))
    const again = visit('olga')
    await again.greet()
    expect(await again.picture()).toMatchObject({ red: 255 })
  })

  it('but a waiting guest: the first viewer starts it and is told so', async () => {
    const { visit } = await consoleFor({ screen: await guestScreen(), vm: { state: 'waiting' } })
    const browser = visit('olga')
    await browser.greet()
    expect(browser.controls).toMatchObject([
      { type: 'hello', notice: expect.stringContaining('first viewer') },
    ])
  })
})
