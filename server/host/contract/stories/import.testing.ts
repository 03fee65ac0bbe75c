import { theme } from '../theme.testing.ts'

const MIRROR = `
    zpool create cp mirror /var/tmp/ct/1 /var/tmp/ct/2`

export const imports = theme('import', 'Export and import', {
  'away and back': `${MIRROR}
    zfs create -o org.x:y=1 cp/a
    zfs snapshot cp/a@1
    zpool export cp
    ? pool cp => not_found
    ? dataset cp/a => not_found
    zpool import -d /var/tmp/ct
    zpool import -d /var/tmp/ct cp
    ? status cp => state=ONLINE vdevs.kind=mirror
    ? property org.x:y cp/a => value=1 source=local
    ? snapshots cp/a => tag=1
  `,
  'under another name': `${MIRROR}
    zpool export cp
    zpool import -d /var/tmp/ct cp cq
    ? pool cq => health=ONLINE
    ? pool cp => not_found
  `,
  'read-only': `${MIRROR}
    zfs create cp/a
    zfs snapshot cp/a@1
    zpool export cp
    zpool import -o readonly=on -d /var/tmp/ct cp
    ? pool cp => readonly=true
    zfs create cp/b => refused cp/b
    zfs snapshot cp/a@2 => refused
    zfs destroy cp/a@1 => refused
    zfs set atime=off cp/a => refused cp/a
    zfs rollback cp/a@1 => refused
    zfs rename cp/a cp/b => refused
  `,
  'elsewhere below': `${MIRROR}
    zpool export cp
    zpool import -R /ct/alt -d /var/tmp/ct cp
    zpool get -H -o value altroot cp
    ? dataset cp => mountpoint=/ct/alt/cp
  `,
  'without mounting': `${MIRROR}
    zpool export cp
    zpool import -N -d /var/tmp/ct cp
    ? dataset cp => mounted=false
  `,
  'one side is gone': `${MIRROR}
    zpool export cp
    rm /var/tmp/ct/2
    zpool import -d /var/tmp/ct
    zpool import -d /var/tmp/ct cp
    ? status cp => state=DEGRADED vdevs.state=DEGRADED vdevs.children.state=ONLINE,UNAVAIL messageId=ZFS-8000-2Q
    zpool status cp
  `,
  'too much is gone': `
    zpool create cp /var/tmp/ct/1 /var/tmp/ct/2
    zpool export cp
    rm /var/tmp/ct/2
    zpool import -d /var/tmp/ct
    zpool import -d /var/tmp/ct cp => exit 1
  `,
  'a destroyed pool comes back': {
    story: `${MIRROR}
    zfs create cp/a
    zpool destroy cp
    zpool import -d /var/tmp/ct cp => not_found
    zpool import -D -d /var/tmp/ct
    zpool import -D -d /var/tmp/ct cp
    ? dataset cp/a => mounted=true
  `,
    sandbox: 'what is in a pool goes the moment it is destroyed',
  },
  'none of that name, and nothing there': `
    zpool import -d /var/tmp/ct nosuch => not_found
    zpool import -d /var/tmp/ct
    zpool export nosuch => not_found nosuch
    zpool export => exit 2
  `,
  'the name is in use': `${MIRROR}
    zpool export cp
    zpool create cp /var/tmp/ct/3
    zpool import -d /var/tmp/ct cp => exists
  `,
})
