/** Skep as a server on a free port, for tests that speak HTTP or open sockets. Ends after each of them. */
import { once } from 'node:events'
import { mkdir, writeFile } from 'node:fs/promises'
import { request as httpRequest } from 'node:http'
import path from 'node:path'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { afterEach, vi } from 'vitest'
import { WebSocket } from 'ws'
import type { Host } from './host/host.ts'
import { createHttpServer } from './http.ts'
import type { Pages } from './pages.ts'
import { attachSockets } from './sockets.ts'
import { createStaticFiles } from './static.ts'
import { doorTo, quietInventory, scriptedHost, temporaryDirectory, testServices } from './testing.ts'

export const PASSWORD = 'correct horse battery'
const cleanUp: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const work of cleanUp.splice(0).reverse()) await work()
})

/** Skep on a free port with pages that say which nonce they were given. */
export async function running(options: { names?: string[]; trustProxy?: boolean; host?: Host } = {}) {
  const inventory = quietInventory()
  const connect = vi.fn(() => Promise.reject(new Error('no screen here')))
  const services = testServices({ inventory, host: doorTo(options.host ?? scriptedHost(), { connect }) })
  const pages: Pages = {
    async handle(request, response) {
      response.end(`page ${request.url} ${request.headers['content-security-policy']}`)
    },
    upgrade: async () => undefined,
    close: async () => undefined,
  }
  const { dir, remove } = await temporaryDirectory()
  await mkdir(path.join(dir, '.next/static/chunks'), { recursive: true })
  await writeFile(path.join(dir, '.next/static/chunks/a.js'), 'hello()')
  await writeFile(path.join(dir, '.next/static/chunks/a.js.br'), brotliCompressSync('hello()'))
  await writeFile(path.join(dir, '.next/static/chunks/a.js.gz'), gzipSync('hello()'))
  await writeFile(path.join(dir, '.next/secret'), 'secret')
  const config = { dev: false, names: [], trustProxy: false, ...options }
  let port = 0
  const doors = { services, config, pages, port: () => port }
  const server = createHttpServer({ ...doors, files: createStaticFiles(dir, { build: true }) })
  const sockets = attachSockets(server, doors)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  port = typeof address === 'object' && address ? address.port : 0
  const origin = `http://127.0.0.1:${port}`
  cleanUp.push(
    remove,
    () => services.db.close(),
    () => {
      sockets.close()
      server.close()
      server.closeAllConnections()
    },
  )

  /** The names and values of headers, exactly as given: fetch would not let us set Host. */
  function ask(url: string, headers: Record<string, string> = {}, method = 'GET', body = '') {
    return new Promise<{
      status: number
      headers: NodeJS.Dict<string | string[]>
      text: string
      bytes: Buffer
    }>((resolve, reject) => {
      const request = httpRequest({ port, host: '127.0.0.1', path: url, method, headers }, response => {
        const parts: Buffer[] = []
        response.on('data', (part: Buffer) => parts.push(part))
        response.on('end', () => {
          const bytes = Buffer.concat(parts)
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            text: bytes.toString(),
            bytes,
          })
        })
      })
      request.on('error', reject)
      request.end(body)
    })
  }
  const post = (procedure: string, input: unknown, headers: Record<string, string> = {}) =>
    ask(
      `/api/trpc/${procedure}`,
      { origin, 'content-type': 'application/json', ...headers },
      'POST',
      JSON.stringify(input),
    )
  /** Sets Skep up and signs in; resolves with the Cookie header. */
  async function signIn(): Promise<string> {
    const token = services.accounts.issueSetupToken()
    const answer = await post('accounts.setup', { token, name: 'olga', password: PASSWORD })
    return String(answer.headers['set-cookie']).split(';')[0] ?? ''
  }
  const open = (url: string, headers: Record<string, string>) =>
    new WebSocket(`ws://127.0.0.1:${port}${url}`, { headers })
  return { services, inventory, ask, post, signIn, open, origin, connect, port }
}

/** The status with which an upgrade is refused. */
export async function refusalOf(socket: WebSocket): Promise<number> {
  socket.on('error', () => undefined)
  const [, response] = await once(socket, 'unexpected-response')
  return response.statusCode
}
