import { theme } from '../theme.testing.ts'

const LONG = 'x'.repeat(250)

export const names = theme('names', 'Names', {
  'spaces within, before and behind': `
    zfs create 'ct/s/a b'
    zfs create 'ct/s/ c'
    zfs create 'ct/s/d '
    ? datasets ct/s => 'name=ct/s,ct/s/ c,ct/s/a b,ct/s/d '
    zfs snapshot 'ct/s/a b@x y'
    ? snapshots 'ct/s/a b' => 'tag=x y'
  `,
  'a dash, a dot and a colon may lead': `
    zfs create ct/s/-r
    zfs create ct/s/.hidden
    zfs create ct/s/:x
    zfs snapshot ct/s/-r@-p
    ? datasets ct/s => name=ct/s,ct/s/-r,ct/s/.hidden,ct/s/:x
    ? snapshots ct/s/-r => tag=-p
    zfs destroy ct/s/-r@-p
  `,
  'upper case is another name': `
    zfs create ct/s/a
    zfs create ct/s/A
    ? datasets ct/s => name=ct/s,ct/s/A,ct/s/a
  `,
  '255 bytes are the longest': `
    zfs create ct/s/${LONG}
    zfs create ct/s/${LONG}x => invalid
    zfs snapshot ct/s/${LONG.slice(2)}@a => not_found
    ? dataset ct/s/${LONG} => type=filesystem
    zfs snapshot ct/s/${LONG}@a => invalid
  `,
  'one name too long stops a recursive snapshot': `
    zfs create ct/s/${LONG.slice(10)}
    zfs snapshot -r ct/s@abcdefghijklmnop => invalid
    ? snapshots ct/s => tag=
  `,
  'letters beyond ASCII': {
    story: `
      zfs create ct/s/grün => invalid
      zfs snapshot ct/s@grün => invalid
    `,
  },
  'characters zfs does not take': `
    zfs create 'ct/s/a+b' => invalid 'ct/s/a+b'
    zfs create 'ct/s/a%b' => invalid 'ct/s/a%b'
    zfs create "ct/s/a'b" => invalid "ct/s/a'b"
    zfs create "ct/s/a\\tb" => invalid "ct/s/a\\tb"
    zfs create 'ct/s/a*b' => invalid 'ct/s/a*b'
  `,
  'dots alone, and slashes where none belong': `
    zfs create ct/s/. => invalid ct/s/.
    zfs create ct/s/.. => invalid ct/s/..
    zfs create ct/s//a => invalid ct/s//a
    zfs create ct/s/a/ => invalid ct/s/a/
  `,
  'a snapshot or a bookmark is no filesystem': `
    zfs create ct/s/a@b => invalid ct/s/a@b
    zfs create ct/s/a#b => invalid ct/s/a#b
  `,
  'snapshots without a tag, with two, and without an owner': `
    zfs snapshot ct/s@ => invalid
    zfs snapshot ct/s@a@b => invalid
    zfs snapshot ct/s => exit 2
    zfs snapshot ct/s/no@a => not_found ct/s/no
  `,
  'a tag with a slash': `
    zfs snapshot ct/s@a/b => invalid
  `,
  'fifty levels are the deepest': {
    story: `
    zfs create -p ct/s/${Array.from({ length: 48 }, (_, at) => at % 10).join('/')}
    zfs create -p ct/s/${Array.from({ length: 49 }, (_, at) => at % 10).join('/')} => invalid
  `,
    sandbox: 'its mounts are links of the console’s own system, which follows forty of them',
  },
  'pools have narrower names': `
    zpool create 1cp /var/tmp/ct/1 => invalid
    zpool create raidz7 /var/tmp/ct/1 => invalid
    zpool create 'cp%' /var/tmp/ct/1 => invalid
    zpool create -n 'c p' /var/tmp/ct/1
  `,
})
