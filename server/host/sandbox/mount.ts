/** mount(8), as it lists what is mounted. */
import { getopt } from './getopt.ts'
import { fail, ok, type Program } from './programs.ts'

export const mount: Program = (world, argv) => {
  const options = getopt(argv.slice(1), 'adflno:prt:uvw')
  if ('bad' in options || options.operands.length > 0)
    return fail(1, 'usage: mount [-adflpruvw] [-F fstab] [-o options] [-t ufs | external_type]\n')
  const kind = options.value('t')
  const rows = Object.values(world.state.datasets)
    .filter(dataset => dataset.mounted)
    .map(dataset => ({ dataset, at: world.mountpoint(dataset.name) ?? '' }))
    .sort((a, b) => (a.at < b.at ? -1 : 1))
  const zfs = rows.map(({ dataset, at }) => {
    const readonly = dataset.props.readonly === 'on' ? ', read-only' : ''
    return options.has('p')
      ? `${dataset.name}\t\t${at}\t\tzfs\t${readonly ? 'ro' : 'rw'}\t0 0\n`
      : `${dataset.name} on ${at} (zfs, local${readonly}, nfsv4acls)\n`
  })
  const root = options.has('p')
    ? '/dev/nda0p2\t\t/\t\tufs\trw\t1 1\ndevfs\t\t\t/dev\t\tdevfs\trw\t0 0\n'
    : '/dev/nda0p2 on / (ufs, local, journaled soft-updates)\ndevfs on /dev (devfs)\n'
  return ok(
    (kind === null || kind === 'ufs' ? root : '') + (kind === null || kind === 'zfs' ? zfs.join('') : ''),
  )
}
