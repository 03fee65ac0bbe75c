/** What pools do over time: scrubs, devices that go and come back, creation, the event stream. */
import { truncateSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { sandboxForTest, type TestHost } from '../testing.ts'

let host: TestHost
beforeEach(async () => {
  host = await sandboxForTest({ seed: 'small' })
  await host.run(['clock', 'set', '2026-11-22T09:00:00Z'])
})
afterEach(() => host.close())

const out = async (...argv: string[]) => (await host.run(argv)).stdout
const ok = async (...argv: string[]) => expect(await host.run(argv)).toMatchObject({ exit: 0, stderr: '' })
const classes = () => host.world.state.events.map(event => event.class.replace(/^.*\.fs\.zfs\./, ''))
const scanLine = async () => /^ {2}scan: (.*)$/m.exec(await out('zpool', 'status', 'tank'))?.[1]

describe('a scrub', () => {
  test('advances with the machine’s clock and finishes with an event', async () => {
    await ok('zpool', 'scrub', 'tank')
    const speed = 2 * 180 * 1024 ** 2
    expect(await scanLine()).toMatch(/^scrub in progress since Sun Nov 22 09:00:0\d 2026$/)
    await host.run(['clock', 'set', '+60'])
    const percent = Number(/ ([\d.]+)% done, 00:0\d:\d\d to go$/m.exec(await out('zpool', 'status'))?.[1])
    const total = host.world.state.pools.tank?.scan?.totalBytes ?? 0
    expect(percent).toBeCloseTo((61 * speed * 100) / total, -1)
    await host.run(['clock', 'set', '+3600'])
    expect(await scanLine()).toMatch(/^scrub repaired 0B in 00:0\d:\d\d with 0 errors on Sun Nov 22 09:0/)
    expect(classes().slice(-4)).toEqual(['scrub_start', 'history_event', 'history_event', 'scrub_finish'])
    expect(await out('zpool', 'history', 'tank')).toContain(' zpool scrub tank\n')
  })

  test('stands still while it is paused, and goes on from there', async () => {
    await ok('zpool', 'scrub', 'tank')
    await host.run(['clock', 'set', '+60'])
    await ok('zpool', 'scrub', '-p', 'tank')
    const paused = await out('zpool', 'status', 'tank')
    expect(paused).toMatch(
      /scan: scrub paused since .*\n\tscrub started on .*\n\t.* issued\n\t0B repaired, [\d.]+% done\n/,
    )
    await host.run(['clock', 'set', '+7200'])
    expect(await out('zpool', 'status', 'tank')).toBe(paused)
    await ok('zpool', 'scrub', 'tank')
    expect(host.world.state.pools.tank?.scan?.issuedBefore).toBeGreaterThan(0)
    await ok('zpool', 'scrub', '-s', 'tank')
    expect(await scanLine()).toMatch(/^scrub canceled on /)
    expect(classes()).toEqual(
      expect.arrayContaining(['scrub_start', 'scrub_paused', 'scrub_resume', 'scrub_abort']),
    )
  })

  test('ends while nobody looks: the kernel’s own clock tells', async () => {
    await ok('zpool', 'scrub', 'tank')
    const { scan } = host.world.state.pools.tank ?? {}
    if (scan) scan.totalBytes = 1024
    host.world.changed()
    await vi.waitFor(() => expect(classes()).toContain('scrub_finish'))
  })
})

describe('devices', () => {
  test('one goes offline, the pool is degraded, it comes back and is resilvered', async () => {
    await ok('zpool', 'offline', 'tank', 'da1')
    expect(await out('zpool', 'list', '-Ho', 'health', 'tank')).toBe('DEGRADED\n')
    expect(await host.run(['zpool', 'offline', 'tank', 'da0'])).toMatchObject({
      exit: 1,
      stderr: 'cannot offline da0: no valid replicas\n',
    })
    expect(host.world.state.events.at(-1)?.fields).toMatchObject({
      vdev_state: { raw: '"OFFLINE" (0x2)' },
      vdev_path: '/dev/da1',
      vdev_laststate: { raw: '"ONLINE" (0x7)' },
    })
    await ok('zpool', 'online', 'tank', 'da1')
    expect(await scanLine()).toMatch(/^resilver in progress since /)
    await host.run(['clock', 'set', '+60'])
    expect(await scanLine()).toMatch(/^resilvered 64M in 00:00:00 with 0 errors on /)
    expect(await out('zpool', 'status', '-x')).toBe('all pools are healthy\n')
    expect(classes().slice(-2)).toEqual(['history_event', 'resilver_finish'])
  })

  test('zinject breaks one by hand', async () => {
    await ok('zinject', '-d', 'da1', '-A', 'fault', 'tank')
    expect(await out('zpool', 'status', '-x')).toMatch(/ da1 +FAULTED +0 +0 +0 {2}too many errors\n/)
    expect(classes().at(-1)).toBe('statechange')
    await ok('zpool', 'clear', 'tank', 'da1')
    expect(await out('zpool', 'list', '-Ho', 'health', 'tank')).toBe('ONLINE\n')
  })

  test('clear heals what only counted errors, and hangs on a suspended pool whose device is gone', async () => {
    const leaf = host.world.state.pools.tank?.vdevs[0]?.children[0]
    if (leaf) Object.assign(leaf, { health: 'DEGRADED', note: 'too many errors', checksumErrors: 12 })
    await ok('zpool', 'clear', 'tank')
    expect(await out('zpool', 'status', '-x', 'tank')).toBe("pool 'tank' is healthy\n")
    const { tank } = host.world.state.pools
    if (tank) Object.assign(tank, { health: 'SUSPENDED' })
    if (tank?.vdevs[0]) tank.vdevs[0].health = 'UNAVAIL'
    await expect(host.run(['zpool', 'clear', 'tank'], { timeoutMs: 50 })).rejects.toMatchObject({
      code: 'timeout',
    })
  })
})

describe('pools are made and unmade', () => {
  test('from files, with every class, and gone without a trace', async () => {
    await host.mkdir('/files')
    for (const index of [0, 1, 2, 3, 4, 5]) {
      await host.write(`/files/v${index}`, '')
      truncateSync(host.world.resolve(`/files/v${index}`), 200 * 1024 ** 2)
    }
    await host.write('/files/tiny', 'x')
    expect(await host.run(['zpool', 'create', 'p', '/files/tiny'])).toMatchObject({
      exit: 1,
      stderr: "cannot create 'p': one or more devices is less than the minimum size (64M)\n",
    })
    const files = (first: number, count: number) =>
      Array.from({ length: count }, (_, i) => `/files/v${first + i}`)
    await ok(
      'zpool',
      'create',
      '-f',
      '-O',
      'compression=zstd',
      'p',
      'mirror',
      ...files(0, 2),
      'log',
      ...files(2, 1),
      'cache',
      ...files(3, 1),
    )
    await ok('zpool', 'add', '-f', 'p', 'spare', ...files(4, 1))
    expect(await out('zpool', 'status', 'p')).toContain(
      ['\tp              ONLINE       0     0     0', '\t  mirror-0     ONLINE       0     0     0'].join(
        '\n',
      ),
    )
    expect(await out('zpool', 'status', 'p')).toContain('\tlogs\t\n\t  /files/v2')
    expect(await out('zfs', 'get', '-Ho', 'value,source', 'compression', 'p')).toBe('zstd\tlocal\n')
    expect(await host.run(['zpool', 'create', 'q', '/files/v0'])).toMatchObject({ exit: 1 })
    await ok('zpool', 'destroy', 'p')
    expect((await host.run(['zfs', 'list', 'p'])).exit).toBe(1)
    expect(classes()).toEqual(expect.arrayContaining(['pool_create', 'vdev_add', 'pool_destroy']))
  })

  test('settings are kept, nonsense is refused', async () => {
    await ok('zpool', 'set', 'comment=racks in the cellar', 'tank')
    expect(await out('zpool', 'get', '-Hpo', 'value,source', 'comment', 'tank')).toBe(
      'racks in the cellar\tlocal\n',
    )
    expect(await host.run(['zpool', 'set', 'size=5', 'tank'])).toMatchObject({
      exit: 1,
      stderr: "cannot set property for 'tank': 'size' is readonly\n",
    })
    expect((await host.run(['zpool', 'frobnicate'])).exit).toBe(2)
  })
})

describe('zpool events', () => {
  test('-vHf streams each act in the shape of the kernel', async () => {
    host.world.state.events = []
    const stream = await host.stream(['zpool', 'events', '-vHf'])
    const record: string[] = []
    const reading = (async () => {
      for await (const line of stream.lines) {
        record.push(line)
        if (line === '') break
      }
    })()
    await ok('zfs', 'snapshot', 'tank/home@seen')
    await reading
    stream.kill()
    const event = host.world.state.events.find(each => each.fields.history_dsname === 'tank/home@seen')
    expect(record[0]).toMatch(/^Nov 22 2026 09:00:0\d\.\d{9}\tsysevent\.fs\.zfs\.history_event$/)
    expect(record.slice(1).map(line => line.replace(/ = .*/, ''))).toEqual([
      '        version',
      '        class',
      '        pool',
      '        pool_guid',
      '        pool_state',
      '        pool_context',
      '        history_hostname',
      '        history_dsname',
      '        history_internal_str',
      '        history_internal_name',
      '        history_dsid',
      '        history_txg',
      '        history_time',
      '        time',
      '        eid',
      '',
    ])
    expect(record).toContain('        history_internal_name = "snapshot"')
    expect(record).toContain(`        eid = 0x${event?.eid.toString(16)}`)
    expect(record.find(line => line.startsWith('        time'))).toMatch(
      /^ {8}time = 0x[0-9a-f]+ 0x[0-9a-f]+ $/,
    )
  })

  test('without -f it ends; -c empties the queue', async () => {
    await ok('zfs', 'snapshot', 'tank/home@seen')
    expect(await out('zpool', 'events')).toMatch(/^TIME {27}CLASS\nNov 22 /)
    expect(await out('zpool', 'events', '-H', 'nosuch')).toBe('')
    expect(await out('zpool', 'events', '-c')).toMatch(/^cleared \d+ events\n$/)
    expect(await out('zpool', 'events', '-H')).toBe('')
  })
})
