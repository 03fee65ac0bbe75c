import { theme } from '../theme.testing.ts'

export const snapshots = theme('snapshots', 'Snapshots, holds, bookmarks', {
  'one of a volume and one of a filesystem': `
    zfs create -s -V 16M ct/s/v
    zfs snapshot ct/s@a ct/s/v@a
    ? snapshots ct/s ct/s/v => name=ct/s/v@a,ct/s@a holds=0,0 clones=
  `,
  'all below in one moment': `
    zfs create ct/s/a
    zfs create ct/s/a/b
    zfs snapshot -r ct/s@r
    zfs list -Hp -r -t snapshot -o name ct/s
  `,
  'a group appears whole or not at all': `
    zfs create ct/s/a
    zfs create ct/s/b
    zfs snapshot ct/s/b@x
    zfs snapshot ct/s/a@x ct/s/b@x => exists
    ? snapshots ct/s/a => tag=
  `,
  'a name twice of one dataset': `
    zfs snapshot ct/s@a ct/s@b => invalid
    ? snapshots ct/s => tag=
  `,
  'the name is taken': `
    zfs snapshot ct/s@a
    zfs snapshot ct/s@a => exists ct/s@a
    zfs snapshot -r ct/s@a => exists
  `,
  'of something that is not there': `
    zfs snapshot ct/s/no@a => not_found ct/s/no
    zfs snapshot nosuch@a => not_found nosuch
    zfs snapshot => exit 2
  `,
  'with a user property': `
    zfs snapshot -o org.x:why='before the upgrade' ct/s@a
    ? property org.x:why ct/s@a => 'value=before the upgrade' source=local
    zfs snapshot -o compression=lz4 ct/s@b => invalid ct/s@b
  `,
  'what a snapshot keeps': `
    zfs create ct/s/a
    dd if=/dev/zero of=/ct/s/a/f bs=128k count=8 status=none
    zpool sync ct
    zfs snapshot ct/s/a@1
    rm /ct/s/a/f
    zpool sync ct
    zfs list -Hp -o name,used,referenced ct/s/a@1
  `,
  'rename, and rename in all children': `
    zfs create ct/s/a
    zfs snapshot -r ct/s@old
    zfs rename ct/s@old ct/s@new
    zfs rename ct/s@new @newer
    zfs rename ct/s@newer newest
    zfs rename ct/s@newest ct/s/a@x => exit 1
    zfs rename ct/s@newest ct/s@newest
    zfs rename -r ct/s/a@old gone
    ? snapshots ct/s ct/s/a => name=ct/s/a@gone,ct/s@newest
    zfs rename ct/s@no ct/s@x => not_found ct/s@no
  `,
  'a recursive rename needs the names free everywhere': `
    zfs create ct/s/a
    zfs snapshot -r ct/s@a
    zfs snapshot ct/s/a@b
    zfs rename -r ct/s@a b => exists
    ? snapshots ct/s ct/s/a => tag=a,b,a
  `,
  'a hold keeps it': `
    zfs snapshot ct/s@a
    zfs hold keep ct/s@a
    zfs hold 'backup job 7' ct/s@a
    ? holds ct/s@a => length=2
    ? snapshots ct/s => holds=2
    zfs destroy ct/s@a => held ct/s@a; before 2.2 in_use ct/s@a ~ a held snapshot is said to be busy by older versions, as one that is mounted is
    zfs release keep ct/s@a
    zfs release 'backup job 7' ct/s@a
    zfs destroy ct/s@a
  `,
  'the same tag twice, and one that is not there': `
    zfs snapshot ct/s@a
    zfs hold keep ct/s@a
    zfs hold keep ct/s@a => exists ct/s@a
    zfs release other ct/s@a => not_found ct/s@a
    zfs release keep ct/s@no => not_found
    zfs hold keep ct/s@no => not_found
    zfs release keep ct/s@a
  `,
  'holds on all below': `
    zfs create ct/s/a
    zfs snapshot -r ct/s@a
    zfs hold -r keep ct/s@a
    zfs holds -rH ct/s@a
    zfs release -r keep ct/s@a
    ? holds ct/s@a ct/s/a@a => tag=
  `,
  'a tag that begins with a dash': `
    zfs snapshot ct/s@a
    zfs hold -- -r ct/s@a
    ? holds ct/s@a => tag=-r
    zfs release -- -r ct/s@a
  `,
  'a tag that is too long': `
    zfs snapshot ct/s@a
    zfs hold ${'t'.repeat(257)} ct/s@a => invalid
  `,
  'a hold on what is no snapshot': `
    zfs hold keep ct/s => exit 1
    zfs hold keep => exit 2
    zfs holds => exit 2
    zfs holds -H ct/s => exit 1
    zfs holds -H ct/s@no => not_found ct/s@no
  `,
  'holds for people': `
    zfs snapshot ct/s@a
    zfs hold keep ct/s@a
    zfs holds ct/s@a
    zfs release keep ct/s@a
  `,
  'times of holds as seconds': {
    since: ['2.3', '`zfs holds -p` is new; before it Skep reads the text'],
    story: `
      zfs snapshot ct/s@a
      zfs hold keep ct/s@a
      zfs holds -Hp ct/s@a
      zfs release keep ct/s@a
    `,
    sandbox: 'it imitates 2.2, which does not have this',
  },
  'it goes when its last hold goes': `
    zfs snapshot ct/s@a
    zfs hold keep ct/s@a
    zfs destroy -d ct/s@a
    ? property defer_destroy ct/s@a => value=on
    zfs release keep ct/s@a
    ? snapshots ct/s => tag=
  `,
  'a bookmark outlives its snapshot': `
    zfs snapshot ct/s@a
    zfs bookmark ct/s@a ct/s#a
    zfs destroy ct/s@a
    ? bookmarks ct/s => name=ct/s#a
    zfs bookmark ct/s#a ct/s#copy
    ? bookmarks ct/s => name=ct/s#a,ct/s#copy
    zfs destroy ct/s#a
    zfs destroy ct/s#no => not_found
  `,
  'bookmarks that cannot be': `
    zfs create ct/s/a
    zfs snapshot ct/s@a
    zfs bookmark ct/s@a ct/s#a
    zfs bookmark ct/s@a ct/s#a => exists ct/s#a
    zfs bookmark ct/s@a ct/s/a#a => exit 1
    zfs bookmark ct/s@no ct/s#b => not_found
    zfs bookmark ct/s@a => exit 2
  `,
})
