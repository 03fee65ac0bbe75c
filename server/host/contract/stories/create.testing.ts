import { theme } from '../theme.testing.ts'

export const create = theme('create', 'Creating filesystems and volumes', {
  'a filesystem takes what it is not told from above': `
    zfs create -o compression=zstd ct/s/a
    zfs create ct/s/a/b
    ? dataset ct/s/a/b => type=filesystem compression=zstd mounted=true mountpoint=/ct/s/a/b origin=null readonly=false
    ? property compression ct/s/a/b => value=zstd source=inherited inheritedFrom=ct/s/a
  `,
  'parents are made on the way with -p': `
    zfs create -p ct/s/a/b/c
    ? datasets ct/s => name=ct/s,ct/s/a,ct/s/a/b,ct/s/a/b/c
    zfs create -p ct/s/a/b/c
  `,
  'a parent is missing': `
    zfs create ct/s/no/child => not_found ct/s/no/child
  `,
  'a pool is missing': `
    zfs create nosuch/a => not_found nosuch/a
  `,
  'the name is taken': `
    zfs create ct/s/a
    zfs create ct/s/a => exists ct/s/a
  `,
  'a filesystem below a volume': `
    zfs create -s -V 16M ct/s/v
    zfs create ct/s/v/a => invalid ct/s/v/a
  `,
  'a volume with its reservation': `
    zfs create -V 16M ct/s/v
    ? dataset ct/s/v => type=volume volsizeBytes=16777216 volblocksizeBytes=16384 mountpoint=null mounted=null; before 2.2 type=volume volblocksizeBytes=8192 ~ the default size of blocks grew from 8 to 16 KiB
    zfs get -Hp -o value,source refreservation ct/s/v
  `,
  'a sparse volume reserves nothing': `
    zfs create -s -V 64G ct/s/v
    ? dataset ct/s/v => volsizeBytes=68719476736 refreservationBytes=0 usedByReservationBytes=0
  `,
  'a volume of other blocks': `
    zfs create -s -b 64K -V 1G ct/s/v
    zfs create -s -o volblocksize=4K -V 1G ct/s/w
    ? datasets ct/s => volblocksizeBytes=null,65536,4096
  `,
  'a volume is rounded up to whole blocks': `
    zfs create -s -V 1000001 ct/s/v
    ? dataset ct/s/v => volsizeBytes=1015808; before 2.2 volsizeBytes=1007616 ~ the default size of blocks grew from 8 to 16 KiB
  `,
  'a volume larger than the pool': `
    zfs create -V 100G ct/s/v => no_space ct/s/v
    ? dataset ct/s/v => not_found
  `,
  'a volume of no size': `
    zfs create -V 0 ct/s/v => invalid ct/s/v
  `,
  'a volume size that is no number': `
    zfs create -V huge ct/s/v => invalid
  `,
  'blocks that are no power of two': `
    zfs create -s -b 3000 -V 1G ct/s/v => invalid ct/s/v
  `,
  'a volume without a size': `
    zfs create -V => exit 2
  `,
  'no name at all': `
    zfs create => exit 2
  `,
  'an option that does not exist': `
    zfs create -Z ct/s/a => unsupported
  `,
  'a property given twice': `
    zfs create -o atime=on -o atime=off ct/s/a => invalid
  `,
  'a property that does not exist': `
    zfs create -o colour=blue ct/s/a => invalid
  `,
  'a value that does not exist': `
    zfs create -o compression=tight ct/s/a => invalid ct/s/a
  `,
  'a property of volumes on a filesystem': `
    zfs create -o volsize=1G ct/s/a => invalid
  `,
  'a user property with everything in it': `
    zfs create -o 'org.x:note=a = b, c %d "e"' ct/s/a
    ? property org.x:note ct/s/a => 'value=a = b, c %d "e"' source=local
  `,
  'what would be made is told first': `
    zfs create -nvP -o compression=lz4 ct/s/a
    ? dataset ct/s/a => not_found
    zfs create -nv ct/s/a
  `,
  'it is not mounted with -u': `
    zfs create -u ct/s/a
    ? dataset ct/s/a => mounted=false
  `,
  'a mount point of its own, none, and legacy': `
    zfs create -o mountpoint=/ct/here ct/s/a
    zfs create -o mountpoint=none ct/s/b
    zfs create -o mountpoint=legacy ct/s/c
    ? datasets ct/s => mountpoint=/ct/s,/ct/here,none,legacy mounted=true,true,false,false
  `,
  'canmount decides about mounting': `
    zfs create -o canmount=off ct/s/a
    zfs create -o canmount=noauto ct/s/b
    zfs mount ct/s/b
    ? datasets ct/s => mounted=true,false,true
    zfs mount ct/s/a => refused ct/s/a
  `,
  'a quota and a reservation from the first moment': `
    zfs create -o quota=50M -o reservation=10M ct/s/a
    zfs get -Hp -o property,value,source quota,reservation,refquota,refreservation ct/s/a
  `,
})
