/** A viewer that takes pictures and looks at none of them: what is measured is what stands before it. */
import { on, once } from 'node:events'
import { createConnection } from 'node:net'
import { WebSocket } from 'ws'
import { createByteReader } from '../../../server/console/bytes.ts'
import { RGBA_BYTES } from '../../../server/console/pixels.ts'
import { ENCODING, keyEvent, setEncodings, updateRequest } from '../../../server/console/rfb.ts'

export type Viewer = Awaited<ReturnType<typeof viewerAt>>

/** `tcp:PORT`, or the address of a WebSocket. */
export async function viewerAt(address: string) {
  const wire = address.startsWith('tcp:') ? tcp(Number(address.slice(4))) : await webSocket(address)
  const reader = createByteReader(wire.chunks)
  let bytes = 0
  const read = (length: number) => {
    bytes += length
    return reader.read(length)
  }
  const { send, close } = wire

  await read(12)
  send(Buffer.from('RFB 003.008\n'))
  await read(2)
  send(Buffer.from([1]))
  await read(4)
  send(Buffer.from([1]))
  const init = await read(24)
  await read(init.readUInt32BE(20))
  const [width, height] = [init.readUInt16BE(0), init.readUInt16BE(2)]
  send(Buffer.concat([Buffer.alloc(4), RGBA_BYTES]))
  send(setEncodings([ENCODING.zlib, ENCODING.raw, ENCODING.desktopSize]))

  return {
    width,
    height,
    bytes: () => bytes,
    want: (incremental: boolean) => send(updateRequest(incremental, width, height)),
    press: () => send(keyEvent(true, 0x61)),
    async update() {
      for (let left = (await read(4)).readUInt16BE(2); left > 0; left--) {
        const head = await read(12)
        const packed = head.readInt32BE(8) === ENCODING.zlib
        const length = packed
          ? (await read(4)).readUInt32BE()
          : 4 * head.readUInt16BE(4) * head.readUInt16BE(6)
        await read(length)
      }
    },
    close,
  }
}

type Wire = { chunks: AsyncIterable<Buffer>; send: (bytes: Buffer) => void; close: () => Promise<unknown> }

function tcp(port: number): Wire {
  const socket = createConnection(port, '127.0.0.1').setNoDelay()
  socket.on('error', () => undefined)
  return {
    chunks: socket,
    send: bytes => socket.write(bytes),
    close: () => once(socket.destroy(), 'close'),
  }
}

async function webSocket(url: string): Promise<Wire> {
  const socket = new WebSocket(url, 'binary', { perMessageDeflate: false })
  const messages = on(socket, 'message', { close: ['close'] })
  // Text frames are Skep's own and carry no RFB.
  async function* chunks() {
    for await (const [data, isBinary] of messages) if (isBinary) yield data
  }
  await once(socket, 'open')
  return {
    chunks: chunks(),
    send: bytes => socket.send(bytes),
    close() {
      socket.terminate()
      return once(socket, 'close')
    },
  }
}
