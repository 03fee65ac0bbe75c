import { theme } from '../theme.testing.ts'

export const properties = theme('properties', 'Properties: get, set, inherit', {
  'set, and go back to what is above': `
    zfs create ct/s/a
    zfs set compression=zstd-3 ct/s/a
    ? property compression ct/s/a => value=zstd-3 source=local
    zfs inherit compression ct/s/a
    ? property compression ct/s/a => value=off source=inherited inheritedFrom=ct
  `,
  'several in one command': `
    zfs create ct/s/a
    zfs set atime=off recordsize=32K org.x:y=1 ct/s/a
    zfs get -Hp -o property,value,source atime,recordsize,org.x:y ct/s/a
  `,
  'none of them is set where one is refused': `
    zfs create ct/s/a
    zfs set atime=off recordsize=3 ct/s/a => invalid ct/s/a
    ? property atime ct/s/a => source=default
  `,
  'of many datasets at once': `
    zfs create ct/s/a
    zfs create ct/s/b
    zfs set atime=off ct/s/a ct/s/b
    zfs get -Hp -o name,value,source atime ct/s/a ct/s/b
    zfs get -Hp -r -s local -o name,property,value all ct/s/a
  `,
  'inherit below as well': `
    zfs create -o atime=off ct/s/a
    zfs create -o atime=off ct/s/a/b
    zfs inherit -r atime ct/s/a
    zfs get -rHp -o name,value,source atime ct/s/a
  `,
  'a user property with tab, newline and more': `
    zfs create ct/s/a
    zfs set "org.x:odd=one\\ttwo\\nthree" ct/s/a
    zfs set org.x:empty= ct/s/a
    zfs set org.x:dash=- ct/s/a
    zfs set org.x:uni=grün ct/s/a
    ? property org.x:odd ct/s/a => "value=one\\ttwo\\nthree"
    ? property org.x:empty ct/s/a => value= source=local
    ? property org.x:dash ct/s/a => value=- source=local
    ? property org.x:uni ct/s/a => value=grün source=local
    ? property org.x:none ct/s/a => =null
    ? having org.x:dash => ct/s/a=-
  `,
  'a value can look like rows': `
    zfs create ct/s/a
    zfs set "org.x:a=v\\t-\\tlocal\\nquota\\t1\\t-\\tlocal" ct/s/a
    ? property org.x:a ct/s/a => "value=v\\t-\\tlocal\\nquota\\t1\\t-\\tlocal"
    ? property quota ct/s/a => value=0 source=default
  `,
  'user properties are handed down, and snapshots show them too': `
    zfs create -o org.x:a=1 ct/s/a
    zfs create ct/s/a/b
    zfs snapshot ct/s/a/b@s
    ? property org.x:a ct/s/a/b => value=1 source=inherited inheritedFrom=ct/s/a
    ? property org.x:a ct/s/a/b@s => value=1 source=inherited inheritedFrom=ct/s/a
    zfs set org.x:a=2 ct/s/a/b@s
    ? property org.x:a ct/s/a/b@s => value=2 source=local
    zfs inherit org.x:a ct/s/a/b@s
    ? property org.x:a ct/s/a/b@s => value=1 source=inherited
  `,
  'a user property longer than 8 KiB': `
    zfs create ct/s/a
    zfs set org.x:a=${'v'.repeat(8192)} ct/s/a => invalid ct/s/a
    zfs set org.x:a=${'v'.repeat(8191)} ct/s/a
  `,
  'a name that is neither native nor a user’s': `
    zfs create ct/s/a
    zfs set colour=blue ct/s/a => invalid
    zfs get -H colour ct/s/a => unsupported
    zfs inherit colour ct/s/a => exit 2
  `,
  'a value of the wrong kind': `
    zfs create ct/s/a
    zfs set atime=maybe ct/s/a => invalid ct/s/a
    zfs set quota=lots ct/s/a => invalid ct/s/a
    zfs set copies=4 ct/s/a => invalid ct/s/a
    zfs set recordsize=3K ct/s/a => invalid ct/s/a
    zfs set mountpoint=here ct/s/a => invalid ct/s/a
    zfs set canmount=sometimes ct/s/a => invalid ct/s/a
  `,
  'what cannot be changed': `
    zfs create -s -V 16M ct/s/v
    zfs set used=1 ct/s/v => invalid ct/s/v
    zfs set volblocksize=8K ct/s/v => invalid ct/s/v
    zfs set guid=1 ct/s/v => invalid ct/s/v
    zfs inherit used ct/s/v => invalid
    zfs inherit quota ct/s => invalid
  `,
  'a property of the other kind of dataset': `
    zfs create -s -V 16M ct/s/v
    zfs create ct/s/a
    zfs set mountpoint=/x ct/s/v => invalid ct/s/v
    zfs set volsize=1G ct/s/a => invalid ct/s/a
    zfs set quota=1G ct/s/v => invalid ct/s/v
  `,
  'on a snapshot only user properties': `
    zfs snapshot ct/s@a
    zfs set compression=lz4 ct/s@a => invalid ct/s@a
    zfs set org.x:why=before ct/s@a
    ? property org.x:why ct/s@a => value=before source=local
  `,
  'without a dataset, without a value, without both': `
    zfs set atime=off => exit 2
    zfs set => exit 2
    zfs set atime ct/s => exit 1
    zfs get => exit 2
    zfs inherit atime => exit 2
  `,
  'a dataset that is not there': `
    zfs set atime=off ct/s/no => not_found ct/s/no
    zfs get -H atime ct/s/no => not_found ct/s/no
    zfs inherit atime ct/s/no => not_found ct/s/no
    ? properties ct/s/no => not_found
  `,
  'every property of a filesystem has a known form': {
    story: `
      zfs create -o org.x:a=1 ct/s/a
      ? properties ct/s/a => type.value=filesystem type.source=none compression.source=inherited org.x:a.value=1
    `,
    sandbox:
      'its list is FreeBSD’s, which differs from Linux’s in a few properties (acltype, relatime, nbmand)',
  },
  'every property of a volume and of a snapshot': {
    story: `
      zfs create -s -V 16M ct/s/v
      zfs snapshot ct/s/v@a
      ? properties ct/s/v => type.value=volume volsize.value=16777216 volsize.source=local
      ? properties ct/s/v@a => type.value=snapshot userrefs.value=0 defer_destroy.value=off
    `,
    sandbox: 'its list is FreeBSD’s, which differs from Linux’s in a few properties (context, fscontext)',
  },
  'a volume grows, and shrinks without a word': `
    zfs create -s -V 16M ct/s/v
    zfs set volsize=32M ct/s/v
    ? dataset ct/s/v => volsizeBytes=33554432
    zfs set volsize=8M ct/s/v
    ? dataset ct/s/v => volsizeBytes=8388608
    zfs set volsize=8388609 ct/s/v => invalid ct/s/v
    zfs set volsize=0 ct/s/v => invalid ct/s/v
  `,
  'a reservation that follows the size': `
    zfs create -V 16M ct/s/v
    zfs set volsize=32M ct/s/v
    zfs get -Hp -o value refreservation ct/s/v
    zfs set refreservation=none ct/s/v
    ? dataset ct/s/v => refreservationBytes=0
    zfs set refreservation=auto ct/s/v
    zfs get -Hp -o value refreservation ct/s/v
  `,
  'a quota below what is used': `
    zfs create ct/s/a
    dd if=/dev/zero of=/ct/s/a/f bs=128k count=40 status=none
    zpool sync ct
    zfs set quota=2M ct/s/a => no_space ct/s/a
    zfs set refquota=2M ct/s/a => no_space ct/s/a
    zfs set quota=20M ct/s/a
    ? property quota ct/s/a => value=20971520 source=local
    zfs set quota=none ct/s/a
    ? property quota ct/s/a => value=0
  `,
  'a reservation larger than the pool': `
    zfs create ct/s/a
    zfs set reservation=100G ct/s/a => no_space ct/s/a
    zfs set refreservation=100G ct/s/a => no_space ct/s/a
  `,
  'a quota is full': {
    story: `
      zfs create -o quota=8M ct/s/a
      dd if=/dev/zero of=/ct/s/a/f bs=128k count=100 status=none => exit 1
      zpool sync ct
      zfs create -V 4M ct/s/a/v => no_space ct/s/a/v
      zfs snapshot ct/s/a@s
    `,
    sandbox: 'a file of a filesystem may grow beyond a quota; only volumes are held to it',
  },
  'a quota has no room for a volume': `
    zfs create -o quota=40M ct/s/a
    zfs create -V 64M ct/s/a/v => no_space ct/s/a/v
    zfs create -V 16M ct/s/a/v
    zfs create -V 32M ct/s/a/w => no_space ct/s/a/w
    zfs set volsize=64M ct/s/a/v => no_space ct/s/a/v
    ? datasets ct/s/a => name=ct/s/a,ct/s/a/v volsizeBytes=null,16777216
  `,
  'a snapshot of what has its room reserved needs that room twice': `
    zpool create cp /var/tmp/ct/1
    zfs create -o refreservation=40M cp/a
    dd if=/dev/zero of=/cp/a/f bs=128k count=280 status=none
    zpool sync cp
    zfs snapshot cp/a@1 => no_space
    ? snapshots cp/a => tag=
    zfs set refreservation=none cp/a
    zfs snapshot cp/a@1
  `,
  'a mount point moves with its property': `
    zfs create ct/s/a
    zfs create ct/s/a/b
    zfs set mountpoint=/ct/m ct/s/a
    ? datasets ct/s/a => mountpoint=/ct/m,/ct/m/b mounted=true,true
    zfs inherit mountpoint ct/s/a
    ? datasets ct/s/a => mountpoint=/ct/s/a,/ct/s/a/b
  `,
})
