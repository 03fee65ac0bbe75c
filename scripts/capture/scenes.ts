/** The states in which the golden cases are recorded, in the order in which one leads to the next. */
import { damage, health, layouts, replacements, scrubs } from './scenes.pools.ts'
import type { Stage } from './stage.ts'

export type Scene = { name: string; play: (stage: Stage) => Promise<void> }

async function nothing({ ask }: Stage) {
  await ask('version-zpool empty.zpool-list empty.zpool-list-text empty.zpool-status empty.zpool-status-x')
  await ask(
    'empty.zpool-get empty.zfs-list-text usage.zfs-list-badopt usage.zfs-get-noargs usage.zpool-get-noargs',
  )
}

async function birth({ ask, make, pool, fill, quarter, write }: Stage) {
  const options = ['-o', 'ashift=12', '-o', 'autotrim=on', '-o', 'comment=main pool, office']
  await pool(
    ...options,
    '-O',
    'compression=lz4',
    '-O',
    'atime=off',
    '-m',
    '/tank',
    'tank',
    'mirror',
    'vdb',
    'vdc',
  )
  await pool('a b', 'vdh')
  await ask('create.space-name-list create.space-name-zfs')
  await make('zpool', 'destroy', 'a b')
  await quarter('vdg')
  await make('zpool', 'add', 'tank', 'log', 'vdg1', 'cache', 'vdg2', 'spare', 'vdi')
  await pool('-o', 'ashift=12', 'rz', 'raidz1', 'vdd', 'vde', 'vdf')
  await make('zfs', 'create', '-o', 'mountpoint=/srv/data', 'tank/data')
  for (const name of ['tank/vm', 'tank/home', 'tank/home/anna', 'tank/home/bob'])
    await make('zfs', 'create', name)
  await make('zfs', 'create', '-V', '256M', 'tank/vm/disk0')
  await make('zfs', 'create', '-s', '-V', '10G', '-o', 'volblocksize=16K', 'tank/vm/sparse')
  await make('zfs', 'create', '-s', '-b', '64K', '-V', '1G', 'tank/vm/big64')
  await ask('create.volsize-unaligned create.vol-too-big create.vol-novolsize create.volblock-bad')
  await fill('/srv/data/rand', 40)
  for (const name of ['f1', 'f2', 'f3']) await write(`/srv/data/${name}`, `file ${name}\n`)
  await fill('/rz/rand', 60)
  await make('zpool', 'sync')
}

async function lists({ ask }: Stage) {
  await ask('pool.list-text pool.list-two pool.list-missing pool.list-badcol pool.get-comment pool.get-some')
  await ask('pool.get-bad pool.get-missing pool.get-all-text status.missing')
  await ask('fs.list-H fs.list-text fs.list-default fs.list-Hp fs.list-Hp-o fs.list-r fs.list-d1 fs.list-vol')
  await ask(
    'fs.list-sort fs.list-space fs.list-missing fs.list-partly fs.list-badcol fs.list-userprop fs.list-path',
  )
  await ask('fs.get-all-vol fs.get-all-text fs.get-all-pool fs.get-cols fs.get-bad fs.get-src fs.get-missing')
  await ask('zfs.mount')
}

async function names({ ask, make, may }: Stage) {
  await make('zfs', 'create', 'tank/n')
  await ask(
    'name.space name.dots name.unicode name.tab name.slash2 name.trail name.dot name.dotdot name.dash',
  )
  await make('zfs', 'create', 'tank/n/.hidden')
  await ask(
    'name.plus name.at name.hash name.pct name.quote name.lead-space name.trail-space name.noparent name.p',
  )
  await ask('name.nopool name.exists name.upper name.num name.len255 name.len256 name.len300 name.list255')
  await ask('name.snap-too-long name.zvol-long name.snapbad name.snapspace name.snapok name.snapempty')
  await ask('name.snapnoat name.snapexists name.snaplist name.snap-r-too-long name.nested-depth')
  // No name below a recursive snapshot may be longer than 255 bytes with its tag.
  for (const child of ['x'.repeat(248), 'v'.repeat(200)]) await may('zfs', 'destroy', '-r', `tank/n/${child}`)
}

async function properties({ ask, make, may }: Stage) {
  await make('zfs', 'set', 'quota=200M', 'tank/home/anna')
  await make('zfs', 'set', 'compression=zstd-3', 'atime=on', 'tank/home')
  await ask('prop.set-refq prop.set-res prop.set-user prop.set-user-tab prop.set-user-uni')
  await make('zfs', 'set', 'org.example:empty=', 'tank/home')
  await make('zfs', 'set', 'org.example:nl=two\nlines', 'tank/home/bob')
  await ask(
    'prop.set-user-dash prop.set-user-nocolon prop.set-user-long prop.get-user prop.list-user prop.get-text',
  )
  await ask(
    'prop.bad-value prop.bad-quota prop.quota-small prop.res-big prop.ro prop.unknown prop.volsize-fs',
  )
  await ask('prop.neg prop.noeq prop.missing prop.snap-ro prop.compr-type prop.volsize prop.volsize-shrink')
  await ask('prop.volsize-unaligned prop.volblocksize-after prop.refres-auto prop.volmode prop.casesens')
  await ask('prop.canmount prop.set-none')
  await make('zfs', 'inherit', 'compression', 'tank/home')
  await ask('prop.inherit-r prop.inherit-user prop.inherit-bad prop.inherit-ro prop.sources')
  await make('mount', '-o', 'remount,atime', '-t', 'zfs', 'tank/data', '/srv/data')
  await ask('prop.sources-temp')
  await make('zfs', 'create', '-o', 'quota=20M', '-o', 'compression=off', 'tank/full')
  await may('dd', 'if=/dev/urandom', 'of=/tank/full/f', 'bs=1M', 'count=40')
  await ask('err.nospc-snap err.nospc-create')
}

