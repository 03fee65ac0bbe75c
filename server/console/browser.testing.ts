/** A browser at a screen's socket: its control messages, and RFB as noVNC speaks and reads it. */
import { once } from 'node:events'
import { WebSocket } from 'ws'
import { createByteReader } from './bytes.ts'
import { createCanvas } from './canvas.testing.ts'
import { parseVncControl, type VncAsk, type VncControl } from './model.ts'
import { RGBA_BYTES } from './pixels.ts'
import { ENCODING, setEncodings, updateRequest } from './rfb.ts'

export function browserAt(url: string, headers: Record<string, string> = {}) {
  const socket = new WebSocket(url, { headers })
  const controls: VncControl[] = []
  const heard = new Set<() => void>()
  let bytes = 0
  const binary = new ReadableStream<Buffer>({
    start(controller) {
      socket.on('message', (data: Buffer, isBinary) => {
        if (isBinary) {
          bytes += data.length
          return controller.enqueue(data)
        }
        const control = parseVncControl(data.toString())
        if (control) controls.push(control)
        for (const listener of heard) listener()
      })
      socket.on('close', () => controller.close())
    },
  })
  const reader = createByteReader(binary)
  socket.on('error', () => undefined)
  const closed = once(socket, 'close').then(([code]: number[]) => code)
  const canvas = createCanvas(reader)

  return {
    socket,
    controls,
    /** The close code. */
    closed,
    canvas: canvas.now,
    /** How much RFB has come. */
    bytes: () => bytes,
    send: (...bytes: number[]) => socket.send(Buffer.from(bytes)),
    ask: (ask: VncAsk) => socket.send(JSON.stringify(ask)),
    /** The newest control message of a type, null when none came yet. */
    newest<T extends VncControl['type']>(type: T): Extract<VncControl, { type: T }> | null {
      const isOfType = (control: VncControl): control is Extract<VncControl, { type: T }> =>
        control.type === type
      return controls.findLast(isOfType) ?? null
    },
    /** Resolves when what was heard fulfils `condition`. */
    hears(condition: () => boolean): Promise<void> {
      return new Promise(resolve => {
        const listener = () => {
          if (!condition()) return
          heard.delete(listener)
          resolve()
        }
        heard.add(listener)
        listener()
      })
    },
    /** noVNC's greeting: version, None, shared, its pixel format, its encodings. */
    async greet(
      encodings: number[] = [ENCODING.raw, ENCODING.zlib, ENCODING.desktopSize, ENCODING.extendedKey, -313],
      format = RGBA_BYTES,
    ): Promise<{ width: number; height: number }> {
      await reader.read(12)
      socket.send('RFB 003.008\n', { binary: true })
      const types = await reader.read(2)
      if (!types.equals(Buffer.from([1, 1]))) throw new Error('a browser must be offered None only')
      socket.send(Buffer.from([1]))
      await reader.read(4)
      socket.send(Buffer.from([1]))
      const init = await reader.read(24)
      await reader.read(init.readUInt32BE(20))
      socket.send(Buffer.concat([Buffer.from([0, 0, 0, 0]), format]))
      socket.send(setEncodings(encodings))
      const [width, height] = [init.readUInt16BE(0), init.readUInt16BE(2)]
      canvas.resize(width, height)
      return { width, height }
    },
    /** Asks for a picture: all of it, or what has changed. */
    want(incremental: boolean) {
      const { width, height } = canvas.now()
      socket.send(updateRequest(incremental, width, height))
    },
    /** Reads one whole update into the canvas. */
    update: canvas.update,
  }
}
