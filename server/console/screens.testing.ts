/** A console with one guest and the browsers at its screen. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import pino from 'pino'
import { WebSocketServer } from 'ws'
import type { Host } from '../host/host.ts'
import { quietInventory, scriptedHost } from '../testing.ts'
import type { Vm } from '../vms/model.ts'
import { vmRow } from '../vms/row.testing.ts'
import type { BhyveScreen } from './bhyve.testing.ts'
import { browserAt } from './browser.testing.ts'
import { createVncHubs } from './vnc.ts'

export const guest = (more: Partial<Vm> = {}): Vm =>
  vmRow('web1', { state: 'running', pid: 1, startedAt: 0, supervisor: 'skep', ...more })

/** `cleanUp` takes what must be done when the test ends; `visit` opens a browser's tab of somebody at the screen. */
export async function consoleFor(
  cleanUp: (() => unknown)[],
  options: {
    screen?: BhyveScreen
    vm?: Partial<Vm>
    vms?: Vm[]
    password?: string | (() => Promise<string | null>)
    connect?: Host['connect']
    lingerMs?: number
  },
) {
  const { screen, vm = {}, password, lingerMs = 60_000 } = options
  if (screen) cleanUp.push(screen.close)
  const vms = options.vms ?? [guest({ vnc: screen ? `127.0.0.1:${screen.port}` : null, ...vm })]
  const inventory = quietInventory(vms)
  const hubs = createVncHubs({
    host: scriptedHost(undefined, options.connect ?? screen?.connect),
    inventory,
    log: pino({ level: 'silent' }),
    now: () => 1000,
    passwordOf: async () => (typeof password === 'function' ? password() : (password ?? null)),
    bannerMs: 100,
    lingerMs,
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
        tab: query.get('tab') ?? `tab of ${name}`,
      })
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  cleanUp.push(async () => {
    for (const client of sockets.clients) client.terminate()
    server.close()
    await hubs.close()
  })
  const url = `ws://127.0.0.1:${port}`
  const visit = (user: string, query = '') => browserAt(`${url}/?user=${user}&${query}`)
  return { hubs, visit, inventory, vms, url }
}

export type Browser = ReturnType<typeof browserAt>

/** The screen is there, and the whole of it is on the page. */
export async function lookAt(browser: Browser, encodings?: number[]) {
  await browser.greet(encodings)
  browser.want(false)
  return browser.update()
}

/** Asks for what is new and reads on until the page shows `colour` (0xRRGGBB) at the left upper corner. */
export async function seesColour(browser: Browser, colour: number) {
  while (corner(browser) !== colour) {
    browser.want(true)
    await browser.update()
  }
}

/** The colour at the left upper corner of what is on the page. */
export function corner(browser: Browser): number {
  const rgba = browser.canvas().pixels[0] ?? 0
  return ((rgba & 255) << 16) | (rgba & 0xff00) | ((rgba >>> 16) & 255)
}