async function snapshots({ ask, make, fill, write }: Stage) {
  await make('zfs', 'snapshot', 'tank/data@s1')
  await ask('snap.create-r snap.many-pools snap.many-same snap.create-many')
  await make('zfs', 'snapshot', 'tank/data@b')
  await make('zfs', 'snapshot', '-o', 'org.example:why=before upgrade', 'tank/data@withprop')
  await ask('snap.missing')
  await fill('/srv/data/rand', 5)
  await make('zpool', 'sync', 'tank')
  await make('zfs', 'snapshot', 'tank/data@s2')
  await write('/srv/data/more', 'more\n')
  await make('zfs', 'snapshot', 'tank/data@s3')
  await make('zpool', 'sync', 'tank')
  await ask('snap.list-all snap.list snap.list-Hp snap.get-all snap.written')
  await ask('hold.add hold.add2 hold.r hold.list hold.list-p hold.none hold.release')
  await ask('bm.create bm.exists bm.list bm.get bm.copy bm.bad')
  await make('zfs', 'destroy', 'tank/data#copy')
}

async function clones({ ask, make, may }: Stage) {
  await make('zfs', 'clone', 'tank/data@s2', 'tank/clone1')
  await ask('clone.create2 clone.exists clone.otherpool clone.missing clone.list clone.get-clones')
  await ask(
    'clone.destroy-snap clone.destroy-r clone.dry-R clone.promote clone.promote-again clone.after-promote',
  )
  await make('zfs', 'promote', 'tank/data')
  await ask(
    'dry.snap dry.range dry.range-open dry.list dry.range2 dry.text dry.r dry.fs dry.fs-children dry.r-n',
  )
  await ask('dry.missing dry.bm rb.notlatest rb.clones rb.latest rb.missing rb.vol')
  await make('zfs', 'destroy', 'tank/clone1')
  await ask('rb.r rb.bookmark rename.fs')
  await may('zfs', 'rename', 'tank/data@s2', 's2new')
  await ask('rename.otherpool rename.noparent rename.p rename.child')
  await make('zfs', 'rename', '-r', 'tank@daily-2026-11-22', 'renamed')
  await ask('rename.missing rename.vol')
}

async function ends({ ask, make }: Stage) {
  for (const name of ['send1', 'send2']) await make('zfs', 'snapshot', `tank/data@${name}`)
  await ask('destroy.children destroy.snaps destroy.pool-ds destroy.bad-name')
  await make('zfs', 'create', 'tank/busy')
  await ask('destroy.ok destroy.v mount.mounted mount.missing mount.vol')
  await make('zfs', 'create', '-o', 'mountpoint=legacy', 'tank/legacy')
  await ask('mount.legacy')
  await make('zfs', 'create', '-o', 'mountpoint=none', 'tank/none')
  await ask('mount.none')
  await make('mkdir', '-p', '/mnt/full/x')
  await make('zfs', 'create', '-o', 'canmount=noauto', '-o', 'mountpoint=/mnt/full', 'tank/onfull')
  await ask('user.pool-list user.create user.snap user.destroy user.destroy-snap user.set user.hold', {
    user: 'skep',
  })
  await ask('user.mount user.rollback user.rename', { user: 'skep' })
}

async function encryption({ ask, make }: Stage) {
  const words = [
    'zfs',
    'create',
    '-o',
    'encryption=on',
    '-o',
    'keyformat=raw',
    '-o',
    'keylocation=file:///var/tmp/skep-key',
  ]
  await make('dd', 'if=/dev/urandom', 'of=/var/tmp/skep-key', 'bs=32', 'count=1', 'status=none')
  await make(...words, 'tank/enc')
  await make('zfs', 'create', 'tank/enc/child')
  await ask('enc.short', { stdin: 'short\n' })
  await ask('enc.create-raw enc.badfile')
  await make('zfs', 'unmount', 'tank/enc')
  await make('zfs', 'unload-key', 'tank/enc')
  await ask('enc.status-locked')
  for (const name of ['tank/enc', 'tank/encraw']) await make('zfs', 'destroy', '-r', name)
}

export const SCENES: readonly Scene[] = [
  { name: 'nothing yet', play: nothing },
  { name: 'two pools', play: birth },
  { name: 'health', play: health },
  { name: 'lists', play: lists },
  { name: 'names', play: names },
  { name: 'properties', play: properties },
  { name: 'snapshots', play: snapshots },
  { name: 'clones and renames', play: clones },
  { name: 'encryption', play: encryption },
  { name: 'ends', play: ends },
  { name: 'scrubs', play: scrubs },
  { name: 'damage', play: damage },
  { name: 'replacements', play: replacements },
  { name: 'layouts', play: layouts },
]
