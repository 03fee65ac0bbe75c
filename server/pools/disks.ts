/** Disks of the machine, and who has them: what a pool may be given. */
import { AppError } from '../errors.ts'
import { readDiskSizes } from '../host/diskinfo.ts'
import type { Host } from '../host/host.ts'
import { readSysctls } from '../host/sysctl.ts'
import { type Disk, leaves, type PoolDetail } from './model.ts'

/**
 * Whole disks that FreeBSD knows (kern.disks, geom_disk(9)), by name. A disk is taken when a pool has it or a part of it,
 * when there is anything on it that has a device of its own (a partition, a label's provider, geli), or when a guest
 * has it. AppError `unsupported` where the system does not tell its disks in this way.
 */
export async function readDisks(
  host: Host,
  pools: readonly Pick<PoolDetail, 'name' | 'vdevs'>[],
  guestDisks: readonly { guest: string; path: string }[],
): Promise<Disk[]> {
  const names = (await readSysctls(host, ['kern.disks'])).get('kern.disks')
  if (names === undefined) {
    throw new AppError('unsupported', 'This system does not list its disks (kern.disks): use zpool there.')
  }
  const nodes = (await host.list('/dev')).map(entry => entry.name)
  const users = pools.flatMap(pool =>
    leaves(pool.vdevs).map(vdev => ({ pool: pool.name, device: withoutDev(vdev.name) })),
  )
  const all = names
    .split(' ')
    .filter(name => name !== '')
    .sort(byNumber)
  const sizes = await readDiskSizes(host, all)
  return all.map(name => {
    const sizeBytes = sizes.get(name)?.sizeBytes ?? null
    const isOn = (device: string) => device === name || isPartOf(device, name)
    const pool = users.find(user => isOn(user.device))?.pool
    if (pool !== undefined) return { name, takenBy: `pool ${pool}`, sizeBytes }
    const guest = guestDisks.find(disk => isOn(withoutDev(disk.path)))?.guest
    if (guest !== undefined) return { name, takenBy: `guest ${guest}`, sizeBytes }
    const parts = nodes.filter(node => isPartOf(node, name))
    return { name, takenBy: parts.length > 0 ? `what is on it: ${parts.join(', ')}` : null, sizeBytes }
  })
}

const withoutDev = (path: string): string => path.replace(/^\/dev\//, '')

/** `da1p2`, `ada0s1a`, `da1.eli` are on `da1`; `da10` is not. geom(4). */
function isPartOf(node: string, disk: string): boolean {
  return node.startsWith(disk) && /^[^0-9]/.test(node.slice(disk.length))
}

const collator = new Intl.Collator('en', { numeric: true })
const byNumber = (a: string, b: string): number => collator.compare(a, b)
