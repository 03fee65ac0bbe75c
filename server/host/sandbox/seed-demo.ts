/** A machine worth looking at: two pools, one of them in trouble, some hundred snapshots, six guests. */

import { demoGuests } from './seed-demo-guests.ts'
import { makeDatastore } from './seed-guests.ts'
import { type Life, live } from './seed-history.ts'
import { machineFiles } from './seed-machine.ts'
import { DAY, dataset, GIB, HOUR, run } from './seed-tools.ts'
import type { Scan } from './state.ts'
import { addBallast } from './store-lines.ts'
import type { World } from './world.ts'
import { poolFigures } from './zpool/space.ts'
import { findLeaf, propagate } from './zpool/vdevs.ts'

const TANK_FULL = 0.6235
const BACKUP_FULL = 0.8135

type Options = Record<string, string>

/** Filesystems with what was set on them and what they hold at first. */
const TANK: [string, Options, number, number][] = [
  ['tank/home', { quota: '200G' }, 52 * GIB, 1.31],
  ['tank/home/shared', { quota: '80G', compression: 'zstd' }, 21 * GIB, 1.48],
  ['tank/media', { compression: 'off', recordsize: '1M', atime: 'off' }, 2 * GIB, 1],
  ['tank/media/photos', {}, 318 * GIB, 1],
  ['tank/media/video', {}, 640 * GIB, 1],
  ['tank/projects', { compression: 'zstd', checksum: 'blake3' }, 148 * GIB, 2.12],
  ['tank/projects/archive', { compression: 'gzip-9' }, 96 * GIB, 3.4],
  ['tank/db', { recordsize: '16K', logbias: 'throughput', reservation: '60G' }, 31 * GIB, 1.9],
]

const BACKUP: [string, Options, number, number][] = [
  ['backup/tank', { compression: 'zstd-9' }, 4 * GIB, 1.2],
  ['backup/tank/home', {}, 71 * GIB, 1.52],
  ['backup/tank/projects', {}, 244 * GIB, 2.6],
  ['backup/machines', { compression: 'zstd-19', recordsize: '1M' }, 3100 * GIB, 1.74],
]

export async function seedDemo(world: World): Promise<void> {
  const now = world.now()
  world.state.txg = 4_812_006
  machineFiles(world, { vmEnable: true, vmList: 'router' })
  world.setClock(now - 420 * DAY)
  run(world, [
    'zpool',
    'create',
    '-o',
    'ashift=12',
    '-o',
    'comment=main pool',
    '-O',
    'compression=lz4',
    '-O',
    'atime=off',
    'tank',
    'mirror',
    'da0',
    'da1',
  ])
  run(world, [
    'zpool',
    'create',
    '-o',
    'ashift=12',
    '-O',
    'compression=zstd',
    'backup',
    'raidz1',
    'da2',
    'da3',
    'da4',
    'da5',
  ])
  for (const [name, options, bytes, ratio] of [...TANK, ...BACKUP]) make(world, name, options, bytes, ratio)
  secret(world)
  makeDatastore(world)
  const guests = demoGuests(world, now)
  live(world, [...lives(world), ...guests], now)
  fill(world, 'tank', 'tank/media/video', TANK_FULL)
  fill(world, 'backup', 'backup/machines', BACKUP_FULL)
  run(world, ['zfs', 'set', 'readonly=on', 'tank/projects/archive'])
  run(world, ['zfs', 'set', 'readonly=on', 'backup/tank'])
  marks(world)
  trouble(world, now)
  world.state.clockOffsetMs = 0
  world.commit()
}

function make(world: World, name: string, options: Options, bytes: number, ratio: number): void {
  const words = Object.entries(options).flatMap(([property, value]) => ['-o', `${property}=${value}`])
  run(world, ['zfs', 'create', ...words, name])
  addBallast(world, dataset(world, name), bytes, ratio)
}

/** An encrypted filesystem whose key is loaded. */
function secret(world: World): void {
  make(world, 'tank/private', {}, 12 * GIB, 1.2)
  Object.assign(dataset(world, 'tank/private').props, {
    encryption: 'aes-256-gcm',
    keyformat: 'passphrase',
    keylocation: 'prompt',
    pbkdf2iters: '350000',
  })
}

