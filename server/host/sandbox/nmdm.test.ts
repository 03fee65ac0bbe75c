/** The null modem between a guest's serial port and whoever watches it, whichever end comes first. */
import path from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { temporaryDirectory } from '../../testing.ts'
import { reach, WaitingEnd } from './nmdm.ts'

let socket: string
let remove: () => Promise<void>
beforeEach(async () => {
  const temporary = await temporaryDirectory()
  socket = path.join(temporary.dir, 'A')
  remove = temporary.remove
})
afterEach(() => remove())

async function guest() {
  const end = await reach(socket)
  if (!end) throw new Error('nobody waits')
  let heard = ''
  end.on('data', bytes => {
    heard += bytes
  })
  return { end, heard: () => heard }
}

test('an end that waits hears a guest from its first byte, and the next run of it', async () => {
  const waiting = await WaitingEnd.open(socket)
  let heard = ''
  waiting.on('data', bytes => {
    heard += bytes
  })
  // Nobody has the other end: it is lost.
  waiting.write('lost')
  for (const run of ['one', 'two']) {
    const { end, heard: typed } = await guest()
    end.write(`boot ${run}. `)
    await vi.waitFor(() => expect(heard).toContain(`boot ${run}. `))
    waiting.write('ls')
    await vi.waitFor(() => expect(typed()).toBe('ls'))
    end.destroy()
  }
  expect(heard).toBe('boot one. boot two. ')
  waiting.destroy()
  await vi.waitFor(async () => expect(await reach(socket)).toBeNull())
})

test('an end is had once; one that a dead process left is no hindrance', async () => {
  const waiting = await WaitingEnd.open(socket)
  expect(String(await WaitingEnd.open(socket).catch((error: unknown) => error))).toContain('Device busy')
  waiting.destroy()
  await vi.waitFor(async () => expect(await reach(socket)).toBeNull())
  const again = await WaitingEnd.open(socket)
  again.destroy()
})
