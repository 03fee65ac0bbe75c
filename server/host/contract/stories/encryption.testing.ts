import { theme } from '../theme.testing.ts'

const LOCKED = `
    zfs create -o encryption=on -o keyformat=passphrase ct/s/e < 'correct horse'`

export const encryption = theme(
  'encryption',
  'Encryption',
  {
    'with a passphrase': `${LOCKED}
    ? dataset ct/s/e => encryption=aes-256-gcm mounted=true
    zfs get -Hp -o property,value,source encryption,keylocation,keyformat,keystatus,encryptionroot ct/s/e
    zfs create ct/s/e/below
    zfs get -Hp -o property,value,source encryption,keylocation,keyformat,keystatus,encryptionroot ct/s/e/below
  `,
    'the key goes and comes': `${LOCKED}
    zfs unmount ct/s/e
    zfs unload-key ct/s/e
    ? property keystatus ct/s/e => value=unavailable
    zfs mount ct/s/e => refused
    zfs load-key ct/s/e < 'wrong horse' => exit 255
    zfs load-key ct/s/e < 'correct horse'
    ? property keystatus ct/s/e => value=available
    zfs mount ct/s/e
  `,
    'the key stays while it is mounted': `${LOCKED}
    zfs unload-key ct/s/e => in_use
    ? property keystatus ct/s/e => value=available
  `,
    'a key that is there, and one that is not': `${LOCKED}
    zfs load-key ct/s/e < 'correct horse' => exit 255
    zfs unmount ct/s/e
    zfs unload-key ct/s/e
    zfs unload-key ct/s/e => exit 255
    zfs load-key -n ct/s/e < 'correct horse'
    ? property keystatus ct/s/e => value=unavailable
    zfs load-key ct/s/e < 'correct horse'
  `,
    'a passphrase that is too short': `
    zfs create -o encryption=on -o keyformat=passphrase ct/s/e < 'short' => invalid
    ? dataset ct/s/e => not_found
  `,
    'a dataset without encryption has no key': `
    zfs create ct/s/a
    zfs load-key ct/s/a < 'correct horse' => exit 255
    zfs unload-key ct/s/a => exit 255
    zfs change-key ct/s/a < 'correct horse' => exit 255
    zfs load-key ct/s/no => not_found ct/s/no
    zfs load-key => exit 2
  `,
    'a child has no key of its own': `${LOCKED}
    zfs create ct/s/e/below
    zfs load-key ct/s/e/below < 'correct horse' => exit 255
    zfs unload-key ct/s/e/below => exit 255
  `,
    'another passphrase': `${LOCKED}
    zfs change-key ct/s/e < 'battery staple'
    zfs unmount ct/s/e
    zfs unload-key ct/s/e
    zfs load-key ct/s/e < 'correct horse' => exit 255
    zfs load-key ct/s/e < 'battery staple'
  `,
    'a key of its own, and back to that above': `${LOCKED}
    zfs create ct/s/e/below
    zfs change-key -o keyformat=passphrase ct/s/e/below < 'battery staple'
    ? property encryptionroot ct/s/e/below => value=ct/s/e/below
    zfs change-key -i ct/s/e/below
    ? property encryptionroot ct/s/e/below => value=ct/s/e
  `,
    'without a format, and turned on too late': `
    zfs create -o encryption=on ct/s/e => invalid
    zfs create ct/s/a
    zfs set encryption=on ct/s/a => invalid ct/s/a
    zfs set keylocation=file:///x ct/s/a => invalid ct/s/a
  `,
    'a volume': `
    zfs create -s -V 16M -o encryption=aes-128-gcm -o keyformat=passphrase ct/s/v < 'correct horse'
    ? dataset ct/s/v => type=volume encryption=aes-128-gcm
    zfs unload-key ct/s/v
    ? property keystatus ct/s/v => value=unavailable
  `,
    'a snapshot and a clone belong to the same key': `${LOCKED}
    zfs snapshot ct/s/e@1
    zfs clone ct/s/e@1 ct/s/e/c
    ? property encryptionroot ct/s/e/c => value=ct/s/e
    zfs clone ct/s/e@1 ct/s/c
    ? property encryptionroot ct/s/c => value=ct/s/e
  `,
    'sent as it lies there': `${LOCKED}
    zfs snapshot ct/s/e@1
    zfs send -w ct/s/e@1 | zfs receive ct/s/f
    zfs get -Hp -o property,value encryption,keystatus,encryptionroot ct/s/f
    zfs load-key ct/s/f < 'correct horse'
    zfs send -p ct/s/e@1 | zfs receive ct/s/g => exit 1
  `,
  },
  { sandbox: 'it encrypts nothing and has no keys' },
)