function lives(world: World): Life[] {
  const of = (
    name: string,
    daily: number,
    growth: number,
    ratio: number,
    schedule: Life['schedule'],
  ): Life => ({
    dataset: dataset(world, name),
    churnPerDay: daily * GIB,
    growthPerDay: growth * GIB,
    ratio,
    schedule,
  })
  return [
    {
      ...of('tank/home', 0.4, 0.02, 1.3, { hourly: 24, daily: 14, weekly: 8 }),
      manual: [{ tag: 'before-new-laptop', agoMs: 19 * DAY }],
    },
    of('tank/home/shared', 0.2, 0.01, 1.5, { hourly: 24, daily: 14, weekly: 8 }),
    of('tank/media/photos', 0.01, 0.12, 1, { daily: 14, weekly: 8, monthly: 6 }),
    {
      ...of('tank/projects', 0.9, 0.05, 2.1, { hourly: 24, daily: 14, weekly: 8, monthly: 6 }),
      manual: [{ tag: 'release-2.0', agoMs: 71 * DAY }],
    },
    of('tank/db', 3.1, 0.02, 1.9, { hourly: 24, daily: 7 }),
    of('backup/tank/home', 0.4, 0.02, 1.5, { daily: 14, weekly: 12 }),
    of('backup/tank/projects', 0.9, 0.05, 2.6, { daily: 14, weekly: 12 }),
    of('backup/machines', 2.2, 0.4, 1.7, { weekly: 20 }),
  ]
}

/** Ballast until the pool is as full as wanted. */
function fill(world: World, poolName: string, into: string, share: number): void {
  const pool = world.state.pools[poolName]
  if (!pool) return
  const figures = poolFigures(world, pool)
  const missing = (share * figures.sizeBytes - figures.allocatedBytes) * (pool.usableBytes / pool.sizeBytes)
  if (missing > 0) addBallast(world, dataset(world, into), Math.floor(missing))
}

/** Holds, bookmarks and clones on snapshots that are there. */
function marks(world: World): void {
  const tag = (name: string, kind: string) => {
    const found = dataset(world, name).snapshots.filter(each => each.tag.startsWith(`auto-${kind}`))
    return `${name}@${found.at(-1)?.tag ?? 'none'}`
  }
  run(world, ['zfs', 'hold', 'replication', tag('tank/projects', 'weekly')])
  run(world, ['zfs', 'hold', 'replication', tag('tank/home', 'weekly')])
  run(world, ['zfs', 'hold', 'keep', 'tank/projects@release-2.0'])
  run(world, ['zfs', 'hold', 'before the move', 'tank/home@before-new-laptop'])
  run(world, ['zfs', 'bookmark', tag('tank/projects', 'monthly'), 'tank/projects#sent-monthly'])
  run(world, ['zfs', 'bookmark', tag('tank/home', 'weekly'), 'tank/home#sent-weekly'])
  run(world, ['zfs', 'clone', tag('tank/db', 'daily'), 'tank/db-test'])
}

function finished(now: number, agoMs: number, tookMs: number, totalBytes: number): Scan {
  const endedAt = now - agoMs
  return {
    kind: 'scrub',
    state: 'finished',
    startedAt: endedAt - tookMs,
    endedAt,
    pausedAt: null,
    issuedBefore: totalBytes,
    passStartedAt: endedAt - tookMs,
    totalBytes,
    bytesPerSecond: 1,
    repairedBytes: 0,
    errors: 0,
  }
}

/** The scrubs of the past, and the disk of `backup` that did not come back after a boot. */
function trouble(world: World, now: number): void {
  const { tank, backup } = world.state.pools
  if (!tank || !backup) return
  tank.fragmentation = 17
  backup.fragmentation = 6
  tank.scan = finished(now, 6 * DAY - 3 * HOUR, 5.7 * HOUR, poolFigures(world, tank).allocatedBytes)
  backup.scan = finished(now, 48 * DAY, 11.2 * HOUR, poolFigures(world, backup).allocatedBytes)
  const lost = findLeaf(backup, 'da4')
  if (lost) {
    lost.name = lost.guid
    lost.health = 'UNAVAIL'
    lost.note = `was ${lost.path}`
    delete world.state.disks.da4
  }
  propagate(backup)
}
