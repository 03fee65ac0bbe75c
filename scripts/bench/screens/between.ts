/**
 * What stands between a browser and a guest's screen, in a process of its own so that its work can be measured.
 * Arguments: `copy` (bytes as they come) or `hub` (Skep's), and the guest's port. Prints its own address.
 */
import { once } from 'node:events'
import { createConnection, createServer } from 'node:net'
import { consoleFor } from '../../../server/console/screens.testing.ts'

const [, , kind, guest = ''] = process.argv

async function copy(port: number): Promise<string> {
  const server = createServer(client => {
    const upstream = createConnection(port, '127.0.0.1')
    for (const socket of [client, upstream]) socket.setNoDelay().on('error', () => undefined)
    client.pipe(upstream).pipe(client)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  return `tcp:${typeof address === 'object' && address ? address.port : 0}`
}

async function hub(port: number): Promise<string> {
  const { url } = await consoleFor([], {
    vm: { vnc: `127.0.0.1:${port}` },
    async connect(target) {
      const socket = createConnection('port' in target ? target.port : 0, '127.0.0.1')
      await once(socket, 'connect')
      return socket
    },
  })
  return url
}

console.log(kind === 'hub' ? await hub(Number(guest)) : await copy(Number(guest)))
