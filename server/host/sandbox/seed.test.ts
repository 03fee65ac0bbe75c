/** The worlds of the seeds, as their own programs show them. */
import { afterEach, expect, test } from 'vitest'
import type { SeedKind } from './seed.ts'
import { closeVolume, openVolume, readVolume } from './store-volume.ts'
import { sandboxForTest, type TestHost } from './testing.ts'

let host: TestHost | null = null
afterEach(async () => {
  await host?.close()
  host = null
})

async function seeded(seed: SeedKind) {
  const made = await sandboxForTest({ seed })
  host = made
  return { host: made, out: async (...argv: string[]) => (await made.run(argv)).stdout }
}

function bootMark(host: TestHost, name: string): Uint8Array {
  const volume = openVolume(host.world, `/dev/zvol/${name}`, 'read')
  const mark = readVolume(host.world, volume, 510, 2)
  closeVolume(host.world, volume)
  return new Uint8Array(mark)
}

const BOOTS = new Uint8Array([0x55, 0xaa])

const rows = (text: string) =>
  text
    .trimEnd()
    .split('\n')
    .map(line => line.split('\t'))

test('empty: a pool, no guests, nothing in the queue', async () => {
  const { out } = await seeded('empty')
  expect(await out('zpool', 'list', '-Ho', 'name,health')).toBe('tank\tONLINE\n')
  expect(await out('zfs', 'list', '-Ho', 'name')).toBe('tank\n')
  expect(await out('zpool', 'events', '-H')).toBe('')
  expect(await out('sysrc', '-in', 'vm_enable')).toBe('')
})

test('small: guests with disks that boot, snapshots, a hold', async () => {
  const { host, out } = await seeded('small')
  expect(await out('zfs', 'list', '-Ho', 'name', '-t', 'volume')).toBe(
    'tank/vms/alpha/disk0\ntank/vms/beta/disk0\n',
  )
  expect((await host.list('/vm')).map(entry => entry.name)).toEqual(expect.arrayContaining(['alpha', 'beta']))
  expect(bootMark(host, 'tank/vms/alpha/disk0')).toEqual(BOOTS)
  expect(await out('zfs', 'get', '-Hpo', 'value', 'userrefs', 'tank/home@first')).toBe('1\n')
})

test('demo: a snapshot from before the upgrade does not know of it', async () => {
  const { out } = await seeded('demo')
  const disk = 'tank/vms/debian01/disk0'
  await out('zfs', 'clone', `${disk}@before-upgrade`, 'tank/before')
  const notes = async (volume: string) =>
    (await out('dd', `if=/dev/zvol/${volume}`, 'bs=512', 'skip=128', 'count=3')).replaceAll('\0', '')
  expect(await notes('tank/before')).toBe('installed')
  expect(await notes(disk)).toBe('installedapt upgrade: 41 packagesweb server moved to port 8080')
})

test('demo: two pools, one with a lost disk, as full as promised', async () => {
  const { out } = await seeded('demo')
  expect(rows(await out('zpool', 'list', '-Hpo', 'name,health,capacity'))).toEqual([
    ['backup', 'DEGRADED', '81'],
    ['tank', 'ONLINE', '62'],
  ])
  expect(await out('zpool', 'status', '-x')).toMatch(
    /ZFS-8000-2Q\n(.|\n)*UNAVAIL {6}0 {5}0 {5}0 {2}was \/dev\/da4\n/,
  )
  expect(await out('zpool', 'status', 'tank')).toMatch(
    /scan: scrub repaired 0B in 05:42:00 with 0 errors on /,
  )
})

test('demo: some hundred snapshots whose sizes hang together', async () => {
  const { out } = await seeded('demo')
  const snapshots = rows(await out('zfs', 'list', '-Hpt', 'snapshot', '-o', 'name,used,referenced,creation'))
  expect(snapshots.length).toBeGreaterThan(250)
  expect(snapshots.filter(([, used]) => Number(used) > 0).length).toBeGreaterThan(150)
  for (const kind of ['hourly', 'daily', 'weekly', 'monthly'])
    expect(snapshots.some(([name = '']) => name.includes(`@auto-${kind}-`))).toBe(true)
  const now = Date.now() / 1000
  expect(snapshots.every(([, , , creation]) => Number(creation) <= now)).toBe(true)
  const space = rows(await out('zfs', 'list', '-Hpo', 'used,usedds,usedsnap,usedrefreserv,usedchild'))
  for (const [used, ...parts] of space)
    expect(Number(used)).toBe(parts.reduce((sum, part) => sum + Number(part), 0))
  expect(rows(await out('zfs', 'list', '-Ht', 'bookmark', '-o', 'name'))).toHaveLength(2)
  expect(await out('zfs', 'get', '-Ho', 'value', 'origin', 'tank/db-test')).toMatch(/^tank\/db@auto-daily-/)
})

test('demo: one filesystem shows its encryption', async () => {
  const { out } = await seeded('demo')
  expect(
    await out(
      'zfs',
      'get',
      '-Hpo',
      'property,value,source',
      'encryption,keystatus,keyformat,keylocation,encryptionroot',
      'tank/private',
    ),
  ).toBe(
    'encryption\taes-256-gcm\t-\nkeystatus\tavailable\t-\nkeyformat\tpassphrase\t-\nkeylocation\tprompt\tlocal\nencryptionroot\ttank/private\t-\n',
  )
  expect(await out('zfs', 'get', '-Ho', 'value,source', 'encryption', 'tank/home')).toBe('off\tdefault\n')
})

test('demo: six guests, each in its own state, their confs kept to the byte', async () => {
  const { host, out } = await seeded('demo')
  const guests = (await host.list('/vm')).filter(
    entry => entry.type === 'directory' && !entry.name.startsWith('.'),
  )
  expect(guests.map(entry => entry.name)).toEqual([
    'debian01',
    'freebsd-build',
    'legacy',
    'openbsd',
    'router',
    'win11',
  ])
  expect(await host.read('/vm/legacy/legacy.conf')).toMatch(/^# legacy: .*\n(.|\n)*^owner_note=/m)
  expect(await host.read('/vm/freebsd-build/run.lock')).toBe('skep-demo\n')
  expect((await host.list('/dev/vmm')).map(entry => entry.name)).toEqual(['freebsd-build'])
  expect(await out('ifconfig', '-g', 'vm-port')).toBe('tap7\n')
  expect(await out('sysrc', '-n', 'vm_list')).toBe('router\n')
  expect(bootMark(host, 'tank/vms/debian01/disk0')).toEqual(BOOTS)
})

test('the same seed gives the same guids', async () => {
  const first = (await seeded('small')).host.world.state.pools.tank?.guid
  await host?.close()
  expect((await seeded('small')).host.world.state.pools.tank?.guid).toBe(first)
})
