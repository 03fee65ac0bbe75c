import { afterEach, describe, expect, it, vi } from 'vitest'
import { BHYVE_FORMAT, bhyveScreen } from './bhyve.testing.ts'
import { ENCODING } from './rfb.ts'
import { consoleFor, corner, lookAt, seesColour } from './screens.testing.ts'

const cleanUp: (() => unknown)[] = []
afterEach(async () => {
  for (const work of cleanUp.splice(0).reverse()) await work()
})

const [ORANGE, BLUE, GREEN] = [0xff8001, 0x0000ff, 0x00ff00]
const { raw, zlib, desktopSize, extendedKey } = ENCODING
const key = [4, 1, 0, 0, 0, 0, 0, 0x61]
const keyUp = [4, 0, 0, 0, 0, 0, 0, 0x61]
const qemuKey = [255, 0, 0, 1, 0, 0, 0, 0x61, 0, 0, 0, 30]
const pointer = [5, 1, 0, 3, 0, 4]
const cutText = [6, 0, 0, 0, 0, 0, 0, 2, 0x68, 0x69]

async function orange(options: Parameters<typeof bhyveScreen>[0] = {}) {
  const screen = await bhyveScreen(options)
  screen.fill(ORANGE)
  return screen
}

/** Messages that change something in a guest: keys and pointer. */
const typed = (screen: Awaited<ReturnType<typeof orange>>) =>
  screen.received.filter(one => ![2, 3].includes(one.readUInt8())).map(one => [...one])

describe('colours', () => {
  const bigEndian = Buffer.from([32, 24, 1, 1, 0, 255, 0, 255, 0, 255, 16, 8, 0, 0, 0, 0])
  it.each([
    { name: 'bhyve of FreeBSD 14', encodings: [raw] },
    { name: 'bhyve of FreeBSD 14, packed', encodings: [zlib, raw] },
    { name: 'bhyve of FreeBSD 15', encodings: [zlib, raw], obeysSetPixelFormat: true },
    { name: 'a guest with the bytes turned round', encodings: [zlib, raw], format: bigEndian },
  ])('of $name are right', async ({ encodings, ...options }) => {
    const screen = await orange({ ...options, width: 200, height: 100 })
    const { visit } = await consoleFor(cleanUp, { screen })
    const browser = visit('olga')
    const { rects } = await lookAt(browser, encodings)
    expect(corner(browser)).toBe(ORANGE)
    expect(new Set(browser.canvas().pixels).size).toBe(1)
    expect(rects.map(rect => rect.encoding)).toEqual(encodings.length > 1 ? [zlib] : [raw])
    screen.fill(BLUE)
    await seesColour(browser, BLUE)
  })

  it('are right for a browser that wants bhyve’s own format, beside one that wants another', async () => {
    const screen = await orange()
    const { visit } = await consoleFor(cleanUp, { screen })
    const [one, other] = [visit('olga'), visit('paul')]
    await lookAt(one)
    await other.greet([raw], BHYVE_FORMAT)
    other.want(false)
    await other.update()
    expect(corner(one)).toBe(ORANGE)
    expect(corner(other)).toBe(0x0180ff)
  })

  it('arrive whole when the picture is large', async () => {
    const screen = await orange({ width: 1920, height: 1200 })
    const { visit } = await consoleFor(cleanUp, { screen })
    const browser = visit('olga')
    await lookAt(browser)
    expect(new Set(browser.canvas().pixels).size).toBe(1)
    expect(corner(browser)).toBe(ORANGE)
  })
})

