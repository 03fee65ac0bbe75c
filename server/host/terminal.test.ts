/** A guest's serial port, held here and over a real sshd: bytes both ways, who else has it, and what is left behind. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import fc from 'fast-check'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { failureOf, temporaryDirectory } from '../testing.ts'
import type { Host, HostSocket } from './host.ts'
import { localHost } from './local.ts'
import { startSshd, type TestSshd } from './ssh/testing.ts'
import { type Guest, guestOnPty, terminalPrograms } from './terminal.testing.ts'
import { holdWords, typedLine } from './terminal-script.ts'

const ALL_BYTES = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte))

describe('the words', () => {
  test('lock a port as cu(1) does, by the last part of its name', () => {
    expect(holdWords('/dev/nmdm-web1.1B').slice(0, 2)).toEqual([
      '/dev/nmdm-web1.1B',
      '/var/spool/lock/LCK..nmdm-web1.1B',
    ])
  })

  test('of what is typed hold no byte that means anything', () => {
    expect(typedLine(Buffer.from('ls %s\r'))).toBe('\\154\\163\\040\\045\\163\\015\n')
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1 }), bytes => {
        expect(typedLine(bytes)).toMatch(/^(\\[0-3][0-7]{2})+\n$/)
      }),
    )
  })
})

describe.each(['here', 'over SSH'])('a terminal %s', where => {
  let dir: string
  let remove: () => Promise<void>
  let options: Awaited<ReturnType<typeof terminalPrograms>>
  let sshd: TestSshd | null = null
  let host: Host
  let guest: Guest
  const opened: HostSocket[] = []

  beforeAll(async () => {
    const temporary = await temporaryDirectory()
    dir = temporary.dir
    remove = temporary.remove
    options = await terminalPrograms(dir)
    if (where === 'here') host = localHost(options)
    else {
      sshd = await startSshd()
      host = sshd.host({}, options)
    }
  })
  afterAll(async () => {
    await host.close()
    await sshd?.dispose()
    await remove()
  })
  beforeEach(async () => {
    guest = await guestOnPty(dir)
  })
  afterEach(async () => {
    for (const each of opened.splice(0)) each.destroy()
    await Promise.all([guest.leave(), rm(lock(), { force: true })])
  })

  async function open() {
    const port = await host.connect({ path: guest.device })
    opened.push(port)
    let heard = Buffer.alloc(0)
    port.on('data', (bytes: Buffer) => {
      heard = Buffer.concat([heard, bytes])
    })
    const closed = new Promise(resolve => port.once('close', resolve))
    let trouble: unknown = null
    port.on('error', error => {
      trouble = error
    })
    return { port, heard: () => heard, trouble: () => trouble, closed }
  }
  /** As soon as whoever had it before has really let it go. */
  const openAgain = () => vi.waitFor(open, { timeout: 10_000 })
  const lock = () => path.join(options.lockDirectory, `LCK..${path.basename(guest.device)}`)

  test('takes every byte both ways, however many', async () => {
    const { port, heard } = await open()
    guest.says(ALL_BYTES)
    await vi.waitFor(() => expect(heard()).toEqual(ALL_BYTES))
    const pasted = Buffer.concat(Array.from({ length: 20 }, () => ALL_BYTES))
    port.write(pasted)
    await vi.waitFor(() => expect(guest.heard()).toEqual(pasted), { timeout: 10_000 })
  })

  test('is had once', async () => {
    const first = await open()
    expect(await failureOf(host.connect({ path: guest.device }))).toMatchObject({
      code: 'in_use',
      message: `Another Skep holds ${guest.device}: one at a time can.`,
    })
    first.port.destroy()
    await openAgain()
  })

  test('is left to whoever locks it as cu(1) does, and told who that is', async () => {
    await writeFile(lock(), '999999999\n')
    // Nobody: what a dead process left.
    const first = await open()
    await writeFile(lock(), `${String(process.pid).padStart(10)}\n`)
    await first.closed
    const words = expect.stringMatching(
      new RegExp(`^\\S+ has ${guest.device} open in a terminal of the host: “.+”, process ${process.pid}\\.`),
    )
    expect(first.trouble()).toMatchObject({ code: 'in_use', message: words })
    expect(await failureOf(host.connect({ path: guest.device }))).toMatchObject({
      code: 'in_use',
      message: words,
    })
    await rm(lock())
    const again = await openAgain()
    guest.says('back')
    await vi.waitFor(() => expect(again.heard().toString()).toBe('back'))
  })

  test('that is not there is told in words', async () => {
    expect(await failureOf(host.connect({ path: '/dev/nmdm-nobody.1B' }))).toMatchObject({
      code: 'not_found',
      message: 'There is no /dev/nmdm-nobody.1B: nmdm(4) is not loaded (kldload nmdm).',
    })
  })

  test('is let go also while the guest does not read what is typed', async () => {
    const { port } = await open()
    guest.stops()
    port.write(Buffer.alloc(256 * 1024, 'x'))
    await vi.waitFor(() => expect(port.writableLength).toBeGreaterThan(0))
    port.destroy()
    await openAgain()
  })

  test('that goes away closes what was open', async () => {
    const { closed, trouble } = await open()
    await guest.leave()
    await closed
    expect(trouble()).toMatchObject({
      code: 'unreachable',
      message: `${guest.device} was closed by the host.`,
    })
    guest = await guestOnPty(dir)
  })

  if (where === 'here') {
    test('is let go when Skep dies', async () => {
      const module = path.join(import.meta.dirname, 'local.ts')
      const program = `
        const { localHost } = await import(${JSON.stringify(module)})
        await localHost(${JSON.stringify(options)}).connect({ path: ${JSON.stringify(guest.device)} })
        console.log('held')
      `
      const skep = spawn(process.execPath, ['--input-type=module', '-e', program], {
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      await once(skep.stdout, 'data')
      expect(await failureOf(host.connect({ path: guest.device }))).toMatchObject({ code: 'in_use' })
      skep.kill('SIGKILL')
      await openAgain()
    })
  } else {
    test('is let go when the connection breaks, and that is told', async () => {
      const { closed, trouble } = await open()
      sshd?.cut()
      await closed
      expect(trouble()).toMatchObject({
        code: 'unreachable',
        message: 'The connection to the machine was lost.',
      })
      await openAgain()
    })

    test('leaves room for commands, however many are held', async () => {
      const guests = await Promise.all(
        Array.from({ length: 12 }, async () => {
          const { dir: own, remove: removeOwn } = await temporaryDirectory()
          return { guest: await guestOnPty(own), removeOwn }
        }),
      )
      const ports = await Promise.all(guests.map(each => host.connect({ path: each.guest.device })))
      expect((await host.run(['echo', 'there'])).stdout).toBe('there\n')
      for (const port of ports) port.destroy()
      await vi.waitFor(() => expect(sshd?.programs()).toEqual([]), { timeout: 10_000 })
      for (const { guest: each, removeOwn } of guests) {
        await each.leave()
        await removeOwn()
      }
    })
  }
})
