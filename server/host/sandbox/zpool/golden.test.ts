/** The captured states of real OpenZFS rebuilt in a world: the text must be the same, byte for byte. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import type { ProgramIo, ProgramResult } from '../programs.ts'
import type { PoolState } from '../state.ts'
import { World } from '../world.ts'
import {
  at,
  bad,
  badScrub,
  CANCELED,
  DAMAGED_FILES,
  DEGRADED,
  DRAID,
  disk,
  disks,
  FAULTED_SPARE,
  fill,
  group,
  HEALED,
  HEALTHY,
  IMPORTED_DEGRADED,
  INUSE,
  IO_ERRORS,
  LABEL_LOST,
  MIRROR,
  numbered,
  OFFLINE,
  PAUSED,
  pool,
  RAIDZ,
  RESILVERED,
  RZ_FAULTED,
  RZ3,
  resilvered,
  running,
  rz,
  SCRUBBED,
  STRIPE,
  SUSPENDED,
  scan,
  tank,
  WIDE,
  withGuids,
} from './captured-states.ts'
import { barePool } from './testing.ts'
import { propagate } from './vdevs.ts'
import { zpool } from './zpool.ts'

const GOLDEN = path.join(import.meta.dirname, '../../golden/zpool')
const dir = mkdtempSync(path.join(os.tmpdir(), 'skep-zpool-'))
afterAll(() => rmSync(dir, { recursive: true, force: true }))

function io(): ProgramIo {
  return {
    stdinText: async () => '',
    stdin: (async function* () {})(),
    env: {},
    cwd: '/',
    signal: new AbortController().signal,
    run: async () => ({ exit: 127, stdout: '', stderr: '' }),
  }
}

let worlds = 0
function worldWith(pools: PoolState[], now = Date.UTC(2026, 10, 22, 9, 50, 0)): World {
  worlds += 1
  const world = new World(path.join(dir, String(worlds)))
  world.now = () => now
  for (const pool of pools) {
    propagate(pool)
    world.state.pools[pool.name] = pool
  }
  return world
}

async function zpoolIn(world: World, words: string[]): Promise<ProgramResult> {
  const answer = zpool(world, ['zpool', ...words], io())
  if (!(Symbol.asyncIterator in answer)) return await answer
  let stdout = ''
  for (;;) {
    const next = await answer.next()
    if (next.done) return { exit: next.value, stdout, stderr: '' }
    stdout += String(next.value.stdout ?? '')
  }
}

type Case = {
  name: string
  pools: () => PoolState[]
  version?: string
  now?: number
  allocated?: Record<string, number>
}
const one = (make: () => PoolState) => () => [make()]

const STATUS: Case[] = [
  ...[
    'healthy.status',
    'healthy.status-pP',
    'healthy.status-v',
    'healthy.status-LP',
    'healthy.status-tisD',
    'healthy.status-x',
    'scrub.never',
  ].map(name => ({ name, pools: one(HEALTHY) })),
  { name: 'healthy.status-g', pools: one(withGuids) },
  ...['healthy-rz.status-pP', 'healthy-rz.status-v', 'healthy-rz.status-tisD'].map(name => ({
    name,
    pools: one(() => rz(RAIDZ)),
  })),
  { name: 'user.status', pools: () => [rz(RAIDZ), HEALTHY()] },
  { name: 'offline.status', pools: one(OFFLINE) },
  { name: 'offline.status-x', pools: one(OFFLINE) },
  ...['degraded-vdev.status', 'degraded-vdev.status-pP'].map(name => ({ name, pools: one(DEGRADED) })),
  ...['faulted-spare.status', 'faulted-spare.status-pP', 'faulted-spare.status-x'].map(name => ({
    name,
    pools: one(FAULTED_SPARE),
  })),
  ...['cksum-healed.status', 'cksum-healed.status-pP', 'cksum-healed.status-x'].map(name => ({
    name,
    pools: one(HEALED),
  })),
  ...['raidz-ioerrors.status', 'raidz-ioerrors.status-pP', 'raidz-ioerrors.status-x'].map(name => ({
    name,
    pools: one(IO_ERRORS),
  })),
  { name: 'raidz-faulted.status-pP', pools: one(RZ_FAULTED) },
  { name: 'unavail-vdev.status', pools: one(LABEL_LOST) },
  ...['import.degraded.status', 'import.degraded.status-pP', 'import.degraded.status-x'].map(name => ({
    name,
    pools: one(IMPORTED_DEGRADED),
  })),
  ...['scrub.canceled.status', 'scrub.canceled.status-pP', 'scrub.canceled.status-x'].map(name => ({
    name,
    pools: one(CANCELED),
  })),
  ...['scrub.paused.status-pP', 'scrub.paused.status-x'].map(name => ({ name, pools: one(PAUSED) })),
  ...['scrub.done.status', 'scrub.done.status-pP', 'scrub.done.status-x', 'scrub.e-status'].map(name => ({
    name,
    pools: one(SCRUBBED),
  })),
  {
    name: 'scrub.running.status',
    pools: one(() => tank(MIRROR, { scan: running('scrub', '09:52:22', 192102400) })),
    now: at('09:52:22'),
  },
  ...['resilver.done.status', 'resilver.done.status-pP', 'resilver.done.status-x'].map(name => ({
    name,
    pools: one(RESILVERED),
  })),
  ...['resilver.running.status', 'resilver.running.status-x'].map(name => ({
    name,
    pools: one(() =>
      tank([disk('vdb'), group('data', 'replacing-1', [disk('vdc'), disk('vdh')])], {
        scan: running('resilver', '09:54:02', 192102400),
      }),
    ),
    now: at('09:54:03'),
  })),
  {
    name: 'attach.status',
    pools: one(() =>
      tank([disk('vdb'), disk('vdh'), disk('vdc')], { scan: running('resilver', '09:54:22', 192102400) }),
    ),
    now: at('09:54:23'),
  },
  {
    name: 'spare-inuse.status-pP',
    pools: one(() =>
      tank(
        [group('data', 'spare-0', [disk('vdb'), disk('vdi')]), disk('vdh')],
        { scan: running('resilver', '09:54:29', 192102400) },
        INUSE,
      ),
    ),
    now: at('09:54:30'),
  },
  {
    name: 'raidz.cleared',
    pools: one(() => rz(RAIDZ, { scan: resilvered(96 * 1024, '09:55:41', '09:55:41') })),
  },
  ...['replace.guid-done', 'import.ro-status2'].map(name => ({
    name,
    pools: one(() => rz(RAIDZ, { scan: resilvered(263 * 1024 ** 2, '09:55:59', '09:56:04') })),
  })),
  {
    name: 'scrub.progress-done',
    pools: one(() => rz(RAIDZ, { scan: scan({ startedAt: at('09:53:06'), endedAt: at('09:53:14') }) })),
  },
  ...['online-after.status', 'online-after.status-pP', 'online-after.status-x'].map(name => ({
    name,
    pools: one(() => tank(MIRROR, { scan: resilvered(108 * 1024, '09:53:33', '09:53:34') })),
  })),
  ...['suspended.status'].map(name => ({ name, pools: one(SUSPENDED) })),
  {
    name: 'suspended.status-x',
    pools: one(() => ({ ...SUSPENDED(), errors: Array.from({ length: 17 }, (_, index) => `f${index}`) })),
  },
  { name: 'errors.before', pools: one(() => bad({}, 0)) },
  {
    name: 'errors.status',
    pools: one(() => bad({ errors: DAMAGED_FILES, scan: badScrub(8, '10:03:41', '10:03:42') }, 18)),
  },
  ...['errors.status-noverb', 'errors.status-x'].map(name => ({
    name,
    pools: one(() =>
      bad({ errors: DAMAGED_FILES.slice(0, 8), scan: badScrub(8, '10:03:41', '10:03:42') }, 18),
    ),
  })),
  { name: 'errors.scrub1', pools: one(() => bad({ scan: badScrub(0, '10:03:50', '10:03:50') })) },
  { name: 'errors.cleared', pools: one(() => bad({ scan: badScrub(0, '10:03:51', '10:03:51') }, 0)) },
  { name: 'layout.wide.status-short', pools: one(WIDE) },
  { name: 'layout.rz3.status-short', pools: one(RZ3) },
  {
    name: 'layout.rz23.status-short',
    pools: one(() => pool('rz23', [group('data', 'raidz2-0', numbered(14, 4))])),
  },
  { name: 'layout.dr.status', pools: one(DRAID) },
  { name: 'layout.str.status', pools: one(STRIPE) },
  { name: 'empty.zpool-status', pools: () => [] },
  { name: 'empty.zpool-status-x', pools: () => [] },
  { name: 'status.missing', pools: one(HEALTHY) },
]

const LIST: Case[] = [
  {
    name: 'healthy-rz.list-vHpP',
    pools: one(() => rz(RAIDZ)),
    allocated: { rz: 95363072 },
  },
  {
    name: 'scrub.paused.list-vHp',
    pools: one(() => ({ ...PAUSED(), fragmentation: 16 })),
    allocated: { tank: 192102400 },
  },
  {
    name: 'unavail-vdev.list-vHp',
    pools: one(() => ({ ...LABEL_LOST(), fragmentation: 4 })),
    allocated: { rz: 822689792 },
  },
  {
    name: 'import.degraded.list-vHp',
    pools: one(() => ({
      ...IMPORTED_DEGRADED(),
      sizeBytes: 83886080,
      usableBytes: 83886080,
      fragmentation: 23,
    })),
    allocated: { ma: 150528 },
  },
  {
    name: 'suspended.list-vHp',
    pools: one(() => ({ ...SUSPENDED(), sizeBytes: 201326592, usableBytes: 201326592, fragmentation: 4 })),
    allocated: { sus: 13490688 },
  },
  {
    name: 'suspended.list',
    pools: one(() => ({ ...SUSPENDED(), sizeBytes: 201326592, usableBytes: 201326592, fragmentation: 4 })),
    allocated: { sus: 13490688 },
  },
  {
    name: 'suspended.pool-get',
    pools: one(SUSPENDED),
    allocated: {},
  },
  ...['pool.list-text', 'pool.list-two', 'pool.list-missing', 'pool.get-comment', 'pool.get-some'].map(
    name => ({
      name,
      pools: () => [
        rz(RAIDZ),
        tank(MIRROR, {
          fragmentation: 7,
          props: { comment: 'main pool, office', ashift: '12', autotrim: 'on' },
        }),
      ],
      allocated: { rz: 95363072, tank: 43343872 },
    }),
  ),
  {
    name: 'pool.list-T',
    pools: () => [rz(RAIDZ), tank(MIRROR, { fragmentation: 7 })],
    allocated: { rz: 95363072, tank: 43343872 },
    now: at('09:45:51'),
  },
  {
    name: 'pool.list-Tu',
    pools: () => [rz(RAIDZ), tank(MIRROR, { fragmentation: 7 })],
    allocated: { rz: 95363072, tank: 43343872 },
    now: at('09:45:51'),
  },
  ...['degraded-vdev.list', 'online-after.list', 'scrub.done.list'].map(name => ({
    name,
    pools: one(() => ({ ...(name.startsWith('degraded') ? DEGRADED() : SCRUBBED()), fragmentation: 16 })),
    allocated: { tank: 192077824 },
  })),
  ...['empty.zpool-list', 'empty.zpool-list-text', 'empty.iostat', 'empty.zpool-get'].map(name => ({
    name,
    pools: () => [],
    allocated: {},
  })),
]

const ERRORS: Case[] = [
  ...[
    'off.bad',
    'off.last',
    'off.spare',
    'clear.dev',
    'pool.set-bad',
    'pool.set-unknown',
    'hist.missing',
    'iostat.missing',
    'scrub.stop-again',
    'create.exists',
    'create.bad-name',
    'create.bad-name2',
    'create.bad-name3',
    'create.bad-fsprop',
    'create.bad-prop',
    'create.no-device',
    'create.one-mirror',
    'create.mixed-size',
    'create.mismatch',
    'add.mismatch',
    'add.dry-run',
  ].map(name => ({ name, pools: one(name.startsWith('off.last') ? OFFLINE : HEALTHY) })),
  { name: 'final.pool-destroy-missing', pools: () => [] },
  { name: 'pool.get-missing', pools: one(HEALTHY), version: '2.1.11' },
  { name: 'pool.get-bad', pools: one(HEALTHY), version: '2.1.11' },
  { name: 'usage.zpool-get-noargs', pools: one(HEALTHY), version: '2.1.11' },
  { name: 'pool.list-badcol', pools: one(HEALTHY), version: '2.1.11' },
  {
    name: 'scrub.again',
    pools: one(() => tank(MIRROR, { scan: running('scrub', '09:50:00', 192102400) })),
    version: '2.1.11',
  },
  { name: 'scrub.pause-again', pools: one(PAUSED), version: '2.1.11' },
  ...['replace.scrub-busy', 'replace.stop'].map(name => ({
    name,
    pools: one(() => tank(MIRROR, { scan: running('resilver', '09:50:00', 192102400) })),
  })),
]

function captured(version: string, name: string) {
  const read = (kind: string, otherwise: string) => {
    try {
      return readFileSync(path.join(GOLDEN, version, `${name}.${kind}`), 'utf8')
    } catch {
      return otherwise
    }
  }
  return {
    argv: readFileSync(path.join(GOLDEN, version, `${name}.cmd`), 'utf8')
      .trimEnd()
      .split('\n'),
    stdout: read('out', ''),
    stderr: read('err', ''),
    exit: Number(read('rc', '0')),
  }
}

/** 2.2 has three properties more than 2.1: they are left out of the help that is compared. */
describe('zpool says what OpenZFS says', () => {
  test.each([...STATUS, ...LIST, ...ERRORS].map(each => [each.name, each] as const))(
    '%s',
    async (name, each) => {
      const golden = captured(each.version ?? '2.3.9', name)
      const world = worldWith(each.pools(), each.now)
      if (each.allocated) fill(world, each.allocated)
      disks(world)
      const result = await zpoolIn(world, golden.argv.slice(1))
      result.stderr = result.stderr.replace(/^\tbclone.*\n/gm, '')
      expect(result).toEqual({ exit: golden.exit, stdout: golden.stdout, stderr: golden.stderr })
    },
  )
})

/** What each version lacks is read from its own list: the pool that is rebuilt has just these. */
describe('zpool upgrade says what OpenZFS says', () => {
  test.each(['2.1.11', '2.3.9'])('of %s', async version => {
    const listed = captured(version, 'disabled.upgrade')
    const features = [...listed.stdout.matchAll(/^ {6}(\w+)$/gm)].map(match => match[1] ?? '')
    expect(features.length).toBeGreaterThan(20)
    const world = worldWith([
      {
        ...barePool('old2', '1', 2 ** 30),
        features: Object.fromEntries(features.map(name => [name, 'disabled'])),
      },
    ])
    for (const name of ['disabled.upgrade', 'disabled.upgrade-one']) {
      const golden = captured(version, name)
      expect(await zpoolIn(world, golden.argv.slice(1))).toEqual({
        exit: golden.exit,
        stdout: golden.stdout,
        stderr: golden.stderr,
      })
    }
    expect((await zpoolIn(world, ['upgrade', 'old2'])).stdout).toContain(
      "Pool 'old2' already has all supported",
    )
  })
})
