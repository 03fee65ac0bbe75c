import { theme } from '../theme.testing.ts'

export const pools = theme('pools', 'Pools: create, list, properties, destroy', {
  'one device': `
    zpool create cp /var/tmp/ct/1
    ? pool cp => health=ONLINE readonly=false dedupRatio=1
    ? status cp => state=ONLINE statusText=null actionText=null vdevs.kind=file vdevs.name=/var/tmp/ct/1 'errorsText=No known data errors' scan.kind=none
    ? dataset cp => mountpoint=/cp mounted=true
    zpool status cp
  `,
  'a mirror': `
    zpool create cp mirror /var/tmp/ct/1 /var/tmp/ct/2
    ? status cp => vdevs.name=mirror-0 vdevs.kind=mirror vdevs.0.children.length=2
    zpool list -vHP cp
  `,
  'raidz of every kind': `
    zpool create cp raidz1 /var/tmp/ct/1 /var/tmp/ct/2 /var/tmp/ct/3
    ? status cp => vdevs.kind=raidz1
    zpool destroy cp
    zpool create cp raidz2 /var/tmp/ct/1 /var/tmp/ct/2 /var/tmp/ct/3 /var/tmp/ct/4
    ? status cp => vdevs.kind=raidz2
    zpool destroy cp
    zpool create cp raidz3 /var/tmp/ct/1 /var/tmp/ct/2 /var/tmp/ct/3 /var/tmp/ct/4 /var/tmp/ct/5
    ? status cp => vdevs.kind=raidz3
  `,
  'everything a pool can have': {
    story: `
    zpool create cp mirror /var/tmp/ct/1 /var/tmp/ct/2 special mirror /var/tmp/ct/3 /var/tmp/ct/4 log /var/tmp/ct/5 cache /var/tmp/ct/6 spare /var/tmp/ct/7
    ? status cp => vdevs.group=data,special,logs,cache,spares vdevs.state=ONLINE,ONLINE,ONLINE,ONLINE,AVAIL
    zpool status cp
    zpool list -vH cp
  `,
    sandbox: { 'zpool list -vH cp': 'it keeps no account of what lies on special, log and cache devices' },
  },
  'a stripe of mirrors': `
    zpool create cp mirror /var/tmp/ct/1 /var/tmp/ct/2 mirror /var/tmp/ct/3 /var/tmp/ct/4
    ? status cp => vdevs.name=mirror-0,mirror-1
  `,
  'distributed parity with a spare of its own': {
    story: `
      zpool create cp draid1:2d:5c:1s /var/tmp/ct/1 /var/tmp/ct/2 /var/tmp/ct/3 /var/tmp/ct/4 /var/tmp/ct/5
      ? status cp => vdevs.kind=draid1,draid-spare vdevs.group=data,spares
      zpool status cp
    `,
    sandbox: 'it makes no dRAID vdevs',
  },
  'what it would be': `
    zpool create -n cp mirror /var/tmp/ct/1 /var/tmp/ct/2 log /var/tmp/ct/3
    ? pool cp => not_found
  `,
  'the name is taken': `
    zpool create cp /var/tmp/ct/1
    zpool create cp /var/tmp/ct/2 => exists
  `,
  'a device that is not there, too small, or in use': `
    zpool create cp /var/tmp/ct/nothere/1 => exit 1
    truncate -s 1M /var/tmp/ct/1
    zpool create cp /var/tmp/ct/1 => exit 1
    zpool create cp /var/tmp/ct/2
    zpool create cq /var/tmp/ct/2 => in_use
    zpool create cq mirror /var/tmp/ct/3 /var/tmp/ct/3 => exit 1
  `,
  'too few devices': `
    zpool create cp mirror /var/tmp/ct/1 => exit 1
    zpool create cp raidz2 /var/tmp/ct/1 /var/tmp/ct/2 => exit 1
    zpool create cp => exit 2
    zpool create => exit 2
  `,
  'unlike parts': `
    zpool create cp mirror /var/tmp/ct/1 /var/tmp/ct/2 /var/tmp/ct/3 raidz1 /var/tmp/ct/4 /var/tmp/ct/5 /var/tmp/ct/6 => exit 1
    truncate -s 256M /var/tmp/ct/7
    zpool create cp mirror /var/tmp/ct/1 /var/tmp/ct/7 => exit 1
    zpool create -f cp mirror /var/tmp/ct/1 /var/tmp/ct/7
  `,
  'properties of the pool and of its root': {
    story: `
    zpool create -o ashift=12 -o comment='the first, of two' -O atime=off -m none cp /var/tmp/ct/1
    ? pool-properties cp => 'comment.value=the first, of two' comment.source=local ashift.value=12 health.value=ONLINE
    ? dataset cp => mountpoint=none mounted=false
    zpool set comment=other cp
    zpool get -Hp -o property,value,source comment,ashift,readonly cp
    zpool set comment= cp
    zpool get -H -o value comment cp
  `,
    sandbox: {
      '? pool-properties cp':
        'its list is that of 2.2, which has a few properties more than 2.1 and fewer than 2.3',
    },
  },
  'properties that cannot be': `
    zpool create cp /var/tmp/ct/1
    zpool set colour=blue cp => exit 1
    zpool set readonly=on cp => exit 1
    zpool set size=1 cp => exit 1
    zpool set failmode=maybe cp => exit 1
    zpool set autotrim=maybe cp => exit 1
    zpool get colour cp => unsupported
    zpool set comment=x nosuch => not_found
    zpool create -o colour=blue cq /var/tmp/ct/2 => exit 1
    zpool create -O colour=blue cq /var/tmp/ct/2 => exit 1
    zpool set => exit 2
  `,
  'more room': `
    zpool create cp /var/tmp/ct/1
    zpool add cp /var/tmp/ct/2
    ? status cp => vdevs.name=/var/tmp/ct/1,/var/tmp/ct/2
    zpool add cp mirror /var/tmp/ct/3 /var/tmp/ct/4 => exit 1
    zpool add -n cp /var/tmp/ct/3
    zpool add cp spare /var/tmp/ct/3
    zpool add cp cache /var/tmp/ct/4
    zpool add cp log /var/tmp/ct/5
    zpool add nosuch /var/tmp/ct/6 => not_found
    zpool add cp => exit 2
    ? status cp => vdevs.group=data,data,logs,cache,spares
  `,
  'devices are taken away': `
    zpool create cp mirror /var/tmp/ct/1 /var/tmp/ct/2 log /var/tmp/ct/3 cache /var/tmp/ct/4 spare /var/tmp/ct/5
    zpool remove cp /var/tmp/ct/3
    zpool remove cp /var/tmp/ct/4
    zpool remove cp /var/tmp/ct/5
    ? status cp => vdevs.name=mirror-0
    zpool remove cp /var/tmp/ct/1 => exit 1
    zpool remove cp /var/tmp/ct/9 => exit 1
    zpool remove nosuch /var/tmp/ct/1 => not_found
  `,
  'no pool of that name': `
    ? pool nosuch => not_found
    ? status nosuch => not_found
    ? pool-properties nosuch => not_found
    zpool destroy nosuch => not_found
    zpool list nosuch => not_found
  `,
  'a pool goes with everything': `
    zpool create cp /var/tmp/ct/1
    zfs create cp/a
    zfs snapshot cp/a@1
    zfs hold keep cp/a@1
    zpool destroy cp
    ? pool cp => not_found
    zpool destroy => exit 2
  `,
  'words that are no command': `
    zpool frobnicate => exit 2
    zfs frobnicate => exit 2
    zpool list -o name,colour => unsupported
    zpool list -x => unsupported
    zpool status -x nosuch => not_found
  `,
  'all is well, in one line': `
    zpool create cp /var/tmp/ct/1
    zpool status -x cp
  `,
  'what was done is kept in the history': {
    story: `
      zpool create cp /var/tmp/ct/1
      zfs create cp/a
      zfs snapshot cp/a@1
      zfs destroy cp/a@1
      zpool history cp
      zpool history nosuch => not_found
    `,
  },
  'what happens is told as it happens': `
    zpool create cp /var/tmp/ct/1
    zpool events -c
    zfs create cp/a
    zfs set org.x:y=1 cp/a
    zfs snapshot cp/a@1
    zfs rename cp/a@1 @2
    zfs destroy cp/a@2
    zfs destroy cp/a
    zpool scrub -w cp
    ? events cp => 'verb=create,set,snapshot,rename,destroy,destroy,scan setup,scan done' length=8
  `,
  'it is written down before anything else': `
    zpool create cp /var/tmp/ct/1
    zpool sync cp
    zpool sync nosuch => not_found
  `,
  'a checkpoint, and what it forbids': {
    story: `
      zpool create cp /var/tmp/ct/1 /var/tmp/ct/2
      zpool checkpoint cp
      ? status cp => checkpointText.words=8
      zpool checkpoint cp => exit 1
      zpool remove cp /var/tmp/ct/2 => exit 1
      zpool checkpoint -d cp
      zpool checkpoint -d cp => exit 1
    `,
    sandbox: 'it keeps no checkpoints',
  },
  'features and upgrades': {
    story: `
      zpool create -d cp /var/tmp/ct/1
      ? status cp => messageId=null
      zpool status -x cp
      zpool upgrade cp
      ? pool-properties cp => feature@async_destroy.value=enabled
    `,
    sandbox: 'its pools are made with every feature, and it does not upgrade',
  },
})
