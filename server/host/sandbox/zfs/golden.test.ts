/**
 * The states that the capture of real OpenZFS 2.3.9 went through, made again in a sandbox with the same commands: what
 * zfs says of them must be the same. Figures that depend on real disks are set as ballast; guids and times are masked.
 */
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { Kernel } from '../kernel.ts'
import { spaceOf } from '../space.ts'
import { killBlock } from '../store-blocks.ts'
import { addBallast } from '../store-lines.ts'
import { barePool } from '../zpool/testing.ts'
import { createRoot } from './create.ts'

const GOLDEN = path.join(import.meta.dirname, '../../golden/zfs/2.3.9')
const FILES = new Set(readdirSync(GOLDEN))
const kernel = new Kernel(mkdtempSync(path.join(os.tmpdir(), 'skep-golden-')))
const { world } = kernel
// The day of the capture: zfs prints the day of week, and guids are told from times by their first digits.
world.setClock(Date.UTC(2026, 10, 22, 12))
const used = new Set<string>()
afterAll(() => kernel.remove())

type Case = { argv: string[]; exit: number; stdout: string; stderr: string }

function golden(name: string): Case {
  used.add(name)
  const part = (ending: string, other: string) => {
    const file = path.join(GOLDEN, `${name}.${ending}`)
    return FILES.has(`${name}.${ending}`) ? readFileSync(file, 'utf8') : other
  }
  const argv = part('cmd', '').replace(/\n$/, '').split('\n')
  return { argv, exit: Number(part('rc', '0')), stdout: part('out', ''), stderr: part('err', '') }
}

async function zfs(...words: string[]) {
  return await kernel.collect(['zfs', ...words])
}

async function must(...words: string[]): Promise<void> {
  const result = await zfs(...words)
  expect(result, words.join(' ')).toMatchObject({ exit: 0, stderr: '' })
}

/** Runs a captured command and compares everything that can be the same. */
async function same(name: string, change: (text: string) => string = text => text): Promise<void> {
  const wanted = golden(name)
  const got = await kernel.collect(wanted.argv)
  const told = { exit: got.exit, stdout: change(got.stdout), stderr: change(got.stderr) }
  const expected = { exit: wanted.exit, stdout: change(wanted.stdout), stderr: change(wanted.stderr) }
  expect(told, `${name}: ${wanted.argv.join(' ')}`).toEqual(expected)
}

async function all(names: string): Promise<void> {
  for (const name of names.trim().split(/\s+/)) await same(name)
}

const LONG_COLUMNS = [2, 3, 4, 5]

/** Hides what no two machines share: guids, times, transaction groups and object numbers. */
function masked(text: string): string {
  return text
    .split('\n')
    .filter(line => !/^(rz|tank)\t(filesystem\t)?\d/.test(line))
    .map(line => {
      if (/\s(creation|createtxg|guid|objsetid)\s/.test(line))
        return line.replace(/(creation|createtxg|guid|objsetid).*/, '$1')
      const cells = line.split('\t')
      if (cells.length > 10) for (const at of LONG_COLUMNS) if (cells[at] !== '-') cells[at] = '*'
      return cells
        .join('\t')
        .replace(/\b17\d{8}\b/g, 'TIME')
        .replace(/\d\d:\d\d/, 'TIME')
    })
    .join('\n')
}

/** Lines in any order: zfs lists children as its hash tables have them. */
function unordered(text: string): string {
  return text.split('\n').sort().join('\n')
}

/** OpenZFS 2.3 knows two properties more. */
function of22(text: string): string {
  return masked(text)
    .split('\n')
    .filter(line => !/\s(direct|longname|volthreading)\s/.test(line))
    .join('\n')
}

async function similar(names: string, change: (text: string) => string): Promise<void> {
  for (const name of names.trim().split(/\s+/)) await same(name, change)
}

function dataset(name: string) {
  const found = world.state.datasets[name]
  if (!found) throw new Error(`no ${name}`)
  return found
}

/** Gives a dataset exactly the data it had. */
function fill(name: string, bytes: number, logical: number): void {
  addBallast(world, dataset(name), bytes, logical / bytes)
}

