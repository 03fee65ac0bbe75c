import { theme } from '../theme.testing.ts'

export const mount = theme('mount', 'Mounting', {
  'off and on again': `
    zfs create ct/s/a
    zfs unmount ct/s/a
    ? dataset ct/s/a => mounted=false
    zfs mount ct/s/a
    ? dataset ct/s/a => mounted=true
  `,
  'it is mounted already, or not at all': `
    zfs create ct/s/a
    zfs mount ct/s/a => exit 1
    zfs unmount ct/s/a
    zfs unmount ct/s/a => exit 1
  `,
  'nothing to mount there': `
    zfs create -s -V 16M ct/s/v
    zfs create -o mountpoint=none ct/s/n
    zfs create -o mountpoint=legacy ct/s/l
    zfs mount ct/s/v => exit 1
    zfs mount ct/s/n => exit 1
    zfs mount ct/s/l => exit 1
    zfs mount ct/s/no => not_found ct/s/no
    zfs mount ct/s@no => exit 1
  `,
  'by its mount point': `
    zfs create ct/s/a
    zfs unmount /ct/s/a
    ? dataset ct/s/a => mounted=false
  `,
})
