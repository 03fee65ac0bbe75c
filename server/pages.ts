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
  // Next listens for upgrades on the server it is given (its getUpgradeHandler() does not reach the reloading of pages);
  // ours are answered by sockets.ts, which passes on what belongs to Next.
  const decoy = new Server()
  const app = next({
    dev: options.dev,
    dir: options.root,
    hostname: 'localhost',
    port: options.port,
    quiet: !options.dev,
    httpServer: decoy,
  })
  await app.prepare()
  const handle = app.getRequestHandler()
  return {
    handle: (request, response) => handle(request, response),
    async upgrade(request, socket, head) {
      if (!decoy.emit('upgrade', request, socket, head)) socket.destroy()
    },
    close: () => app.close(),
  }
}
