import { type IncomingMessage, Server, type ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import next from 'next'

/** The pages: rendered by Next, which knows nothing of the services. */
export type Pages = {
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>
  /** Development only: the sockets of Next's own reloading. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void>
  close(): Promise<void>
}

export async function createPages(options: { dev: boolean; root: string; port: number }): Promise<Pages> {
  const app = next({
    dev: options.dev,
    dir: options.root,
    hostname: 'localhost',
    port: options.port,
    quiet: !options.dev,
    // Next puts a listener for upgrades on the server it is given; ours are answered by sockets.ts.
    httpServer: new Server(),
  })
  await app.prepare()
  const handle = app.getRequestHandler()
  const upgrade = app.getUpgradeHandler()
  return {
    handle: (request, response) => handle(request, response),
    upgrade: (request, socket, head) => upgrade(request, socket, head),
    close: () => app.close(),
  }
}