describe('one screen, several browsers', () => {
  it('see the same over the guest’s one connection, and only what has changed', async () => {
    const screen = await orange({ width: 320, height: 200 })
    const { visit } = await consoleFor(cleanUp, { screen })
    const browsers = ['olga', 'paul', 'vera'].map(user => visit(user, user === 'vera' ? 'role=viewer' : ''))
    for (const browser of browsers) await lookAt(browser)
    for (const browser of browsers) browser.want(true)
    screen.fill(BLUE, { x: 0, y: 0, width: 10, height: 10 })
    for (const browser of browsers) {
      const { rects } = await browser.update()
      expect(rects).toEqual([{ x: 0, y: 0, width: 32, height: 32, encoding: zlib }])
      expect(corner(browser)).toBe(BLUE)
    }
    expect(screen.connections()).toBe(1)
  })

  it('each at its pace: who does not ask is sent nothing, keeps nobody waiting, and then gets the newest', async () => {
    const screen = await orange()
    const { visit } = await consoleFor(cleanUp, { screen })
    const [fast, slow] = [visit('olga'), visit('paul')]
    await lookAt(fast)
    await lookAt(slow)
    for (let frame = 1; frame <= 20; frame++) {
      screen.fill(frame)
      await seesColour(fast, frame)
    }
    slow.want(true)
    await slow.update()
    expect(corner(slow)).toBe(20)
  })

  it('a browser that reads nothing more is sent one update at most, and the others go on', async () => {
    const screen = await orange({ width: 1024, height: 768 })
    const { visit } = await consoleFor(cleanUp, { screen })
    const [fast, stuck] = [visit('olga'), visit('paul')]
    await lookAt(fast, [raw, desktopSize])
    await lookAt(stuck, [raw, desktopSize])
    stuck.socket.pause()
    // It asks, and asks again, for 3 MiB each time, and takes none of it.
    for (let asked = 0; asked < 50; asked++) stuck.want(false)
    for (let frame = 1; frame <= 10; frame++) {
      screen.fill(frame)
      await seesColour(fast, frame)
    }
    const before = stuck.bytes()
    stuck.socket.resume()
    await seesColour(stuck, 10)
    // What was under way when it stopped, one more for all that it asked, and what it asked for since.
    expect(stuck.bytes() - before).toBeLessThan(5 * 4 * 1024 * 768)
  })

  it('who asks for a part gets that part, and what is new elsewhere later', async () => {
    const screen = await orange({ width: 320, height: 200 })
    const { visit } = await consoleFor(cleanUp, { screen })
    const browser = visit('olga')
    await browser.greet([raw])
    browser.send(3, 0, 0, 5, 0, 6, 0, 8, 0, 9)
    const part = { x: 5, y: 6, width: 8, height: 9, encoding: raw }
    expect((await browser.update()).rects).toEqual([part])
    browser.want(true)
    expect((await browser.update()).rects).toEqual([{ x: 0, y: 0, width: 320, height: 200, encoding: raw }])
    browser.send(3, 0, 1, 0x3f, 0, 199, 0, 99, 0, 99)
    expect((await browser.update()).rects).toEqual([{ x: 319, y: 199, width: 1, height: 1, encoding: raw }])
  })

  it('the screen that nobody looks at any more ends also while it is being opened, and the next one comes up', async () => {
    const screen = await orange()
    const asked = Promise.withResolvers<null>()
    const password = vi.fn(() => asked.promise)
    const { hubs, visit } = await consoleFor(cleanUp, { screen, password, lingerMs: 0 })
    const early = visit('olga')
    await vi.waitFor(() => expect(password).toHaveBeenCalledTimes(1))
    early.socket.terminate()
    await vi.waitFor(() => expect(hubs.size).toBe(0))
    const late = visit('paul')
    await vi.waitFor(() => expect(password).toHaveBeenCalledTimes(2))
    asked.resolve(null)
    await lookAt(late)
    expect(corner(late)).toBe(ORANGE)
  })

  it('slow ones alone do not keep the guest drawing', async () => {
    const screen = await orange()
    const { visit } = await consoleFor(cleanUp, { screen })
    const slow = visit('olga')
    await lookAt(slow)
    const before = screen.updates()
    for (let frame = 1; frame <= 20; frame++) screen.fill(frame)
    await vi.waitFor(() => expect(screen.updates()).toBe(before + 1))
    slow.want(true)
    await slow.update()
    await seesColour(slow, 20)
    expect(screen.updates() - before).toBeLessThanOrEqual(3)
  })

  it('follow a change of the guest’s mode', async () => {
    const screen = await orange()
    const { visit } = await consoleFor(cleanUp, { screen })
    const browsers = [visit('olga'), visit('paul')]
    for (const browser of browsers) await lookAt(browser)
    screen.resize(640, 480)
    screen.fill(GREEN)
    for (const browser of browsers) {
      await seesColour(browser, GREEN)
      expect(browser.canvas()).toMatchObject({ width: 640, height: 480 })
    }
  })
})

