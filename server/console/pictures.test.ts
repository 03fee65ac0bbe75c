/** What Skep shows of a screen besides the screen: it in small, and its last pictures after it has ended. */
import { afterEach, describe, expect, it, vi } from 'vitest'
import { bhyveScreen } from './bhyve.testing.ts'
import { Picture } from './picture.ts'
import { RGBA } from './pixels.ts'
import { createPreRoll } from './preRoll.ts'
import { consoleFor, lookAt, seesColour } from './screens.testing.ts'

const cleanUp: (() => unknown)[] = []
afterEach(async () => {
  for (const work of cleanUp.splice(0).reverse()) await work()
})

const [ORANGE, BLUE] = [0xff8001, 0x0000ff]

async function orange() {
  const screen = await bhyveScreen({ width: 640, height: 400 })
  screen.fill(ORANGE)
  return screen
}

describe('a thumbnail', () => {
  it('is of the connection that is there already, small, and not sent again while nothing changes', async () => {
    const screen = await orange()
    const { visit, hubs } = await consoleFor(cleanUp, { screen })
    const browser = visit('olga')
    await lookAt(browser)
    const first = await hubs.thumbnail('web1', null)
    expect(first).toMatchObject({ live: true, png: expect.stringMatching(/^data:image\/png;base64,/) })
    const png = Buffer.from(first?.png?.split(',')[1] ?? '', 'base64')
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([320, 200])
    const { version = '' } = first ?? {}
    expect(await hubs.thumbnail('web1', version)).toEqual({ version, png: null, live: true })
    screen.fill(BLUE)
    await seesColour(browser, BLUE)
    const second = await hubs.thumbnail('web1', version)
    expect(second?.version).not.toBe(version)
    expect(second?.png).not.toBe(first?.png)
    expect(screen.connections()).toBe(1)
  })

  it('opens a screen that nobody looks at, follows it, and lets it go when nobody asks any more', async () => {
    const screen = await orange()
    const { hubs } = await consoleFor(cleanUp, { screen, lingerMs: 300 })
    await vi.waitFor(async () => expect(await hubs.thumbnail('web1', null)).not.toBeNull())
    const first = await hubs.thumbnail('web1', null)
    screen.fill(BLUE)
    await vi.waitFor(async () =>
      expect((await hubs.thumbnail('web1', first?.version ?? null))?.png).not.toBe(null),
    )
    expect(screen.connections()).toBe(1)
    await vi.waitFor(() => expect(screen.open()).toBe(0))
    expect(hubs.size).toBe(0)
  })

  it.each(['waiting', 'stopped', 'starting'] as const)('touches no guest that is %s', async state => {
    const screen = await orange()
    const { hubs } = await consoleFor(cleanUp, { screen, vm: { state, vnc: `127.0.0.1:${screen.port}` } })
    expect(await hubs.thumbnail('web1', null)).toBeNull()
    expect(await hubs.thumbnail('nobody', null)).toBeNull()
    expect(hubs.size).toBe(0)
    expect(screen.connections()).toBe(0)
  })
})

describe('last pictures', () => {
  it('are there after the guest’s side has ended, the very last one included', async () => {
    const screen = await orange()
    const { visit, hubs } = await consoleFor(cleanUp, { screen })
    const browser = visit('olga')
    await lookAt(browser)
    expect(hubs.lastPictures('web1')).toBeNull()
    screen.fill(BLUE)
    await seesColour(browser, BLUE)
    await screen.stop()
    await browser.hears(() => browser.newest('screen')?.state === 'gone')
    const last = hubs.lastPictures('web1')
    expect(last?.endedAt).toBe(1000)
    expect(last?.frames).toHaveLength(2)
    expect(last?.frames[0]?.png.equals(last.frames[1]?.png ?? Buffer.alloc(0))).toBe(false)
  })

  it('are not made of a connection that Skep itself closes', async () => {
    const screen = await orange()
    const { visit, hubs } = await consoleFor(cleanUp, { screen, lingerMs: 1 })
    const browser = visit('olga')
    await lookAt(browser)
    browser.socket.close()
    await vi.waitFor(() => expect(screen.open()).toBe(0))
    expect(hubs.lastPictures('web1')).toBeNull()
  })

  it('are two a second, eight at most, and whatever changed last', async () => {
    const picture = new Picture()
    picture.resize(2, 2)
    let now = 10_000
    const preRoll = createPreRoll(picture, () => now)
    const show = (colour: number) => {
      picture.paint({ x: 0, y: 0, width: 2, height: 2 }, new Uint32Array(4).fill(colour), RGBA)
      picture.commit()
      return preRoll.note()
    }
    for (let frame = 1; frame <= 100; frame++) {
      await show(frame)
      now += 100
    }
    const last = await preRoll.end()
    expect(last?.endedAt).toBe(20_000)
    expect(last?.frames.map(frame => frame.at)).toEqual([
      16_500, 17_000, 17_500, 18_000, 18_500, 19_000, 19_500, 19_900,
    ])
  })
})
