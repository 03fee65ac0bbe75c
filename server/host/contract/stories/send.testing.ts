import { theme } from '../theme.testing.ts'

const FILLED = `
    zfs create ct/s/a
    dd if=/dev/zero of=/ct/s/a/f bs=128k count=8 status=none
    zfs snapshot ct/s/a@1`

export const send = theme(
  'send',
  'Sending and receiving',
  {
    'everything up to a snapshot': `${FILLED}
    zfs send ct/s/a@1 | zfs receive ct/s/b
    ? snapshots ct/s/b => tag=1
    ? dataset ct/s/b => type=filesystem origin=null
    cat /ct/s/b/f | dd of=/dev/null status=none
    ? written ct/s/b 1 => bytes=0
  `,
    'a copy has the guid of what it is a copy of': `${FILLED}
    zfs send ct/s/a@1 | zfs receive ct/s/b
    zfs list -H -t snapshot -o guid ct/s/a ct/s/b
  `,
    'what came since': `${FILLED}
    zfs send ct/s/a@1 | zfs receive ct/s/b
    dd if=/dev/zero of=/ct/s/a/g bs=128k count=8 status=none
    zfs snapshot ct/s/a@2
    zfs snapshot ct/s/a@3
    zfs send -i @1 ct/s/a@2 | zfs receive ct/s/b
    zfs send -i ct/s/a@2 ct/s/a@3 | zfs receive ct/s/b
    ? snapshots ct/s/b => tag=1,2,3
    cat /ct/s/b/g | dd of=/dev/null status=none
  `,
    'with all snapshots between': `${FILLED}
    zfs send ct/s/a@1 | zfs receive ct/s/b
    zfs snapshot ct/s/a@2
    zfs snapshot ct/s/a@3
    zfs send -I @1 ct/s/a@3 | zfs receive ct/s/b
    ? snapshots ct/s/b => tag=1,2,3
  `,
    'a whole tree with its properties': `
    zfs create -o org.x:y=1 ct/s/a
    zfs create -s -V 16M -o compression=lz4 ct/s/a/v
    zfs snapshot -r ct/s/a@1
    zfs send -R ct/s/a@1 | zfs receive ct/s/b
    ? datasets ct/s/b => name=ct/s/b,ct/s/b/v
    ? property org.x:y ct/s/b => value=1 source=received
    ? property compression ct/s/b/v => value=lz4 source=received
  `,
    'from a bookmark': `${FILLED}
    zfs send ct/s/a@1 | zfs receive ct/s/b
    zfs bookmark ct/s/a@1 ct/s/a#1
    zfs destroy ct/s/a@1
    zfs snapshot ct/s/a@2
    zfs send -i ct/s/a#1 ct/s/a@2 | zfs receive ct/s/b
    ? snapshots ct/s/b => tag=1,2
  `,
    'how much it would be': `${FILLED}
    zfs send -nP ct/s/a@1
    zfs send -nv ct/s/a@1
    zfs snapshot ct/s/a@2
    zfs send -nP -i @1 ct/s/a@2
  `,
    'a volume': `
    zfs create -s -V 16M ct/s/v
    zfs snapshot ct/s/v@1
    zfs send ct/s/v@1 | zfs receive ct/s/w
    ? dataset ct/s/w => type=volume volsizeBytes=16777216
  `,
    'onto something that is there': `${FILLED}
    zfs create ct/s/b
    zfs send ct/s/a@1 | zfs receive ct/s/b => exists
    zfs snapshot ct/s/b@x
    zfs send ct/s/a@1 | zfs receive -F ct/s/b => exists
  `,
    'the start of it is missing there': `${FILLED}
    zfs create ct/s/b
    zfs snapshot ct/s/a@2
    zfs send -i @1 ct/s/a@2 | zfs receive ct/s/b => refused
    zfs send -i @1 ct/s/a@2 | zfs receive ct/s/c => not_found
  `,
    'the copy was changed meanwhile': `${FILLED}
    zfs send ct/s/a@1 | zfs receive ct/s/b
    dd if=/dev/zero of=/ct/s/b/own bs=128k count=1 status=none
    zpool sync ct
    zfs snapshot ct/s/a@2
    zfs send -i @1 ct/s/a@2 | zfs receive ct/s/b => refused
    zfs send -i @1 ct/s/a@2 | zfs receive -F ct/s/b
    ? snapshots ct/s/b => tag=1,2
  `,
    'no stream at all': `
    zfs receive ct/s/b < 'good morning' => failed
    zfs receive => exit 2
    zfs receive -Z ct/s/b => unsupported
  `,
    'what is no snapshot, or not there': `${FILLED}
    zfs send ct/s/a@no => not_found ct/s/a@no
    zfs send nosuch@a => not_found
    zfs send -i @no ct/s/a@1 => exit 1
    zfs send => exit 2
    zfs send -i @1 ct/s/a@1 => exit 1
  `,
    'into a name with a missing parent': `${FILLED}
    zfs send ct/s/a@1 | zfs receive ct/s/no/b => not_found
    zfs send ct/s/a@1 | zfs receive nosuch/b => not_found
  `,
    'broken off, with and without a way to go on': `${FILLED}
    zfs send ct/s/a@1 | dd bs=1k count=300 iflag=fullblock status=none | zfs receive ct/s/b => exit 1
    ? dataset ct/s/b => not_found
    zfs send ct/s/a@1 | dd bs=1k count=300 iflag=fullblock status=none | zfs receive -s ct/s/c => exit 1
    zfs get -H -o value receive_resume_token ct/s/c
    zfs receive -A ct/s/c
    ? dataset ct/s/c => not_found
    zfs receive -A ct/s/a => exit 1
  `,
    'broken off and gone on with': `${FILLED}
    zfs send ct/s/a@1 | dd bs=1k count=300 iflag=fullblock status=none | zfs receive -s ct/s/b => exit 1
    zfs snapshot ct/s/b@x => exit 1
    zfs send ct/s/a@1 | zfs receive ct/s/b => exit 1
    zfs send -t {token:ct/s/b} | zfs receive -s ct/s/b
    ? snapshots ct/s/b => tag=1
    ? property receive_resume_token ct/s/b => =null
    zfs send -t 1-nonsense => exit 255
  `,
    'properties on the way': `${FILLED}
    zfs send ct/s/a@1 | zfs receive -o readonly=on -o org.x:from=a -x atime ct/s/b
    ? dataset ct/s/b => readonly=true
    ? property org.x:from ct/s/b => value=a source=local
    zfs send ct/s/a@1 | zfs receive -u ct/s/c
    ? dataset ct/s/c => mounted=false
  `,
  },
  { sandbox: 'it has neither send nor receive' },
)