describe('what reaches the guest', () => {
  it('is what the typist types, only in messages that bhyve knows', async () => {
    const screen = await orange()
    const { visit } = await consoleFor(cleanUp, { screen })
    const browser = visit('olga')
    await lookAt(browser)
    for (const message of [key, qemuKey, pointer, cutText]) browser.send(...message)
    await vi.waitFor(() => expect(typed(screen)).toEqual([key, qemuKey, pointer]))
    expect(screen.received[0]?.readUInt16BE(2)).toBe(3)
    expect(screen.open()).toBe(1)
  })

  it('is a plain key where the guest knows no scan codes', async () => {
    const screen = await orange({ extendedKeys: false })
    const { visit } = await consoleFor(cleanUp, { screen })
    const browser = visit('olga')
    await lookAt(browser)
    browser.send(...qemuKey)
    browser.socket.close()
    await vi.waitFor(() => expect(typed(screen)).toEqual([key, keyUp]))
  })

  it('browsers are told that the guest takes scan codes, each once', async () => {
    const screen = await orange()
    const { visit } = await consoleFor(cleanUp, { screen })
    const browser = visit('olga')
    const { rects } = await lookAt(browser)
    expect(rects.map(rect => rect.encoding)).toEqual([extendedKey, zlib])
    screen.fill(BLUE)
    browser.want(true)
    expect((await browser.update()).rects.map(rect => rect.encoding)).toEqual([zlib])
  })

  it('is nothing of those who look on, until they take the keyboard; then nothing of who had it', async () => {
    const screen = await orange()
    const { visit } = await consoleFor(cleanUp, { screen })
    const olga = visit('olga')
    await lookAt(olga)
    const paul = visit('paul')
    await lookAt(paul)
    for (const message of [key, qemuKey, pointer]) paul.send(...message)
    for (const message of [key, qemuKey, pointer]) olga.send(...message)
    await vi.waitFor(() => expect(typed(screen)).toEqual([key, qemuKey, pointer]))
    paul.ask({ type: 'take' })
    await olga.hears(() => olga.newest('people')?.typist === 2)
    const released = [keyUp, [255, 0, 0, 0, 0, 0, 0, 0x61, 0, 0, 0, 30], [5, 0, 0, 3, 0, 4]]
    await vi.waitFor(() => expect(typed(screen).slice(3)).toEqual(released))
    olga.send(...key)
    screen.fill(BLUE)
    await seesColour(olga, BLUE)
    paul.send(...pointer)
    await vi.waitFor(() => expect(typed(screen).slice(6)).toEqual([pointer]))
  })

  it('is nothing of a viewer, who cannot take the keyboard either', async () => {
    const screen = await orange()
    const { visit } = await consoleFor(cleanUp, { screen })
    const vera = visit('vera', 'role=viewer')
    await lookAt(vera)
    vera.ask({ type: 'take' })
    for (const message of [key, qemuKey, pointer, cutText]) vera.send(...message)
    screen.fill(BLUE)
    await seesColour(vera, BLUE)
    expect(vera.newest('people')).toMatchObject({ typist: null, people: [{ user: 'vera', mayType: false }] })
    const olga = visit('olga')
    await lookAt(olga)
    expect(olga.newest('people')).toMatchObject({ typist: 2 })
    vera.ask({ type: 'take' })
    olga.send(...key)
    await vi.waitFor(() => expect(typed(screen)).toEqual([key]))
    expect(olga.newest('people')).toMatchObject({ typist: 2 })
  })

  it('is the letting go of keys and buttons that were down when their browser left', async () => {
    const screen = await orange()
    const { visit } = await consoleFor(cleanUp, { screen })
    const [olga, paul] = [visit('olga'), visit('paul')]
    await lookAt(olga)
    await lookAt(paul)
    for (const message of [key, pointer]) olga.send(...message)
    await vi.waitFor(() => expect(typed(screen)).toHaveLength(2))
    olga.socket.close()
    await paul.hears(() => paul.newest('people')?.people.length === 1)
    expect(paul.newest('people')).toMatchObject({ typist: null })
    await vi.waitFor(() => expect(typed(screen).slice(2)).toEqual([keyUp, [5, 0, 0, 3, 0, 4]]))
    paul.ask({ type: 'take' })
    await paul.hears(() => paul.newest('people')?.typist === 2)
  })
})

describe('people', () => {
  it('are told who is there since when, and which of them types', async () => {
    const screen = await orange()
    const { visit } = await consoleFor(cleanUp, { screen })
    const olga = visit('olga')
    await lookAt(olga)
    const paul = visit('paul')
    await lookAt(paul)
    const person = { address: '192.0.2.1', since: 1000, mayType: true }
    expect(paul.newest('hello')).toEqual({ type: 'hello', guest: 'web1', me: 2 })
    await olga.hears(() => olga.newest('people')?.people.length === 2)
    for (const browser of [olga, paul])
      expect(browser.newest('people')).toEqual({
        type: 'people',
        typist: 1,
        people: [
          { id: 1, user: 'olga', ...person },
          { id: 2, user: 'paul', ...person },
        ],
      })
  })

  it('whose tab comes back are the same still: they have the keyboard again, and the broken socket is gone', async () => {
    const screen = await orange()
    const { visit } = await consoleFor(cleanUp, { screen })
    const first = visit('olga', 'tab=mine')
    await lookAt(first)
    const again = visit('olga', 'tab=mine')
    await lookAt(again)
    await first.closed
    await again.hears(() => again.newest('people')?.people.length === 1)
    expect(again.newest('people')).toMatchObject({ typist: 2 })
    again.send(...key)
    await vi.waitFor(() => expect(typed(screen)).toEqual([key]))
    expect(screen.connections()).toBe(1)
  })
})
