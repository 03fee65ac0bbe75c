import { theme } from '../theme.testing.ts'

const SIX = `
    zfs create ct/s/a
    zfs snapshot ct/s/a@1
    zfs snapshot ct/s/a@2
    zfs snapshot ct/s/a@3
    zfs snapshot ct/s/a@4
    zfs snapshot ct/s/a@5
    zfs snapshot ct/s/a@6`

export const destroy = theme('destroy', 'Destroying, and asking before', {
  'a dataset alone': `
    zfs create ct/s/a
    zfs destroy ct/s/a
    ? dataset ct/s/a => not_found
  `,
  'with children or snapshots only when told so': `
    zfs create -p ct/s/a/b
    zfs snapshot ct/s/a@1
    zfs destroy ct/s/a => refused
    ? doomed ct/s/a => refused
    ? doomed ct/s/a -r => victims=ct/s/a/b,ct/s/a@1,ct/s/a reclaimBytes=null
    zfs destroy -r ct/s/a
    ? datasets ct/s => name=ct/s
  `,
  'a clone elsewhere stops -r, and -R takes it along': `
    zfs create ct/s/a
    zfs snapshot ct/s/a@1
    zfs clone ct/s/a@1 ct/s/c
    zfs destroy -r ct/s/a => has_clones ct/s/c
    ? doomed ct/s/a -r => has_clones
    ? doomed ct/s/a -R => victims=ct/s/c,ct/s/a@1,ct/s/a
    zfs destroy -R ct/s/a
    ? datasets ct/s => name=ct/s
  `,
  'a snapshot with a clone': `
    zfs create ct/s/a
    zfs snapshot ct/s/a@1
    zfs clone ct/s/a@1 ct/s/c
    zfs destroy ct/s/a@1 => has_clones ct/s/c
    ? doomed ct/s/a@1 => has_clones
    zfs destroy -R ct/s/a@1
    ? datasets ct/s => name=ct/s,ct/s/a
  `,
  'some by name': `${SIX}
    ? doomed ct/s/a@2,4 => victims=ct/s/a@2,ct/s/a@4 reclaimBytes=0
    zfs destroy ct/s/a@2,4
    ? snapshots ct/s/a => tag=1,3,5,6
  `,
  'a range, open at either end, and ranges with names': `${SIX}
    zfs destroy -nvp ct/s/a@2%4
    zfs destroy -nvp ct/s/a@%2
    zfs destroy -nvp ct/s/a@5%
    zfs destroy -nvp ct/s/a@%
    zfs destroy -nv ct/s/a@1%2,6
    zfs destroy ct/s/a@1%2,6
    ? snapshots ct/s/a => tag=3,4,5
  `,
  'a range with an end that is not there': `${SIX}
    zfs destroy -nvp ct/s/a@2%no => exit 1
    zfs destroy -nvp ct/s/a@no%3 => exit 1
    zfs destroy -nvp ct/s/a@4%2 => exit 1
  `,
  'some of them are gone already': `${SIX}
    zfs destroy ct/s/a@1,no,2
    ? snapshots ct/s/a => tag=3,4,5,6
    zfs destroy ct/s/a@no => not_found
    zfs destroy ct/s/a@no,never => not_found
    zfs destroy ct/s/no@a => not_found ct/s/no
  `,
  'one is held: none goes': `${SIX}
    zfs hold keep ct/s/a@2
    ? doomed ct/s/a@1,2,3 => victims=ct/s/a@1,ct/s/a@2,ct/s/a@3
    zfs destroy ct/s/a@1,2,3 => held ct/s/a@2; before 2.2 in_use ct/s/a@2 ~ a held snapshot is said to be busy by older versions, as one that is mounted is
    ? snapshots ct/s/a => tag=1,2,3,4,5,6
    zfs release keep ct/s/a@2
  `,
  'the same snapshot of all below': `
    zfs create -p ct/s/a/b
    zfs snapshot -r ct/s/a@1
    zfs snapshot ct/s/a/b@2
    zfs destroy -nvp -r ct/s/a@1
    zfs destroy -r ct/s/a@1
    ? snapshots ct/s/a ct/s/a/b => name=ct/s/a/b@2
    zfs destroy -r ct/s/a@no => not_found
  `,
  'what would be freed': `
    zfs create ct/s/a
    dd if=/dev/zero of=/ct/s/a/f bs=128k count=16 status=none
    zpool sync ct
    zfs snapshot ct/s/a@1
    zfs snapshot ct/s/a@2
    rm /ct/s/a/f
    zpool sync ct
    ? doomed ct/s/a@1 => victims=ct/s/a@1
    zfs destroy -nv ct/s/a@1,2
    zfs destroy -nvp ct/s/a@1,2
  `,
  'what is done is told with -v': `${SIX}
    zfs destroy -v ct/s/a@1
    zfs destroy -vp ct/s/a@2,3
    zfs destroy -rv ct/s/a
  `,
  'a whole pool is not destroyed like that': `
    zfs destroy ct => refused ct
    zfs list -H -o name ct/s
  `,
  'nothing of that name': `
    zfs destroy ct/s/no => not_found ct/s/no
    zfs destroy nosuch/a => not_found nosuch/a
    zfs destroy 'ct/s/a*b' => exit 1
    zfs destroy => exit 2
    zfs destroy ct/s/a ct/s/b => exit 2
    zfs destroy -x ct/s/a => unsupported
  `,
  'a bookmark has no dry run': `
    zfs snapshot ct/s@a
    zfs bookmark ct/s@a ct/s#a
    zfs destroy -n ct/s#a => unsupported
    zfs destroy ct/s#a
    zfs destroy ct/s#a => not_found
  `,
  'a held snapshot stops a whole family': {
    story: `
    zfs create -p ct/s/a/b
    zfs snapshot ct/s/a/b@1
    zfs hold keep ct/s/a/b@1
    zfs destroy -r ct/s/a => held ct/s/a/b@1; before 2.2 in_use ~ a held snapshot is said to be busy by older versions, as one that is mounted is
    zfs release keep ct/s/a/b@1
  `,
    sandbox: {
      'zfs destroy -r ct/s/a': 'it is refused before anything is unmounted; the real one tries that as well',
    },
  },
})
