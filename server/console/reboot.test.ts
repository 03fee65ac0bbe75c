import { once } from 'node:events'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { AppError } from '../errors.ts'
import { bhyveScreen } from './bhyve.testing.ts'
import { VNC_CLOSE } from './model.ts'
import { type Browser, consoleFor, corner, guest, lookAt, seesColour } from './screens.testing.ts'

const cleanUp: (() => unknown)[] = []
afterEach(async () => {
  for (const work of cleanUp.splice(0).reverse()) await work()
})

const [ORANGE, BLUE] = [0xff8001, 0x0000ff]

const gone = (browser: Browser) => browser.hears(() => browser.newest('screen')?.state === 'gone')
const live = (browser: Browser) => browser.hears(() => browser.newest('screen')?.state === 'live')

describe('the guest’s connection', () => {
  it('is kept for a while when the last browser leaves', async () => {
    const screen = await bhyveScreen()
    const { visit, hubs } = await consoleFor(cleanUp, { screen })
    for (let visits = 1; visits <= 3; visits++) {
      const browser = visit('olga')
      await lookAt(browser)
      browser.socket.close()
      await browser.closed
    }
    expect(screen.connections()).toBe(1)
    expect(hubs.size).toBe(1)
  })

  it('is closed after that, and only then opened anew', async () => {
    const screen = await bhyveScreen()
    const { visit, hubs } = await consoleFor(cleanUp, { screen, lingerMs: 1 })
    for (let visits = 1; visits <= 5; visits++) {
      const browser = visit('olga')
      await lookAt(browser)
      expect([screen.open(), screen.connections()]).toEqual([1, visits])
      browser.socket.close()
      await vi.waitFor(() => expect(hubs.size).toBe(0))
    }
    await vi.waitFor(() => expect(screen.open()).toBe(0))
  })

  it('is closed when the machine is closed, and the browsers are told to come again', async () => {
    const screen = await bhyveScreen()
    const { visit, hubs } = await consoleFor(cleanUp, { screen })
    const browser = visit('olga')
    await lookAt(browser)
    await hubs.close()
    await vi.waitFor(() => expect(screen.open()).toBe(0))
    expect(await browser.closed).toBe(VNC_CLOSE.reason)
    expect(browser.newest('reason')).toMatchObject({ code: 'unreachable', retry: true })
  })
})

describe('a reboot', () => {
  it('is told, the last picture stays for those who come, and everybody sees the new one by itself', async () => {
    const screen = await bhyveScreen()
    screen.fill(ORANGE)
    const { visit } = await consoleFor(cleanUp, { screen })
    const olga = visit('olga')
    await lookAt(olga)
    await screen.stop()
    await gone(olga)
    expect(olga.newest('screen')).toMatchObject({ retry: true, message: expect.stringMatching(/\.$/) })
    const paul = visit('paul')
    await lookAt(paul)
    expect(paul.newest('screen')).toMatchObject({ state: 'gone' })
    expect(corner(paul)).toBe(ORANGE)
    screen.fill(BLUE)
    await screen.start()
    for (const browser of [olga, paul]) {
      await live(browser)
      await seesColour(browser, BLUE)
    }
    expect(olga.newest('people')).toMatchObject({ typist: 1 })
  })

  it('leaves no key down: what was held before is not held in the new run', async () => {
    const screen = await bhyveScreen()
    const { visit } = await consoleFor(cleanUp, { screen })
    const olga = visit('olga')
    await lookAt(olga)
    olga.send(4, 1, 0, 0, 0, 0, 0, 0x61)
    await vi.waitFor(() => expect(screen.received.at(-1)?.readUInt8()).toBe(4))
    await screen.stop()
    await gone(olga)
    await screen.start()
    await live(olga)
    const before = screen.received.length
    olga.socket.close()
    const paul = visit('paul')
    await lookAt(paul)
    await paul.hears(() => paul.newest('people')?.people.length === 1)
    expect(screen.received.slice(before).filter(one => one.readUInt8() === 4)).toEqual([])
  })
})