/** Overwrites the newest data: what died, and what came instead. */
function overwrite(name: string, died: [number, number], born: [number, number]): void {
  const target = dataset(name)
  const newest = target.live.toSorted((a, b) => b.birth - a.birth)[0]
  if (!newest) throw new Error('empty')
  newest.bytes -= died[0]
  newest.logical -= died[1]
  killBlock(world, target, { ...newest, bytes: died[0], logical: died[1] })
  target.live.push({ at: '', chunk: 0, birth: world.openTxg(), bytes: born[0], logical: born[1] })
  world.changed()
}

/** The pool's own metadata is not modelled: the room that is left is set as it was. */
function leave(pool: string, available: number): void {
  const found = world.state.pools[pool]
  if (found) found.usableBytes = spaceOf(world, pool).used + available
  world.changed()
}

function pool(name: string): void {
  world.state.pools[name] = barePool(name, world.guid(), 1006632960, 1832386560)
}

test('what zfs said in 2.3.9 of creating, listing, naming, setting, snapshots, clones, rollback and destroying', async () => {
  pool('tank')
  pool('rz')
  createRoot(world, 'tank', { compression: 'lz4', atime: 'off', mountpoint: '/tank' })
  createRoot(world, 'rz', { compression: 'off' })
  for (const name of ['tank/vm', 'tank/home', 'tank/home/anna', 'tank/home/bob']) await must('create', name)
  await must('create', '-o', 'mountpoint=/srv/data', 'tank/data')
  await must('create', '-V', '256M', 'tank/vm/disk0')
  await must('create', '-s', '-V', '10G', '-o', 'volblocksize=16K', 'tank/vm/sparse')
  await must('create', '-s', '-b', '64K', '-V', '1G', 'tank/vm/big64')
  leave('tank', 551297024)
  await all('create.volsize-unaligned create.vol-too-big create.vol-novolsize create.volblock-bad')
  fill('tank/data', 42082304 - 98304, 42008064 - 43008)
  fill('rz', 63038624 - 98304, 62982144 - 43008)
  leave('tank', 551297024)
  leave('rz', 1768955104)

  await similar(
    'fs.list-Hp-o fs.list-Hp fs.list-r fs.list-d1 fs.list-vol fs.list-partly fs.list-path',
    masked,
  )
  await all('fs.list-missing fs.list-userprop fs.get-cols fs.get-missing')
  await similar('fs.list-sort', masked)
  await similar('fs.get-all-vol fs.get-all-text fs.get-src', of22)
  await similar('fs.get-all-pool', text =>
    of22(text).replace(/\t(used|usedbychildren|logicalused)\t\d+/g, '\t$1'),
  )
  await similar('zfs.mount', unordered)
  await similar(
    'fs.list-badcol fs.get-bad usage.zfs-get-noargs usage.zfs-list-badopt usage.zfs-badcmd',
    firstLine,
  )

  await must('create', 'tank/n')
  await all(`name.space name.dots name.unicode name.tab name.slash2 name.trail name.dot name.dotdot`)
  await must('create', 'tank/n/.hidden')
  await all(`name.dash name.plus name.at name.hash name.pct name.quote name.lead-space name.trail-space name.noparent
    name.p name.nopool name.exists name.upper name.num name.len255 name.len256 name.len300 name.list255
    name.snap-too-long name.zvol-long name.snapbad`)
  fill('tank/n', 16384, 5120)
  await all('name.snapspace name.snapok name.snapempty name.snapnoat name.snapexists')
  await similar('name.snaplist', masked)
  await all('name.snap-r-too-long name.nested-depth')
  await must('destroy', `tank/n/${'x'.repeat(248)}`)
  await must('destroy', '-r', `tank/n/${'v'.repeat(200)}`)

  await must('set', 'quota=200M', 'tank/home/anna')
  await all('prop.set-refq prop.set-res prop.set-user')
  await must('set', 'compression=zstd-3', 'atime=on', 'tank/home')
  await must('set', 'org.example:empty=', 'tank/home')
  await must('set', 'org.example:nl=two\nlines', 'tank/home/bob')
  await all(`prop.set-user-tab prop.set-user-uni prop.set-user-dash prop.set-user-nocolon prop.set-user-long
    prop.get-user prop.list-user prop.get-text prop.bad-value prop.bad-quota prop.quota-small prop.res-big prop.ro
    prop.unknown prop.volsize-fs prop.neg prop.noeq prop.missing prop.snap-ro prop.compr-type prop.volsize
    prop.volsize-shrink prop.volsize-unaligned prop.volblocksize-after prop.refres-auto prop.volmode prop.casesens
    prop.canmount prop.set-none`)
  await must('inherit', 'compression', 'tank/home')
  await must('inherit', '-S', 'compression', 'tank/home')
  await all('prop.inherit-r prop.inherit-user prop.inherit-bad prop.inherit-ro')
  await must('set', 'atime=off', 'tank')
  await must('create', '-o', 'quota=20M', '-o', 'compression=off', 'tank/full')
  fill('tank/full', 21094400 - 98304, 21026816 - 43008)
  await all('err.nospc-snap err.nospc-create err.userquota')

  fill('tank/home/anna', 104898560 - 98304, 104806400 - 43008)
  fill('tank', 8192, 4096)
  await all('snap.create snap.create-r snap.many-pools snap.many-same snap.create-many')
  await must('snapshot', 'tank/data@b')
  await must('snapshot', '-o', 'org.example:why=before upgrade', 'tank/data@withprop')
  await all('snap.missing')
  overwrite('tank/data', [5365760, 5300000], [5373952, 5302048])
  await must('snapshot', 'tank/data@s2')
  overwrite('tank/data', [73728, 39136], [73728, 39648])
  await must('snapshot', 'tank/data@s3')
  leave('tank', 501145600)
  await similar('snap.list-all', masked)
  await similar('snap.list', text => text)
  await similar('snap.list-Hp snap.get-all', masked)
  await all('snap.written')

  await all('hold.add hold.add2 hold.r')
  await similar('hold.list', masked)
  await all('hold.none')
  await must('destroy', '-d', 'tank/data@s1')
  await all('hold.release bm.create bm.exists')
  await similar('bm.list bm.get', masked)
  await all('bm.copy bm.bad')
  await must('destroy', 'tank/data#copy')
  await must('clone', 'tank/data@s2', 'tank/clone1')
  await all(`clone.create2 clone.exists clone.otherpool clone.missing clone.list clone.get-clones clone.destroy-snap
    clone.destroy-r`)
  await similar('clone.dry-R', unordered)
  await all('clone.promote clone.promote-again')
  await must('promote', 'tank/data')
  await all('dry.snap dry.range dry.range-open dry.list dry.range2 dry.text')
  await similar('dry.r dry.fs-children', unordered)
  await all('dry.fs dry.r-n dry.missing dry.bm rb.notlatest rb.clones rb.latest rb.missing rb.vol')
  await must('destroy', 'tank/clone1')
  await all('rb.r rb.bookmark')

  await all('rename.fs')
  await must('rename', 'tank/data@s2', 's2new')
  await all('rename.otherpool rename.noparent rename.p rename.child')
  await must('rename', '-r', 'tank@daily-2026-11-22', 'renamed')
  await all('rename.missing rename.vol rename.vol-busy destroy.vol-busy destroy.vol-busy2')
  await must('rename', 'tank/vm/disk9', 'tank/vm/disk0')
  await similar('destroy.children destroy.snaps user.rollback', unordered)
  await all('destroy.pool-ds destroy.v mount.mounted mount.missing mount.vol unmount.not')
  await must('unmount', 'tank/home/anna')
  // There an export that failed had unmounted it, and `mount -a` leaves what is noauto.
  await must('unmount', 'tank/home/bob')
  await must('create', '-o', 'mountpoint=legacy', 'tank/legacy')
  await all('mount.legacy')
  await must('create', '-o', 'mountpoint=none', 'tank/none')
  await all('mount.none')
  await must('create', '-o', 'canmount=noauto', '-o', 'mountpoint=/mnt/full', 'tank/onfull')
  await all('mount.nonempty mount.list destroy.bad-name destroy.vol')
  expect(used.size).toBeGreaterThan(150)
})

/** Where the rest is a usage text of another version. */
function firstLine(text: string): string {
  return text.split('\n')[0] ?? ''
}
