import { theme } from '../theme.testing.ts'

export const clones = theme('clones', 'Clones, promote, rename', {
  'a clone knows where it comes from, and the snapshot what hangs on it': `
    zfs create -s -V 16M ct/s/v
    zfs snapshot ct/s/v@a
    zfs clone ct/s/v@a ct/s/c
    zfs clone -o org.x:y=1 ct/s/v@a ct/s/d
    ? dataset ct/s/c => origin=ct/s/v@a type=volume volsizeBytes=16777216
    ? snapshots ct/s/v => clones=ct/s/c,ct/s/d
  `,
  'a clone that cannot be': `
    zfs snapshot ct/s@a
    zfs clone ct/s@a ct/s/no/c => not_found ct/s/no/c
    zfs clone ct/s@a ct/s => exists ct/s
    zfs clone ct/s@no ct/s/c => not_found ct/s@no
    zfs clone ct/s ct/s/c => exit 1
    zfs clone ct/s@a nosuch/c => not_found nosuch/c
    zfs clone ct/s@a => exit 2
    zfs clone => exit 2
  `,
  'a clone into another pool': `
    zpool create cp /var/tmp/ct/1
    zfs create ct/s/a
    zfs snapshot ct/s/a@1
    zfs clone ct/s/a@1 cp/c => invalid cp/c
  `,
  'a clone with a reservation the pool has not': `
    zfs create -s -V 64G ct/s/v
    zfs snapshot ct/s/v@a
    zfs clone -o refreservation=auto ct/s/v@a ct/s/c => no_space ct/s/c
    zfs list -H -o name ct/s/c
  `,
  'promote turns the two around': `
    zfs create ct/s/a
    zfs snapshot ct/s/a@1
    zfs snapshot ct/s/a@2
    zfs bookmark ct/s/a@1 ct/s/a#1
    zfs clone ct/s/a@2 ct/s/c
    zfs snapshot ct/s/a@3
    zfs promote ct/s/c
    ? snapshots ct/s/a ct/s/c => name=ct/s/a@3,ct/s/c@1,ct/s/c@2
    ? dataset ct/s/a => origin=ct/s/c@2
    ? dataset ct/s/c => origin=null
    zfs list -H -t bookmark -o name -r ct/s
    zfs promote ct/s/c => refused ct/s/c
  `,
  'promote meets a snapshot of the same name': `
    zfs create ct/s/a
    zfs snapshot ct/s/a@1
    zfs clone ct/s/a@1 ct/s/c
    zfs snapshot ct/s/c@1
    zfs promote ct/s/c => exists
  `,
  'promote what is no clone, or not there': `
    zfs create ct/s/a
    zfs promote ct/s/a => refused ct/s/a
    zfs promote ct/s/no => not_found ct/s/no
    zfs promote => exit 2
    zfs promote ct/s/a ct/s/b => exit 2
  `,
  'rename with all below': `
    zfs create -p ct/s/a/b
    zfs snapshot -r ct/s/a@1
    zfs rename ct/s/a ct/s/c
    zfs list -H -t all -o name -r ct/s
    zfs rename -p ct/s/c ct/s/x/y/c
    ? datasets ct/s/x => name=ct/s/x,ct/s/x/y,ct/s/x/y/c,ct/s/x/y/c/b
  `,
  'rename to a name that is taken, nowhere, or inside itself': `
    zfs create ct/s/a
    zfs create ct/s/b
    zfs create -s -V 16M ct/s/v
    zfs rename ct/s/a ct/s/b => exists ct/s/a
    zfs rename ct/s/a ct/s/no/a => not_found ct/s/no/a
    zfs rename ct/s/a ct/s/a/c => invalid ct/s/a/c
    zfs rename ct/s/a ct/s/v/a => invalid ct/s/v/a
    zfs rename ct/s/no ct/s/c => not_found ct/s/no
    zfs rename ct/s/a nosuch/a => not_found nosuch/a
    zfs rename ct/s/a 'ct/s/a*' => invalid 'ct/s/a*'
    zfs rename ct/s/a => exit 2
    zfs rename => exit 2
    ? datasets ct/s => name=ct/s,ct/s/a,ct/s/b,ct/s/v
  `,
  'rename a pool’s root': `
    zfs create ct/s/a
    zfs rename ct ct/s/b => exit 1
  `,
  'rename where a snapshot’s name would be too long': `
    zfs create ct/s/a
    zfs snapshot ct/s/a@${'t'.repeat(200)}
    zfs rename ct/s/a ct/s/${'a'.repeat(100)} => invalid
    ? datasets ct/s => name=ct/s,ct/s/a
  `,
  'a clone lives on under a new name': `
    zfs create ct/s/a
    zfs snapshot ct/s/a@1
    zfs clone ct/s/a@1 ct/s/c
    zfs rename ct/s/a ct/s/b
    ? dataset ct/s/c => origin=ct/s/b@1
    zfs rename ct/s/b@1 ct/s/b@2
    ? dataset ct/s/c => origin=ct/s/b@2
  `,
})