describe('passwords', () => {
  it('of the conf are answered here; the browser is asked for none', async () => {
    const screen = await bhyveScreen({ password: 'secret12' })
    screen.fill(ORANGE)
    const { visit } = await consoleFor(cleanUp, { screen, password: 'secret12 and what bhyve cuts off' })
    const browser = visit('olga')
    await lookAt(browser)
    expect(corner(browser)).toBe(ORANGE)
  })

  it.each([
    ['wrong', /refused the connection: Auth Failed/],
    [undefined, /wants a password, and the conf of the guest has none/],
  ])('that are %s are told in words', async (password, words) => {
    const screen = await bhyveScreen({ password: 'secret12' })
    const { visit } = await consoleFor(cleanUp, { screen, ...(password ? { password } : {}) })
    const browser = visit('olga')
    await gone(browser)
    const refused = { code: 'refused', message: expect.stringMatching(words), retry: false }
    expect(browser.newest('screen')).toMatchObject(refused)
    expect(screen.connections()).toBe(1)
    browser.ask({ type: 'retry' })
    await vi.waitFor(() => expect(screen.connections()).toBe(2))
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
    const { visit } = await consoleFor(cleanUp, { vm: { ...vm } })
    const browser = visit('olga')
    await gone(browser)
    expect(browser.newest('screen')).toMatchObject({ code, retry, message: expect.stringMatching(/\.$/) })
  })

  it('of a guest that is not there is not_found', async () => {
    const { visit } = await consoleFor(cleanUp, { vms: [] })
    const browser = visit('olga')
    await gone(browser)
    expect(browser.newest('screen')).toMatchObject({ code: 'not_found' })
  })

  it('of a stopped guest comes as soon as the guest runs, without anybody asking', async () => {
    const screen = await bhyveScreen()
    const { visit, vms, inventory } = await consoleFor(cleanUp, { screen, vm: { state: 'stopped' } })
    const browser = visit('olga')
    await gone(browser)
    expect(inventory.watched()).toBe(true)
    vms.splice(0, 1, guest({ vnc: `127.0.0.1:${screen.port}` }))
    inventory.tell([{ topic: 'vm', key: 'another' }])
    expect(screen.connections()).toBe(0)
    inventory.tell([{ topic: 'vm', key: 'web1' }])
    await live(browser)
    await lookAt(browser)
    expect(inventory.watched()).toBe(false)
  })

  it('comes when another VNC client has the one connection, until that one leaves', async () => {
    const screen = await bhyveScreen()
    const outside = await screen.connect({ port: screen.port })
    await once(outside, 'data')
    const { visit } = await consoleFor(cleanUp, { screen })
    const browser = visit('olga')
    await gone(browser)
    expect(browser.newest('screen')).toMatchObject({ code: 'held_elsewhere', retry: true })
    outside.destroy()
    await live(browser)
  })

  it('is told when the machine cannot be reached', async () => {
    const { visit } = await consoleFor(cleanUp, {
      vm: { vnc: '127.0.0.1:5900' },
      connect: () => Promise.reject(new AppError('unreachable', 'The machine does not answer.')),
    })
    const browser = visit('olga')
    await gone(browser)
    expect(browser.newest('screen')).toMatchObject({ code: 'unreachable', retry: true })
  })

  it('but a waiting guest: the first viewer starts it and is told so', async () => {
    const screen = await bhyveScreen()
    const { visit } = await consoleFor(cleanUp, { screen, vm: { state: 'waiting' } })
    const browser = visit('olga')
    await live(browser)
    expect(browser.newest('screen')).toMatchObject({ notice: expect.stringContaining('first viewer') })
  })

  it('is the browser’s own fault when it says what no RFB client of ours says', async () => {
    const screen = await bhyveScreen()
    const { visit } = await consoleFor(cleanUp, { screen })
    const browser = visit('olga')
    await lookAt(browser)
    browser.send(77)
    expect(await browser.closed).toBe(VNC_CLOSE.reason)
    expect(browser.newest('reason')).toMatchObject({ code: 'refused' })
    expect(screen.open()).toBe(1)
  })
})
