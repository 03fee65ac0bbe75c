import { readFileSync } from 'node:fs'
import { type IncomingMessage, Server, type ServerResponse } from 'node:http'
import path from 'node:path'
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
  if (!options.dev) process.env.__NEXT_PRIVATE_STANDALONE_CONFIG = builtConfig(options.root)
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

/**
 * The settings of next.config.js as the build found them. Reading that file again would take the parts of Next that
 * build, and its native compiler, neither of which is in the package.
 */
function builtConfig(root: string): string {
  const required = JSON.parse(readFileSync(path.join(root, '.next/required-server-files.json'), 'utf8'))
  return JSON.stringify(required.config)
}
