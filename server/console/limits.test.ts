/** What a browser or a guest that means harm can make the console keep: never more than it should. */
import { once } from 'node:events'
import pino from 'pino'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { BHYVE_FORMAT, bhyveScreen } from './bhyve.testing.ts'
import { createByteReader } from './bytes.ts'
import { createEncoder } from './encoder.ts'
import { greetGuest } from './handshake.ts'
import { Picture } from './picture.ts'
import { RGBA } from './pixels.ts'
import { createPressed } from './pressed.ts'
import { consoleFor, lookAt } from './screens.testing.ts'
import { createViewer, type Visitor } from './viewer.ts'

const cleanUp: (() => unknown)[] = []
afterEach(async () => {
  for (const work of cleanUp.splice(0).reverse()) await work()
})

/** Both ends of one socket: `client` as the console has it. */
async function socketPair(): Promise<{ browser: WebSocket; client: WebSocket }> {
  const sockets = new WebSocketServer({ host: '127.0.0.1', port: 0 })
  cleanUp.push(() => {
    for (const client of sockets.clients) client.terminate()
    sockets.close()
  })
  await once(sockets, 'listening')
  const address = sockets.address()
  const met = once(sockets, 'connection')
  const browser = new WebSocket(`ws://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`)
  await once(browser, 'open')
  const [client]: WebSocket[] = await met
  if (!client) throw new Error('nobody came')
  return { browser, client }
}

const visitorAt = (socket: WebSocket): Visitor => ({
  socket,
  guest: 'web1',
  user: 'olga',
  viewOnly: false,
  sessionId: 's',
  address: '192.0.2.1',
  tab: 't',
})

async function* bytes(...parts: Buffer[]) {
  yield* parts
}

describe('a guest', () => {
  it.each([
    [65535, 65535],
    [4097, 4096],
  ])('of %i by %i pixels is refused before a picture is made for it', async (width, height) => {
    const init = Buffer.alloc(24)
    init.writeUInt16BE(width, 0)
    init.writeUInt16BE(height, 2)
    BHYVE_FORMAT.copy(init, 4)
    const reader = createByteReader(bytes(Buffer.from([1, 1]), Buffer.alloc(4), init))
    const greeting = greetGuest(reader, () => undefined, null)
    await expect(greeting).rejects.toMatchObject({ code: 'unsupported' })
  })
})

describe('a typist', () => {
  it('who holds down keys that no keyboard has is remembered for some of them only', () => {
    const pressed = createPressed()
    const key = Buffer.from([4, 1, 0, 0, 0, 0, 0, 0])
    for (let keysym = 0; keysym < 10_000; keysym++) {
      key.writeUInt32BE(keysym, 4)
      pressed.note(key)
    }
    const released = pressed.release()
    expect(released.length).toBeLessThan(1000)
    expect(released.length).toBeGreaterThan(100)
    expect(pressed.release()).toEqual([])
  })
})

describe('a browser', () => {
  it('that asks for ever new parts of one picture does not have them all kept', async () => {
    const picture = new Picture()
    picture.resize(64, 64)
    picture.commit()
    const cut = vi.spyOn(picture, 'cut')
    const { encode } = createEncoder(picture)
    const whole = { x: 0, y: 0, width: 64, height: 64 }
    await encode([whole], RGBA, false)
    await encode([whole], RGBA, false)
    expect(cut).toHaveBeenCalledTimes(1)
    for (let width = 1; width <= 64; width++) await encode([{ ...whole, width }], RGBA, false)
    const before = cut.mock.calls.length
    // Kept for others, but no longer after so many others.
    await encode([{ ...whole, width: 1 }], RGBA, false)
    expect(cut.mock.calls.length).toBe(before + 1)
  })

  it('looks at one screen in eight windows at most; a window that comes back is none more', async () => {
    const screen = await bhyveScreen()
    const { visit } = await consoleFor(cleanUp, { screen })
    for (let tab = 1; tab <= 8; tab++) await lookAt(visit('olga', `tab=t${tab}`))
    const ninth = visit('olga', 'tab=t9')
    await ninth.closed
    expect(ninth.newest('reason')).toMatchObject({ code: 'refused', retry: false })
    await lookAt(visit('olga', 'tab=t8'))
    await lookAt(visit('paul'))
  })

  it('that reads slowly is told how things are now, not all that they have been', async () => {
    const { browser, client } = await socketPair()
    const viewer = createViewer(visitorAt(client), 1, 0, pino({ level: 'silent' }))
    const heard: string[] = []
    const last = new Promise<void>(resolve =>
      browser.on('message', (data: Buffer) => {
        heard.push(data.toString())
        if (data.toString().includes('"typist":999')) resolve()
      }),
    )
    for (let typist = 0; typist < 1000; typist++) viewer.tell({ type: 'people', people: [], typist })
    await last
    expect(heard).toHaveLength(2)
  })

  it('that left before its host was connected is not waited for: the screen is not opened', async () => {
    const screen = await bhyveScreen()
    const { hubs } = await consoleFor(cleanUp, { screen })
    const { browser, client } = await socketPair()
    browser.close()
    await once(client, 'close')
    await hubs.open(visitorAt(client))
    expect(hubs.size).toBe(0)
    expect(screen.connections()).toBe(0)
  })
})
