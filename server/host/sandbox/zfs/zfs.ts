import { fail, ok, type Program } from '../programs.ts'

export const zfs: Program = (_world, argv) =>
  argv[1] === 'version'
    ? ok('zfs-2.2.7-FreeBSD_ge269af1b3\nzfs-kmod-2.2.7-FreeBSD_ge269af1b3\n')
    : fail(2, '')
