import { theme } from '../theme.testing.ts'

const MIRROR = `
    zpool create cp mirror /var/tmp/ct/1 /var/tmp/ct/2`

export const devices = theme('devices', 'Devices: offline, replace, attach, faults', {
  'off and on again': `${MIRROR}
    zpool offline cp /var/tmp/ct/1
    ? status cp => state=DEGRADED vdevs.state=DEGRADED vdevs.children.state=OFFLINE,ONLINE messageId=null
    ? pool cp => health=DEGRADED
    zpool status cp
    zpool status -x cp
    zpool online cp /var/tmp/ct/1
    zpool wait -t resilver cp
    ? status cp => state=ONLINE vdevs.children.state=ONLINE,ONLINE scan.kind=resilver scan.state=finished scan.errors=0
  `,
  'the last one cannot go': `${MIRROR}
    zpool offline cp /var/tmp/ct/1
    zpool offline cp /var/tmp/ct/2 => refused
    zpool destroy cp
    zpool create cp /var/tmp/ct/3
    zpool offline cp /var/tmp/ct/3 => refused
  `,
  'a device that is not of this pool': `${MIRROR}
    zpool offline cp /var/tmp/ct/9 => not_found
    zpool online cp /var/tmp/ct/9 => not_found
    zpool clear cp /var/tmp/ct/9 => not_found
    zpool detach cp /var/tmp/ct/9 => not_found
    zpool replace cp /var/tmp/ct/9 /var/tmp/ct/3 => not_found
    zpool offline nosuch /var/tmp/ct/1 => not_found
    zpool offline cp => exit 2
    zpool offline => exit 2
  `,
  'put out of use by hand': `${MIRROR}
    zpool offline -f cp /var/tmp/ct/1
    ? status cp => state=DEGRADED vdevs.children.state=FAULTED,ONLINE 'vdevs.children.note=external device fault,null'
    zpool status cp
    zpool clear cp
    zpool wait -t resilver cp
    ? status cp => state=ONLINE vdevs.children.state=ONLINE,ONLINE
  `,
  'too many errors': `${MIRROR}
    zinject -d /var/tmp/ct/1 -A fault cp
    ? status cp => state=DEGRADED vdevs.children.state=FAULTED,ONLINE
    zpool status cp
    zpool status -x cp
    zpool clear cp /var/tmp/ct/1
    zpool wait -t resilver cp
    ? status cp => state=ONLINE
  `,
  'a device that is not what it was': `${MIRROR}
    zinject -d /var/tmp/ct/1 -A degrade cp
    ? status cp => state=DEGRADED vdevs.children.state=DEGRADED,ONLINE
    zpool clear cp
    ? status cp => state=ONLINE
  `,
  'another in its place': `${MIRROR}
    zpool replace cp /var/tmp/ct/2 /var/tmp/ct/3
    zpool wait -t replace cp
    ? status cp => state=ONLINE vdevs.children.name=/var/tmp/ct/1,/var/tmp/ct/3 scan.kind=resilver scan.state=finished
  `,
  'a broken one is replaced': `${MIRROR}
    zpool offline -f cp /var/tmp/ct/2
    zpool replace cp /var/tmp/ct/2 /var/tmp/ct/3
    zpool wait -t replace cp
    ? status cp => state=ONLINE vdevs.children.name=/var/tmp/ct/1,/var/tmp/ct/3
  `,
  'what cannot take its place': `${MIRROR}
    zpool replace cp /var/tmp/ct/2 /var/tmp/ct/1 => in_use
    truncate -s 64M /var/tmp/ct/3
    zpool replace cp /var/tmp/ct/2 /var/tmp/ct/3 => refused
    zpool replace cp /var/tmp/ct/2 /var/tmp/ct/nothere/1 => exit 1
    zpool replace cp => exit 2
    zpool replace nosuch /var/tmp/ct/1 /var/tmp/ct/2 => not_found
  `,
  'one more side of a mirror, and one less': `
    zpool create cp /var/tmp/ct/1
    zpool attach cp /var/tmp/ct/1 /var/tmp/ct/2
    zpool wait -t resilver cp
    ? status cp => vdevs.kind=mirror vdevs.0.children.length=2
    zpool attach cp /var/tmp/ct/1 /var/tmp/ct/3
    zpool wait -t resilver cp
    ? status cp => vdevs.0.children.length=3
    zpool detach cp /var/tmp/ct/2
    zpool detach cp /var/tmp/ct/3
    ? status cp => vdevs.name=/var/tmp/ct/1 vdevs.kind=file
    zpool detach cp /var/tmp/ct/1 => refused
    zpool detach cp => exit 2
  `,
  'attach what is there already, or to what cannot be': `
    zpool create cp raidz1 /var/tmp/ct/1 /var/tmp/ct/2 /var/tmp/ct/3
    zpool attach cp /var/tmp/ct/1 /var/tmp/ct/2 => in_use
    zpool attach cp /var/tmp/ct/1 /var/tmp/ct/4 => refused
    zpool detach cp /var/tmp/ct/1 => refused
  `,
  'a spare steps in, and back': {
    since: ['2.3', '2.1 does not take a spare that is a file: “is reserved as a hot spare for pool cp”'],
    story: `
    zpool create cp mirror /var/tmp/ct/1 /var/tmp/ct/2 spare /var/tmp/ct/3
    zpool replace -f cp /var/tmp/ct/2 /var/tmp/ct/3
    zpool wait -t resilver cp
    ? status cp => vdevs.group=data,spares vdevs.state=ONLINE,INUSE
    zpool status cp
    zpool offline cp /var/tmp/ct/3
    zpool online cp /var/tmp/ct/3
    zpool wait -t resilver cp
    zpool detach cp /var/tmp/ct/3
    ? status cp => vdevs.state=ONLINE,AVAIL vdevs.0.children.name=/var/tmp/ct/1,/var/tmp/ct/2
  `,
  },
  'a spare for good': {
    since: ['2.3', '2.1 does not take a spare that is a file: “is reserved as a hot spare for pool cp”'],
    story: `
    zpool create cp mirror /var/tmp/ct/1 /var/tmp/ct/2 spare /var/tmp/ct/3
    zpool replace -f cp /var/tmp/ct/2 /var/tmp/ct/3
    zpool wait -t resilver cp
    zpool detach cp /var/tmp/ct/2
    ? status cp => vdevs.name=mirror-0 vdevs.0.children.name=/var/tmp/ct/1,/var/tmp/ct/3
  `,
  },
  'damaged data heals from the other side': {
    story: `${MIRROR}
      dd if=/dev/zero of=/cp/f bs=128k count=100 status=none
      zpool sync cp
      dd if=/dev/zero of=/var/tmp/ct/1 bs=1M seek=6 count=100 conv=notrunc status=none
      zpool scrub -w cp
      ? status cp => state=ONLINE messageId=ZFS-8000-9P scan.kind=scrub scan.state=finished scan.errors=0
      zpool clear cp
      ? status cp => statusText=null vdevs.children.checksumErrors=0,0
    `,
    sandbox: 'data of its pools does not lie in the files they are made of, so damage to those is not seen',
  },
  'a file that nobody can read any more': {
    story: `
      zpool create cp /var/tmp/ct/1
      dd if=/dev/zero of=/cp/f bs=128k count=1 status=none
      zpool sync cp
      zinject -t data -e checksum -am /cp/f
      cat /cp/f => exit 1
      ? status cp => state=ONLINE messageId=ZFS-8000-8A
      zinject -c all
      rm /cp/f
      zpool clear cp
      zpool scrub -w cp
      ? status cp => state=ONLINE scan.errors=0
    `,
    sandbox: 'its files are read from the disk of the console, where nothing can be injected',
  },
  'every disk is lost: the pool is suspended': {
    except: ['2.3', 'it does not notice that the injected disk is gone, and hangs instead'],
    story: `
      zpool create cp /var/tmp/ct/1
      zfs create cp/a
      zfs snapshot cp/a@1
      zpool sync cp
      zinject -d /var/tmp/ct/1 -e nxio -T all cp
      dd if=/dev/zero of=/cp/f bs=1k count=1 status=none
      - until cp is SUSPENDED
      ? status cp => state=SUSPENDED messageId=ZFS-8000-HC
      ? pool cp => health=SUSPENDED
      zfs create cp/b => refused
      zfs snapshot cp/a@2 => exit 2
      zfs destroy cp/a@1 => refused
      zfs set atime=off cp/a => refused
      zfs rollback cp/a@1 => refused
      zfs list -r cp => refused
      zpool scrub cp => refused
      zpool set comment=x cp => exit 1
      zinject -c all
      zpool clear cp
      ? status cp => state=ONLINE
      zfs snapshot cp/a@2
    `,
    sandbox: { '? status cp': 'it counts no failed writes' },
  },
  'trim and initialize': {
    story: `${MIRROR}
      zpool initialize -w cp
      zpool status -i cp
      zpool initialize -c cp /var/tmp/ct/1 => exit 255
    `,
    sandbox: 'it does not initialize',
  },
})
