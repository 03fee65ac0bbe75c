import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { type Guest, Guests, picture } from './bhyve-testing.ts'
import { PRACTICE_SCREEN, practiceDisk } from './engine/practice.ts'
import { KEY, type Viewer } from './engine/testing.ts'
import { sandboxForTest, type TestHost } from './testing.ts'

const { facts, line, notes } = PRACTICE_SCREEN
const TIMEOUT = 120_000

let host: TestHost
let guests: Guests
/** A machine that a test takes down. */
let other: TestHost | null = null

beforeAll(async () => {
  host = await sandboxForTest({ seed: 'empty' })
  guests = new Guests(host)
})
afterAll(async () => {
  guests?.kill()
  await host?.close()
  await other?.close()
})

async function zfs(...words: string[]): Promise<void> {
  expect(await host.run(['zfs', ...words])).toMatchObject({ exit: 0, stderr: '' })
}

/** What `dd` reads of the n-th note on the host. */
async function note(zvol: string, n: number): Promise<string> {
  const words = [`if=/dev/zvol/${zvol}`, 'bs=512', `skip=${127 + n}`, 'count=1']
  const { stdout } = await host.run(['dd', ...words])
  return stdout.replace(/\0+$/, '')
}

/** A zvol with a practice guest on it. */
async function volume(name: string, ...options: string[]): Promise<void> {
  await zfs('create', ...options, '-V', '8M', '-s', name)
  guests.file('/tmp/practice.img', practiceDisk(name.slice(-8)))
  const copied = await host.run(['dd', 'if=/tmp/practice.img', `of=/dev/zvol/${name}`, 'bs=64k'])
  expect(copied.exit).toBe(0)
}

async function up(name: string, zvol: string): Promise<{ guest: Guest; viewer: Viewer }> {
  const guest = guests.start(name, [`4,virtio-blk,/dev/zvol/${zvol}`])
  const viewer = await guest.view()
  await picture(viewer)
  return { guest, viewer }
}

async function shutDown({ guest }: { guest: Guest }): Promise<void> {
  guest.child.kill('SIGTERM')
  expect(await guest.ended).toEqual({ exit: 1, signal: null })
}

test('a rollback brings back the notes of a guest, on the host and on its screen', {
  timeout: TIMEOUT,
}, async () => {
  await volume('tank/web')
  const first = await up('web', 'tank/web')
  await keep(first.viewer, 'before')
  expect(await note('tank/web', 1)).toBe('before')
  await zfs('snapshot', 'tank/web@then')
  const looked = first.viewer.look(notes)
  await keep(first.viewer, 'after')
  expect(await note('tank/web', 2)).toBe('after')
  expect(first.viewer.look(notes)).not.toBe(looked)
  await shutDown(first)

  await zfs('rollback', 'tank/web@then')
  expect(await note('tank/web', 2)).toBe('')
  await zfs('clone', 'tank/web@then', 'tank/web-test')
  const again = await up('web', 'tank/web')
  const clone = await up('web-test', 'tank/web-test')
  expect(again.viewer.look(notes)).toBe(looked)
  expect(clone.viewer.look(facts)).toBe(again.viewer.look(facts))
  clone.viewer.type('only here\n')
  await vi.waitFor(async () => expect(await note('tank/web-test', 2)).toBe('only here'))
  expect(await note('tank/web', 2)).toBe('')
  await shutDown(again)
  await shutDown(clone)
})

test('snapshots taken while the guest writes hold whole notes', { timeout: TIMEOUT }, async () => {
  await volume('tank/busy')
  const { guest, viewer } = await up('busy', 'tank/busy')
  for (let n = 1; n <= 6; n++) {
    viewer.type(`line ${n}\n`)
    await vi.waitFor(async () => expect(await note('tank/busy', n)).toBe(`line ${n}`), {
      timeout: 10_000,
      interval: 5,
    })
    await zfs('snapshot', `tank/busy@${n}`)
    await zfs('clone', `tank/busy@${n}`, `tank/busy-${n}`)
  }
  for (let n = 1; n <= 6; n++) {
    expect(await note(`tank/busy-${n}`, n)).toBe(`line ${n}`)
    expect(await note(`tank/busy-${n}`, n + 1)).toBe('')
  }
  await shutDown({ guest })
})

test('a full pool is an error of the disk for the guest, which says so and runs on', {
  timeout: TIMEOUT,
}, async () => {
  await zfs('create', 'tank/small')
  await volume('tank/small/disk')
  const full = await up('full', 'tank/small/disk')
  await zfs('snapshot', 'tank/small/disk@now')
  const { stdout: used } = await host.run(['zfs', 'get', '-Hpo', 'value', 'used', 'tank/small'])
  await zfs('set', `quota=${Number(used) + 1}`, 'tank/small')
  const empty = full.viewer.look(line)
  full.viewer.type('no room')
  full.viewer.press(KEY.enter)
  await vi.waitFor(
    () => expect(full.guest.stderr()).toMatch(/disk 0: write failed: No space left on device/),
    {
      timeout: 10_000,
    },
  )
  await full.viewer.until(() => reddish(full.viewer), 'the message')
  expect(await note('tank/small/disk', 1)).toBe('')
  await zfs('set', 'quota=none', 'tank/small')
  full.viewer.press(KEY.enter)
  await vi.waitFor(async () => expect(await note('tank/small/disk', 1)).toBe('no room'))
  await full.viewer.until(() => full.viewer.look(line) === empty, 'the empty line')
  await shutDown(full)
})

/** Types a line and waits until the guest has kept it: its line is empty again. */
async function keep(viewer: Viewer, text: string): Promise<void> {
  const empty = viewer.look(line)
  viewer.type(text)
  const before = viewer.look(facts)
  viewer.press(KEY.enter)
  await viewer.until(() => viewer.look(facts) !== before && viewer.look(line) === empty, 'the kept line')
}

/** The guest's errors are the only red on its paper. */
function reddish(viewer: Viewer): boolean {
  for (let y: number = line.y; y < line.y + line.height; y++)
    for (let x: number = line.x; x < line.x + line.width; x++) if (viewer.at(x, y) === 0xb3261e) return true
  return false
}

test('a second bhyve of the same name, or on the same port, is refused; the machine takes its guests down', {
  timeout: TIMEOUT,
}, async () => {
  other = await sandboxForTest({ seed: 'empty' })
  const mine = new Guests(other)
  const image = mine.disk('one', practiceDisk('one'))
  const first = mine.start('one', [`4,virtio-blk,${image}`])
  await picture(await first.view())
  const twin = mine.start('one', [`4,virtio-blk,${image}`])
  expect(await twin.ended).toMatchObject({ exit: 4 })
  expect(twin.stderr()).toBe('vm_reinit: Device busy\n')
  const neighbour = mine.start('two', [`4,virtio-blk,${image}`], '', first.port)
  expect(await neighbour.ended).toMatchObject({ exit: 4 })
  expect(neighbour.stderr()).toContain('bind: Address already in use\n')
  await other.close()
  expect(await first.ended).toEqual({ exit: 4, signal: null })
})
