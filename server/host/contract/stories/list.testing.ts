import { theme } from '../theme.testing.ts'

export const list = theme('list', 'Listing', {
  'everything below one, in zfs’s order': `
    zfs create ct/s/b
    zfs create ct/s/a
    zfs create ct/s/a/z
    zfs create ct/s/a-1
    zfs create -s -V 16M ct/s/v
    ? datasets ct/s => name=ct/s,ct/s/a,ct/s/a-1,ct/s/a/z,ct/s/b,ct/s/v type=filesystem,filesystem,filesystem,filesystem,filesystem,volume
    zfs list -Hp -d 1 -o name ct/s
    zfs list -H -t volume -o name -r ct/s
  `,
  'one that is not there': `
    ? dataset ct/s/no => not_found
    ? dataset nosuch/a => not_found
    zfs list ct/s/no => not_found ct/s/no
  `,
  'those that are there are told, and what is missing too': `
    zfs create ct/s/a
    zfs list -H -o name ct/s/a ct/s/no => not_found ct/s/no
  `,
  'snapshots by age and by name': `
    zfs snapshot ct/s@c
    zfs snapshot ct/s@a
    zfs snapshot ct/s@b
    zfs list -H -t snapshot -o name ct/s
    zfs list -H -t snapshot -o name -s name ct/s
    zfs list -H -t snapshot -o name -S creation -S name ct/s
    ? index ct/s => tag=a,b,c
  `,
  'snapshots of one dataset, not of its children': `
    zfs create ct/s/a
    zfs snapshot -r ct/s@x
    ? snapshots ct/s => name=ct/s@x
    ? snapshots ct/s ct/s/a => name=ct/s/a@x,ct/s@x
    ? snapshots ct/s@x ct/s/no@x => name=ct/s@x
    ? snapshots ct/s/no => name=
    zfs list -H -t snapshot -o name -r ct/s
  `,
  'bookmarks stand behind snapshots': `
    zfs snapshot ct/s@a
    zfs bookmark ct/s@a ct/s#a
    ? bookmarks ct/s => name=ct/s#a
    zfs list -H -t all -o name,type -r ct/s
  `,
  'tables for people': `
    zfs create -s -V 16M ct/s/v
    zfs list -r -o name,volsize,type ct/s
    zfs list -o name,quota,reservation,org.x:y ct/s
  `,
  'a column that does not exist': `
    zfs list -o name,colour ct/s => unsupported
    zfs list -s colour ct/s => exit 2
    zfs list -t colour ct/s => exit 2
    zfs list -x => unsupported
  `,
  'a type that the named one is not': `
    zfs list -H -o name -t volume ct/s => exit 1
  `,
  'a mount point instead of a name': `
    zfs create ct/s/a
    zfs list -H -o name /ct/s/a
  `,
  'figures since a snapshot': `
    zfs create ct/s/a
    zfs snapshot ct/s/a@1
    ? written ct/s/a 1 => bytes=0
    dd if=/dev/zero of=/ct/s/a/f bs=128k count=8 status=none
    zpool sync ct
    zfs get -Hp -o property,value written@1 ct/s/a
    zfs get -Hp -o property,value written@no ct/s/a
    ? written ct/s/a no => unreadable
  `,
  'a property of everything below': `
    zfs create -o org.x:a=1 ct/s/a
    zfs create ct/s/a/b
    zfs snapshot ct/s/a/b@s
    zfs get -rH -o name,value,source org.x:a ct/s
    zfs get -rH -t filesystem -s local -o name,value org.x:a ct/s
    zfs get -H -d 1 -o name,value org.x:a ct/s
  `,
  'an empty answer': `
    zfs list -H -t snapshot -o name ct/s
    zfs list -H -t bookmark -o name ct/s
    zfs get -H -t bookmark -r -o name,value type ct/s
  `,
})
