import { theme } from '../theme.testing.ts'

const HISTORY = 'its history keeps commands and what came of them, not the calls into the kernel between'

export const rollback = theme('rollback', 'Rolling back', {
  'to the newest snapshot': `
    zfs create ct/s/a
    dd if=/dev/zero of=/ct/s/a/kept bs=128k count=1 status=none
    zfs snapshot ct/s/a@1
    dd if=/dev/zero of=/ct/s/a/lost bs=128k count=1 status=none
    zfs rollback ct/s/a@1
    cat /ct/s/a/lost => exit 1
    ? written ct/s/a 1 => bytes=0
  `,
  'refused while anything newer exists, and all of it is named': `
    zfs create ct/s/a
    zfs snapshot ct/s/a@1
    zfs snapshot ct/s/a@2
    zfs snapshot ct/s/a@3
    zfs bookmark ct/s/a@3 ct/s/a#3
    zfs rollback ct/s/a@1 => newer_snapshots ct/s/a@2 ct/s/a@3 ct/s/a#3
    ? snapshots ct/s/a => tag=1,2,3
  `,
  'a bookmark alone is enough to refuse': `
    zfs create ct/s/a
    zfs snapshot ct/s/a@1
    zfs snapshot ct/s/a@2
    zfs bookmark ct/s/a@2 ct/s/a#2
    zfs destroy ct/s/a@2
    zfs rollback ct/s/a@1 => newer_snapshots ct/s/a#2
  `,
  'with -r what is newer goes': `
    zfs create -s -V 16M ct/s/v
    zfs snapshot ct/s/v@1
    zfs snapshot ct/s/v@2
    zfs bookmark ct/s/v@2 ct/s/v#2
    zfs rollback -r ct/s/v@1
    ? snapshots ct/s/v => tag=1
    ? bookmarks ct/s/v => name=
  `,
  'a newer snapshot is held': `
    zfs create ct/s/a
    zfs snapshot ct/s/a@1
    zfs snapshot ct/s/a@2
    zfs hold keep ct/s/a@2
    zfs rollback -r ct/s/a@1 => in_use ct/s/a@2
    ? snapshots ct/s/a => tag=1,2
    zfs release keep ct/s/a@2
  `,
  'a newer snapshot has clones': `
    zfs create ct/s/a
    zfs snapshot ct/s/a@1
    zfs snapshot ct/s/a@2
    zfs clone ct/s/a@2 ct/s/c
    zfs snapshot ct/s/c@x
    zfs rollback -r ct/s/a@1 => has_clones
    ? snapshots ct/s/a => tag=1,2
    zfs rollback -R ct/s/a@1
    ? datasets ct/s => name=ct/s,ct/s/a
  `,
  'a clone of the target stays': `
    zfs create ct/s/a
    zfs snapshot ct/s/a@1
    zfs clone ct/s/a@1 ct/s/c
    zfs snapshot ct/s/a@2
    zfs rollback -r ct/s/a@1
    ? dataset ct/s/c => origin=ct/s/a@1
  `,
  'to what is not there, or no snapshot': `
    zfs create ct/s/a
    zfs rollback ct/s/a@no => not_found ct/s/a@no
    zfs rollback ct/s/no@a => not_found ct/s/no@a
    zfs rollback ct/s/a => exit 1
    zfs rollback => exit 2
    zfs rollback -x ct/s/a@1 => unsupported
  `,
  'children keep their own state': `
    zfs create ct/s/a
    zfs create ct/s/a/b
    zfs snapshot -r ct/s/a@1
    zfs snapshot ct/s/a/b@2
    zfs rollback ct/s/a@1
    ? snapshots ct/s/a/b => tag=1,2
  `,
  'the pool’s history tells that it happened': {
    story: `
    zpool create cp /var/tmp/ct/1
    zfs create cp/a
    zfs snapshot cp/a@1
    zfs snapshot cp/a@2
    zfs destroy cp/a@2
    ? rolled-back cp/a cp/a@2 => told=false
    zfs rollback cp/a@1
    ? rolled-back cp/a cp/a@2 => told=true
    ? rolled-back cp/a cp/a@9 => told=null
  `,
    sandbox: {
      '? rolled-back cp/a cp/a@2': HISTORY,
      '? rolled-back cp/a cp/a@9': HISTORY,
    },
  },
  'going back and keeping the present beside it': `
    zfs create -V 16M -o org.x:note=1 ct/s/d
    zfs snapshot ct/s/d@1
    zfs hold keep ct/s/d@1
    zfs snapshot ct/s/d@2
    zfs bookmark ct/s/d@2 ct/s/d#2
    zfs rename ct/s/d ct/s/d.before
    zfs clone -o org.x:note=1 -o refreservation=auto ct/s/d.before@1 ct/s/d
    zfs promote ct/s/d
    ? snapshots ct/s/d ct/s/d.before => name=ct/s/d.before@2,ct/s/d@1 holds=0,1
    ? dataset ct/s/d.before => origin=ct/s/d@1
    zfs rename ct/s/d ct/s/d.after
    zfs rename ct/s/d.before ct/s/d
    zfs promote ct/s/d
    ? snapshots ct/s/d => tag=1,2
    ? bookmarks ct/s/d => name=ct/s/d#2
    zfs destroy ct/s/d.after
    zfs release keep ct/s/d@1
  `,
})
