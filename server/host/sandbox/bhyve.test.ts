import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { createConnection } from 'node:net'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { Guests, picture } from './bhyve-testing.ts'
import { NOTES_LBA, PRACTICE_SCREEN, practiceDisk, practiceIso } from './engine/practice.ts'
import { KEY } from './engine/testing.ts'
import { pathSocket } from './protocol.ts'
import { sandboxForTest, type TestHost } from './testing.ts'

const { facts, line, skep, paper } = PRACTICE_SCREEN

let host: TestHost
let guests: Guests

beforeAll(async () => {
  host = await sandboxForTest({ seed: 'empty' })
  guests = new Guests(host)
})
afterAll(async () => {
  guests?.kill()
  await host?.close()
})

const start = (...words: Parameters<Guests['start']>) => guests.start(...words)
const disk = (...words: Parameters<Guests['disk']>) => guests.disk(...words)

/** What a note's sector of a disk image holds, as `dd` would show it. */
function note(machinePath: string, n: number): string {
  const bytes = readFileSync(host.world.resolve(machinePath))
  const at = (NOTES_LBA + n - 1) * 512
  return bytes.toString('latin1', at, at + 512).replace(/\0+$/, '')
}

describe('a guest', () => {
  test('boots to its picture, shows typed keys at once, keeps a line on its disk, and is told apart by its look', async () => {
    const web = disk('web1', practiceDisk('web1', 'sky', ['first']))
    const guest = start('web1', [`4,virtio-blk,${web}`])
    const viewer = await guest.view({ zlib: true })
    expect(viewer).toMatchObject({ banner: 'RFB 003.008\n', name: 'bhyve', security: [1] })
    await picture(viewer)
    // Sky, straw, the door, a bee, the paper: the guest's own colours, red and blue not swapped.
    expect(viewer.at(5, 0)).toBe(0x17304a)
    expect(viewer.at(250, 390)).toBe(0x1a120a)
    expect(viewer.at(96, 118)).toBe(0xffc531)
    expect(viewer.at(500, 560)).toBe(paper)
    expect(viewer.look(skep)).toMatchInlineSnapshot(`"c0cd10218134dc65"`)

    const empty = viewer.look(line)
    viewer.type('Hello, Skep!')
    await viewer.until(() => viewer.look(line) !== empty, 'the typed line')
    const before = viewer.look(facts)
    viewer.press(KEY.enter)
    await viewer.until(() => viewer.look(facts) !== before && viewer.look(line) === empty, 'the kept line')
    expect(note(web, 1)).toBe('first')
    expect(note(web, 2)).toBe('Hello, Skep!')

    const processes = Object.values(host.world.state.processes)
    expect(processes).toContainEqual(
      expect.objectContaining({ pid: guest.child.pid, title: 'bhyve: web1', vm: 'web1' }),
    )
    expect(host.world.state.vmm.web1?.pid).toBe(guest.child.pid)

    guest.child.kill('SIGTERM')
    expect(await guest.ended).toEqual({ exit: 1, signal: null })
    expect(guest.stderr()).toMatch(
      /^sandbox: this guest runs on an emulator with a BIOS in place of UEFI, disks as IDE\n$/,
    )
    expect(existsSync(guest.socket)).toBe(false)
    await vi.waitFor(() => expect(host.world.state.vmm.web1?.pid).toBeNull())
    expect(await host.run(['bhyvectl', '--vm=web1', '--destroy'])).toMatchObject({ exit: 0 })
    expect(host.world.state.vmm.web1).toBeUndefined()
  })

  test.each([
    ['F1 resets', 1, 0],
    ['F2 halts', 2, 2],
    ['F3 ends in a triple fault', 3, 3],
    ['F4 turns off', 4, 1],
  ])('%s', async (_what, key, status) => {
    const name = `keys${key}`
    const guest = start(name, [`4,ahci-hd,${disk(name, practiceDisk(name))}`])
    const viewer = await guest.view()
    await picture(viewer)
    viewer.press(KEY.f(key))
    expect(await guest.ended).toEqual({ exit: status, signal: null })
  })

  test('is installed from a CD on a blank disk, and boots from there afterwards', async () => {
    const cd = guests.file('/iso/skep-practice.iso', practiceIso())
    const blank = disk('fresh', Buffer.alloc(0))
    const devices = [`3,ahci-cd,${cd}`, `4,virtio-blk,${blank}`]
    const first = start('fresh', devices)
    const viewer = await first.view()
    await picture(viewer)
    viewer.type('kept\n')
    await vi.waitFor(() => expect(note(blank, 1)).toBe('kept'))
    const looked = viewer.look(facts)
    viewer.press(KEY.f(1))
    expect(await first.ended).toMatchObject({ exit: 0 })

    const second = start('fresh', devices)
    const again = await second.view()
    await picture(again)
    expect(again.look(facts)).not.toBe(looked)
    expect(readFileSync(host.world.resolve(blank)).readUInt32LE(64 * 512 + 12)).toBe(2)
    second.child.kill('SIGKILL')
    expect(await second.ended).toMatchObject({ signal: 'SIGKILL' })

    // Told to boot the CD first, it finds the disk no longer blank, leaves it alone and keeps nothing.
    const third = start(
      'fresh',
      [`3,ahci-cd,${cd},bootindex=0`, `4,virtio-blk,${blank}`],
      '',
      undefined,
      ',fwcfg=qemu',
    )
    await picture(await third.view())
    expect(readFileSync(host.world.resolve(blank)).readUInt32LE(64 * 512 + 12)).toBe(2)
    third.child.kill('SIGTERM')
    expect(await third.ended).toMatchObject({ exit: 1 })
  })

  test('dies by SIGTERM before it has ACPI, and its port is free again after kill -9', async () => {
    const guest = start('early', [`4,virtio-blk,${disk('early', practiceDisk('early'))}`], ',wait')
    // It waits for a viewer: no instruction has run, and its title is still its command line.
    await vi.waitFor(() => expect(existsSync(guest.socket)).toBe(true))
    const title = Object.values(host.world.state.processes).find(each => each.pid === guest.child.pid)?.title
    expect(title).toMatch(/^bhyve -H /)
    guest.child.kill('SIGTERM')
    expect(await guest.ended).toEqual({ exit: null, signal: 'SIGTERM' })
    expect(existsSync(guest.socket)).toBe(true)

    const again = start('early', ['4,virtio-blk,/vm/early.img'], ',wait', guest.port)
    const viewer = await again.view()
    await picture(viewer)
    expect(await host.run(['bhyvectl', '--vm=early', '--force-poweroff'])).toMatchObject({ exit: 0 })
    expect(await again.ended).toMatchObject({ exit: 1 })
  })

  test('serves one viewer at a time; a dead one makes room, an unknown message drops it', async () => {
    const guest = start('views', [`4,nvme,${disk('views', practiceDisk('views'))}`])
    const first = await guest.view()
    await picture(first)
    const second = createConnection(guest.socket)
    let bytes = 0
    second.on('data', data => {
      bytes += data.length
    })
    await once(second, 'connect')
    const before = first.look(line)
    first.type('x')
    await first.until(() => first.look(line) !== before, 'the first viewer still served')
    expect(bytes).toBe(0)
    first.send([99])
    await vi.waitFor(() => expect(first.ended).toBe('closed'))
    await vi.waitFor(() => expect(bytes).toBe(12))
    second.destroy()

    const third = await guest.view({ version: '003.003', shifts: [0, 8, 16] })
    await picture(third)
    // A userland of 14 does not hear SetPixelFormat: red stays at bit 16.
    expect(third.at(96, 118)).toBe(0xffc531)
    third.close()
    expect(await host.run(['bhyvectl', '--vm', 'views', '--force-reset'])).toMatchObject({ exit: 0 })
    expect(await guest.ended).toMatchObject({ exit: 0 })
  })

  test('asks for its password, and speaks on its serial port', async () => {
    const guest = start(
      'secret',
      [`4,virtio-blk,${disk('secret', practiceDisk('secret'))}`],
      ',wait,password=bees123456',
    )
    await vi.waitFor(() => expect(existsSync(guest.socket)).toBe(true))
    const serial = createConnection(pathSocket(host.dir, '/dev/nmdm-secret.1B'))
    let text = ''
    serial.on('data', data => {
      text += data
    })
    await once(serial, 'connect')
    await expect(guest.view({ password: 'wasps' })).rejects.toThrow('Auth Failed')
    const viewer = await guest.view({ password: 'bees1234' })
    expect(viewer.security).toEqual([2])
    await picture(viewer)
    await vi.waitFor(() => expect(text).toContain('boot 1 of secret'))
    serial.write('from serial\r')
    await vi.waitFor(() => expect(note('/vm/secret.img', 1)).toBe('from serial'))
    expect(await host.run(['bhyvectl', '--vm=secret', '--destroy'])).toMatchObject({ exit: 0 })
    expect(await guest.ended).toMatchObject({ exit: 4 })
    serial.destroy()
  })

  test('ends with 4 at once when a disk is missing, and tells how it is used', async () => {
    const missing = start('missing', ['4,virtio-blk,/dev/zvol/tank/nope'])
    expect(await missing.ended).toMatchObject({ exit: 4 })
    expect(missing.stderr()).toBe(
      'bhyve: Could not open backing file: /dev/zvol/tank/nope: No such file or directory\n' +
        'Could not open backing file: No such file or directory\n' +
        'Device emulation initialization error: No such file or directory\n',
    )
    const help = await host.run(['bhyve', '-h'])
    expect(help).toMatchObject({ exit: 0, stdout: '' })
    expect(help.stderr).toMatch(/^Usage: bhyve /)
  })
})
