/** A guest's screen through Skep, and straight from the guest. */
import { once } from 'node:events'
import { setTimeout } from 'node:timers/promises'
import { createByteReader } from '../../server/console/bytes.ts'
import { vncPath } from '../../server/console/model.ts'
import { browserAt } from '../../server/console/testing.ts'
import { PRACTICE_SCREEN } from '../../server/host/sandbox/engine/practice.ts'
import type { Bench } from './bench.ts'
import { median, type Row, timed } from './table.ts'

const PICTURES = 30
const GUEST = 'router'

export async function screenRows({ skep, session, host }: Bench): Promise<Row[]> {
  const straight = await screenOf(session, host)
  const sizeMiB = (straight.width * straight.height * 4) / 2 ** 20
  const direct = median(await timed(PICTURES, straight.picture))
  await straight.close()

  async function through(encodings: number[]): Promise<number> {
    const headers = { cookie: session.cookie, origin: skep.url }
    const browser = browserAt(
      `${skep.url.replace('http', 'ws')}${vncPath('sandbox', GUEST, { tab: `bench${encodings.length}` })}`,
      headers,
    )
    await browser.greet(encodings)
    const taken = median(await timed(PICTURES, browser.picture))
    browser.socket.close()
    await browser.closed
    return taken
  }
  const hub = await through([0, -223])
  const packed = await through([0, 6, -223])
  const perSecond = (ms: number) => (sizeMiB * 1000) / ms
  const peer = { peer: perSecond(direct), against: 'straight from the guest', unit: 'MiB/s' as const }
  return [
    {
      measure: `screen ${straight.width}×${straight.height}: whole pictures, unpacked`,
      skep: perSecond(hub),
      ...peer,
    },
    {
      measure: `screen ${straight.width}×${straight.height}: whole pictures, packed`,
      skep: perSecond(packed),
      ...peer,
    },
  ]
}

/** Connects when the guest has drawn its picture: it was switched on with the machine, and its firmware's is smaller. */
async function screenOf({ api }: Bench['session'], host: Bench['host']) {
  for (const until = performance.now() + 60_000; ; await setTimeout(500)) {
    const vm = (await api.vms.list.query()).value.find(each => each.name === GUEST)
    const port = Number(/:(\d+)$/.exec(vm?.vnc ?? '')?.[1])
    try {
      const screen = await straightFrom(await host.connect({ port }))
      if (screen.width === PRACTICE_SCREEN.width) return screen
      await screen.close()
      if (performance.now() > until) throw new Error(`${GUEST} shows no picture of its own`)
    } catch (error) {
      if (performance.now() > until) throw error
    }
  }
}

/** RFB 3.8 without a password, raw encoding. */
async function straightFrom(socket: Awaited<ReturnType<Bench['host']['connect']>>) {
  const reader = createByteReader(socket)
  await reader.read(12)
  socket.write('RFB 003.008\n')
  const [count = 0] = await reader.read(1)
  await reader.read(count)
  socket.write(Buffer.from([1]))
  await reader.read(4)
  socket.write(Buffer.from([1]))
  const init = await reader.read(24)
  await reader.read(init.readUInt32BE(20))
  socket.write(Buffer.from([2, 0, 0, 1, 0, 0, 0, 0]))
  return {
    width: init.readUInt16BE(0),
    height: init.readUInt16BE(2),
    async picture() {
      socket.write(Buffer.from([3, 0, 0, 0, 0, 0, 255, 255, 255, 255]))
      const rectangles = (await reader.read(4)).readUInt16BE(2)
      for (let at = 0; at < rectangles; at++) {
        const head = await reader.read(12)
        await reader.read(4 * head.readUInt16BE(4) * head.readUInt16BE(6))
      }
    },
    async close() {
      socket.destroy()
      await once(socket, 'close')
    },
  }
}
